package hfhub

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	numbered = regexp.MustCompile(`^(.*?)[-.](\d{5})-of-(\d{5})(.*)$`)
	quantTag = regexp.MustCompile(`(?i)(?:^|[-._/])((?:UD-)?(?:I?Q\d+(?:_[A-Z0-9]+)*|TQ\d_\d|BF16|FP16|F16|FP32|F32|FP8|MXFP4(?:_MOE)?|NVFP4))(?:$|[-._/])`)
	binNames = regexp.MustCompile(`^(pytorch_model|adapter_model|diffusion_pytorch_model|consolidated\.\d\d)\b.*\.(bin|pth|pt)$`)
)

// variants finds the sets of weight files of a folder ("" for the root). Each set
// is the whole model once; sizes of different sets are never added up.
func variants(files []FileEntry, folder string) []Variant {
	var all []Variant
	all = append(all, safetensorsSets(files, folder)...)
	if folder == "" {
		all = append(all, ggufSets(files)...)
	}
	return append(all, torchSets(files, folder)...)
}

// inFolder says whether a file lies directly in a folder, and gives its name there.
func inFolder(file, folder string) (string, bool) {
	dir, name := path.Split(file)
	return name, strings.TrimSuffix(dir, "/") == folder
}

// safetensorsSets groups files by stem and count: model.safetensors,
// model-*-of-00003.safetensors, model.fp16.safetensors, consolidated.safetensors …
func safetensorsSets(files []FileEntry, folder string) []Variant {
	sets := newSets("safetensors")
	indexes := map[string]string{}
	for _, f := range files {
		name, ok := inFolder(f.Path, folder)
		if !ok {
			continue
		}
		if stem, isIndex := cutIndex(name); isIndex {
			indexes[stem] = f.Path
		}
		if stem, found := strings.CutSuffix(name, ".safetensors"); found {
			sets.add(stem, f)
		}
	}
	all := sets.complete()
	for i := range all {
		all[i].Index = indexes[all[i].Name]
	}
	for _, stem := range slices.Sorted(maps.Keys(indexes)) { // files that are named in no usual way
		if !slices.ContainsFunc(all, func(v Variant) bool { return v.Name == stem }) {
			all = append(all, Variant{Name: stem, Format: "safetensors", Bytes: -1, Index: indexes[stem]})
		}
	}
	slices.SortStableFunc(all, func(a, b Variant) int {
		return cmp.Or(cmp.Compare(rank(a.Name), rank(b.Name)), cmp.Compare(len(a.Files), len(b.Files)))
	})
	for i := range all {
		all[i].Name = variantOf(all[i].Name)
	}
	return all
}

// rank orders stems as a library looks for them; what it would not look for is last.
func rank(stem string) int {
	if at := slices.Index(ordinary, stem); at >= 0 {
		return at
	}
	return len(ordinary)
}

// cutIndex gives the stem that an index is of: model.safetensors.index.json,
// model.safetensors.index.fp16.json.
func cutIndex(name string) (string, bool) {
	stem, rest, found := strings.Cut(name, ".safetensors.index.")
	variant, isJSON := strings.CutSuffix("."+rest, ".json")
	if rest == "json" {
		return stem, found
	}
	return stem + variant, found && isJSON
}

// ordinary are the stems under which a library looks for the weights, the first first.
var ordinary = []string{"model", "diffusion_pytorch_model", "adapter_model"}

// variantOf is a set's name for people: "" for ordinary files, fp16 for
// model.fp16, else the stem.
func variantOf(stem string) string {
	for _, plain := range ordinary {
		if stem == plain {
			return ""
		}
		if variant, ok := strings.CutPrefix(stem, plain+"."); ok {
			return variant
		}
	}
	return stem
}

// ggufSets groups GGUF files, in any folder, by their quantization.
func ggufSets(files []FileEntry) []Variant {
	sets := newSets("gguf")
	for _, f := range files {
		stem, found := strings.CutSuffix(f.Path, ".gguf")
		if found && !strings.Contains(strings.ToLower(path.Base(f.Path)), "imatrix") {
			sets.add(stem, f)
		}
	}
	all := sets.complete()
	seen := map[string]bool{}
	for i := range all {
		name := quantName(all[i].Name)
		if seen[name] {
			name = path.Base(all[i].Name) // two models in one repository
		}
		seen[name] = true
		all[i].Name = name
	}
	return all
}

// quantName is the quantization in a file's name, upper case; the name itself if none.
func quantName(stem string) string {
	base := path.Base(stem)
	if strings.HasPrefix(strings.ToLower(base), "mmproj") {
		return base
	}
	for _, text := range []string{base, stem} {
		if found := quantTag.FindAllStringSubmatch(text, -1); found != nil {
			return strings.ToUpper(found[len(found)-1][1])
		}
	}
	return base
}

func torchSets(files []FileEntry, folder string) []Variant {
	sets := newSets("pytorch")
	for _, f := range files {
		name, ok := inFolder(f.Path, folder)
		if ok && binNames.MatchString(name) {
			stem := strings.TrimSuffix(name, path.Ext(name))
			if strings.HasPrefix(stem, "consolidated.") {
				stem = "consolidated"
			}
			sets.add(stem, f)
		}
	}
	all := sets.complete()
	for i := range all {
		all[i].Name = orElse(variantOf(strings.TrimPrefix(strings.Replace(all[i].Name, "pytorch_model", "model", 1), "/")), "pytorch")
	}
	return all
}

// sets gathers files by their stem, in the order of the listing.
type sets struct {
	format string
	order  []string
	byName map[string]*set
}

type set struct {
	stem  string
	of    int // how many files; 0 if not numbered
	files []FileEntry
}

func newSets(format string) *sets { return &sets{format: format, byName: map[string]*set{}} }

func (s *sets) add(stem string, f FileEntry) {
	of := 0
	if part := numbered.FindStringSubmatch(stem); part != nil {
		stem = part[1] + part[4]
		of, _ = strconv.Atoi(part[3])
	}
	key := stem + " " + strconv.Itoa(of)
	if s.byName[key] == nil {
		s.byName[key] = &set{stem: stem, of: of}
		s.order = append(s.order, key)
	}
	s.byName[key].files = append(s.byName[key].files, f)
}

// complete gives the sets that miss no file.
func (s *sets) complete() []Variant {
	var all []Variant
	for _, key := range s.order {
		one := s.byName[key]
		if one.of != 0 && one.of != len(one.files) {
			continue
		}
		slices.SortFunc(one.files, func(a, b FileEntry) int { return strings.Compare(a.Path, b.Path) })
		all = append(all, Variant{Name: one.stem, Format: s.format, Files: one.files, Bytes: total(one.files)})
	}
	return all
}

// total is the size of files; -1 if one is not known.
func total(files []FileEntry) int64 {
	sum := int64(0)
	for _, f := range files {
		if f.Size < 0 {
			return -1
		}
		sum = plus(sum, f.Size)
	}
	return sum
}
