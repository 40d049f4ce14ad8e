package commands

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		"/mem llama-7b train zero:2 gpus:8":                    "/mem llama-7b train zero:2 gpus:8",
		"mem llama-7b TRAIN ZeRO=2 GPUs:8":                     "/mem llama-7b train zero:2 gpus:8",
		"/mem Qwen/Qwen2-0.5B-Instruct infer seq:4k":           "/mem Qwen/Qwen2-0.5B-Instruct infer seq:4096",
		"/mem x 推理 batch：2":                                    "/mem x infer batch:2",
		"/mem x engine:ollama dtype:Q8_0":                      "/mem x infer dtype:q8_0 engine:llama.cpp",
		"/mem x train method:lora targets:q_proj,v_proj":       "/mem x train method:lora targets:q,v",
		"/mem x train recompute:full/2":                        "/mem x train recompute:full/2",
		"/mem x engine:llama.cpp@b10472 kv:q8_0/fp16":          "/mem x infer engine:llama.cpp@b10472 kv:q8_0/fp16",
		"/compare a b c train":                                 "/compare a b c train",
		"/mem https://huggingface.co/Qwen/Qwen2-7B seq:1":      "/mem https://huggingface.co/Qwen/Qwen2-7B infer seq:1",
		"/mem custom train like:gpt2 h:512 l:12 a:8 stack:ddp": "/mem custom train like:gpt2 h:512 l:12 a:8 stack:ddp",
		"/gpus a100":                       "/gpus a100",
		"/models gpu:4090":                 "/models infer gpu:4090",
		"/mem x util:90% engine:vllm@0.19": "/mem x infer engine:vllm@0.19 util:0.9",
	} {
		r, err := Parse(line)
		require.NoError(t, err, line)
		require.Equal(t, want, r.Line(), line)
		again, err := Parse(r.Line())
		require.NoError(t, err, r.Line())
		require.Equal(t, r.Line(), again.Line())
		require.Equal(t, r.Plan, again.Plan)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, row := range []struct{ line, id, meant string }{
		{"", "empty", "/mem llama-7b"},
		{"/", "empty", "/mem llama-7b"},
		{"/memm llama-7b", "unknown_command", "/mem llama-7b"},
		{"/mem", "no_model", "/mem llama-7b"},
		{"/mem llama-7b trian zero:2", "stray_mode", "/mem llama-7b train zero:2"},
		{"/mem llama-7b infer vllm", "stray_value", "/mem llama-7b infer engine:vllm"},
		{"/fit llama-7b vllm 4090", "stray_value", "/fit llama-7b engine:vllm gpu:4090"},
		{"/mem llama-7b qlora", "stray_value", "/mem llama-7b train method:qlora"},
		{"/mem llama-7b train fsdp adafactor", "stray_value", "/mem llama-7b train stack:fsdp optimizer:adafactor"},
		{"/mem llama-7b q8_0 gpu:4090", "stray_value", "/mem llama-7b dtype:q8_0 gpu:4090"},
		{"/compare llama-7b llama-13b H100", "stray_value", "/compare llama-7b llama-13b gpu:h100"},
		{"/mem llama-7b train vllm", "stray_word", "/mem llama-7b train"},
		{"/mem llama-7b infer train", "two_modes", "/mem llama-7b infer"},
		{"/mem llama-7b train zeor:2", "unknown_option", "/mem llama-7b train zero:2"},
		{"/mem llama-7b train zero:7", "bad_value", ""},
		{"/mem llama-7b zero:2", "wrong_mode", "/mem llama-7b train zero:2"},
		{"/mem llama-7b train rank:8", "needs", "/mem llama-7b train rank:8 method:lora"},
		{"/mem llama-7b seq:1 seq:2", "twice", "/mem llama-7b seq:1"},
		{"/mem llama-7b seq:0", "bad_value", "/mem llama-7b seq:1"},
		{"/mem llama-7b seq:-5", "bad_value", "/mem llama-7b seq:1"},
		{"/mem llama-7b seq:9999999999 batch:9999999", "bad_value", "/mem llama-7b seq:100000000 batch:9999999"},
		{"/mem llama-7b dtype:q80", "bad_value", "/mem llama-7b dtype:q8_0"},
		{"/mem llama-7b gpu:40900", "bad_value", "/mem llama-7b gpu:4090"},
		{"/mem llama-7b train stack:megatron zero:3", "clash", "/mem llama-7b train stack:megatron zero:1"},
		{"/mem llama-7b tp:3 gpus:8", "gpus_degrees", "/mem llama-7b tp:3 gpus:9"},
		{"/compare llama-7b", "no_model", ""},
		{"/models train", "no_gpu", "/models train gpu:4090"},
		{"/mem llama-7b h:12", "shape_without_custom", ""},
		{strings.Repeat("x", 10_000), "too_long", ""},
		{"/mem \xff", "not_text", ""},
		{"/fit ,", "no_model", ""},
		{"/🤖", "unknown_command", "/help"},
		{"/显存 llama-7b", "unknown_command", "/help"},
	} {
		_, err := Parse(row.line)
		var refused *Refused
		require.ErrorAs(t, err, &refused, row.line)
		require.Equal(t, row.id, refused.ID, row.line)
		if row.meant != "" {
			require.Contains(t, refused.DidYouMean, row.meant, row.line)
		}
	}
}

// A name in several words is offered as one, not with a word taken out of it.
func TestStrayWordsAreNotOfferedApart(t *testing.T) {
	for line, want := range map[string][]string{
		"/mem llama 3.1 8b":               {"/mem llama-3.1-8b"},
		"/mem llama 3.1 8b train zero:2":  {"/mem llama-3.1-8b train zero:2"},
		"/mem llama-7b fast train zero:2": {"/mem llama-7b-fast train zero:2", "/mem llama-7b train zero:2"},
	} {
		_, err := Parse(line)
		var refused *Refused
		require.ErrorAs(t, err, &refused, line)
		require.Equal(t, want, refused.DidYouMean, line)
	}
}

// What parses prints a line that parses to the same plan; nothing panics.
func FuzzParse(f *testing.F) {
	for _, line := range []string{"/mem llama-7b train zero:2 gpus:8", "/fit x gpu:4090", "/mem custom h:1 l:1", "", "/", "/mem a:b=c", "/mem x seq:32k out=1m", "fit ,", "/compare a, , b", "/compare a, ,b ,,A2", "/compare a and, train, b", "/mem a, seq:4k， batch:2,"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r, err := Parse(line)
		if err != nil {
			var refused *Refused
			require.ErrorAs(t, err, &refused)
			return
		}
		again, err := Parse(r.Line())
		require.NoError(t, err, r.Line())
		require.Equal(t, r.Plan, again.Plan)
		require.Equal(t, r.Line(), again.Line())
	})
}

// The table is fit for Discord and for two languages.
func TestOptionTable(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range Options() {
		require.False(t, seen[o.Key], o.Key)
		seen[o.Key] = true
		for _, text := range []string{o.English, o.Chinese} {
			require.NotEmpty(t, text, o.Key)
			require.LessOrEqual(t, len([]rune(text)), 100, o.Key)
		}
		require.NotNil(t, o.show(&estimator.Plan{Mode: estimator.Training}) == nil, o.Key)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("/mem llama-7b train zero:2 gpus:8 seq:4096 recompute:full"); err != nil {
			b.Fatal(err)
		}
	}
}
