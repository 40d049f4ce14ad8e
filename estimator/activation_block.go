package estimator

// What autograd keeps of one block, piece by piece, read off torch itself: the
// bytes of the distinct storages it holds after the forward pass. act is the
// bytes of an element, 2 in 16 bits.

// keepAll sums the pieces of a block of which nothing is computed again.
func (s *sheet) keepAll(b *block, k *kept) {
	s.begin(k, b)
	keepNorms(s, b, k)
	keepInputs(s, b, k)
	keepMixerOf[b.layer.Mixer.Kind](s, b, k)
	keepCross(s, b, k)
	keepFFN(s, b, k)
	keepExperts(s, b, k)
	keepMasks(s, b, k)
	keepAdapters(s, b, k)
	keepQuantized(s, k)
}

// normRow is how a norm of width h is computed: bytes kept for each element,
// trained and frozen, and for each token.
type normRow struct{ trained, frozen, token float64 }

// norm says what the block's norms keep. An RMSNorm written in Python casts its
// input to fp32 (4), normalizes, and casts back (act) before it multiplies;
// Gemma multiplies in fp32. Frozen weights need the normalized copy no more. A
// kernel keeps its input and one number a token, LayerNorm two.
func (s *sheet) norm(b *block) normRow {
	switch {
	case b.layer.NormBias:
		return normRow{s.act, s.act, 8}
	case s.fused:
		return normRow{s.act, s.act, 4}
	case b.layer.FloatNorm:
		return normRow{8, 4, 4}
	default:
		return normRow{4 + s.act, 4, 4}
	}
}

func (s *sheet) ofNorm(n normRow) float64 {
	if s.frozen {
		return n.frozen
	}
	return n.trained
}

func keepNorms(s *sheet, b *block, k *kept) {
	n, count := s.norm(b), float64(b.layer.Norms)
	s.residual(k, perHidden, count*s.ofNorm(n))
	s.residual(k, perToken, count*n.token)
}

// keepInputs are the norms' outputs that feed linears. A frozen linear keeps no
// input.
func keepInputs(s *sheet, b *block, k *kept) {
	if !s.frozen {
		s.residual(k, perHidden, s.act*min(2, float64(b.layer.Norms)))
	}
}

// keepMixerOf has one row for each kind of mixer.
var keepMixerOf = [numKinds]func(*sheet, *block, *kept){
	None:      func(*sheet, *block, *kept) {},
	Full:      keepAttention,
	Window:    keepAttention,
	Chunked:   keepAttention,
	MLA:       keepLatent,
	Linear:    keepLinear,
	Mamba1:    keepMamba1,
	Mamba2:    keepMamba2,
	ShortConv: keepShortConv,
}

// keepAttention: queries, keys, values, what the kernel keeps, and its output,
// which the output linear needs too.
func keepAttention(s *sheet, b *block, k *kept) {
	m := &b.layer.Mixer
	s.keepQKNorms(b, k)
	k.cut(perQuery, s.act)
	k.cut(perOut, s.act)
	if m.Gate {
		k.cut(perOut, 2*s.act) // the gate and what it multiplies
	}
	s.keepKV(b, k)
	s.keepScores(b, k)
}

// keepKV: a flash kernel takes the KV heads as they are; others, and the older
// modelling codes of some families, repeat them for every query head first.
func (s *sheet) keepKV(b *block, k *kept) {
	m := &b.layer.Mixer
	view := b.k == b.a || b.k == 1 && (s.kernel != Eager || s.b == 1)
	repeat := s.kernel != Flash || s.repeats
	switch {
	case repeat && !view:
		k.cut(perQuery, s.act)
		k.cut(perOut, s.act)
	case !m.SharesKV:
		k.cut(perKey, s.act)
		k.cut(perValue, s.act)
	}
}

// keepScores: a kernel keeps the log-sum-exp of each head; written out, the
// softmax in fp32 (4) and its 16-bit copy (2), a tanh cap 2 more, dropout a
// mask and the result. Megatron's fused softmax keeps its result alone.
func (s *sheet) keepScores(b *block, k *kept) {
	if s.kernel != Eager {
		k.cut(perHead, 4)
		return
	}
	if s.stack == Megatron {
		k.cut(perScore, s.act)
	} else {
		k.cut(perScore, 4+s.act)
	}
	if b.layer.Mixer.Cap {
		k.cut(perScore, s.act)
	}
	if s.dropout {
		k.cut(perScore, 1+s.act)
	}
}

// keepQKNorms are norms of queries and keys, a row for each head.
func (s *sheet) keepQKNorms(b *block, k *kept) {
	m := &b.layer.Mixer
	if m.QKNorm == NoQKNorm {
		return
	}
	n := s.norm(b)
	k.cut(perQuery, s.ofNorm(n))
	k.cut(perHead, n.token)
	if !m.SharesKV {
		k.cut(perKey, s.ofNorm(n))
		k.cut(perKVHead, n.token)
	}
}

