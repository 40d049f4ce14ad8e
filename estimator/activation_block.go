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
// kernel keeps its input and one number a token, LayerNorm two; autocast runs
// LayerNorm in fp32.
func (s *sheet) norm(b *block) normRow {
	switch {
	case b.layer.NormBias && s.autocast:
		return normRow{4, 4, 8}
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
// input. Under sequence parallelism torch's DTensor keeps what it gathered from
// all ranks; Megatron keeps a rank's part and gathers it again.
func keepInputs(s *sheet, b *block, k *kept) {
	width := s.inputWidth() * min(2, float64(b.layer.Norms))
	switch {
	case s.frozen:
	case stacks[s.stack].gathersInputs:
		k.whole(perHidden, width)
	default:
		s.residual(k, perHidden, width)
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
	s.keepEight(k)
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
// mask and the result, and what autocast leaves in fp32 takes 4 in place of 2.
// Megatron's fused softmax keeps its result alone.
func (s *sheet) keepScores(b *block, k *kept) {
	if s.kernel != Eager {
		k.cut(perHead, 4)
		return
	}
	each := s.act
	if s.autocast && b.layer.NormBias { // the encoders' codes do not cast back
		each = 4
	}
	if s.stack == Megatron {
		k.cut(perScore, each)
	} else {
		k.cut(perScore, 4+each)
	}
	if b.layer.Mixer.Cap {
		k.cut(perScore, each)
	}
	if s.dropout {
		k.cut(perScore, 1+each)
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
	s.keepEight(k)
	s.keepScores(b, k)
}

// keepCross is attention to an encoder: its keys and values are of the tokens
// that it gives.
func keepCross(s *sheet, b *block, k *kept) {
	m := &b.layer.Cross
	if m.Kind == None {
		return
	}
	heads, keys := float64(m.Heads*m.KeyDim), float64(m.KVHeads*m.KeyDim)
	if m.Encoded > 0 {
		keys *= float64(m.Encoded) / s.s
	}
	k.cut(perToken, s.act*(2*heads+2*keys)+4*float64(m.Heads))
}

// keepMasks are the dropouts of both branches, one byte an element.
func keepMasks(s *sheet, b *block, k *kept) {
	if s.dropout {
		s.residual(k, perHidden, min(2, float64(b.layer.Norms)))
	}
}
