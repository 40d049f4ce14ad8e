package main

import (
	"fmt"
	"strings"

	"membot/hfhub/hubtest"
)

func tensor(name, dtype string, shape ...int64) hubtest.Tensor {
	return hubtest.Tensor{Name: name, DType: dtype, Shape: shape}
}

// llama has so many layers of the smallest llama that is one.
func llama(layers int) []hubtest.Tensor {
	list := []hubtest.Tensor{
		tensor("model.embed_tokens.weight", "BF16", 512, 64), tensor("lm_head.weight", "BF16", 512, 64), tensor("model.norm.weight", "BF16", 64),
	}
	for i := range layers {
		at := fmt.Sprintf("model.layers.%d.", i)
		for _, part := range []string{"self_attn.q_proj", "self_attn.o_proj"} {
			list = append(list, tensor(at+part+".weight", "BF16", 64, 64))
		}
		for _, part := range []string{"self_attn.k_proj", "self_attn.v_proj"} {
			list = append(list, tensor(at+part+".weight", "BF16", 32, 64))
		}
		for _, part := range []string{"mlp.up_proj", "mlp.gate_proj", "mlp.down_proj"} {
			list = append(list, tensor(at+part+".weight", "BF16", 176, 64))
		}
		list = append(list, tensor(at+"input_layernorm.weight", "BF16", 64), tensor(at+"post_attention_layernorm.weight", "BF16", 64))
	}
	return list
}

func awq() []hubtest.Tensor {
	list := []hubtest.Tensor{tensor("model.embed_tokens.weight", "F16", 512, 64), tensor("lm_head.weight", "F16", 512, 64)}
	for i := range 2 {
		at := fmt.Sprintf("model.layers.%d.self_attn.q_proj.", i)
		list = append(list, tensor(at+"qweight", "I32", 64, 8), tensor(at+"qzeros", "I32", 1, 8), tensor(at+"scales", "F16", 1, 64))
	}
	return list
}

// experts has the tensors of DeepSeek-V3's routed experts.
func experts() []hubtest.Tensor {
	var list []hubtest.Tensor
	for layer := 3; layer < 61; layer++ {
		for expert := range 256 {
			for _, part := range []string{"gate_proj", "up_proj", "down_proj"} {
				list = append(list, tensor(fmt.Sprintf("model.layers.%d.mlp.experts.%d.%s.weight", layer, expert, part), "F8_E4M3", 2048, 7168))
			}
		}
	}
	return list
}

// vocabulary is a small GGUF file with so many tokens.
func vocabulary(tokens int) hubtest.Content {
	words, kinds := make([]string, tokens), make([]int32, tokens)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", i)
	}
	return hubtest.GGUF([]hubtest.KV{
		{Key: "general.architecture", Value: "llama"},
		{Key: "llama.block_count", Value: uint32(1)},
		{Key: "llama.embedding_length", Value: uint32(256)},
		{Key: "llama.attention.head_count", Value: uint32(4)},
		{Key: "llama.context_length", Value: uint32(4096)},
		{Key: "llama.feed_forward_length", Value: uint32(512)},
		{Key: "tokenizer.ggml.model", Value: "gpt2"},
		{Key: "tokenizer.ggml.tokens", Value: words},
		{Key: "tokenizer.ggml.token_type", Value: kinds},
	}, tensor("token_embd.weight", "Q4_K", 256, 256), tensor("blk.0.attn_q.weight", "Q4_K", 64, 256))
}

// fill adds the models. Summaries are left out, so that headers must be read.
func fill(hub *hubtest.Hub) {
	config := map[string][]byte{"config.json": []byte(`{"architectures":["LlamaForCausalLM"],"model_type":"llama"}`)}
	quantized := func(q string) map[string][]byte {
		return map[string][]byte{"config.json": []byte(`{"model_type":"llama","quantization_config":` + q + `}`)}
	}
	one := func(tensors []hubtest.Tensor) hubtest.Option {
		return hubtest.With("model.safetensors", hubtest.Safetensors(map[string]string{"format": "pt"}, tensors...))
	}
	none := hubtest.NoSummary()
	border := `{"w":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}`
	border += strings.Repeat(" ", 99_996-len(border))
	hub.Add("org/single", config, one(llama(4)), none)
	hub.Add("org/two", config, append(hubtest.Sharded(2, llama(4)...), none)...)
	hub.Add("org/long", config, one(llama(200)), none)
	hub.Add("org/border", config, hubtest.With("model.safetensors", hubtest.Header(border, 8)), none)
	hub.Add("org/awq", quantized(`{"quant_method":"awq","bits":4}`), one(awq()), none)
	hub.Add("org/old", config, one(llama(4)), none)
	hub.Rename("org/old", "org/new")
	hub.Add("org/gated", config, one(llama(4)), none, hubtest.Gated("manual"))
	hub.Add("org/many", quantized(`{"quant_method":"fp8","weight_block_size":[128,128]}`), append(hubtest.Sharded(163, experts()...), none)...)
	hub.Add("org/gguf20k", nil, hubtest.Library("gguf"), hubtest.With("model-Q4_K_M.gguf", vocabulary(20_000)))
	hub.Add("org/gguf250k", nil, hubtest.Library("gguf"), hubtest.With("model-Q4_K_M.gguf", vocabulary(250_000)))
}
