package hfhub

import (
	"testing"

	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
)

// TestPackedWeights shows each method's stored bytes and the parameters they stand
// for. Every linear layer below has 64 by 128 weights: 8192.
func TestPackedWeights(t *testing.T) {
	const linear = 64 * 128
	quantized := func(q string) string { return `{"model_type":"llama","quantization_config":` + q + `}` }
	for _, row := range []struct {
		name, config string
		tensors      []hubtest.Tensor
		parameters   int64
	}{
		{"plain", `{"model_type":"llama"}`, []hubtest.Tensor{tensor("a.weight", "F16", 64, 128), tensor("a.scales", "F16", 64)}, linear + 64},
		{"gptq 4 bits", quantized(`{"quant_method":"gptq","bits":4}`), []hubtest.Tensor{
			tensor("a.qweight", "I32", 16, 64), tensor("a.qzeros", "I32", 1, 8), tensor("a.scales", "F16", 1, 64), tensor("a.g_idx", "I32", 128),
		}, linear},
		{"gptq 3 bits", quantized(`{"quant_method":"gptq","bits":3}`), []hubtest.Tensor{tensor("a.qweight", "I32", 12, 64)}, linear},
		{"gptq 8 bits in a text tower", `{"text_config":{"quantization_config":{"quant_method":"gptq","bits":8}}}`, []hubtest.Tensor{tensor("a.qweight", "I32", 32, 64)}, linear},
		{"awq", quantized(`{"quant_method":"awq","bits":4,"version":"gemm"}`), []hubtest.Tensor{
			tensor("a.qweight", "I32", 128, 8), tensor("a.qzeros", "I32", 1, 8), tensor("a.scales", "F16", 1, 64),
		}, linear},
		{"auto-round", quantized(`{"quant_method":"auto-round","bits":4}`), []hubtest.Tensor{tensor("a.qweight", "I32", 16, 64), tensor("a.scales", "F16", 1, 64)}, linear},
		{"compressed-tensors int4", quantized(`{"quant_method":"compressed-tensors","format":"pack-quantized","config_groups":{"group_0":{"targets":["Linear"],"weights":{"num_bits":4}}}}`), []hubtest.Tensor{
			tensor("a.weight_packed", "I32", 64, 16), tensor("a.weight_scale", "BF16", 64, 1), tensor("a.weight_shape", "I64", 2), tensor("n.weight", "BF16", 10),
		}, linear + 10},
		{"compressed-tensors, two groups", quantized(`{"quant_method":"compressed-tensors","format":"pack-quantized","config_groups":{
			"group_0":{"targets":["re:.*experts.*"],"weights":{"num_bits":4}},"group_1":{"targets":["Linear"],"weights":{"num_bits":8}}}}`), []hubtest.Tensor{
			tensor("l.experts.0.weight_packed", "I32", 64, 16), tensor("l.q.weight_packed", "I32", 64, 32),
		}, 2 * linear},
		{"compressed-tensors fp8", quantized(`{"quant_method":"compressed-tensors","format":"float-quantized","config_groups":{"group_0":{"targets":["Linear"],"weights":{"num_bits":8}}}}`), []hubtest.Tensor{
			tensor("a.weight", "F8_E4M3", 64, 128), tensor("a.weight_scale", "BF16", 64, 1), tensor("a.input_scale", "BF16", 1),
		}, linear},
		{"compressed-tensors nvfp4", quantized(`{"quant_method":"compressed-tensors","format":"nvfp4-pack-quantized","config_groups":{"group_0":{"targets":["Linear"],"weights":{"num_bits":4}}}}`), []hubtest.Tensor{
			tensor("a.weight_packed", "U8", 64, 64), tensor("a.weight_scale", "F8_E4M3", 64, 8), tensor("a.weight_global_scale", "F32", 1),
		}, linear},
		{"bitsandbytes 4 bits", quantized(`{"quant_method":"bitsandbytes","load_in_4bit":true,"bnb_4bit_quant_type":"nf4"}`), []hubtest.Tensor{
			tensor("a.weight", "U8", 4096, 1), tensor("a.weight.absmax", "U8", 128), tensor("a.weight.quant_map", "F32", 16),
			tensor("a.weight.nested_absmax", "F32", 1), tensor("a.weight.nested_quant_map", "F32", 256), tensor("a.weight.quant_state.bitsandbytes__nf4", "U8", 81),
		}, linear},
		{"bitsandbytes 8 bits", quantized(`{"quant_method":"bitsandbytes","load_in_8bit":true}`), []hubtest.Tensor{
			tensor("a.weight", "I8", 64, 128), tensor("a.SCB", "F32", 64), tensor("a.weight_format", "U8"),
		}, linear},
		{"fp8 in blocks", quantized(`{"quant_method":"fp8","weight_block_size":[128,128]}`), []hubtest.Tensor{
			tensor("a.weight", "F8_E4M3", 64, 128), tensor("a.weight_scale_inv", "F32", 1, 1), tensor("g.e_score_correction_bias", "F32", 8),
		}, linear + 8},
		{"fp8 with experts in fp4", quantized(`{"quant_method":"fp8","expert_dtype":"fp4"}`), []hubtest.Tensor{
			tensor("l.experts.3.w1.weight", "I8", 64, 64), tensor("l.experts.3.w1.scale", "F8_E8M0", 64, 4), tensor("l.shared_experts.w1.weight", "F8_E4M3", 64, 128),
		}, 2 * linear},
		{"fp8 that says fp4 beside the quantization", `{"expert_dtype":"fp4","quantization_config":{"quant_method":"fp8","moe_quant_algo":"NVFP4"}}`, []hubtest.Tensor{
			tensor("l.experts.3.w1.weight", "U8", 64, 64), tensor("l.experts.3.w1.weight_scale", "F8_E4M3", 64, 8), tensor("l.experts.3.w1.weight_scale_2", "F32"),
		}, linear},
		{"modelopt, mixed", quantized(`{"quant_method":"modelopt","quant_algo":"MIXED_PRECISION"}`), []hubtest.Tensor{tensor("a.weight", "U8", 64, 64), tensor("b.weight", "F8_E4M3", 64, 128)}, 2 * linear},
		{"modelopt that does not name itself", quantized(`{"quant_algo":"FP8"}`), []hubtest.Tensor{tensor("a.weight", "F8_E4M3", 64, 128), tensor("a.weight_scale", "F32")}, linear},
		{"mxfp4", quantized(`{"quant_method":"mxfp4","modules_to_not_convert":["self_attn"]}`), []hubtest.Tensor{
			tensor("l.experts.down_proj_blocks", "U8", 1, 64, 4, 16), tensor("l.experts.down_proj_scales", "U8", 1, 64, 4), tensor("l.experts.down_proj_bias", "BF16", 1, 64),
		}, linear + 64},
		{"modelopt nvfp4", quantized(`{"quant_method":"modelopt","quant_algo":"NVFP4"}`), []hubtest.Tensor{
			tensor("a.weight", "U8", 64, 64), tensor("a.weight_scale", "F8_E4M3", 64, 8), tensor("a.weight_scale_2", "F32"), tensor("a.input_scale", "F32"), tensor("a.k_scale", "F32"),
		}, linear},
		{"modelopt fp8", quantized(`{"quant_method":"modelopt","quant_algo":"FP8"}`), []hubtest.Tensor{tensor("a.weight", "F8_E4M3", 64, 128), tensor("a.weight_scale", "F32")}, linear},
		{"mlx 4 bits", `{"quantization":{"group_size":64,"bits":4},"quantization_config":{"group_size":64,"bits":4}}`, []hubtest.Tensor{
			tensor("a.weight", "U32", 64, 16), tensor("a.scales", "BF16", 64, 2), tensor("a.biases", "BF16", 64, 2), tensor("n.weight", "BF16", 10),
		}, linear + 10},
		{"mlx with a module of its own", `{"quantization":{"group_size":64,"bits":4,"m.a":{"group_size":64,"bits":8}}}`, []hubtest.Tensor{
			tensor("m.a.weight", "U32", 64, 32), tensor("m.a.scales", "BF16", 64, 2),
		}, linear},
		{"mlx, words that have no scales", `{"quantization":{"group_size":64,"bits":4}}`, []hubtest.Tensor{tensor("a.weight", "U32", 5)}, 5},
		{"torchao int4", quantized(`{"quant_method":"torchao","quant_type":{"default":{"_type":"Int4WeightOnlyConfig"}}}`), []hubtest.Tensor{
			tensor("a._weight_qdata", "I32", 8, 1, 32, 4), tensor("a._weight_scale_and_zero", "BF16", 4, 64, 2),
		}, linear},
		{"quark int4", quantized(`{"quant_method":"quark","global_quant_config":{"weight":{"dtype":"uint4"}}}`), []hubtest.Tensor{
			tensor("a.weight", "I32", 64, 16), tensor("a.weight_scale", "F32", 64), tensor("a.weight_zero_point", "I32", 8),
		}, linear},
		{"quark mxfp4", quantized(`{"quant_method":"quark","global_quant_config":{"weight":{"dtype":"fp4"}}}`), []hubtest.Tensor{
			tensor("a.weight", "U8", 64, 64), tensor("a.weight_scale", "U8", 64, 4),
		}, linear},
		{"exl2", quantized(`{"quant_method":"exl2","bits":4.65}`), []hubtest.Tensor{
			tensor("a.q_weight", "I32", 19, 64), tensor("a.q_invperm", "I32", 128), tensor("a.q_scale", "I32", 4, 8), tensor("a.q_scale_max", "F16", 4), tensor("a.q_groups", "I16", 8),
		}, linear},
		{"exl3", quantized(`{"quant_method":"exl3","bits":3.0}`), []hubtest.Tensor{
			tensor("a.trellis", "I16", 8, 4, 48), tensor("a.suh", "F16", 128), tensor("a.svh", "F16", 64), tensor("a.mcg", "I32"),
		}, linear},
		{"hqq 4 bits", quantized(`{"quant_method":"hqq","quant_config":{"weight_quant_params":{"nbits":4}}}`), []hubtest.Tensor{
			tensor("a.W_q", "U8", 64, 64), tensor("a.scale", "F16", 128, 1), tensor("a.zero", "F16", 128, 1), tensor("a.nbits", "I32"),
		}, linear},
		{"hqq 3 bits", quantized(`{"quant_method":"hqq","quant_config":{"weight_quant_params":{"nbits":3}}}`), []hubtest.Tensor{tensor("a.W_q", "I32", 64, 13)}, 64 * 130},
		{"bitnet", quantized(`{"quant_method":"bitnet"}`), []hubtest.Tensor{tensor("a.weight", "U8", 16, 128), tensor("a.weight_scale", "BF16", 1)}, linear},
		{"E8M0 is never a parameter", `{}`, []hubtest.Tensor{tensor("a.weight", "F8_E4M3", 64, 128), tensor("a.s", "F8_E8M0", 64)}, linear},
	} {
		t.Run(row.name, func(t *testing.T) {
			hub := hubtest.New(t)
			file := hubtest.Safetensors(nil, row.tensors...)
			hub.Add("org/m", configFile(row.config), hubtest.With("model.safetensors", file))
			client, _ := dial(t, hub)
			w, err := weigh(t, client, "org/m", TensorOptions{})
			require.NoError(t, err)
			require.Equal(t, row.parameters, w.Parameters)
			require.Equal(t, file.Size-int64(len(file.Head)), w.Stored, "memory is what is stored, never what it stands for")
			require.Equal(t, len(row.tensors), max(w.Tensors, len(row.tensors)))
			sum := int64(0)
			for _, d := range w.DTypes {
				sum += d.Parameters
			}
			require.Equal(t, w.Parameters, sum)
		})
	}
}

