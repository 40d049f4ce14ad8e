package estimator

import (
	"errors"
	"fmt"
	"slices"
)

// block is one kind of block with its letters ready for formulas. The counts
// are of one block; l is how many there are.
type block struct {
	layer *Layer

	l  float64 // blocks of this kind
	a  float64 // query heads
	k  float64 // KV heads
	d  float64 // head size of queries and keys
	dv float64 // head size of values
	f  float64 // FFN width
	E  float64 // experts
	e  float64 // experts chosen for each token
	fe float64 // expert width
	fs float64 // width of the shared experts together
	W  float64 // window, tokens
	r  float64 // MLA's latent rank
	R  float64 // MLA's rope dimension
	ix float64 // width of a sparse indexer's key
	rq float64 // MLA's rank of queries
	I  float64 // width of a recurrent mixer
	Ik float64 // width of its keys
	S  float64 // elements of its state

	units vec // what the bytes of a token are counted in

	linears float64 // elements of the linears that are not experts or router
	experts float64 // elements of all routed experts
	rest    float64 // norms, router, biases, small parts

	matrices []Matrix

	index  uint8                // of the kind
	shares []share              // its linears by role, all blocks of the kind together
	totals []share              // the same by split alone
	at     [2][numWhens]float64 // how many of its blocks stand where; [1]: counted among those that attend
	ss, sc float64              // elements of the recurrent state and of the convolution's
	alike  float64              // blocks that cache what one of this kind does
}

// sums is what an estimate needs of an Arch and does not depend on the plan.
type sums struct {
	params Params
	total  int64 // Φ: counted where the tensors were read, else derived
	layers int64
	blocks []block

	linears float64 // over all blocks: what a quantization scheme converts, experts left out
	experts float64
	rest    float64 // everything else but embedding and head
	dims    dims    // of the blocks' matrices
	meets   need    // of what bills ask

	learned, fusedQKV bool // positions learned; queries, keys and values in one tensor
	fusedExperts      bool // all experts of a block in one tensor

	likely  *Arch   // the shape that a bare size stands for
	encoder []block // of an encoder-decoder: its encoder's kinds of block
	sights  []sight // of towers for images and sounds

	towerLinears float64 // elements of the linears of all towers, which rest holds too

	towers      float64 // elements of the towers, which rest holds too
	small       float64 // rest without towers
	plain       float64 // bytes of a stored weight that no scheme converts
	headWidth   float64 // bytes of a weight of the stored head
	storedBytes float64 // what the repository's tensors come to by the shape
	mtpBlocks   []block
	slides      engineSet // the engines that cache the family's windows by the window
}

// maxima of what a shape may say; a config beyond them is not a model.
const (
	maxHidden = 1 << 20
	maxLayers = 10_000
	maxHeads  = 1 << 16
	maxVocab  = 1 << 25
	maxParams = 1 << 53 // what a float64 counts exactly
)

// ErrShape is a shape that no model has.
var ErrShape = errors.New("impossible shape")

// Sealed checks the shape and counts its parameters, once. Estimates of an Arch
// that was not sealed seal it each time.
func (a Arch) Sealed() (Arch, error) {
	if a.sums != nil {
		return a, nil
	}
	if err := a.check(); err != nil {
		return a, err
	}
	if a.tooMany() {
		return a, fmt.Errorf("count more than %d parameters: %w", int64(maxParams), ErrShape)
	}
	s := &sums{params: a.Params()}
	s.total = s.params.Total()
	if a.File.Params > 0 {
		s.total = a.File.Params
	}
	for i := range a.Layers {
		b := blockOf(&a.Layers[i], a.Hidden)
		s.blocks = append(s.blocks, b)
		s.layers += a.Layers[i].Count
		s.linears += b.linears * b.l
		s.experts += b.experts * b.l
	}
	s.rest = float64(s.total-s.params.Embedding-s.params.Head) - s.linears - s.experts
	if s.total <= 0 || s.total > maxParams {
		return a, fmt.Errorf("count %d parameters: %w", s.total, ErrShape)
	}
	s.likely = likelyOf(&a)
	s.encoder = encoderOf(&a)
	s.sights, _ = sightsOf(&a)
	s.towerLinears = min(linearsOfTowers(&a), max(0, s.rest))
	s.dims = dimsOf(slices.Concat(s.blocks, s.encoder), float64(s.params.Embedding), fusedExperts[a.Family])
	s.countAlike()
	s.weigh(&a)
	s.meets = needsOf(&a, s)
	s.learned, s.fusedQKV, s.fusedExperts = learnedPositions[a.Family], fusedQKV[a.Family], fusedExperts[a.Family]
	a.sums = s
	return a, nil
}

