package estimator

import "math"

// kept is the tokens that a kind of block keeps for all sequences: all of them,
// or a window's by the engine's own rule.
func (s *sheet) kept(b *block) float64 {
	m := &b.layer.Mixer
	if b.layer.Cross.Kind != None { // the decoder of an encoder-decoder sees what it wrote
		return s.b * s.decoded(b) / float64(or(s.plan.Serve.DecodeContext, 1))
	}
	if m.Compress > 0 { // a window, and beyond it one for so many (DeepSeek-V4)
		return min(s.v.tokens, s.v.tokens/float64(m.Compress)+s.b*b.W)
	}
	if m.Kind == MLA && b.W > 0 {
		return min(s.v.tokens, s.b*b.W)
	}
	if !b.slides() {
		return s.v.tokens
	}
	return min(s.v.tokens, s.b*s.v.row.window(s, b))
}

// slides says whether a kind of block attends to a window or a chunk.
func (b *block) slides() bool {
	k := b.layer.Mixer.Kind
	return (k == Window || k == Chunked) && b.W > 0 && b.layer.Cross.Kind == None
}

// keptOfPrompt is the tokens that a kind of block keeps once the prompts are
// read, in a cache that grows.
func (s *sheet) keptOfPrompt(b *block) float64 {
	if !b.slides() {
		return s.kept(b) * s.promptShare()
	}
	return min(s.kept(b), s.prompts())
}

// prompts is the tokens of all prompts on one rank.
func (s *sheet) prompts() float64 {
	return s.b * s.s / float64(or(s.plan.Serve.DecodeContext, 1))
}

// viewed is the tokens beyond a window that stay until the first new token is
// written, since the window's own are a view of the whole prompt's. Before 4.56
// the cache had one length from the start.
//
// DynamicSlidingWindowLayer in transformers' cache_utils.py.
func (s *sheet) viewed(b *block) float64 {
	if !b.slides() || s.plan.Serve.Version.Before(4, 56) {
		return 0
	}
	return s.prompts() - s.keptOfPrompt(b)
}

// decoded is the tokens of the decoder of an encoder-decoder: where the encoder
// has a length of its own those asked for are the decoder's, else it writes.
func (s *sheet) decoded(b *block) float64 {
	if b.layer.Cross.Encoded > 0 {
		return s.s + s.n
	}
	return max(1, s.n)
}

// encoded is the tokens of the encoder that a block attends to.
func (s *sheet) encoded(b *block) float64 {
	return or(float64(b.layer.Cross.Encoded), s.s)
}

// valueDim is the head size of the values as the engine caches them.
func (s *sheet) valueDim(b *block) float64 {
	if b.layer.Mixer.Kind == MLA && s.v.row.padsValues {
		return b.d
	}
	return b.dv
}

// keeps says whether a kind has keys and values of its own.
func (s *sheet) keeps(b *block) bool {
	m := &b.layer.Mixer
	return m.Kind.Attends() && !m.SharesKV && !s.arch.NoHead
}

// asLatents says whether a kind is cached as latents, and not by head.
func (s *sheet) asLatents(b *block) bool { return b.layer.Mixer.Kind == MLA && s.v.latents > 0 }

// headToken is the bytes of one token's keys and values by head, in all blocks of
// a kind.
func (s *sheet) headToken(b *block) float64 {
	return b.l * s.kvHeads(b) * (s.wk*b.d + s.wv*s.valueDim(b))
}

// latentToken is the bytes of one token's latents, so many copies, in all blocks
// of a kind.
func (s *sheet) latentToken(b *block, copies float64) float64 {
	latent, rope, index := s.latentWidths(b)
	return b.l * (latent*copies*b.r + rope*b.R + index*b.ix)
}

// headCache is a kind's keys and values by head.
func (s *sheet) headCache(b *block) float64 {
	if !s.keeps(b) || s.asLatents(b) {
		return 0
	}
	return s.headToken(b) * s.kept(b)
}

// latentCache is a kind's latents, the same on every tensor rank.
//
// DeepSeek-V2, section 2.1. https://arxiv.org/abs/2405.04434
func (s *sheet) latentCache(b *block) float64 {
	if !s.asLatents(b) || s.arch.NoHead {
		return 0
	}
	return s.latentToken(b, s.v.latents) * s.kept(b)
}

