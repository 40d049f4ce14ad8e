package commands

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub"
	"membot/hfhub/hubtest"
)

// tinyGGUF is a llama of one block, all matrices in one type but the head.
func tinyGGUF(dtype string) hubtest.Content {
	const h, f, v = 512, 1024, 2000
	tensors := []hubtest.Tensor{
		{Name: "token_embd.weight", DType: dtype, Shape: []int64{v, h}},
		{Name: "output.weight", DType: "Q6_K", Shape: []int64{v, h}},
		{Name: "output_norm.weight", DType: "F32", Shape: []int64{h}},
	}
	for name, shape := range map[string][]int64{
		"attn_norm": {h}, "ffn_norm": {h}, "attn_q": {h, h}, "attn_k": {h, h}, "attn_v": {h, h}, "attn_output": {h, h},
		"ffn_gate": {f, h}, "ffn_up": {f, h}, "ffn_down": {h, f},
	} {
		one := hubtest.Tensor{Name: "blk.0." + name + ".weight", DType: dtype, Shape: shape}
		if len(shape) == 1 {
			one.DType = "F32"
		}
		tensors = append(tensors, one)
	}
	return hubtest.GGUF([]hubtest.KV{
		{Key: "general.architecture", Value: "llama"},
		{Key: "llama.block_count", Value: uint32(1)},
		{Key: "llama.embedding_length", Value: uint32(h)},
		{Key: "llama.feed_forward_length", Value: uint32(f)},
		{Key: "llama.attention.head_count", Value: uint32(8)},
		{Key: "llama.context_length", Value: uint32(4096)},
		{Key: "tokenizer.ggml.tokens", Value: make([]string, v)},
	}, tensors...)
}

