package hfhub

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

func TestReadConfigLlama(t *testing.T) {
	arch, notes, err := ReadConfig([]byte(`{"model_type":"llama","num_key_value_heads":8}`), ConfigOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(4096), arch.Hidden)
	require.Equal(t, []estimator.Layer{{
		Count: 32, Norms: 2,
		Mixer: estimator.Mixer{Kind: estimator.Full, Heads: 32, KVHeads: 8, KeyDim: 128, ValueDim: 128},
		FFN:   estimator.FFN{Width: 11008, Gated: true},
	}}, arch.Layers)
	assumed := map[string]string{}
	for _, f := range notes.Assumptions() {
		assumed[f.Name] = f.Value
	}
	require.Equal(t, "4096", assumed["hidden"])
	require.NotContains(t, assumed, "kv")
}

func TestReadConfigAsPublished(t *testing.T) {
	plain := `{"model_type":"llama","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":128,"vocab_size":100}`
	want, _, err := ReadConfig([]byte(plain), ConfigOptions{})
	require.NoError(t, err)
	for name, text := range map[string]string{
		"byte order mark":    "\xef\xbb\xbf" + plain,
		"CRLF":               strings.ReplaceAll(plain, ",", ",\r\n"),
		"Infinity":           strings.Replace(plain, "{", `{"a":[0.0,Infinity],"b":-Infinity,"c":NaN,"d":"NaN, Infinity",`, 1),
		"numbers as strings": strings.ReplaceAll(plain, "64", `"64"`),
		"floats":             strings.ReplaceAll(plain, "128", "128.0"),
		"nulls":              strings.Replace(plain, "{", `{"head_dim":null,"num_key_value_heads":null,`, 1),
	} {
		got, _, err := ReadConfig([]byte(text), ConfigOptions{})
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
}

func TestReadConfigRefusesBadMetadata(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "",
		"cut short":        `{"model_type":"llama","hidden_size":64`,
		"a list":           `[1]`,
		"LFS pointer":      "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
		"deep":             `{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
		"very deep":        strings.Repeat("[", 1<<20),
		"no heads":         `{"model_type":"llama","num_attention_heads":0}`,
		"negative":         `{"model_type":"llama","hidden_size":-1}`,
		"huge":             `{"model_type":"llama","hidden_size":1e18}`,
		"half a layer":     `{"model_type":"llama","num_hidden_layers":1.5}`,
		"words":            `{"model_type":"llama","hidden_size":"big"}`,
		"many layers":      `{"model_type":"llama","num_hidden_layers":1000000}`,
		"an object":        `{"model_type":"llama","hidden_size":{}}`,
		"too few types":    `{"model_type":"qwen2","num_hidden_layers":4,"layer_types":["full_attention"]}`,
		"more than 2^53 Φ": `{"model_type":"llama","hidden_size":1000000,"num_hidden_layers":9999,"intermediate_size":10000000}`,
	} {
		_, _, err := ReadConfig([]byte(text), ConfigOptions{})
		require.ErrorIs(t, err, ErrBadMetadata, name)
	}
}

// Invented architectures are refused by the key that nobody knows, whatever else
// the config says.
func TestReadConfigRefusesWhatItDoesNotKnow(t *testing.T) {
	shape := `"hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":128,"vocab_size":100`
	for text, key := range map[string]string{
		`{"model_type":"warp_drive",` + shape + `}`: "model_type",
		`{` + shape + `}`: "model_type",
		`{"architectures":["WarpDriveForCausalLM"],` + shape + `}`:                                  "model_type",
		`{"model_type":"qwen3","layer_types":["full_attention","quantum_attention"],` + shape + `}`: "layer_types",
		`{"model_type":"llama","compress_ratios":[4,4],` + shape + `}`:                              "compress_ratios",
		`{"model_type":"llama","num_local_experts":8,` + shape + `}`:                                "num_local_experts",
		`{"model_type":"llama","kv_lora_rank":512,` + shape + `}`:                                   "kv_lora_rank",
		`{"model_type":"llama","architectures":["LlamaForCausalLMEagle3"],` + shape + `}`:           "architectures",
	} {
		_, _, err := ReadConfig([]byte(text), ConfigOptions{Floor: 42})
		var unsupported *UnsupportedError
		require.True(t, errors.As(err, &unsupported), "%s: %v", text, err)
		require.Equal(t, key, unsupported.Key, text)
		require.Equal(t, estimator.Bytes(42), unsupported.Floor)
		require.Contains(t, err.Error(), key)
	}
}

func BenchmarkReadConfig(b *testing.B) {
	e, _ := Catalogue().Find("llama-3.1-8b")
	data := e.Config()
	for b.Loop() {
		if _, _, err := ReadConfig(data, ConfigOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
