package estimator

import "math"

// serving holds the letters of a question about serving, for the fullest GPU.
type serving struct {
	row *engineRow

	uniform bool    // every tensor in one width, on one GPU
	counted bool    // the repository's own bytes
	lin     float64 // bytes of the linears that divide over the ranks
	kv      float64 // bytes of a rank's share of the K and V projections
	rep     float64 // bytes of the linears that repeat
	exp     float64 // bytes of all experts
	low     float64 // bytes of norms, routers and biases
	tow     float64 // bytes of the towers
	on      float64 // share of the blocks that the GPU holds
	cached  float64 // share of the blocks whose cache it holds
	we      float64 // bytes of an embedding's weight, 0 where the GPU holds none
	wo      float64 // bytes of a head's weight, likewise
	vp      float64 // vocabulary, padded
	emb     float64 // width of the embedding
	tx      float64 // ranks that share the experts
	file    float64 // bytes of the repository's tensors
	share   float64 // of them on this GPU
	host    float64 // bytes of weights outside the GPU
	allKV   float64 // bytes of all K and V projections
	we0     float64 // bytes of an embedding's weight
	wo0     float64 // bytes of a head's weight

	tokens  float64 // tokens of cache for all sequences, whole blocks
	maxLen  float64 // longest sequence that the engine prepares for
	seqs    float64 // sequences scheduled at once
	m       float64 // tokens of one forward pass
	u       float64 // llama.cpp's ubatch
	drafts  float64
	latents float64 // copies of MLA's latent in the cache; 0: full heads
	wide    float64 // widest FFN of a token
	latent  uint8   // the first kind of block with MLA
	chosen  float64 // most experts chosen for a token
	heads   float64 // most query heads of a block
	rope    float64 // bytes of RoPE tables in 16 bits for each position
	pos     float64 // positions of the model
	ws      float64 // bytes of an element of a recurrent state
	wc      float64 // bytes of an element of a convolution's state
	usable  float64 // bytes of the card
	util    float64
}

// kvHeads is the number of KV heads that one tensor rank keeps.
func (s *sheet) kvHeads(b *block) float64 { return math.Ceil(max(1, b.k/s.t)) }

// fillServing works out the letters that only serving has.
func (s *sheet) fillServing() {
	p, v := &s.plan, &s.v
	*v = serving{row: &engines[p.Serve.Engine]}
	v.pos, v.maxLen = float64(s.arch.Context), float64(p.Serve.MaxLen)
	v.seqs, v.m, v.u = float64(p.Serve.MaxSeqs), float64(p.Serve.MaxBatched), float64(p.Serve.MicroBatch)
	v.usable, v.util = float64(p.GPU.Usable), p.Serve.Utilization
	v.drafts = float64(p.Serve.MTP.Or(0))
	v.emb = float64(s.arch.embedWidth())
	v.tx = max(s.t, s.x)
	if v.row.castsFP32 || v.row.hostEmbedding { // these engines cache in 16 bits whatever the model's own
		s.wk, s.wv = min(s.wk, s.sixteen(p.Serve.Key)), min(s.wv, s.sixteen(p.Serve.Value))
	}
	v.ws, v.wc = 4, 4
	if v.row.states != nil {
		v.ws, v.wc = v.row.states(s)
	}
	s.fillWeights()
	s.fillShape()
	s.fillCache()
	s.met |= s.servingNeeds()
}

// sixteen is the most bytes of a cached element where the plan names no format.
func (s *sheet) sixteen(t DType) float64 {
	if t == Stored {
		return 2
	}
	return cacheWidth(t)
}

// fillCache is what hangs on the length and the batch.
func (s *sheet) fillCache() {
	v := &s.v
	block := v.row.block(&s.plan)
	v.tokens = s.b * math.Ceil((s.s+s.n)/block) * block / float64(or(s.plan.Serve.DecodeContext, 1))
}