// SizeOnly makes an Arch of which nothing but Φ is known; only the rules of
// thumb apply to it.
func SizeOnly(params int64) Arch {
	return Arch{File: File{Params: params, Source: "size"}, DType: BF16}
}

// SizeOnly says whether nothing but Φ is known.
func (a Arch) SizeOnly() bool { return a.sizeOnly() }

// sizeOnly is the same without a copy of the shape.
func (a *Arch) sizeOnly() bool { return len(a.Layers) == 0 && len(a.Towers) == 0 }

// Total is Φ: counted where the tensors were read, else derived.
func (a Arch) Total() int64 {
	if a.sums != nil {
		return a.sums.total
	}
	if a.File.Params > 0 {
		return a.File.Params
	}
	return a.Params().Total()
}

// Depth is l, the blocks of the decoder.
func (a Arch) Depth() int64 { return a.depth() }

func (a *Arch) depth() int64 {
	n := int64(0)
	for i := range a.Layers {
		n += a.Layers[i].Count
	}
	return n
}

// tooMany says whether the blocks' parameters are beyond what can be counted. It
// adds up in floating point: whole numbers would wrap round unseen.
func (a Arch) tooMany() bool {
	total := 0.0
	count := func(layers []Layer, h int64) {
		for _, l := range layers {
			total += float64(l.Count) * float64(l.params(h).Total())
		}
	}
	count(a.Layers, a.Hidden)
	count(a.MTP, a.Hidden)
	for _, t := range a.Towers {
		count(t.Layers, t.Hidden)
		total += float64(t.Extra)
	}
	return total > maxParams
}

func (a Arch) check() error {
	bounds := []struct {
		name       string
		value, max int64
	}{
		{"hidden size", a.Hidden, maxHidden},
		{"layers", a.Depth(), maxLayers},
		{"vocabulary", a.Vocab, maxVocab},
		{"context", a.Context, 1 << 40},
	}
	for _, l := range a.Layers {
		bounds = append(bounds, []struct {
			name       string
			value, max int64
		}{
			{"heads", l.Mixer.Heads, maxHeads},
			{"KV heads", l.Mixer.KVHeads, maxHeads},
			{"head size", max(l.Mixer.KeyDim, l.Mixer.ValueDim), maxHidden},
			{"FFN width", max(l.FFN.Width, l.FFN.SharedWidth, l.FFN.ExpertWidth), 1 << 24},
			{"experts", l.FFN.Experts, maxHeads},
		}...)
	}
	for _, b := range bounds {
		if b.value < 0 || b.value > b.max {
			return fmt.Errorf("read %s of %d: %w", b.name, b.value, ErrShape)
		}
	}
	return nil
}

func blockOf(l *Layer, h int64) block {
	m, f := l.Mixer, l.FFN
	b := block{
		layer: l, l: float64(l.Count),
		a: float64(m.Heads), k: float64(m.KVHeads), d: float64(m.KeyDim), dv: float64(m.ValueDim),
		f: float64(f.Width), E: float64(f.Experts), e: float64(f.TopK),
		fe: float64(f.ExpertWidth), fs: float64(f.SharedWidth),
		W: float64(m.Window), r: float64(m.KVRank), R: float64(m.RopeDim), ix: float64(m.Index), rq: float64(m.QueryRank),
		matrices: l.Matrices(h),
	}
	for _, matrix := range b.matrices {
		switch {
		case matrix.Role >= RoleExpertGate && matrix.Role <= RoleExpertDown:
			b.experts += float64(matrix.Weights())
		case matrix.Role != RoleRouter:
			b.linears += float64(matrix.Weights())
		}
	}
	b.rest = float64(l.params(h).Total()) - b.linears - b.experts
	b.I, b.Ik, b.S = recurrentWidths(m)
	b.units = blockUnits(&b, float64(h))
	b.ss, b.sc = m.state()
	return b
}
