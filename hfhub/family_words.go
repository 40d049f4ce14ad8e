package hfhub

import "membot/estimator"

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
	"mamba":                     mambaMixer,
	"shared":                    sharedMixer,
	"rwkv":                      rwkvMixer,
	"linear_map":                linearMap,
	"none":                      func(*reader, slot) estimator.Mixer { return estimator.Mixer{} },
}
