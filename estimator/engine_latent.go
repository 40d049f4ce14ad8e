package estimator

// The copies of MLA's latent that engines cache for each token; 0 where they
// cache keys and values by head.

// vllmLatents: before 0.7 MLA was served by expanding its latents to heads.
func vllmLatents(s *sheet) float64 {
	if s.plan.Serve.Version.Before(0, 7) {
		return 0
	}
	return 1
}

// The builds of llama.cpp from which on it caches latents, and keeps no second
// copy of them as values.
const (
	latentBuild  = 5140 // pull request 12801, April 2025
	keysOnlyFrom = 7830 // pull request 19067, January 2026
)

// llamaLatents: full heads, then keys of latent and rope beside values of the
// latent alone, then the keys alone.
func llamaLatents(s *sheet) float64 {
	switch v := s.plan.Serve.Version; {
	case v.Before(latentBuild, 0):
		return 0
	case v.Before(keysOnlyFrom, 0):
		return 2
	default:
		return 1
	}
}

// mlaModes: mode 0 caches full heads, 1 the latent and its transpose, 2 and 3
// the latent alone.
func mlaModes(s *sheet) float64 {
	switch s.plan.Serve.MLAMode.Or(3) {
	case 0:
		return 0
	case 1:
		return 2
	default:
		return 1
	}
}

// latentTokens is the bytes of a token where MLA's latents are cached once; 0
// without MLA.
func (s *sheet) latentTokens() float64 {
	total := 0.0
	for i := range s.blocks {
		if b := &s.blocks[i]; b.layer.Mixer.Kind == MLA && s.keeps(b) {
			total += s.latentToken(b, 1)
		}
	}
	return total
}

// scaled is the bytes of an element of fp8 with an fp32 scale for each 128.
const scaled = 1 + 4.0/128

// latentWidths is the bytes of an element of the latent, of what RoPE turns, and
// of an indexer's key. Where an indexer chooses the tokens, vLLM and SGLang keep
// its keys in fp8 with scales whatever the cache's format, and an fp8 latent with
// scales beside 16 bits of RoPE: 656 + 132 bytes for DeepSeek-V3.2 and GLM-5.
//
// fp8_ds_mla in vLLM's flashmla_sparse.py; NSATokenToKVPool in SGLang's
// memory_pool.py.
func (s *sheet) latentWidths(b *block) (latent, rope, index float64) {
	if b.ix == 0 || b.layer.Mixer.Compress > 0 || !s.v.row.sparseLatents {
		return s.wk, s.wk, s.wk
	}
	if s.wk > 1 {
		return s.wk, s.wk, scaled
	}
	return scaled, 2, scaled
}