// TestPackedVector is the one that the JavaScript client was run on.
func TestPackedVector(t *testing.T) {
	hub := hubtest.New(t)
	list := []hubtest.Tensor{tensor("model.embed_tokens.weight", "F16", 512, 64), tensor("lm_head.weight", "F16", 512, 64)}
	for _, at := range []string{"model.layers.0.q", "model.layers.1.q"} {
		list = append(list, tensor(at+".qweight", "I32", 64, 8), tensor(at+".qzeros", "I32", 1, 8), tensor(at+".scales", "F16", 1, 64))
	}
	hub.Add("org/m", configFile(`{"quantization_config":{"quant_method":"awq","bits":4}}`), hubtest.With("model.safetensors", hubtest.Safetensors(nil, list...)))
	client, _ := dial(t, hub)
	w, err := weigh(t, client, "org/m", TensorOptions{})
	require.NoError(t, err)
	got := map[string]int64{}
	for _, d := range w.DTypes {
		got[d.Name] = d.Parameters
	}
	require.Equal(t, map[string]int64{"F16": 65536, "I32": 8192}, got)
}

func TestModeloptConfigOfItsOwn(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", map[string][]byte{
		"config.json":          []byte(`{"model_type":"llama"}`),
		"hf_quant_config.json": []byte(`{"producer":{"name":"modelopt"},"quantization":{"quant_algo":"NVFP4","group_size":16}}`),
	}, hubtest.With("model.safetensors", hubtest.Safetensors(nil, tensor("a.weight", "U8", 64, 64), tensor("a.weight_scale", "F8_E4M3", 64, 8))))
	client, _ := dial(t, hub)
	w, err := weigh(t, client, "org/m", TensorOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(64*128), w.Parameters)
	require.Equal(t, "modelopt", w.Method)
}

func TestConfigsOfOlderTools(t *testing.T) {
	hub := hubtest.New(t)
	for name, text := range map[string]string{"quantize_config.json": `{"bits":4,"group_size":128}`, "quant_config.json": `{"zero_point":true,"q_group_size":128,"w_bit":4}`} {
		hub.Add("org/m", map[string][]byte{"config.json": []byte(`{"model_type":"llama"}`), name: []byte(text)},
			hubtest.With("model.safetensors", hubtest.Safetensors(nil, tensor("a.qweight", "I32", 16, 64), tensor("a.scales", "F16", 1, 64))))
		client, _ := dial(t, hub)
		w, err := weigh(t, client, "org/m", TensorOptions{})
		require.NoError(t, err)
		require.Equal(t, int64(64*128), w.Parameters, name)
	}
}
