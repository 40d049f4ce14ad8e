package hfhub

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

// inventedBase are the numbers that every invented config below has.
const inventedBase = `"hidden_size":64,"num_hidden_layers":4,"num_attention_heads":4,"num_key_value_heads":2,"intermediate_size":128,"vocab_size":100`

// Architectures that nobody has built are refused by the key that makes them new,
// under a known type, under an unknown one with a known class, and nested; the
// weights are the floor.
func TestInventedArchitectures(t *testing.T) {
	keys := map[string]string{ // key: what it says
		"kv_compress_ratio": `4`, "kv_compression_rate": `0.25`, "attention_latent_dim": `32`, "num_memory_tokens": `16`, "memory_layers": `[1,3]`,
		"kv_sharing_groups": `[[0,1],[2,3]]`, "attn_layer_pattern": `["a","b"]`, "recurrent_block_types": `["rwkv9"]`, "ssm_state_rank": `8`,
		"mixer_types": `["hyena","attn"]`, "expert_tree_depth_num": `3`, "moe_expert_groups": `4`, "layer_repeat_count": `3`, "block_loop_count": `2`,
		"cache_window_size": `128`, "attention_stride": `4`, "shared_kv_layers": `2`, "hash_attention_heads": `2`, "layer_skip_map": `{"1":2}`,
		"kv_lora_rank": `512`, "compress_ratios": `[4,4,4,4]`, "num_local_experts": `8`, "kv_share": `[0,0,1,1]`, "block_pattern": `["x"]`,
		"linear_attn_config": `{"full_attn_layers":[1]}`, "hybrid_override_pattern": `"M*M*"`, "attn_type_list": `[0,1,0,1]`,
	}
	for key, says := range keys {
		for name, config := range map[string]string{
			"a known type":             `{"model_type":"llama",` + inventedBase + `,"` + key + `":` + says + `}`,
			"another":                  `{"model_type":"qwen3",` + inventedBase + `,"` + key + `":` + says + `}`,
			"an unknown type":          `{"model_type":"warp","architectures":["LlamaForCausalLM"],` + inventedBase + `,"` + key + `":` + says + `}`,
			"nested":                   `{"model_type":"llava","text_config":{"model_type":"llama",` + inventedBase + `,"` + key + `":` + says + `}}`,
			"beside the nested block":  `{"model_type":"llava","text_config":{"model_type":"llama",` + inventedBase + `},"` + key + `":` + says + `}`,
			"an unknown type, no more": `{"model_type":"warp",` + inventedBase + `,"` + key + `":` + says + `}`,
		} {
			if name == "beside the nested block" && !shapes(key) {
				continue
			}
			_, _, err := ReadConfig([]byte(config), ConfigOptions{Floor: 42})
			var u *UnsupportedError
			require.True(t, errors.As(err, &u), "%s of %s: %v", key, name, err)
			require.EqualValues(t, 42, u.Floor)
			switch name {
			case "nested":
				require.Equal(t, "text_config."+key, u.Key, name)
			case "an unknown type, no more":
				require.Equal(t, "model_type", u.Key, name)
			default:
				require.Equal(t, key, u.Key, name)
			}
		}
	}
}

