package hfhub

import (
	"errors"
	"os"
	"strconv"
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
		`{"architectures":["WarpDriveForCausalLM"],` + shape + `}`:                                               "model_type",
		`{"model_type":"qwen3","layer_types":["full_attention","quantum_attention"],` + shape + `}`:              "layer_types",
		`{"model_type":"llama","compress_ratios":[4,4],` + shape + `}`:                                           "compress_ratios",
		`{"model_type":"llama","num_local_experts":8,` + shape + `}`:                                             "num_local_experts",
		`{"model_type":"llama","kv_lora_rank":512,` + shape + `}`:                                                "kv_lora_rank",
		`{"model_type":"llama","architectures":["LlamaForCausalLMEagle3"],` + shape + `}`:                        "architectures",
		`{"model_type":"warp_drive","architectures":["LlamaForCausalLM"],"warp_attention_rank":8,` + shape + `}`: "warp_attention_rank",
	} {
		_, _, err := ReadConfig([]byte(text), ConfigOptions{Floor: 42})
		var unsupported *UnsupportedError
		require.True(t, errors.As(err, &unsupported), "%s: %v", text, err)
		require.Equal(t, key, unsupported.Key, text)
		require.Equal(t, estimator.Bytes(42), unsupported.Floor)
		require.Contains(t, err.Error(), key)
	}
}

// The facts of models of many families lead to their counts, to the parameter.
// A row says who counted; those derived hold the reader to itself alone.
func TestFamiliesCountExactly(t *testing.T) {
	text, err := os.ReadFile("testdata/families.tsv")
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || len(cells) != 4 {
			continue
		}
		arch, _, err := ReadConfig([]byte(cells[3]), ConfigOptions{})
		require.NoError(t, err, cells[0])
		require.Equal(t, cells[1], strconv.FormatInt(arch.Params().Total(), 10), cells[0])
	}
}

// What mixes tokens decides what is cached, so each kind is held by a model that
// has it.
func TestKindsOfBlocks(t *testing.T) {
	count := func(id string) map[string]int64 {
		e, ok := Catalogue().Find(id)
		require.True(t, ok, id)
		arch, err := e.Arch()
		require.NoError(t, err)
		kinds := map[string]int64{}
		for _, l := range arch.Layers {
			kinds[l.Mixer.Kind.String()] += l.Count
		}
		return kinds
	}
	for id, want := range map[string]map[string]int64{
		"google/gemma-2-9b":                         {"full attention": 21, "sliding window": 21},
		"google/gemma-3-27b-it":                     {"full attention": 10, "sliding window": 52},
		"openai/gpt-oss-20b":                        {"full attention": 12, "sliding window": 12},
		"mistralai/Mistral-7B-v0.1":                 {"sliding window": 32},
		"mistralai/Mistral-7B-Instruct-v0.3":        {"full attention": 32},
		"Qwen/Qwen2-7B-Instruct":                    {"full attention": 28},
		"meta-llama/Llama-4-Scout-17B-16E-Instruct": {"full attention": 12, "chunked attention": 36},
		"deepseek-ai/DeepSeek-V3":                   {"MLA": 61},
		"Qwen/Qwen3.6-27B":                          {"full attention": 16, "linear attention": 48},
		"LiquidAI/LFM2-1.2B":                        {"full attention": 6, "short convolution": 10},
		"nvidia/Nemotron-H-56B-Base-8K":             {"full attention": 10, "Mamba-2": 54, "none": 54},
		"moonshotai/Kimi-K3":                        {"MLA": 24, "linear attention": 69},
		"XiaomiMiMo/MiMo-V2-Flash":                  {"full attention": 9, "sliding window": 39},
	} {
		require.Equal(t, want, count(id), id)
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
