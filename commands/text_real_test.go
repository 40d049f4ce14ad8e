package commands

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Real answers keep within the width too, refusals among them.
func TestRealAnswersKeepWithinTheWidth(t *testing.T) {
	service := &Service{Library: Shelf{}}
	lines := []string{
		"/mem llama-7b", "/mem llama-7b train zero:3 gpus:8 gpu:4090", "/mem deepseek-v3 engine:vllm gpus:16 gpu:h100-80g", "/mem qwen3-8b engine:llama.cpp dtype:q4_k_m gpu:24g",
		"/explain llama-7b train", "/explain deepseek-v3 infer", "/explain gemma-2-9b infer engine:vllm gpu:a100-80g", "/fit llama-7b train gpu:4090", "/fit 70b gpu:24g",
		"/models gpu:4090", "/models train gpu:80g method:lora", "/compare llama-7b qwen2-0.5b 7b", "/gpus", "/gpus h100", "/help", "/help mem", "/help dtype", "/help options",
		"/about", "/privacy", "/settings", "/ask 16Φ", "/ask what is zero", "/ask hello", "/ask 显存不够怎么办", "/mem", "/frob", "", "/mem llama-7b zero:9 train",
		"/mem " + strings.Repeat("x", 300), strings.Repeat("显", 3000), "/mem llama-7b 🦙🦙🦙", "/mem llama-7b \x00\x1b[31m", "/mem lama-7b", "/mem llama-7b seq:9999999999 batch:9999999",
		"/mem llama-7b infer seq:99999999 batch:999999 gpus:1", "\xff\xfe",
	}
	for _, line := range lines {
		for _, lang := range []string{English, Chinese} {
			a := service.Answer(t.Context(), Question{Text: line, Lang: lang})
			for _, columns := range []int{40, 41, 53, 60, 80, 120} {
				text := Text(a, TextOptions{Width: columns, Lang: lang})
				for shown := range strings.SplitSeq(text, "\n") {
					require.LessOrEqual(t, cells(shown), columns, "%.60q %s at %d: %q", line, lang, columns, shown)
				}
				require.NotEmpty(t, strings.TrimSpace(text), "%.60q", line)
				require.NotContains(t, text, "no value")
				require.NotContains(t, text, "\x1b")
			}
		}
	}
}

// A Chinese answer holds no English sentence, outside of what is typed or cited.
func TestChineseAnswersAreChinese(t *testing.T) {
	service := &Service{Library: Shelf{}}
	for _, line := range []string{
		"/mem llama-7b", "/mem llama-7b train zero:3 gpus:8 gpu:4090", "/explain deepseek-v3 infer engine:vllm gpus:16 gpu:h100-80g", "/explain llama-7b train zero:2 gpus:8",
		"/explain qwen3-8b engine:llama.cpp dtype:q4_k_m gpu:24g", "/fit llama-7b train gpu:4090", "/models gpu:4090", "/gpus", "/help options", "/mem llama-7b train tp:0", "/mem llama-7b tp:3 gpus:3",
		"/mem llama-7b gpu:nope", "/mem llama-7b util:7 engine:vllm", "/mem llama-7b zero:1", "/mem lama-7b", "/ask hello", "/ask 为什么 vllm 占满显存", "/ask 天气怎么样",
	} {
		a := service.Answer(t.Context(), Question{Text: line, Lang: Chinese})
		for shown := range strings.SplitSeq(Text(a, TextOptions{Width: 120, Lang: Chinese}), "\n") {
			require.Empty(t, sentence.FindString(quoted.ReplaceAllString(shown, "")), "%s: %s", line, shown)
		}
	}
}

func BenchmarkText(b *testing.B) {
	service := &Service{Library: Shelf{}}
	for name, line := range map[string]string{"mem": "/mem llama-7b train zero:2 gpus:8", "explain": "/explain llama-7b train zero:2 gpus:8"} {
		a := service.Answer(b.Context(), Question{Text: line})
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = Text(a, TextOptions{})
			}
		})
	}
}
