package hfhub

import (
	"regexp"
	"slices"
)

// telling are parts of keys that change what a block is or keeps.
var telling = regexp.MustCompile(`(?i)attn|attention|_kv|kv_|cache|window|expert|moe|mixer|ssm|state|conv|rank|latent|layer_type|block|shared`)

// harmless are keys of that kind which every model may have.
var harmless = []string{
	"attention_dropout", "attention_bias", "attn_implementation", "_attn_implementation", "_attn_implementation_autoset", "use_cache",
	"cache_implementation", "attention_probs_dropout_prob", "attn_pdrop", "attention_softmax_in_fp32", "sliding_window", "use_sliding_window",
	"max_window_layers", "initializer_range", "attn_logit_softcapping", "attention_multiplier", "router_aux_loss_coef",
}

// strangerIn refuses a model of a type nobody knows whose class is known, where
// its config says something about its blocks that the class does not read: a
// subclass may change anything. A config that names no type is its class's.
func strangerIn(root object, name string, f *resolved) error {
	if name == "" {
		return nil
	}
	known := f.known
	keys := make([]string, 0, len(root))
	for key := range root {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if telling.MatchString(key) && !known[key] && !slices.Contains(harmless, key) && significant(root[key]) {
			return &UnsupportedError{ModelType: name, Key: key, Kind: short(root[key].String())}
		}
	}
	return nil
}
