package hfhub

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNearestListsTheSizesOfAFamily(t *testing.T) {
	for asked, want := range map[string][]string{
		"smollm2":          {"HuggingFaceTB/SmolLM2-1.7B-Instruct", "HuggingFaceTB/SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-360M-Instruct"},
		"llama3.2":         {"meta-llama/Llama-3.2-1B", "meta-llama/Llama-3.2-3B", "meta-llama/Llama-3.2-90B-Vision-Instruct"},
		"qwen3":            {"Qwen/Qwen3-4B", "Qwen/Qwen3-8B", "Qwen/Qwen3-14B"},
		"deepseek-r1-32b":  {"deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "deepseek-ai/DeepSeek-R1"},
		"qwen3-vl-72b":     {"Qwen/Qwen3-VL-32B-Instruct", "Qwen/Qwen3-VL-2B-Instruct", "Qwen/Qwen3-VL-4B-Instruct"},
		"qwq":              {"Qwen/QwQ-32B"},
		"Qwen/Qwen3-VL-9B": {"Qwen/Qwen3-VL-32B-Instruct"},
	} {
		var got []string
		for _, e := range Catalogue().Nearest(asked, 3) {
			got = append(got, e.ID)
		}
		require.Equal(t, want, got[:len(want)], asked)
	}
}

func TestKin(t *testing.T) {
	for name, id := range map[string]string{
		"qwen3-vl": "Qwen/Qwen3-VL-8B-Instruct", "llama3": "meta-llama/Llama-3.1-8B", "LLaMA 3 9B": "meta-llama/Meta-Llama-3-8B", "Qwen/Qwen3-VL-9B": "Qwen/Qwen3-VL-8B-Instruct",
		"qwen": "Qwen/Qwen3-8B", "gpt": "openai/gpt-oss-20b",
	} {
		require.True(t, Kin(name, id), name)
	}
	for name, id := range map[string]string{
		"llama1": "huggyllama/llama-13b", "tiny/llama": "huggyllama/llama-7b", "": "Qwen/Qwen3-8B", "7b": "huggyllama/llama-7b",
	} {
		require.False(t, Kin(name, id), name)
	}
}

// Nearest is asked for whatever was typed: it may never fail, and lists no model twice.
func TestNearestOfAnything(t *testing.T) {
	for _, asked := range []string{"", "-", "/", "a/", "/b", "7b", "🦙", "8x7b", "meta", "nvidia/", "llama-", string(make([]byte, 5000))} {
		seen := map[string]bool{}
		for _, e := range Catalogue().Nearest(asked, 5) {
			require.False(t, seen[e.ID], asked)
			seen[e.ID] = true
		}
		require.LessOrEqual(t, len(seen), 5)
	}
}
