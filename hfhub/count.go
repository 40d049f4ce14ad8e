package hfhub

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

const (
	maxGroups = 4096 // kept; what does not fit is counted in the totals alone
	maxBlocks = 4096
)

// tally adds up tensors of any number of files.
type tally struct {
	packing *packing
	weights Weights
	groups  map[string]*Group
	blocks  map[blockKey]*Block
	partner partners
}

type blockKey struct {
	prefix string
	index  int
}

// partners are tensors that only count together with another of their module,
// which may be in another file.
type partners struct {
	waiting []Tensor         // counted at the end
	inputs  map[string]int64 // EXL2: input features of a module
	scaled  map[string]bool  // MLX: modules that have scales
}

func newTally(p *packing) *tally {
	t := &tally{packing: p, groups: map[string]*Group{}, blocks: map[blockKey]*Block{}}
	t.partner = partners{inputs: map[string]int64{}, scaled: map[string]bool{}}
	if p != nil {
		t.weights.Method = p.method
	}
	return t
}

// add counts a tensor.
func (t *tally) add(one Tensor) {
	if t.packing != nil && t.defers(one) {
		t.partner.waiting = append(t.partner.waiting, one)
		return
	}
	t.count(one, t.packing.parameters(one))
}

// defers says whether a tensor must wait for its partner.
func (t *tally) defers(one Tensor) bool {
	module, last := cutLast(one.Name)
	switch {
	case last == "q_invperm":
		t.partner.inputs[module] = one.Elements()
	case last == "q_weight":
		return true
	case t.packing.method != "mlx":
	case last == "scales":
		t.partner.scaled[module] = true
	case one.DType == "U32" && last == "weight":
		return true
	}
	return false
}

// cutLast splits a tensor's name into its module and its own name.
func cutLast(name string) (module, last string) {
	at := strings.LastIndexByte(name, '.')
	return name[:max(at, 0)], name[at+1:]
}

// finish counts what waited and gives the sum, in an order that is always the same.
func (t *tally) finish() Weights {
	for _, one := range t.partner.waiting {
		t.count(one, t.paired(one))
	}
	w := t.weights
	for _, g := range t.groups {
		w.Groups = append(w.Groups, *g)
	}
	for _, b := range t.blocks {
		w.Blocks = append(w.Blocks, *b)
	}
	slices.SortFunc(w.Groups, func(a, b Group) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(w.Blocks, func(a, b Block) int {
		return cmp.Or(cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(a.Index, b.Index))
	})
	sortDTypes(w.DTypes)
	return w
}

func sortDTypes(rows []DType) {
	slices.SortFunc(rows, func(a, b DType) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Name, b.Name))
	})
}

// paired is the parameters of a tensor that waited.
func (t *tally) paired(one Tensor) int64 {
	module, last := cutLast(one.Name)
	if last == "q_weight" && len(one.Shape) == 2 {
		if inputs := t.partner.inputs[module]; inputs > 0 {
			n, _ := product(inputs, one.Shape[1])
			return n
		}
	}
	if last == "weight" && !t.partner.scaled[module] {
		return one.Elements()
	}
	return t.packing.parameters(one)
}

func (t *tally) count(one Tensor, parameters int64) {
	w := &t.weights
	w.Tensors++
	w.Stored = plus(w.Stored, one.Bytes)
	w.Parameters = plus(w.Parameters, parameters)
	d := w.dtype(one.DType)
	d.Elements = plus(d.Elements, one.Elements())
	d.Bytes = plus(d.Bytes, one.Bytes)
	d.Parameters = plus(d.Parameters, parameters)
	t.group(one, parameters)
}

// group adds a tensor to those of its role, and to its layer.
func (t *tally) group(one Tensor, parameters int64) {
	name, prefix, index := role(one.Name)
	g := t.groups[name]
	if g == nil && len(t.groups) < maxGroups {
		g = &Group{Name: name, DType: one.DType, Shape: one.Shape}
		t.groups[name] = g
	}
	if g != nil {
		g.Tensors++
		g.Bytes = plus(g.Bytes, one.Bytes)
		g.Parameters = plus(g.Parameters, parameters)
	}
	if index < 0 {
		return
	}
	key := blockKey{prefix, index}
	b := t.blocks[key]
	if b == nil && len(t.blocks) < maxBlocks {
		b = &Block{Prefix: prefix, Index: index}
		t.blocks[key] = b
	}
	if b != nil {
		b.Bytes = plus(b.Bytes, one.Bytes)
		b.Parameters = plus(b.Parameters, parameters)
	}
}

// role puts * for the numbers in a name, and finds the first: the layer.
func role(name string) (pattern, prefix string, index int) {
	index = -1
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if part == "" || part[0] < '0' || part[0] > '9' {
			continue // most parts: a failed Atoi would make an error of each
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			continue
		}
		if index < 0 {
			prefix, index = strings.Join(parts[:i], "."), n
		}
		parts[i] = "*"
	}
	return strings.Join(parts, "."), prefix, index
}

// plus adds and stops at the largest int64.
func plus(a, b int64) int64 {
	if a > (1<<63-1)-b {
		return 1<<63 - 1
	}
	return a + b
}
