package estimator

import "sync"

// sheet holds the letters of the formulas for one question: a model and a plan.
// They are float64, exact for whole numbers up to 2^53 and saturating by nature,
// so that no product can wrap round into a small number.
type sheet struct {
	arch  Arch
	plan  Plan // resolved
	asked Plan // before that; an estimate's only
	*sums
	training
	met need // of what bills ask

	Phi  float64 // parameters
	h    float64 // hidden size
	L    float64 // blocks
	A    float64 // query heads of the first block that attends
	V    float64 // vocabulary
	Emb  float64 // parameters of the embedding
	Head float64 // parameters of the head, 0 where tied
	b    float64 // batch or micro-batch
	s    float64 // tokens in
	n    float64 // new tokens
	T    float64 // tokens of one micro-batch
	N    float64 // data-parallel ranks
	t    float64 // tensor parallel degree
	p    float64 // pipeline parallel degree
	c    float64 // context parallel degree
	x    float64 // expert parallel degree
	w    float64 // bytes of one weight
	wk   float64 // bytes of one element of K
	wv   float64 // bytes of one element of V
	g    float64 // bytes of a parameter's gradients
	No   float64 // ranks that share the optimizer states
	Ng   float64 // ranks that share the gradients
	Nw   float64 // ranks that share the weights

	allocated float64 // at the moment that decides, when the context is counted
	top       Moment  // which decides
	settled   bool    // both and the account are those of the question as it stands
	account
	steady account // of the bills that a search for lengths leaves alone

	keptOfKind [keptKinds]float64 // bytes a token that a block of each kind keeps

	paid    []payment  // an estimate's only
	letters []Letter   // likewise
	seen    []placeSet // of the letters, likewise

	v serving // when serving
}

// letter names a quantity in the formulas; of says its value.
type letter struct {
	name    string
	meaning string
	of      func(*sheet) float64
}

// letters are the quantities of a whole model and plan.
var letters = []letter{
	{"Phi", "parameters", func(s *sheet) float64 { return s.Phi }},
	{"h", "hidden size", func(s *sheet) float64 { return s.h }},
	{"L", "blocks", func(s *sheet) float64 { return s.L }},
	{"A", "query heads", func(s *sheet) float64 { return s.A }},
	{"V", "vocabulary", func(s *sheet) float64 { return s.V }},
	{"Emb", "parameters of the embedding", func(s *sheet) float64 { return s.Emb }},
	{"Head", "parameters of the head", func(s *sheet) float64 { return s.Head }},
	{"b", "sequences at once", func(s *sheet) float64 { return s.b }},
	{"s", "tokens in", func(s *sheet) float64 { return s.s }},
	{"n", "new tokens", func(s *sheet) float64 { return s.n }},
	{"T", "tokens of one micro-batch", func(s *sheet) float64 { return s.T }},
	{"N", "data-parallel ranks", func(s *sheet) float64 { return s.N }},
	{"t", "tensor parallel degree", func(s *sheet) float64 { return s.t }},
	{"p", "pipeline parallel degree", func(s *sheet) float64 { return s.p }},
	{"c", "context parallel degree", func(s *sheet) float64 { return s.c }},
	{"x", "expert parallel degree", func(s *sheet) float64 { return s.x }},
	{"w", "bytes of one weight", func(s *sheet) float64 { return s.w }},
	{"wk", "bytes of one element of K", func(s *sheet) float64 { return s.wk }},
	{"wv", "bytes of one element of V", func(s *sheet) float64 { return s.wv }},
	{"g", "bytes of a parameter's gradients", func(s *sheet) float64 { return s.g }},
	{"No", "ranks that share the optimizer states", func(s *sheet) float64 { return s.No }},
	{"Ng", "ranks that share the gradients", func(s *sheet) float64 { return s.Ng }},
	{"Nw", "ranks that share the weights", func(s *sheet) float64 { return s.Nw }},
	{"allocated", "bytes of all other parts", func(s *sheet) float64 { return s.allocated }},
	{"MiB", "2^20 bytes", func(*sheet) float64 { return float64(MiB) }},
	{"GiB", "2^30 bytes", func(*sheet) float64 { return float64(GiB) }},
}

// blockLetter names a quantity of one kind of block.
type blockLetter struct {
	name    string
	meaning string
	of      func(*block) float64
}

