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
		"an embedding model":      {`{"model_type":"mistral","architectures":["MistralModel"],` + plainLlama + `}`, false, 0},
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

// A file that says that there are no blocks, or heads that cannot share their
// keys, describes no model.
func TestShapesThatCannotBe(t *testing.T) {
	base := `{"model_type":"llama","hidden_size":64,"intermediate_size":128,"vocab_size":100,`
	for name, rest := range map[string]string{
		"no layers":      `"num_hidden_layers":0,"num_attention_heads":4}`,
		"more keys":      `"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":8}`,
		"uneven sharing": `"num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":3}`,
	} {
		_, _, err := ReadConfig([]byte(base+rest), ConfigOptions{})
		require.ErrorIs(t, err, ErrBadMetadata, name)
	}
	_, _, err := ReadConfig([]byte(`{"model_type":"new_one","architectures":["LlamaForCausalLM"],"my_attn":{"a":1,`+"\n"+`"b":[1,2,3,4,5,6,7,8,9,10,11,12,13,14]},`+plainLlama+`}`), ConfigOptions{})
	var u *UnsupportedError
	require.ErrorAs(t, err, &u)
	require.Equal(t, "my_attn", u.Key)
	require.NotContains(t, u.Kind, "\n")
	require.LessOrEqual(t, len([]rune(u.Kind)), 41)
}
