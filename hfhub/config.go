package hfhub

import (
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// ConfigOptions say what stands beside a config.json. The zero value is nothing.
type ConfigOptions struct {
	File  string // how notes call it; empty means config.json
	Quant []byte // hf_quant_config.json or quantize_config.json beside it
	// Floor is the bytes of the stored weights where known; a refusal carries it.
	Floor estimator.Bytes
}

// ReadConfig reads a model's shape from its config.json, and says which key gave
// each number. A shape that no row of the families describes is refused with an
// [UnsupportedError], a file that is no config with [ErrBadMetadata].
func ReadConfig(data []byte, options ConfigOptions) (estimator.Arch, ReadNotes, error) {
	var notes ReadNotes
	if options.File == "" {
		options.File = "config.json"
	}
	arch, err := readConfig(data, options, &notes)
	if err != nil {
		return estimator.Arch{}, notes, floored(err, options.Floor)
	}
	if _, err := arch.Sealed(); err != nil {
		return estimator.Arch{}, notes, badf("%s: %v", options.File, err)
	}
	return arch, notes, nil
}

func readConfig(data []byte, options ConfigOptions, notes *ReadNotes) (estimator.Arch, error) {
	data, err := cleanJSON(data, options.File)
	if err != nil {
		return estimator.Arch{}, err
	}
	root := gjson.ParseBytes(data)
	if !root.IsObject() {
		return estimator.Arch{}, badf("%s: not an object", options.File)
	}
	return readRoot(objectOf(root), options, notes)
}

func readRoot(root object, options ConfigOptions, notes *ReadNotes) (estimator.Arch, error) {
	if class, parts := root.word("_class_name"), root["components"]; class != "" && parts.IsObject() {
		return pipelineOf(class, parts, options, notes)
	}
	r, err := readerFor(root, options.File, notes)
	if err != nil {
		return estimator.Arch{}, err
	}
	arch := r.build(r)
	r.checkHeads(&arch)
	arch.Quant = r.quant(options.Quant, &arch)
	r.finish(&arch)
	r.training(&arch)
	for w := r; w != nil; w = w.wrap {
		arch.Family = typeOf(w.name) // the whole model's type; notes name the block's
		arch.Towers = append(arch.Towers, w.towersOf(arch)...)
	}
	if r.err != nil {
		return estimator.Arch{}, r.err
	}
	return arch, nil
}

// readerFor finds the family of a config and the block that holds its decoder.
func readerFor(root object, file string, notes *ReadNotes) (*reader, error) {
	family, err := familyFor(root)
	if err != nil {
		return nil, err
	}
	r := &reader{
		resolved: family, file: file, root: root, block: root, notes: notes,
		noted: map[string]bool{},
	}
	if err := r.enter(); err != nil {
		return nil, err
	}
	notes.Family = typeOf(r.name)
	return r, nil
}

// typeOf is the model_type of a row: its name without the version, or the
// wrapper, that chose it.
func typeOf(row string) string {
	row, _, _ = strings.Cut(row, "@")
	return row[strings.LastIndexByte(row, '/')+1:]
}

// maxWraps bounds how deep a language model is nested; real ones are two deep.
const maxWraps = 4

// enter goes into the nested block of the language model, as deep as it is.
func (r *reader) enter() error {
	if strings.Count(r.path, ".") > maxWraps {
		return badf("%s: %s nests too deep", r.file, r.path)
	}
	for _, path := range r.text {
		v, ok := r.block.get(path)
		if !ok || !v.IsObject() {
			continue
		}
		block := objectOf(v)
		name := block.word("model_type")
		inner, known := familyOf(r.name + "/" + name) // as this wrapper has it
		if !known {
			inner, known = familyOf(name)
		}
		if !known {
			inner, known = familyOfClass(block)
		}
		switch {
		case known:
		case name != "":
			return &UnsupportedError{ModelType: typeOf(r.name), Key: r.path + path + ".model_type", Kind: name}
		default:
			inner, known = familyOf(r.textLike)
			if !known {
				return &UnsupportedError{ModelType: typeOf(r.name), Key: r.path + path + ".model_type"}
			}
		}
		outer := *r
		*r = reader{
			resolved: inner, file: r.file, root: r.root, block: block, path: r.path + path + ".", notes: r.notes,
			noted: map[string]bool{}, wrap: &outer,
		}
		return r.enter()
	}
	return nil
}

func (o object) word(key string) string {
	if v, ok := o[key]; ok && v.Type == gjson.String {
		return v.Str
	}
	return ""
}

// familyFor finds the row by model_type, else by the class that architectures
// names. Neither is guessed at.
func familyFor(root object) (*resolved, error) {
	name, class := root.word("model_type"), firstClass(root)
	if name == "" && class == "" {
		name = plainFormat(root)
	}
	if draft := draftWord(class); draft != "" {
		return nil, &UnsupportedError{ModelType: orElse(name, class), Key: "architectures", Kind: class}
	}
	if _, nested := root["text_config"]; nested && pairOf[name] != "" {
		name = pairOf[name]
	}
	if row, ok := typedByClass[class]; ok {
		name = row
	}
	if f, ok := familyOf(name + "@" + root["version"].String()); ok {
		return f, nil // the same type over another language model
	}
	if f, ok := familyOf(name); ok && name != "decoder" {
		return f, nil
	}
	if f, ok := familyOfClass(root); ok {
		return f, strangerIn(root, name, f)
	}
	if name == "" && class == "" {
		return nil, &UnsupportedError{ModelType: "unknown", Key: "model_type"}
	}
	return nil, &UnsupportedError{ModelType: orElse(name, class), Key: "model_type", Kind: orElse(name, class)}
}

// typedByClass are classes whose configs name another model's type.
var typedByClass = map[string]string{"Grok1ForCausalLM": "grok-2"}

// pairOf are types that name a tower alone, but both ends where a text block
// stands beside.
var pairOf = map[string]string{"siglip": "siglip_pair", "siglip2": "siglip_pair"}

// plainFormats are files that name no class but have keys that nothing else has
// together.
var plainFormats = []struct {
	family string
	keys   []string
}{
	{"params.json", []string{"dim", "n_layers", "n_heads"}},
}

func plainFormat(root object) string {
	for _, format := range plainFormats {
		all := true
		for _, key := range format.keys {
			_, ok := root[key]
			all = all && ok
		}
		if all {
			return format.family
		}
	}
	if class := orElse(root.word("_class_name"), root.word("architecture")); class != "" {
		return class // diffusers and timm name a class of their own
	}
	return ""
}

func firstClass(root object) string {
	if v, ok := root["architectures"]; ok {
		if v.Type == gjson.String {
			return v.Str
		}
		if list := v.Array(); len(list) > 0 && list[0].Type == gjson.String {
			return list[0].Str
		}
	}
	return ""
}

// drafts are parts of the names of classes that are no model of their own but
// guess a model's next tokens.
var drafts = []string{"Eagle", "Medusa", "Speculator", "Draft", "DFlash", "NextN", "MTP"}

func draftWord(class string) string {
	for _, word := range drafts {
		if strings.Contains(strings.ToLower(class), strings.ToLower(word)) {
			return word
		}
	}
	return ""
}

// floored adds the known bytes to a refusal.
func floored(err error, floor estimator.Bytes) error {
	if u, ok := err.(*UnsupportedError); ok && floor > 0 { //nolint:errorlint // made here, never wrapped
		u.Floor = floor
	}
	return err
}