// fillShape is the widest of the kinds of block.
func (s *sheet) fillShape() {
	v := &s.v
	v.latents = 1
	if v.row.latents != nil {
		v.latents = v.row.latents(s)
	}
	for i := range s.blocks {
		b := &s.blocks[i]
		if b.layer.Mixer.Kind == MLA && s.blocks[v.latent].layer.Mixer.Kind != MLA {
			v.latent = b.index
		}
		v.wide = max(v.wide, b.f+b.fs+b.e*b.fe)
		v.chosen = max(v.chosen, b.e)
		v.heads = max(v.heads, b.a)
		v.rope = max(v.rope, or(b.R, b.d))
	}
}

// largestCache is the bytes of the largest block's cache.
func (s *sheet) largestCache() float64 {
	most := 0.0
	for i := range s.blocks {
		b := &s.blocks[i]
		most = max(most, s.headCache(b)/b.l+s.latentCache(b)/b.l)
	}
	return most
}

// rankLetter is a letter of a kind of block that depends on the plan too.
type rankLetter struct {
	name    string
	meaning string
	of      func(*sheet, *block) float64
}

var rankLetters = []rankLetter{
	{"kh", "KV heads on one rank", func(s *sheet, b *block) float64 { return s.kvHeads(b) }},
	{"Tk", "tokens kept for all sequences, in the engine's blocks", func(s *sheet, b *block) float64 { return s.kept(b) }},
	{"Tp", "tokens kept of all prompts", func(s *sheet, b *block) float64 { return s.keptOfPrompt(b) }},
	{"Tv", "tokens of all prompts beyond the windows", func(s *sheet, b *block) float64 { return s.viewed(b) }},
	{"ss", "elements of a recurrent state", func(_ *sheet, b *block) float64 { return b.ss }},
	{"sc", "elements of a convolution's state", func(_ *sheet, b *block) float64 { return b.sc }},
	{"wl", "bytes of an element of the latent", func(s *sheet, b *block) float64 { w, _, _ := s.latentWidths(b); return w }},
	{"wr", "bytes of an element that RoPE turns", func(s *sheet, b *block) float64 { _, w, _ := s.latentWidths(b); return w }},
	{"wi", "bytes of an element of the indexer's key", func(s *sheet, b *block) float64 { _, _, w := s.latentWidths(b); return w }},
	{"vd", "head size of cached values", func(s *sheet, b *block) float64 { return s.valueDim(b) }},
	{"kc", "KV heads of cross attention on one rank", func(s *sheet, b *block) float64 { return s.crossHeads(b) }},
	{"Te", "tokens of the encoder", func(s *sheet, b *block) float64 { return s.encoded(b) }},
	{"dc", "head size of cross attention", func(_ *sheet, b *block) float64 { return float64(b.layer.Cross.KeyDim) }},
}

