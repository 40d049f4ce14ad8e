package hfhub

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// telling are parts of keys that change what a block is or keeps.
var telling = regexp.MustCompile(`(?i)attn|attention|_kv|kv_|cache|window|expert|moe|mixer|ssm|state|conv|rank|latent|layer_type|block|shared`)

// harmless are keys of that kind which every model may have.
var harmless = []string{
	"attention_dropout", "attention_bias", "attn_implementation", "_attn_implementation", "_attn_implementation_autoset", "use_cache",
	"cache_implementation", "attention_probs_dropout_prob", "attn_pdrop", "attention_softmax_in_fp32", "sliding_window", "use_sliding_window",
	"max_window_layers", "initializer_range", "attn_logit_softcapping", "attention_multiplier", "router_aux_loss_coef",
}

// shaping are parts of keys that say how large or of which kind something is that
// a block computes or keeps. A key that names both is one that a shape depends on.
var (
	shaped  = regexp.MustCompile(`(?i)(^|_)(attn|attention|kv|kvs|key_value|cache|mixer|mixers|mixing|ssm|recurrent|recurrence|memory|latent|expert|experts|moe|layer|layers|block|blocks|state|window)(_|$)`)
	shaping = regexp.MustCompile(`(?i)(^|_)(ratio|ratios|compress|compressed|compression|rank|pattern|type|types|kind|kinds|period|interval|freq|every|groups?|heads|window|dim|dims|share|shared|sharing|rate|rates|stride|chunk|num|n|number|count|list|indices|idxs|ids|config|size|width|length|tokens|slots|layers|blocks|map|schedule|skip|repeat|loops?)(_|$)`)
	// trifles are parts of keys of numbers that change how something is computed,
	// trained or loaded, and of towers, which are read by themselves.
	trifles = regexp.MustCompile(`(?i)drop|norm|eps|theta|rope|scal|init|dtype|(^|_)act|bias|implementation|softmax|loss|coef|output_|use_flash|flash|bidirectional|vision|visual|vit_|image|video|audio|speech|mm_|projector|pooler|token_id|sink_loss|router|gradient|fp32|lora|logn|residual_in|xavier|deterministic|weight_decay|parallel|quant|connector|latents|resampler|perceiver|freeze|frozen|trainable|feature_layer|select`)
)

// idle are keys that look as if they shaped a block, but say nothing that its
// facts do not, in models that are counted right all the same.
var idle = []string{
	"attention_head_size", "attn_mode", "block_dim", "block_size", "conv_dim", "conv_dim_out", "kv_channels", "layer_norm_type", "linear_block_size",
	"max_cache_length", "moe_layer_freq", "moe_shared_expert_overlap", "mtp_layers_block_type", "mtp_share_layers", "n_layer", "no_rope_layers",
	"no_rope_layer_interval", "num_adapter_layers", "num_experts_per_tok", "num_hash_layers", "num_routed_experts", "num_feat_extract_layers", "num_segm_layers",
	"query_pre_attn_scalar", "sliding_window_attention_size", "sliding_window_size", "swa_num_attention_heads", "sparse_attention_config",
	"global_local_attention_pattern", "attn_res_block_size", "multi_query_attention", "expert_capacity", "cache_config", "num_attention_heads", "num_key_value_heads",
	"head_dim", "n_head", "n_embd", "max_window_layers", "sliding_window", "layer_types", "use_cache", "cache_implementation", "type_vocab_size",
	"num_hidden_layers", "num_layers", "n_layers", "chunk_size_feed_forward", "is_moe", "position_embedding_type", "attention_type", "memory_efficient_attention",
	"position_biased_input", "n_group", "topk_group", "num_expert_group", "shared_expert_intermediate_size", "window_size", "moe_group_size",
	"cross_attn_every_n_layers", "cross_attention_hidden_size", "block_length", "mamba_chunk_size", "layers_per_block",
}

// strangerIn refuses a model of a type nobody knows whose class is known, where
// its config says something about its blocks that the class does not read: a
// subclass may change anything. A config that names no type is its class's.
func strangerIn(root object, name string, f *resolved) error {
	if name == "" {
		return nil
	}
	for _, key := range keysOf(root) {
		if telling.MatchString(key) && !f.known[key] && !slices.Contains(harmless, key) && significant(root[key]) {
			return &UnsupportedError{ModelType: name, Key: key, Kind: short(root[key].String())}
		}
	}
	return nil
}

// checkKeys refuses a config of a known type that says how a block is made, or
// what it keeps, under a key that nothing has read: what the type's own models do
// not have is new.
func (r *reader) checkKeys() {
	for w := r; w != nil; w = w.wrap {
		for _, key := range keysOf(w.block) {
			if v := w.block[key]; !w.known[key] && !r.known[key] && shapes(key) && asks(v) {
				r.fail(&UnsupportedError{ModelType: typeOf(w.name), Key: w.path + key, Kind: short(v.String())})
				return
			}
		}
	}
}

func keysOf(o object) []string {
	keys := make([]string, 0, len(o))
	for key := range o {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// shapes says whether a key is one that a shape depends on.
func shapes(key string) bool {
	if slices.Contains(idle, key) || slices.Contains(harmless, key) || trifles.MatchString(key) {
		return false
	}
	if strings.Contains(key, "kv_compress") || strings.Contains(key, "cache_compress") {
		return true
	}
	return shaped.MatchString(key) && shaping.MatchString(key)
}

// asks says whether a value changes anything: a number above 1, a ratio below it,
// a list or an object. A bare flag or word is a way of computing.
func asks(v gjson.Result) bool {
	switch v.Type {
	case gjson.Number:
		return v.Num > 1 || v.Num > 0 && v.Num < 1
	case gjson.JSON:
		return v.IsArray() && len(v.Array()) > 0 || v.IsObject() && len(v.Map()) > 0
	default:
		return false
	}
}
