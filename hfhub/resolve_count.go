package hfhub

import (
	"slices"
	"strconv"
	"strings"

	"membot/estimator"
)

// explained are parameters that files may hold beyond what the shape counts,
// and that no engine keeps: a tied head stored all the same, layers that predict
// further tokens, with or without an embedding and a head of their own.
func explained(a *estimator.Arch) []struct {
	code   string
	params int64
} {
	p := a.Params()
	tied := int64(0)
	if a.Tied {
		tied = p.Embedding
	}
	return []struct {
		code   string
		params int64
	}{
		{"", 0},
		{"tied_head_stored", tied},
		{"mtp_stored", p.MTP},
		{"mtp_stored", p.MTP + tied},
		{"mtp_stored", p.MTP + p.Embedding + p.Head}, // DeepSeek stores both a second time
	}
}

// tolerance is the share by which a count from tensors may differ from the shape's
// without a word: rotary buffers and other small things that are no parameters.
const tolerance = 0.001

// count takes over what the files hold, and holds it against the shape.
func (m *Model) count(a *estimator.Arch, variant string) []Note {
	w := &m.Weights
	a.File = estimator.File{Bytes: estimator.Bytes(w.Stored), Params: w.Parameters, Source: w.Source}
	if w.Method == "gguf" {
		w.scheme(a, variant)
	}
	if a.SizeOnly() {
		return nil
	}
	notes := m.compare(a)
	if w.Source == FromGGUF {
		a.File.Parts = w.parts(a)
	}
	return notes
}

// compare holds the count against the shape: what the files hold beyond the model
// is left out, any other difference told.
func (m *Model) compare(a *estimator.Arch) []Note {
	w := &m.Weights
	if w.Parameters == 0 {
		return namedGaps(a, w)
	}
	shape := a.Params().Total()
	for _, e := range explained(a) {
		if rest := w.Parameters - e.params - shape; rest == 0 || float64(max(rest, -rest)) <= tolerance*float64(shape) {
			return m.without(a, e.code, e.params)
		}
	}
	code, rest := "params_more", w.Parameters-shape
	if rest < 0 {
		code, rest = "params_fewer", -rest
	}
	all := []Note{{Code: code, Key: w.Source, Value: strconv.FormatInt(rest, 10), Warning: true}}
	return append(all, gaps(a, w)...)
}

// without leaves out of the count what the files hold beyond the model, to the
// byte where the tensors were read.
func (m *Model) without(a *estimator.Arch, code string, params int64) []Note {
	if params == 0 {
		return nil
	}
	bytes, counted := m.Weights.beyond(a, code, params)
	if !counted {
		bytes = int64(float64(m.Weights.Stored) / float64(m.Weights.Parameters) * float64(params))
	}
	a.File.Params -= params
	a.File.Bytes -= estimator.Bytes(bytes)
	return []Note{{Code: code, Key: "weights", Value: strconv.FormatInt(params, 10)}}
}

// beyond is the bytes of the tensors that stand for such parameters; false where
// they cannot be told from the others.
func (w *Weights) beyond(a *estimator.Arch, code string, params int64) (int64, bool) {
	bytes, found := int64(0), int64(0)
	for _, g := range w.Groups {
		if kindOfTensor(g.Name) == headTensor && code == "tied_head_stored" {
			bytes, found = bytes+g.Bytes, found+g.Parameters
		}
	}
	if code == "mtp_stored" {
		main := w.decoder()
		for _, b := range w.Blocks {
			if b.Prefix == main && int64(b.Index) >= a.Depth() || strings.HasPrefix(b.Prefix, "mtp") {
				bytes, found = bytes+b.Bytes, found+b.Parameters
			}
		}
	}
	return bytes, found == params
}

// scheme says what a GGUF file is quantized to: what was asked for where that
// chose it, else its name, else the type of most of its bytes.
func (w *Weights) scheme(a *estimator.Arch, asked string) {
	dtype, named := estimator.FindDType(asked)
	if !named || asked == "" {
		dtype = Variant{Name: w.Variant, Format: "gguf"}.DType()
	}
	if dtype == estimator.Stored && len(w.DTypes) > 0 {
		dtype, _ = estimator.FindDType(w.DTypes[0].Name)
	}
	switch {
	case dtype == estimator.Stored:
	case dtype.Plain():
		a.DType, a.Quant = dtype, estimator.Quant{}
	default:
		a.Quant = estimator.Quant{DType: dtype, Method: "gguf"}
	}
}

// inputs are the tables that llama.cpp keeps on the host: its input layer.
var inputs = []string{"token_embd.weight", "token_embd_norm.weight", "token_embd_norm.bias", "position_embd.weight", "token_types.weight"}

// parts says where a GGUF file's bytes lie; nil where its blocks are not those of
// the shape.
func (w *Weights) parts(a *estimator.Arch) *estimator.FileParts {
	f := &estimator.FileParts{Blocks: make([]estimator.Bytes, a.Depth())}
	for _, g := range w.Groups {
		switch {
		case slices.Contains(inputs, g.Name):
			f.Input += estimator.Bytes(g.Bytes)
		case kindOfTensor(g.Name) == headTensor:
			f.Head += estimator.Bytes(g.Bytes)
		}
	}
	for _, b := range w.Blocks {
		if b.Prefix == "blk" && b.Index < len(f.Blocks) {
			f.Blocks[b.Index] += estimator.Bytes(b.Bytes)
		}
	}
	if f.Input == 0 || slices.Contains(f.Blocks, 0) {
		return nil
	}
	return f
}

// facts says where the counted bytes and parameters came from.
func (w *Weights) facts() []Fact {
	file := strconv.Itoa(len(w.Files)) + " files"
	if len(w.Files) == 1 {
		file = w.Files[0].Path
	}
	if w.Source == FromSummary {
		file = "the Hub"
	}
	list := []Fact{{Name: "stored_bytes", Value: strconv.FormatInt(w.Stored, 10), File: file, Key: w.Source}}
	if w.Parameters > 0 {
		list = append(list, Fact{Name: "params", Value: strconv.FormatInt(w.Parameters, 10), File: file, Key: w.Source})
	}
	return list
}