// A kind of layer, of FFN or of window that nobody knows is named, wherever a
// family says its kinds.
func TestInventedKindsOfLayer(t *testing.T) {
	for config, want := range map[string][2]string{
		`"model_type":"qwen3","layer_types":["full_attention","warp","warp","full_attention"]`:                   {"layer_types", "warp"},
		`"model_type":"gemma3_text","layer_types":["sliding_attention","ring_attention","a","b"],"head_dim":16`:  {"layer_types", "ring_attention"},
		`"model_type":"nemotron_h","hybrid_override_pattern":"M*-Z","head_dim":16`:                               {"hybrid_override_pattern", "Z"},
		`"model_type":"lfm2","layer_types":["conv","conv","full_attention","wave"]`:                              {"layer_types", "wave"},
		`"model_type":"qwen3_next","layer_types":["linear_attention","quantum","x","y"],"head_dim":16`:           {"layer_types", "quantum"},
		`"model_type":"exaone4","sliding_window_pattern":"LLXG","sliding_window":64`:                             {"sliding_window_pattern", "X"},
		`"model_type":"glm4_moe","mlp_layer_types":["dense","tree","tree","tree"]`:                               {"mlp_layer_types", "tree"},
		`"model_type":"minimax","attn_type_list":[0,1,7,1],"head_dim":16`:                                        {"attn_type_list", "7"},
		`"model_type":"mimo_v2_flash","hybrid_layer_pattern":[0,1,2,0],"head_dim":16,"sliding_window":16`:        {"hybrid_layer_pattern", "2"},
		`"model_type":"granitemoehybrid","layer_types":["mamba","attention","s6","mamba"],"num_local_experts":4`: {"layer_types", "s6"},
		`"model_type":"llama","architectures":["LlamaForCausalLMEagle3"]`:                                        {"architectures", "LlamaForCausalLMEagle3"},
		`"architectures":["WarpDriveForCausalLM"]`:                                                               {"model_type", "WarpDriveForCausalLM"},
		`"model_type":"llava","text_config":{"model_type":"warp_text","hidden_size":64}`:                         {"text_config.model_type", "warp_text"},
	} {
		_, _, err := ReadConfig([]byte(`{`+inventedBase+`,`+config+`}`), ConfigOptions{Floor: 7})
		var u *UnsupportedError
		require.True(t, errors.As(err, &u), "%s: %v", config, err)
		require.Equal(t, want, [2]string{u.Key, u.Kind}, config)
		require.Equal(t, estimator.Bytes(7), u.Floor)
	}
}

// Keys that models of a known type often carry change nothing of their shape.
func TestHarmlessKeys(t *testing.T) {
	for _, key := range []string{
		`"attention_dropout":0.1`, `"layer_norm_epsilon":2.5`, `"num_experts_per_tok":2`, `"query_pre_attn_scalar":256`, `"attention_probs_dropout_prob":0.1`,
		`"pretraining_tp":8`, `"max_window_layers":28`, `"vision_config":{"num_layers":24}`, `"task_specific_params":{"a":{"max_length":20}}`,
		`"quantization_config":{"quant_method":"gptq","bits":4,"group_size":128}`, `"rope_scaling":{"factor":8.0,"type":"linear"}`,
		`"layer_idx_norm":true`, `"use_parallel_residual":true`, `"embd_layer_dropout":0.5`, `"unsloth_version":"2024.9"`, `"kv_compress_ratio":1`, `"kv_compress_ratio":null`,
	} {
		_, _, err := ReadConfig([]byte(fmt.Sprintf(`{"model_type":"llama",%s,%s}`, inventedBase, key)), ConfigOptions{})
		require.NoError(t, err, key)
	}
}

// Real configs whose keys look new are read all the same: GPT-Neo lists the kinds
// that it alternates, DeciLM gives the heads of keys block by block.
func TestKeysThatOneFamilyKnows(t *testing.T) {
	for config, kv := range map[string]int64{
		`{"model_type":"gpt_neo","hidden_size":64,"num_layers":2,"num_heads":4,"vocab_size":100,"attention_layers":["global","local"],` +
			`"attention_types":[[["global","local"],1]],"window_size":256}`: 8,
		`{"model_type":"deci","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads_per_layer":[4,2],` +
			`"intermediate_size":128,"vocab_size":100}`: 6,
	} {
		arch, _, err := ReadConfig([]byte(config), ConfigOptions{})
		require.NoError(t, err, config)
		heads := int64(0)
		for _, l := range arch.Layers {
			heads += l.Count * l.Mixer.KVHeads
		}
		require.Equal(t, kv, heads, config)
	}
}

// A word for a kind of block says nothing of its sizes: a family without the keys
// for them is refused by that word, whoever else knows it.
func TestKindsThatAFamilyDoesNotDescribe(t *testing.T) {
	for word := range mixerNeeds {
		config := fmt.Sprintf(`{"model_type":"llama",%s,"layer_types":["full_attention",%q,"full_attention","full_attention"]}`, inventedBase, word)
		_, _, err := ReadConfig([]byte(config), ConfigOptions{})
		var unsupported *UnsupportedError
		require.ErrorAs(t, err, &unsupported, word)
		require.Equal(t, "layer_types", unsupported.Key, word)
		require.Equal(t, word, unsupported.Kind)
	}
}
