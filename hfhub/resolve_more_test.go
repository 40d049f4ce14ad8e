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

// Adapters that name each other end in a refusal, not in a stack that overflows.
func TestResolveAdaptersOfEachOther(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("me/lora-a", map[string][]byte{"adapter_config.json": []byte(`{"base_model_name_or_path":"me/lora-b","peft_type":"LORA"}`)})
	hub.Add("me/lora-b", map[string][]byte{"adapter_config.json": []byte(`{"base_model_name_or_path":"me/lora-a","peft_type":"LORA"}`)})
	_, err := resolver(t, hub).Model(t.Context(), "me/lora-a", "")
	var unsupported *hfhub.UnsupportedError
	require.ErrorAs(t, err, &unsupported)
	require.Equal(t, "base_model_name_or_path", unsupported.Key)
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

// A network of timm is its tensors: nothing describes its blocks, and it keeps
// nothing of them.
func TestResolveTimm(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("timm/resnet50.a1_in1k", map[string][]byte{
		"config.json": []byte(`{"architecture":"resnet50","num_classes":1000,"num_features":2048,"pretrained_cfg":{"tag":"a1_in1k"}}`),
	}, hubtest.Library("timm"), hubtest.With("model.safetensors", hubtest.Safetensors(nil, hubtest.Tensor{Name: "conv1.weight", DType: "F32", Shape: []int64{64, 3, 7, 7}})))
	m, err := resolver(t, hub).Model(t.Context(), "timm/resnet50.a1_in1k", "")
	require.NoError(t, err)
	require.EqualValues(t, 64*3*7*7, m.Arch.Total())
	require.Equal(t, "resnet50", m.Arch.Family)
	require.True(t, m.Notes[0].Warning)
}

// DeepSeek stores its further layer with an embedding and a head once more; none
// of it is the model's.
func TestResolveLeavesOutFurtherLayers(t *testing.T) {
	const config = `{"model_type":"deepseek_v3","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":1000,"intermediate_size":128,
		"moe_intermediate_size":32,"n_routed_experts":4,"num_experts_per_tok":2,"first_k_dense_replace":1,"q_lora_rank":16,"kv_lora_rank":16,"qk_nope_head_dim":16,
		"qk_rope_head_dim":8,"v_head_dim":16,"num_nextn_predict_layers":1,"torch_dtype":"bfloat16"}`
	arch, _, err := hfhub.ReadConfig([]byte(config), hfhub.ConfigOptions{})
	require.NoError(t, err)
	p := arch.Params()
	stored := p.Total() + p.MTP + p.Embedding + p.Head
	hub := hubtest.New(t)
	hub.Add("me/deep", map[string][]byte{"config.json": []byte(config)},
		hubtest.With("model.safetensors", hubtest.Safetensors(nil, hubtest.Tensor{Name: "w", DType: "BF16", Shape: []int64{stored}})))
	m, err := resolver(t, hub).Model(t.Context(), "me/deep", "")
	require.NoError(t, err)
	require.EqualValues(t, p.Total(), m.Arch.Total())
	require.Equal(t, "mtp_stored", m.Notes[0].Code)
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
	file := hubtest.GGUF(keys) // no list of tensors to count
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
	require.EqualValues(t, 6800, unsupported.Floor, "its tensors, without the header")
}
