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
