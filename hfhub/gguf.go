package hfhub

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	maxKeys      = 100_000
	maxGGUFList  = 262_144 // tensors
	maxGGUFDims  = 8
	maxArray     = 1 << 26 // elements that are passed over
	maxKept      = 1 << 17 // elements of arrays that are kept, in all
	maxKeptText  = 4 << 10 // bytes of a value that are kept
	maxGGUFText  = 64 << 20
	maxGGUFName  = 1 << 10
	maxGGUFDepth = 4
)

// GGUF is the header of a GGUF file. Values are kept by their keys; those of a
// length that only a tokenizer has are kept as a length.
type GGUF struct {
	Version   int
	Ints      map[string][]int64   // integers and booleans; a single value is a list of one
	Floats    map[string][]float64 // likewise
	Texts     map[string]string
	Lengths   map[string]int64 // of every array
	Count     int64            // tensors in this file, as declared
	Tensors   []Tensor         // as stored, in the order of the file; nil if only shapes were wanted
	Alignment int64            // bytes
}

// Int is a single integer; false if the key is absent or holds several.
func (g *GGUF) Int(key string) (int64, bool) {
	if list := g.Ints[key]; len(list) == 1 {
		return list[0], true
	}
	return 0, false
}

// Architecture is general.architecture.
func (g *GGUF) Architecture() string { return g.Texts["general.architecture"] }

// Bytes is what the tensors take.
func (g *GGUF) Bytes() int64 {
	total := int64(0)
	for _, t := range g.Tensors {
		total += t.Bytes
	}
	return total
}

// ReadGGUF reads a header. With shapesOnly it stops at the tokenizer's vocabulary
// if what says the shape came before it, as it usually does: some kilobytes in
// place of some megabytes. size is that of the file, -1 if not known.
func ReadGGUF(r io.Reader, size int64, shapesOnly bool) (*GGUF, error) {
	f := newGGUFReader(r)
	f.shapesOnly = shapesOnly
	g := &GGUF{Ints: map[string][]int64{}, Floats: map[string][]float64{}, Texts: map[string]string{}, Lengths: map[string]int64{}}
	keys := f.start(g)
	for range keys {
		key := f.text(maxGGUFName)
		if f.err != nil {
			return nil, f.failure()
		}
		f.value(g, key)
		if shapesOnly && f.done(g) {
			return g, nil
		}
	}
	if f.err != nil {
		return nil, f.failure()
	}
	g.Alignment = 32
	if own, ok := g.Int("general.alignment"); ok && own > 0 && own <= 1<<20 {
		g.Alignment = own
	}
	if shapesOnly {
		return g, nil
	}
	f.tensors(g)
	if f.err != nil {
		return nil, f.failure()
	}
	return g, measure(g, f.kinds, f.at, size)
}

// start reads magic, version and counts, and gives the number of keys.
func (f *ggufReader) start(g *GGUF) int64 {
	magic := f.bytes(4)
	if f.err == nil && string(magic) != "GGUF" {
		if strings.HasPrefix(pointerPrefix, string(magic)) {
			f.err = broken("a Git LFS pointer in place of the file")
		} else {
			f.err = broken("not a GGUF file")
		}
	}
	version := f.u32()
	if version > 0xffff { // written on a big-endian machine
		f.swap()
		version = version>>24 | version>>8&0xff00
	}
	if f.err == nil && (version < 1 || version > 3) {
		f.err = broken("GGUF version %d", version)
	}
	g.Version, f.narrow = int(version), version == 1
	g.Count = f.count(maxGGUFList, "tensors")
	return f.count(maxKeys, "keys")
}

// done says whether the shape is known and the vocabulary's length with it.
func (f *ggufReader) done(g *GGUF) bool {
	if f.err != nil || g.Lengths["tokenizer.ggml.tokens"] == 0 && !f.atVocabulary {
		return false
	}
	prefix := g.Architecture() + "."
	for _, key := range []string{"block_count", "embedding_length"} {
		if _, ok := g.Ints[prefix+key]; !ok {
			return false
		}
	}
	return true
}

// value reads the value of a key and keeps it if it is small.
func (f *ggufReader) value(g *GGUF, key string) {
	kind := f.u32()
	if kind != ggufArray {
		f.scalar(g, key, kind)
		return
	}
	kind = f.u32()
	n := f.count(maxArray, "elements of "+oneLine(key))
	if f.err != nil {
		return
	}
	g.Lengths[key] = n
	f.atVocabulary = key == "tokenizer.ggml.tokens"
	if f.shapesOnly && f.atVocabulary && f.done(g) {
		return
	}
	if _, number := ggufWidth[kind]; !number || n > f.room || strings.HasPrefix(key, "tokenizer.") {
		f.skipArray(kind, n, 1)
		return
	}
	f.room -= n
	f.numbers(g, key, kind, n)
}

func (f *ggufReader) scalar(g *GGUF, key string, kind uint32) {
	if kind != ggufString {
		f.numbers(g, key, kind, 1)
		return
	}
	n := f.length()
	if n <= maxKeptText {
		g.Texts[key] = strings.ToValidUTF8(string(f.bytes(n)), "\uFFFD")
		return
	}
	g.Lengths[key] = n
	f.discard(n, maxGGUFText)
}

// numbers reads n values of a fixed width.
func (f *ggufReader) numbers(g *GGUF, key string, kind uint32, n int64) {
	width, known := ggufWidth[kind]
	if !known {
		f.fail("a value of type %d", kind)
		return
	}
	if kind == ggufFloat32 || kind == ggufFloat64 {
		list := make([]float64, 0, n)
		for range n {
			if x := f.float(width); x == x && x-x == 0 { // neither NaN nor infinite
				list = append(list, x)
			}
		}
		if int64(len(list)) == n {
			g.Floats[key] = list
		}
		return
	}
	list := make([]int64, 0, n)
	for range n {
		list = append(list, f.integer(kind, width))
	}
	g.Ints[key] = list
}

// skipArray passes over n values.
func (f *ggufReader) skipArray(kind uint32, n int64, depth int) {
	if depth > maxGGUFDepth {
		f.fail("arrays nested deeper than %d", maxGGUFDepth)
	}
	if width, known := ggufWidth[kind]; known {
		f.discard(n*width, n*width)
		return
	}
	for range n {
		if f.err != nil {
			return
		}
		switch kind {
		case ggufString:
			f.discard(f.length(), maxGGUFText)
		case ggufArray:
			inner := f.u32()
			f.skipArray(inner, f.count(maxArray, "elements"), depth+1)
		default:
			f.fail("an array of type %d", kind)
		}
	}
}

// tensors reads the list of tensors.
func (f *ggufReader) tensors(g *GGUF) {
	g.Tensors = []Tensor{}
	for range g.Count {
		t := Tensor{Name: strings.ToValidUTF8(f.text(maxGGUFName), "\uFFFD")}
		dims := f.u32()
		if dims > maxGGUFDims {
			f.fail("a tensor of %d dimensions", dims)
		}
		if f.err != nil {
			return
		}
		for range dims {
			t.Shape = append(t.Shape, f.length())
		}
		slices.Reverse(t.Shape)
		kind := f.u32()
		t.begin = f.offset()
		t.DType = ggmlTypes[kind].name
		if t.DType == "" {
			t.DType = fmt.Sprintf("type%d", kind)
		}
		g.Tensors, f.kinds = append(g.Tensors, t), append(f.kinds, kind)
	}
}
