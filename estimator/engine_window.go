package estimator

// engineSet is a set of engines, one bit each.
type engineSet uint16

func setOf(engines ...Engine) (set engineSet) {
	for _, e := range engines {
		set |= 1 << e
	}
	return set
}

func (set engineSet) has(e Engine) bool { return set&(1<<e) != 0 }

var (
	inCells = setOf(LlamaCPP)
	inPools = setOf(LlamaCPP, SGLang)
)

// slidingFamilies are the families whose sliding windows llama.cpp and SGLang
// cache by the window; they keep every other family's whole: llama.cpp reads
// Mistral 7B as a llama without a window, and has Phi 3's switched off.
//
// swa_type in llama.cpp's src/models; is_hybrid_swa_model in SGLang's
// configs/model_config.py.
var slidingFamilies = map[string]engineSet{
	"gemma2": inCells, "gemma3": inCells, "gemma3_text": inCells, "gemma3n": inCells, "gemma3n_text": inCells,
	"gemma4": inPools, "gemma4_text": inPools, "gpt_oss": inPools, "llama4": inPools, "llama4_text": inPools,
	"mimo_v2_flash": inPools, "step3p5": inPools, "step3p7": inCells,
	"cohere2": inCells, "cohere2_vision": inCells, "exaone4": inCells, "exaone_moe": inCells, "olmo3": inCells,
	"afmoe": inCells, "laguna": inCells, "muse_glimmer": inCells, "muse_glimmer_text": inCells,
}

// The rules for what a window keeps of one sequence, tokens.

// wholeWindow keeps everything: the engine has no rule for windows, or asks for
// the length of each (TensorRT-LLM's max_attention_window).
func wholeWindow(s *sheet, _ *block) float64 { return s.s + s.n }

// pagedWindow is vLLM's: the window and one pass beside it, in whole blocks and
// one to spare. Before 0.9 it knew no windows, and before 0.13 none of chunks.
// Blocks of a kind are billed in groups as large as the smallest kind's.
//
// kv_cache_interface.py and kv_cache_utils.py.
func pagedWindow(s *sheet, b *block) float64 {
	v := s.plan.Serve.Version
	if v.Before(0, 9) || v.Before(0, 13) && b.layer.Mixer.Kind == Chunked {
		return s.s + s.n
	}
	return (roundUp(b.W-1+s.v.m, vllmBlock) + vllmBlock) * s.padding(b)
}

// padding is how many blocks vLLM bills for one of a kind: kinds are cut into
// groups of equal size, as large as the smallest that caches something, or as
// the largest where that is less than half as large again.
func (s *sheet) padding(b *block) float64 {
	own := b.alike
	least, most := own, own
	for i := range s.blocks {
		if other := &s.blocks[i]; s.keeps(other) || other.ss > 0 {
			least, most = min(least, other.alike), max(most, other.alike)
		}
	}
	if most < 1.5*least {
		return most / own
	}
	return roundUp(own, least) / own
}

// countAlike counts how many blocks cache what each does, whatever their FFN.
func (s *sums) countAlike() {
	for i := range s.blocks {
		b := &s.blocks[i]
		for j := range s.blocks {
			o := &s.blocks[j]
			if o.layer.Mixer.Kind == b.layer.Mixer.Kind && o.W == b.W && o.k == b.k && o.d == b.d && o.ss == b.ss && !o.layer.Mixer.SharesKV {
				b.alike += o.l
			}
		}
	}
}

// cellWindow is llama.cpp's: the window and one ubatch beside it, in cells of
// 256. Builds before b5430 had no rule.
func cellWindow(s *sheet, b *block) float64 {
	if s.plan.Serve.Version.Before(5430, 0) || !s.slides.has(LlamaCPP) {
		return s.s + s.n
	}
	return roundUp(b.W+s.v.u, llamaCells)
}

// transformersWindow: a cache that slides since 4.56; before, only the models
// that brought their own did.
func transformersWindow(s *sheet, b *block) float64 {
	if s.plan.Serve.Version.Before(4, 56) && !ownWindowCache[s.arch.Family] {
		return s.s + s.n
	}
	return b.W
}

var ownWindowCache = map[string]bool{"gemma2": true, "gemma3": true, "gemma3_text": true, "cohere2": true}

// poolWindow is SGLang's: the pool of the windows holds four tokens for each
// five of the full pool (swa_full_tokens_ratio).
func poolWindow(s *sheet, b *block) float64 {
	if !s.slides.has(SGLang) {
		return s.s + s.n
	}
	return max(b.W, 0.8*(s.s+s.n))
}
