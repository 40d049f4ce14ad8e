package hfhub

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	glm4 = `"model_type":"chatglm","add_bias_linear":false,"add_qkv_bias":true,"ffn_hidden_size":13696,"hidden_size":4096,"kv_channels":128,` +
		`"multi_query_attention":true,"multi_query_group_num":2,"num_attention_heads":32,"num_layers":40,"padded_vocab_size":151552,"seq_length":8192,"tie_word_embeddings":false`
	glm3 = `"model_type":"chatglm","add_bias_linear":false,"add_qkv_bias":true,"ffn_hidden_size":13696,"hidden_size":4096,"kv_channels":128,` +
		`"multi_query_attention":true,"multi_query_group_num":2,"num_attention_heads":32,"num_layers":28,"padded_vocab_size":65024,"seq_length":8192,"tie_word_embeddings":false`
	plainLlama = `"hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":128,"vocab_size":100`
)

// A class that says no task has a head where auto_map, or its family, says that
// it writes text.
func TestHeadOfModelsWithTheirOwnCode(t *testing.T) {
	for name, row := range map[string]struct {
		text   string
		head   bool
		params int64
	}{
		"glm-4-9b":                {`{"architectures":["ChatGLMModel"],` + glm4 + `}`, true, 9399951360},
		"chatglm3-6b":             {`{"architectures":["ChatGLMModel"],` + glm3 + `}`, true, 6243584000},
		"chatglm without a class": {`{` + glm3 + `}`, true, 6243584000},
		"a classifier":            {`{"architectures":["ChatGLMForSequenceClassification"],` + glm3 + `}`, false, 0},
		"auto_map writes":         {`{"model_type":"llama","architectures":["MyModel"],"auto_map":{"AutoModelForCausalLM":"m.MyModel"},` + plainLlama + `}`, true, 0},
		"auto_map embeds":         {`{"model_type":"llama","architectures":["MyModel"],"auto_map":{"AutoModel":"m.MyModel"},` + plainLlama + `}`, false, 0},
		"an embedding model":      {`{"model_type":"mistral","architectures":["MistralModel"],"num_key_value_heads":2,` + plainLlama + `}`, false, 0},
		"auto_map and a task":     {`{"model_type":"llama","architectures":["MyForSequenceClassification"],"auto_map":{"AutoModelForCausalLM":"m.My"},` + plainLlama + `}`, false, 0},
	} {
		arch, _, err := ReadConfig([]byte(row.text), ConfigOptions{})
		require.NoError(t, err, name)
		require.Equal(t, row.head, !arch.NoHead, name)
		if row.params > 0 {
			require.Equal(t, row.params, arch.Params().Total(), name)
		}
	}
}

// A file that says that there are no blocks, or heads that cannot be, describes no
// model, whatever its family lays blocks out by; the refusal names the key.
func TestShapesThatCannotBe(t *testing.T) {
	const base = `"hidden_size":64,"intermediate_size":128,"vocab_size":100,`
	const mla = `"q_lora_rank":16,"kv_lora_rank":32,"qk_nope_head_dim":16,"v_head_dim":16,`
	for rest, key := range map[string]string{
		`"model_type":"llama","num_hidden_layers":0,"num_attention_heads":4`:                                                                 "num_hidden_layers",
		`"model_type":"llama","num_hidden_layers":1e6,"num_attention_heads":4`:                                                               "num_hidden_layers",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":8`:                                         "num_key_value_heads",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":3`:                                         "num_key_value_heads",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":-2`:                                        "num_key_value_heads",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":8.5`:                                                               "num_attention_heads",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":-8`:                                                                "num_attention_heads",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":1e12`:                                                              "num_attention_heads",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":7`:                                                                 "num_attention_heads",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":128`:                                                               "num_attention_heads",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":4,"head_dim":0`:                                                    "head_dim",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":4,"head_dim":-16`:                                                  "head_dim",
		`"model_type":"llama","num_hidden_layers":2,"num_attention_heads":4,"head_dim":12.5`:                                                 "head_dim",
		`"model_type":"mistral","num_hidden_layers":2,"num_attention_heads":4`:                                                               "num_key_value_heads",
		`"model_type":"gemma3_text","num_hidden_layers":7,"num_attention_heads":8,"num_key_value_heads":3,"head_dim":16,"sliding_window":32`: "num_key_value_heads",
		`"model_type":"nemotron_h","hybrid_override_pattern":"M*-","num_attention_heads":8,"num_key_value_heads":3,"head_dim":16`:            "num_key_value_heads",
		`"model_type":"deepseek_v3","num_hidden_layers":4,"num_attention_heads":4,` + mla + `"qk_rope_head_dim":-8`:                          "qk_rope_head_dim",
		`"model_type":"qwen3_next","num_hidden_layers":4,"num_attention_heads":8,"num_key_value_heads":3,"head_dim":16`:                      "num_key_value_heads",
		`"model_type":"zamba2","num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":3,"layers_block_type":["mamba","hybrid"]`: "num_key_value_heads",
		`"model_type":"falcon_h1","num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":3,"head_dim":16`:                       "num_key_value_heads",
		`"model_type":"jamba","num_hidden_layers":8,"num_attention_heads":8,"num_key_value_heads":3`:                                         "num_key_value_heads",
		`"model_type":"mimo_v2_flash","num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":4,"head_dim":16,"swa_num_key_value_heads":3,` +
			`"hybrid_layer_pattern":[0,1],"sliding_window":16`: "swa_num_key_value_heads",
		`"model_type":"openelm","num_transformer_layers":2,"num_query_heads":[4,8],"num_kv_heads":[2,3],"head_dim":16,"model_dim":64,"ffn_multipliers":[1,1]`: "num_kv_heads",
		`"model_type":"longcat_flash","num_layers":2,"num_attention_heads":0,` + mla + `"qk_rope_head_dim":8`:                                                 "num_attention_heads",
	} {
		_, _, err := ReadConfig([]byte(`{`+base+rest+`}`), ConfigOptions{})
		require.ErrorIs(t, err, ErrBadMetadata, rest)
		var shape *ShapeError
		require.ErrorAs(t, err, &shape, rest)
		require.Equal(t, key, shape.Key, rest)
	}
	_, _, err := ReadConfig([]byte(`{"model_type":"llava","text_config":{"model_type":"llama",`+base+`"num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":3}}`), ConfigOptions{})
	var shape *ShapeError
	require.ErrorAs(t, err, &shape)
	require.Equal(t, "text_config.num_key_value_heads", shape.Key)
}

// A class that is known does not make its unknown keys known.
func TestStrangerOfAKnownClass(t *testing.T) {
	_, _, err := ReadConfig([]byte(`{"model_type":"new_one","architectures":["LlamaForCausalLM"],"my_attn":{"a":1,`+"\n"+`"b":[1,2,3,4,5,6,7,8,9,10,11,12,13,14]},`+plainLlama+`}`), ConfigOptions{})
	var u *UnsupportedError
	require.ErrorAs(t, err, &u)
	require.Equal(t, "my_attn", u.Key)
	require.NotContains(t, u.Kind, "\n")
	require.LessOrEqual(t, len([]rune(u.Kind)), 41)
}