// keepLatent is MLA: both latents with their norms on every tensor rank, then
// queries, keys and values in full.
//
// DeepSeek-V2, section 2.1. https://arxiv.org/abs/2405.04434
func keepLatent(s *sheet, b *block, k *kept) {
	n := s.norm(b)
	input := s.act
	if s.frozen {
		input = 0
	}
	for _, u := range [...]unit{perLatent, perQLatent} {
		if b.units[u] > 0 {
			k.whole(u, s.ofNorm(n)+input)
			k.whole(perToken, n.token)
		}
	}
	k.whole(perRope, s.act)
	k.cut(perQuery, 2*s.act)
	k.cut(perOut, 2*s.act)
	s.keepScores(b, k)
}

// keepCross is attention to an encoder of as many tokens.
func keepCross(s *sheet, b *block, k *kept) {
	m := &b.layer.Cross
	if m.Kind == None {
		return
	}
	heads, keys := float64(m.Heads*m.KeyDim), float64(m.KVHeads*m.KeyDim)
	k.cut(perToken, s.act*(2*heads+2*keys)+4*float64(m.Heads))
}

// keepFFN: gate, its activation, up and the product, of which the down linear
// needs the last; a frozen one does not.
func keepFFN(s *sheet, b *block, k *kept) {
	each := s.ffnKept(b)
	k.cut(perFFN, each)
	k.cut(perShared, each)
}

// ffnKept is the bytes of one element of the FFN's width.
func (s *sheet) ffnKept(b *block) float64 {
	copies := 2.0 // up and its activation
	switch {
	case b.layer.FFN.Gated && stacks[s.stack].fusedGate:
		copies = 3 // gate and up, and the product
	case b.layer.FFN.Gated:
		copies = 4
	}
	if b.layer.FFN.WrittenGELU && !b.layer.FFN.Gated && writtenOut[s.stack] && s.plan.Train.Compile != On {
		copies += 3 // the tanh, half of the input, one more than the tanh
	}
	if s.frozen && !s.keepsProduct() {
		copies--
	}
	return copies * s.act
}

// writtenOut are the stacks that run transformers' own modelling code.
var writtenOut = [numStacks]bool{HF: true, DDP: true, DeepSpeed: true, FSDP: true}

// keepsProduct says whether an adapter on the down linear reads its input as it
// is. Unsloth's kernels compute it again.
func (s *sheet) keepsProduct() bool {
	return s.targets&TargetDown != 0 && !s.loraDropout && s.ain == s.act && !stacks[s.stack].castless
}

// routerBytes is the scores of all experts, in fp32, and their sum.
const routerBytes = 4

// indexBytes is the indices and weights of one chosen expert.
const indexBytes = 30

// keepExperts is a loop over experts: for each chosen one the gathered rows, its
// FFN, its output and that output weighted.
func keepExperts(s *sheet, b *block, k *kept) {
	if b.E == 0 {
		return
	}
	rows := 3 * s.act
	if s.frozen {
		rows = 2 * s.act
	}
	k.cut(perExpert, s.ffnKept(b))
	s.residual(k, perRow, rows)
	s.residual(k, perChosen, indexBytes)
	s.residual(k, perExperts, routerBytes)
	s.residual(k, perToken, routerBytes)
}

// keepMasks are the dropouts of both branches, one byte an element.
func keepMasks(s *sheet, b *block, k *kept) {
	if s.dropout {
		s.residual(k, perHidden, min(2, float64(b.layer.Norms)))
	}
}

// loraInputs are the widths that each target reads.
var loraInputs = [...]struct {
	target Targets
	dense  unit
	expert unit
}{
	{TargetQ, perHidden, numUnits},
	{TargetK, perHidden, numUnits},
	{TargetV, perHidden, numUnits},
	{TargetO, perOut, numUnits},
	{TargetGate, perHidden, perRow},
	{TargetUp, perHidden, perRow},
	{TargetDown, perFFN, perExpert},
}

// keepAdapters: each adapter keeps its narrow middle. With dropout it keeps a
// mask and the result of its own; without, adapters of the base's dtype share
// the input, and those in fp32 cast it first, each for itself.
func keepAdapters(s *sheet, b *block, k *kept) {
	if s.targets == 0 {
		return
	}
	for i := range loraInputs {
		row := &loraInputs[i]
		if s.targets&row.target == 0 {
			continue
		}
		k.whole(perRank, s.aw)
		input := row.dense
		if row.target >= TargetGate && b.f == 0 && b.E > 0 {
			input = row.expert
		}
		switch {
		case s.loraDropout:
			k.whole(input, 1+s.ain)
		case s.ain != s.act:
			k.whole(input, s.ain)
		}
	}
	if !s.loraDropout && s.ain == s.act && s.frozen {
		keepShared(s, k)
	}
}

// keepShared are the inputs that adapters of the base's dtype share: one for q,
// k and v, one for gate and up. Those of o and down are kept already.
func keepShared(s *sheet, k *kept) {
	for _, group := range [...]Targets{TargetQ | TargetK | TargetV, TargetGate | TargetUp} {
		if s.targets&group != 0 {
			s.residual(k, perHidden, s.act)
		}
	}
}

// keepQuantized is what litgpt's path through bitsandbytes adds: the adapters'
// inputs in fp32. The same on 1.3B, 7B and 13B.
func keepQuantized(s *sheet, k *kept) {
	if s.stack == LitGPT && s.base < s.act {
		k.whole(perHidden, 12.5)
	}
}
