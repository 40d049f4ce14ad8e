package hfhub_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
	"membot/hfhub"
	"membot/hfhub/hubtest"
)

// An adapter is its base model with its own parameters beside it.
func TestResolveAdapter(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("Qwen/Qwen2-0.5B-Instruct", map[string][]byte{
		"config.json": []byte(qwenHalf),
	}, hubtest.With("model.safetensors", hubtest.Safetensors(nil, qwenTensors(false)...)))
	hub.Add("me/lora", map[string][]byte{
		"adapter_config.json": []byte(`{"base_model_name_or_path":"Qwen/Qwen2-0.5B-Instruct","peft_type":"LORA","r":16,"target_modules":["q_proj"]}`),
	}, hubtest.With("adapter_model.safetensors", hubtest.Safetensors(nil, hubtest.Tensor{Name: "a.lora_A.weight", DType: "F32", Shape: []int64{16, 896}})))
	m, err := resolver(t, hub).Model(t.Context(), "me/lora", "")
	require.NoError(t, err)
	require.Equal(t, "me/lora", m.ID)
	require.EqualValues(t, 494_032_768+16*896, m.Arch.Total())
	require.EqualValues(t, 988_065_536+4*16*896, m.Arch.File.Bytes)
	require.Equal(t, hfhub.Note{Code: "adapter", Key: "Qwen/Qwen2-0.5B-Instruct", Value: "LORA r=16"}, m.Notes[0])
}

// A base that is no id of the Hub is named, not looked for.
func TestResolveAdapterOfALocalBase(t *testing.T) {
	hub := hubtest.New(t)
	for i, base := range []string{`"/home/me/llama"`, `"C:\\models\\llama"`, `null`, `"me/lora-2"`} {
		id := []string{"me/lora-0", "me/lora-1", "me/lora-3", "me/lora-2"}[i]
		hub.Add(id, map[string][]byte{"adapter_config.json": []byte(`{"base_model_name_or_path":` + base + `,"peft_type":"LORA"}`)})
		_, err := resolver(t, hub).Model(t.Context(), id, "")
		var unsupported *hfhub.UnsupportedError
		require.ErrorAs(t, err, &unsupported, base)
		require.Equal(t, "base_model_name_or_path", unsupported.Key)
	}
}

// A pipeline is the sum of its parts, and keeps no cache.
func TestResolvePipeline(t *testing.T) {
	hub := hubtest.New(t)
	weights := func(rows int64) hubtest.Content {
		return hubtest.Safetensors(nil, hubtest.Tensor{Name: "w", DType: "F16", Shape: []int64{rows, 64}})
	}
	hub.Add("me/pipe", map[string][]byte{
		"model_index.json":        []byte(`{"_class_name":"FluxPipeline","transformer":["diffusers","FluxTransformer2DModel"],"vae":["diffusers","AutoencoderKL"]}`),
		"transformer/config.json": []byte(`{"_class_name":"FluxTransformer2DModel"}`),
		"vae/config.json":         []byte(`{"_class_name":"AutoencoderKL"}`),
	}, hubtest.With("transformer/diffusion_pytorch_model.safetensors", weights(1000)), hubtest.With("vae/diffusion_pytorch_model.safetensors", weights(10)))
	m, err := resolver(t, hub).Model(t.Context(), "me/pipe", "")
	require.NoError(t, err)
	require.EqualValues(t, 1010*64, m.Arch.Total())
	require.EqualValues(t, 2*1010*64, m.Arch.File.Bytes)
	require.Len(t, m.Arch.Towers, 2)
	b, err := estimator.Estimate(m.Arch, estimator.Plan{})
	require.NoError(t, err)
	require.Positive(t, b.Total)
}

// A repository of GGUF files alone is read from the header of the one chosen.
func TestResolveGGUF(t *testing.T) {
	hub := hubtest.New(t)
	keys := []hubtest.KV{
		{Key: "general.architecture", Value: "llama"},
		{Key: "llama.block_count", Value: uint32(2)},
		{Key: "llama.embedding_length", Value: uint32(64)},
		{Key: "llama.feed_forward_length", Value: uint32(128)},
		{Key: "llama.attention.head_count", Value: uint32(4)},
		{Key: "llama.attention.head_count_kv", Value: uint32(2)},
		{Key: "llama.context_length", Value: uint32(4096)},
		{Key: "llama.vocab_size", Value: uint32(100)},
		{Key: "tokenizer.ggml.tokens", Value: make([]string, 100)},
	}
	const block = 64*64*2 + 64*32*2 + 3*64*128 + 2*64
	tied := int64(100*64 + 2*block + 64)
	file := hubtest.GGUF(keys, hubtest.Tensor{Name: "token_embd.weight", DType: "Q8_0", Shape: []int64{64, 100}})
	hub.Add("me/gguf", nil, hubtest.With("tiny-Q4_K_M.gguf", file), hubtest.With("tiny-Q8_0.gguf", file),
		hubtest.GGUFSummary(tied, "llama", 4096))
	m, err := resolver(t, hub).Model(t.Context(), "me/gguf", "q8_0")
	require.NoError(t, err)
	require.Equal(t, "Q8_0", m.Weights.Variant)
	require.Len(t, m.Weights.Variants, 2)
	require.EqualValues(t, tied, m.Arch.Params().Total(), "the Hub's count tells that no head is stored")
	require.EqualValues(t, file.Size, m.Arch.File.Bytes)
	require.EqualValues(t, 2, m.Arch.Layers[0].Mixer.KVHeads)
	require.EqualValues(t, 4096, m.Arch.Context)
}

// A header of an unknown architecture is refused by name, with its bytes.
func TestResolveUnknownGGUF(t *testing.T) {
	hub := hubtest.New(t)
	file := hubtest.GGUF([]hubtest.KV{{Key: "general.architecture", Value: "warp"}, {Key: "warp.block_count", Value: uint32(2)}},
		hubtest.Tensor{Name: "token_embd.weight", DType: "Q8_0", Shape: []int64{64, 100}})
	hub.Add("me/warp", nil, hubtest.With("warp-Q8_0.gguf", file))
	_, err := resolver(t, hub).Model(t.Context(), "me/warp", "")
	var unsupported *hfhub.UnsupportedError
	require.ErrorAs(t, err, &unsupported)
	require.Equal(t, "warp", unsupported.ModelType)
	require.EqualValues(t, file.Size, unsupported.Floor)
}