// expanded is the bytes of a token where MLA's keys and values are cached for
// every head, and not as latents; 0 without MLA, and with the one head that is
// the latent (DeepSeek-V4).
func (s *sheet) expanded() float64 {
	total := 0.0
	for i := range s.blocks {
		if b := &s.blocks[i]; b.layer.Mixer.Kind == MLA && b.k > 1 && s.keeps(b) {
			total += s.headToken(b)
		}
	}
	return total
}

func (s *sheet) crossHeads(b *block) float64 {
	return math.Ceil(max(1, float64(b.layer.Cross.KVHeads)/s.t))
}

// cacheBills are the caches and states that every engine keeps, each by its own
// blocks and windows.
var cacheBills = []bill{
	{
		part: KVCache, moments: AtPrefill | AtDecode, basis: Derived, source: "Pope et al. 2022, section 3; Ainslie et al. 2023",
		text: "l * kh * (wk*d + wv*vd) * Tk * Pk",
		each: func(s *sheet, b *block) float64 { return s.headCache(b) * s.v.cached },
	},
	{
		needs: needsLatents, part: KVCache, moments: AtPrefill | AtDecode, basis: Derived, source: "DeepSeek-V2, section 2.1",
		text: "l * (wl*Lat*r + wr*R + wi*Ix) * Tk * Pk",
		each: func(s *sheet, b *block) float64 { return s.latentCache(b) * s.v.cached },
	},
	{
		needs: needsCross, part: KVCache, moments: AtPrefill | AtDecode, basis: Derived, source: "cross attention keeps the encoder's tokens",
		text: "l * kc * (wk + wv) * dc * b * Te * Pk", fixed: true,
		each: func(s *sheet, b *block) float64 {
			c := &b.layer.Cross
			if !c.Kind.Attends() {
				return 0
			}
			return b.l * s.crossHeads(b) * (s.wk + s.wv) * float64(c.KeyDim) * s.b * s.encoded(b) * s.v.cached
		},
	},
	{
		needs: needsDrafts, part: KVCache, moments: AtPrefill | AtDecode, basis: Derived, source: "the drafting layers keep a cache of their own",
		text:  "Kd * Tok",
		bytes: func(s *sheet) float64 { return s.draftCache() * s.v.tokens },
	},
	{
		needs: needsState, part: State, moments: AtPrefill | AtDecode, basis: Derived, source: "the state and the convolution's inputs, one more for each draft; logs of llama.cpp and SGLang",
		text: "l * (ws*ss + wc*sc) * b * (1 + Dr) / t * Pk", fixed: true,
		each: func(s *sheet, b *block) float64 {
			return b.l * (s.v.ws*b.ss + s.v.wc*b.sc) * s.b * (1 + s.v.drafts) / s.t * s.v.cached
		},
	},
}

// draftCache is the bytes of a token in the cache of the drafting layers; one
// layer drafts all further tokens.
func (s *sheet) draftCache() float64 {
	if s.v.drafts == 0 {
		return 0
	}
	total := 0.0
	for i := range s.mtpBlocks {
		b := &s.mtpBlocks[i]
		switch {
		case s.asLatents(b):
			total += s.latentToken(b, s.v.latents)
		case b.layer.Mixer.Kind.Attends():
			total += s.headToken(b)
		}
	}
	return total
}

// perToken is the bytes that one token of one sequence takes in all blocks that
// keep keys and values, windows counted as if they were not full.
func (s *sheet) perToken() float64 {
	total := s.draftCache()
	for i := range s.blocks {
		b := &s.blocks[i]
		if !s.keeps(b) {
			continue
		}
		if s.asLatents(b) {
			total += s.latentToken(b, s.v.latents) / float64(or(b.layer.Mixer.Compress, 1))
			continue
		}
		total += s.headToken(b)
	}
	return total * s.v.cached / float64(or(s.plan.Serve.DecodeContext, 1))
}

// cache is the bytes of all caches and states for the sequences asked for.
func (s *sheet) cache() float64 { return total(s, cacheBills) }

func total(s *sheet, all []bill) float64 {
	sum := 0.0
	for i := range all {
		sum += all[i].amount(s)
	}
	return sum
}

// roundUp is the next multiple of a whole block.
func roundUp(tokens, block float64) float64 { return math.Ceil(tokens/block) * block }