func variantService(t *testing.T) *Service {
	t.Helper()
	hub := hubtest.New(t)
	hub.Add("me/tiny-GGUF", nil, hubtest.With("tiny-Q4_K_M.gguf", tinyGGUF("Q4_K")), hubtest.With("tiny-Q8_0.gguf", tinyGGUF("Q8_0")),
		hubtest.With("tiny-Q2_K.gguf", tinyGGUF("Q2_K")), hubtest.With("tiny-UD-Q4_K_XL.gguf", tinyGGUF("Q5_K")))
	hub.Add("me/llama", map[string][]byte{"config.json": []byte(`{"model_type":"llava","text_config":{"model_type":"llama","hidden_size":512,` +
		`"num_hidden_layers":2,"num_attention_heads":8,"intermediate_size":1024,"vocab_size":2000,"tie_word_embeddings":false}}`)})
	hub.Add("me/lora", map[string][]byte{"adapter_config.json": []byte(`{"base_model_name_or_path":"me/llama","peft_type":"LORA","r":16}`)},
		hubtest.With("adapter_model.safetensors", hubtest.Safetensors(nil, hubtest.Tensor{Name: "a.lora_A.weight", DType: "F32", Shape: []int64{16, 512}})))
	client, err := hfhub.New(hfhub.Settings{Endpoint: hub.URL(), Timeout: time.Second, MaxWait: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return &Service{Library: Shelf{Resolver: hfhub.NewResolver(client)}}
}

// Weights that a repository does not have are refused with those that it has, and
// a line to paste that works.
func TestMissingVariant(t *testing.T) {
	s := variantService(t)
	for line, mend := range map[string]string{
		"/mem me/tiny-GGUF dtype:q3_k_s":                      "/mem me/tiny-GGUF infer dtype:",
		"/mem hf.co/me/tiny-GGUF:Q9":                          "/mem hf.co/me/tiny-GGUF:Q",
		"/mem me/tiny-GGUF:Q9 dtype:q3_k_s":                   "/mem me/tiny-GGUF:Q",
		"/explain me/tiny-GGUF dtype:awq":                     "/explain me/tiny-GGUF infer dtype:",
		"/fit me/tiny-GGUF dtype:bf16":                        "/fit me/tiny-GGUF infer dtype:",
		"/mem me/tiny-GGUF engine:llama.cpp dtype:fp16 ngl:0": "/mem me/tiny-GGUF infer ",
	} {
		a := s.Answer(t.Context(), Question{Text: line})
		require.NotNil(t, a.Error, line)
		require.Equal(t, BadValue, a.Error.Code, line)
		for _, name := range []string{"me/tiny-GGUF", "Q4_K_M", "Q8_0", "Q2_K", "UD-Q4_K_XL"} {
			require.Contains(t, a.Error.Text, name, line)
		}
		require.Len(t, a.Error.DidYouMean, 1, line)
		require.True(t, strings.HasPrefix(a.Error.DidYouMean[0], mend), a.Error.DidYouMean[0])
		mended := s.Answer(t.Context(), Question{Text: a.Error.DidYouMean[0]})
		require.Nil(t, mended.Error, "%s: %+v", a.Error.DidYouMean[0], mended.Error)
	}
}

// The chosen file's own tensors are the weights, and the others are named.
func TestVariantsAreNamed(t *testing.T) {
	s := variantService(t)
	sizes := map[string]int64{}
	for line, want := range map[string]string{
		"/mem me/tiny-GGUF": "q4_k_m", "/mem me/tiny-GGUF dtype:q8_0": "q8_0", "/mem me/tiny-GGUF dtype:q2_k": "q2_k", "/mem me/tiny-GGUF:UD-Q4_K_XL": "q5_k",
	} {
		a := s.Answer(t.Context(), Question{Text: line})
		require.Nil(t, a.Error, line)
		require.Equal(t, want, *a.Model.DType, line)
		require.Equal(t, "counted", a.PerGPU.Parts[0].Basis, line)
		sizes[want] = *a.Model.StoredBytes
		notes := strings.Join(a.Model.Notes, " ")
		for _, other := range []string{"q2_k", "q4_k_m", "q8_0"} {
			if other != want {
				require.Contains(t, notes, other, line)
			}
		}
		for _, change := range a.WhatIf {
			require.NotContains(t, []string{"dtype:q6_k", "dtype:nf4"}, change.Change, "a format that the repository does not have")
		}
	}
	require.Less(t, sizes["q2_k"], sizes["q4_k_m"])
	require.Less(t, sizes["q4_k_m"], sizes["q5_k"])
	require.Less(t, sizes["q5_k"], sizes["q8_0"])
}

// What fits is only looked for among the files that there are.
func TestFitOffersTheFilesThatThereAre(t *testing.T) {
	a := variantService(t).Answer(t.Context(), Question{Text: "/fit me/tiny-GGUF gpu:24g"})
	require.Nil(t, a.Error)
	require.NotEmpty(t, a.Options)
	for _, o := range a.Options {
		require.NotContains(t, o.Question, "q6_k", "a format that the repository does not have")
	}
}

// An explanation says which file and key gave each number.
func TestExplainSaysWhereNumbersCameFrom(t *testing.T) {
	s := variantService(t)
	for model, want := range map[string][]Fact{
		"me/tiny-GGUF": {
			{Name: "hidden", Value: "512", File: "tiny-Q4_K_M.gguf", Key: "llama.embedding_length"},
			{Name: "layers", Value: "1", File: "tiny-Q4_K_M.gguf", Key: "llama.block_count"},
			{Name: "vocab", Value: "2000", File: "tiny-Q4_K_M.gguf", Key: "tokenizer.ggml.tokens"},
			{Name: "params", Value: fmt.Sprint(2*2000*512 + 512 + 4*512*512 + 3*512*1024 + 2*512), File: "tiny-Q4_K_M.gguf", Key: "gguf"},
		},
		"me/llama": {
			{Name: "hidden", Value: "512", File: "config.json", Key: "text_config.hidden_size"},
			{Name: "tied", Value: "false", File: "config.json", Key: "text_config.tie_word_embeddings"},
			{Name: "ctx", Value: "2048", File: "config.json", Key: "text_config.max_position_embeddings", Assumed: true},
		},
		"me/lora": {
			{Name: "base_model", Value: "me/llama", File: "adapter_config.json", Key: "base_model_name_or_path"},
			{Name: "rank", Value: "16", File: "adapter_config.json", Key: "r"},
			{Name: "params", Value: "8192", File: "adapter_model.safetensors", Key: "headers"},
			{Name: "hidden", Value: "512", File: "me/llama/config.json", Key: "text_config.hidden_size"},
		},
	} {
		a := s.Answer(t.Context(), Question{Text: "/explain " + model})
		require.Nil(t, a.Error, model)
		for _, fact := range want {
			require.Contains(t, a.Facts, fact, model)
		}
		text := Text(a, TextOptions{})
		require.Contains(t, text, want[0].Key)
		require.Empty(t, s.Answer(t.Context(), Question{Text: "/mem " + model}).Facts, "only on request")
	}
}