// blockLetters are the quantities of a kind of block. Where several kinds add
// up, each name carries the kind's number.
var blockLetters = []blockLetter{
	{"l", "blocks", func(b *block) float64 { return b.l }},
	{"a", "query heads", func(b *block) float64 { return b.a }},
	{"k", "KV heads", func(b *block) float64 { return b.k }},
	{"d", "head size", func(b *block) float64 { return b.d }},
	{"dv", "head size of values", func(b *block) float64 { return b.dv }},
	{"f", "FFN width", func(b *block) float64 { return b.f }},
	{"E", "experts", func(b *block) float64 { return b.E }},
	{"e", "experts chosen for each token", func(b *block) float64 { return b.e }},
	{"fe", "expert width", func(b *block) float64 { return b.fe }},
	{"fs", "width of the shared experts", func(b *block) float64 { return b.fs }},
	{"W", "window", func(b *block) float64 { return b.W }},
	{"r", "latent rank", func(b *block) float64 { return b.r }},
	{"R", "rope dimension", func(b *block) float64 { return b.R }},
	{"Ix", "width of the indexer's key", func(b *block) float64 { return b.ix }},
	{"rq", "latent rank of queries", func(b *block) float64 { return b.rq }},
	{"I", "width of the recurrent mixer", func(b *block) float64 { return b.I }},
	{"Ik", "width of its keys", func(b *block) float64 { return b.Ik }},
	{"S", "elements of its state", func(b *block) float64 { return b.S }},
}

// sheets keeps sheets for reuse, so that a search of thousands of estimates
// allocates none. It holds scratch memory only, never a result.
var sheets = sync.Pool{New: func() any { return new(sheet) }}

// open fills a sheet for the question, or says why it cannot be answered.
func open(a *Arch, p *Plan) (*sheet, error) {
	s := sheets.Get().(*sheet)
	s.arch = *a // one by one: together they would be copied twice
	s.plan = *p
	if err := s.prepare(); err != nil {
		s.close()
		return nil, err
	}
	s.fill()
	return s, nil
}

// prepare seals the model, fills in the plan and checks one against the other.
func (s *sheet) prepare() error {
	if s.arch.sums == nil {
		sealed, err := s.arch.Sealed()
		if err != nil {
			return err
		}
		s.arch = sealed
	}
	s.sums = s.arch.sums
	s.inferShape()
	if err := s.plan.validate(); err != nil {
		return err
	}
	s.plan.resolve(&s.arch)
	return s.plan.check(&s.arch)
}

// close gives the sheet back. It is overwritten by the next question.
func (s *sheet) close() {
	s.allocated = 0
	sheets.Put(s)
}

func (s *sheet) fill() {
	p := &s.plan
	s.Phi = float64(s.total)
	s.h, s.V, s.L = float64(s.arch.Hidden), float64(s.arch.Vocab), float64(s.layers)
	s.Emb, s.Head = float64(s.params.Embedding), float64(s.params.Head)
	s.b, s.s, s.n = float64(p.Batch), float64(p.Seq), float64(p.Out)
	s.T = s.b * s.s
	s.t, s.p, s.c, s.x = float64(p.Tensor), float64(p.Pipeline), float64(p.Context), float64(p.Expert)
	s.N = max(1, float64(p.GPUs)/(s.t*s.p*s.c))
	s.w = s.arch.width(p.DType)
	s.wk, s.wv = s.cacheWidth(p.Serve.Key), s.cacheWidth(p.Serve.Value)
	s.A = 0
	for i := range s.blocks {
		if s.blocks[i].layer.Mixer.Kind.Attends() {
			s.A = s.blocks[i].a
			break
		}
	}
	s.met, s.settled = s.meets, false
	if p.Mode == Infer {
		s.fillServing()
	}
	s.g = gradBytes[p.Train.Grads]
	s.No, s.Ng, s.Nw = s.sharers(zero[p.Train.ZeRO].optimizer), s.sharers(zero[p.Train.ZeRO].gradients), s.sharers(zero[p.Train.ZeRO].weights)
	s.fillTraining()
}

// sharers is how many ranks hold a part of what is divided: those that split a
// sequence hold the same weights, so they share them too.
func (s *sheet) sharers(divided bool) float64 {
	if divided {
		return s.N * s.c
	}
	return 1
}

// width is the bytes of one 16-bit or unquantized weight.
func (a *Arch) width(t DType) float64 {
	if t == Stored && a.DType != Stored {
		return a.DType.Width()
	}
	return t.Width()
}

// cacheWidth is the bytes of one element of the cache: the model's own 16 bits
// unless the plan says otherwise.
func (s *sheet) cacheWidth(t DType) float64 {
	if t == Stored {
		return min(4, max(2, s.arch.DType.Width()))
	}
	return cacheWidth(t)
}

// gradBytes is the bytes of a parameter's gradients.
var gradBytes = [numGrads]float64{GradsUnset: 2, GradsBF16: 2, GradsFP32: 4, GradsBoth: 6}
