package commands

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A fit on a Mac is answered for llama.cpp, unless an engine, a format that it has
// no file for or a model that it cannot run was named.
func TestFitsOnAMac(t *testing.T) {
	service := &Service{Library: Shelf{}}
	for line, want := range map[string]string{
		"/fit llama-3.1-8b infer gpu:m3-max":                     "/fit meta-llama/Llama-3.1-8B infer engine:llama.cpp gpu:m3-max-128g",
		"/fit llama-3.1-8b infer dtype:q4_k_m gpu:m3-max":        "/fit meta-llama/Llama-3.1-8B infer dtype:q4_k_m engine:llama.cpp gpu:m3-max-128g",
		"/fit llama-3.1-8b infer engine:transformers gpu:m3-max": "/fit meta-llama/Llama-3.1-8B infer engine:transformers gpu:m3-max-128g",
		"/fit whisper-large-v3 infer gpu:m3-max":                 "/fit openai/whisper-large-v3 infer gpu:m3-max-128g",
		"/fit llama-3.1-8b infer gpu:4090":                       "/fit meta-llama/Llama-3.1-8B infer gpu:4090",
		"/models infer gpu:m3-max":                               "/models infer engine:llama.cpp gpu:m3-max-128g",
	} {
		answer := service.Answer(t.Context(), Question{Text: line})
		require.Nil(t, answer.Error, line)
		require.Equal(t, want, answer.Question)
		require.NotEmpty(t, answer.Options, line)
	}
}

// Where nothing but the sequences scheduled at once or the share of the card stands
// in vLLM's way, a fit changes that before the weights.
func TestFitsBySettings(t *testing.T) {
	service := &Service{Library: Shelf{}}
	for line, want := range map[string]string{
		"/fit google/gemma-2-2b-it infer engine:vllm gpu:8g":                       "max-seqs:64",
		"/fit Qwen/Qwen3.5-35B-A3B infer dtype:awq engine:vllm gpus:1 gpu:24g":     "util:0.95",
		"/fit google/gemma-2-2b-it infer engine:vllm max-seqs:256 util:0.9 gpu:8g": "dtype:fp8",
	} {
		answer := service.Answer(t.Context(), Question{Text: line})
		require.Nil(t, answer.Error, line)
		require.True(t, answer.Options[0].Fits, line)
		require.Contains(t, answer.Options[0].Question, want, line)
	}
}