// serveLetters are the letters of a whole model that only serving has.
var serveLetters = []letter{
	{"Lin", "bytes of the linears that divide over the ranks", func(s *sheet) float64 { return s.v.lin }},
	{"Lkv", "bytes of one rank's K and V projections", func(s *sheet) float64 { return s.v.kv }},
	{"Lre", "bytes of the linears that repeat on every rank", func(s *sheet) float64 { return s.v.rep }},
	{"Exp", "bytes of all experts", func(s *sheet) float64 { return s.v.exp }},
	{"Low", "bytes of norms, routers and biases", func(s *sheet) float64 { return s.v.low }},
	{"Tow", "bytes of the towers", func(s *sheet) float64 { return s.v.tow }},
	{"P", "share of the blocks that the fullest GPU holds", func(s *sheet) float64 { return s.v.on }},
	{"Pk", "share of the blocks whose cache it holds", func(s *sheet) float64 { return s.v.cached }},
	{"we", "bytes of an element of the embedding", func(s *sheet) float64 { return s.v.we }},
	{"wo", "bytes of an element of the head", func(s *sheet) float64 { return s.v.wo }},
	{"Vp", "vocabulary, padded", func(s *sheet) float64 { return s.v.vp }},
	{"H", "width of the embedding", func(s *sheet) float64 { return s.v.emb }},
	{"tx", "ranks that share the experts", func(s *sheet) float64 { return s.v.tx }},
	{"File", "bytes of the repository's tensors", func(s *sheet) float64 { return s.v.file }},
	{"Held", "share of them on the fullest GPU", func(s *sheet) float64 { return s.v.share }},
	{"Tok", "tokens of cache for all sequences, in whole blocks", func(s *sheet) float64 { return s.v.tokens }},
	{"Q", "sequences scheduled at once", func(s *sheet) float64 { return s.v.seqs }},
	{"m", "tokens of one forward pass", func(s *sheet) float64 { return s.v.m }},
	{"u", "tokens of one ubatch", func(s *sheet) float64 { return s.v.u }},
	{"Dr", "drafted tokens", func(s *sheet) float64 { return s.v.drafts }},
	{"F", "widest FFN of one token", func(s *sheet) float64 { return s.v.wide }},
	{"D", "head size that RoPE turns", func(s *sheet) float64 { return s.v.rope }},
	{"X", "positions of the model", func(s *sheet) float64 { return s.v.pos }},
	{"KV1", "bytes of the largest block's cache", func(s *sheet) float64 { return s.largestCache() }},
	{"Ps", "the prompt's share of all tokens", func(s *sheet) float64 { return s.promptShare() }},
	{"Dh", "head size", func(s *sheet) float64 { return s.headDim() }},
	{"Lat", "copies of the latent in the cache", func(s *sheet) float64 { return s.v.latents }},
	{"wp", "bytes of a weight that no scheme converts", func(s *sheet) float64 { return s.v.we0 }},
	{"ws", "bytes of an element of the state", func(s *sheet) float64 { return s.v.ws }},
	{"wc", "bytes of an element of the convolution's inputs", func(s *sheet) float64 { return s.v.wc }},
	{"Kd", "bytes of a token in the drafting layers' cache", func(s *sheet) float64 { return s.draftCache() }},
	{"Pad", "bytes that padding adds to the experts", func(s *sheet) float64 { return s.expertPadding() }},
	{"Abs", "bytes of MLA's absorbed projections", func(s *sheet) float64 { return s.absorbed() }},
	{"Slots", "LoRA slots", func(s *sheet) float64 { return float64(s.plan.Serve.LoRASlots) }},
	{"Rank", "rank of the LoRA slots", func(s *sheet) float64 { return s.loraRank() }},
	{"In", "input channels of the adapted linears", func(s *sheet) float64 { return s.loraIn() }},
	{"Outs", "output channels of the adapted linears", func(s *sheet) float64 { return s.loraOut() }},
	{"Samp", "bytes of the sampler on as many requests as are scheduled", func(s *sheet) float64 { return s.sampler() }},
	{"Res", "bytes of a pass for each element of the residual stream", func(s *sheet) float64 { return s.streams() }},
	{"Ctx", "tokens of earlier chunks gathered at once", func(s *sheet) float64 { return s.gathered() }},
	{"Img", "tokens of the largest image", func(s *sheet) float64 { return s.image() }},
	{"Hv", "width of the vision tower", func(s *sheet) float64 { return s.towerWidth() }},
	{"Nt", "GiB that CUDA and NCCL allocate beside torch", func(s *sheet) float64 { return s.nonTorch() }},
	{"Masks", "attention masks of a pass", func(s *sheet) float64 { return s.masks() }},
	{"Lanes", "fp32 numbers a token beside the scores", func(s *sheet) float64 { return s.lanes() }},
	{"Hin", "rows of the residual stream beside an FFN", func(s *sheet) float64 { return s.inputs() }},
	{"Unp", "bytes of one block's cache in 16 bits", func(s *sheet) float64 { return s.unpackedCache() }},
	{"Mla", "bytes of one block's latents unpacked", func(s *sheet) float64 { return s.expandedLatents() }},
	{"Mtp", "parameters of the layers that predict further tokens", func(s *sheet) float64 { return float64(s.params.MTP) }},
}
