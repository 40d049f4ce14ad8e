package hfhub

import "membot/estimator"

// mixerNeeds are the facts without which a family says nothing of a kind of block:
// a word for it in layer_types alone would leave its sizes to a guess.
var mixerNeeds = map[string]string{
	"chunked_attention": "chunk", "linear_attention": "linear_keys", "kda": "linear_values", "lightning": "linear_words", "fla": "expand_k",
	"conv": "conv", "griffin": "width", "hybrid": "times", "hybrid_sliding": "times", "grouped": "group", "mamba": "mamba", "shared": "shared_blocks", "rwkv": "attn_width",
	"linear_map": "blocks", "none": "blocks",
}

// describes says whether the family has the facts of a kind of block.
func (r *reader) describes(mixer string) bool {
	need, asks := mixerNeeds[mixer]
	f := r.facts[need]
	return !asks || len(f.keys) > 0 || f.known && f.fallback != "0"
}

// mixerWords are the words for what mixes tokens in a block, as layer_types and
// its like write them, and how each is read. A word that is not here stops the
// reading: nobody knows what such a block keeps.
var mixerWords = map[string]func(*reader, slot) estimator.Mixer{
	"full_attention":            fullAttention,
	"attention":                 fullAttention,
	"full":                      fullAttention,
	"global":                    fullAttention,
	"global_attention":          fullAttention,
	"mla":                       fullAttention,
	"sliding_attention":         windowAttention,
	"sliding_window":            windowAttention,
	"sliding":                   windowAttention,
	"local":                     windowAttention,
	"local_attention":           windowAttention,
	"chunked_attention":         chunkedAttention,
	"deepseek_sparse_attention": fullAttention,
	"minimax_m3_sparse":         fullAttention,
	"linear_attention":          deltaMixer,
	"kda":                       kimiMixer,
	"lightning":                 lightningMixer,
	"fla":                       flaMixer,
	"conv":                      shortConv,
	"griffin":                   griffinMixer,
	"hybrid":                    hybridAttention,
	"hybrid_sliding":            hybridAttention,
	"grouped":                   groupedMixer,
	"mamba":                     mambaMixer,
	"shared":                    sharedMixer,
	"rwkv":                      rwkvMixer,
	"linear_map":                linearMap,
	"none":                      func(*reader, slot) estimator.Mixer { return estimator.Mixer{} },
}
