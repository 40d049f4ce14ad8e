package hfhub

import (
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

func TestQuantization(t *testing.T) {
	const llama = `{"model_type":"llama","num_key_value_heads":8,"torch_dtype":"bfloat16"`
	for name, row := range map[string]struct {
		config, side string
		want         estimator.Quant
	}{
		"none":        {want: estimator.Quant{}},
		"gptq":        {config: `"quantization_config":{"quant_method":"gptq","bits":8,"group_size":-1,"lm_head":true}`, want: estimator.Quant{DType: estimator.GPTQ, Method: "gptq", Bits: 8, Head: true}},
		"gptq beside": {side: `{"bits":4,"group_size":128,"desc_act":false,"sym":true}`, want: estimator.Quant{DType: estimator.GPTQ, Method: "gptq", Bits: 4, Group: 128}},
		"awq":         {config: `"quantization_config":{"quant_method":"awq","bits":4,"group_size":64,"modules_to_not_convert":["visual"]}`, want: estimator.Quant{DType: estimator.AWQ, Method: "awq", Bits: 4, Group: 64, Skipped: []string{"visual"}}},
		"nf4":         {config: `"quantization_config":{"quant_method":"bitsandbytes","load_in_4bit":true,"bnb_4bit_quant_type":"nf4"}`, want: estimator.Quant{DType: estimator.NF4, Method: "bitsandbytes", Bits: 4, Group: 64}},
		"nf4 double":  {config: `"quantization_config":{"load_in_4bit":true,"bnb_4bit_use_double_quant":true}`, want: estimator.Quant{DType: estimator.NF4DQ, Method: "bitsandbytes", Bits: 4, Group: 64}},
		"llm.int8()":  {config: `"quantization_config":{"quant_method":"bitsandbytes","load_in_8bit":true}`, want: estimator.Quant{DType: estimator.INT8, Method: "bitsandbytes", Bits: 8}},
		"fp8 blocks":  {config: `"quantization_config":{"quant_method":"fp8","weight_block_size":[128,128]}`, want: estimator.Quant{DType: estimator.FP8, Method: "fp8", Bits: 8, Group: 128}},
		"fp8 rows":    {config: `"quantization_config":{"quant_method":"fbgemm_fp8"}`, want: estimator.Quant{DType: estimator.FP8, Method: "fbgemm_fp8", Bits: 8}},
		"mxfp4":       {config: `"quantization_config":{"quant_method":"mxfp4"}`, want: estimator.Quant{DType: estimator.MXFP4, Method: "mxfp4", Bits: 4}},
		"packed int4": {
			config: `"quantization_config":{"quant_method":"compressed-tensors","format":"pack-quantized","ignore":["lm_head","re:.*mlp\\.(gate|up)_proj"],"config_groups":{"group_0":{"targets":["Linear"],"weights":{"num_bits":4,"type":"int","group_size":32,"strategy":"group"}}}}`,
			want:   estimator.Quant{DType: estimator.INT4, Method: "compressed-tensors", Bits: 4, Group: 32, Skipped: []string{"lm_head", `re:.*mlp\.gate_proj`, `re:.*mlp\.up_proj`}},
		},
		"fp8 of compressed-tensors": {
			config: `"quantization_config":{"quant_method":"compressed-tensors","format":"float-quantized","config_groups":{"group_0":{"weights":{"num_bits":8,"type":"float","strategy":"channel"}}}}`,
			want:   estimator.Quant{DType: estimator.FP8, Method: "compressed-tensors", Bits: 8, Head: true},
		},
		"nvfp4 of compressed-tensors": {
			config: `"quantization_config":{"quant_method":"compressed-tensors","ignore":["lm_head"],"config_groups":{"g":{"format":"nvfp4-pack-quantized","weights":{"num_bits":4,"type":"float","group_size":16}}}}`,
			want:   estimator.Quant{DType: estimator.NVFP4, Method: "compressed-tensors", Bits: 4, Group: 16, Skipped: []string{"lm_head"}},
		},
		"modelopt beside": {
			side: `{"producer":{"name":"modelopt"},"quantization":{"quant_algo":"NVFP4","kv_cache_quant_algo":"FP8","group_size":16,"exclude_modules":["lm_head","model.language_model.layers.0.mlp.shared_experts*"]}}`,
			want: estimator.Quant{DType: estimator.NVFP4, Method: "modelopt", Bits: 4, Group: 16, Skipped: []string{"lm_head", "model.layers.0.mlp.shared_expert*"}},
		},
		"modelopt without a method": {config: `"quantization_config":{"quant_algo":"FP8","ignore":["lm_head"]}`, want: estimator.Quant{DType: estimator.FP8, Method: "modelopt", Bits: 8, Skipped: []string{"lm_head"}}},
		"mlx":                       {config: `"quantization":{"group_size":64,"bits":4},"quantization_config":{"group_size":64,"bits":4}`, want: estimator.Quant{DType: estimator.INT4, Method: "mlx", Bits: 4, Group: 64, Head: true}},
		"torchao":                   {config: `"quantization_config":{"quant_method":"torchao","quant_type":{"default":{"_type":"Int4WeightOnlyConfig","_data":{"group_size":128}}}}`, want: estimator.Quant{DType: estimator.INT4, Method: "torchao", Bits: 4, Group: 128}},
		"quark":                     {config: `"quantization_config":{"quant_method":"quark","global_quant_config":{"weight":{"dtype":"fp8_e4m3"}}}`, want: estimator.Quant{DType: estimator.FP8, Method: "quark", Bits: 8}},
		"hqq":                       {config: `"quantization_config":{"quant_method":"hqq","quant_config":{"weight_quant_params":{"nbits":3,"group_size":64}}}`, want: estimator.Quant{DType: estimator.INT4, Method: "hqq", Bits: 3, Group: 64}},
		"exl2":                      {config: `"quantization_config":{"quant_method":"exl2","bits":4.65}`, want: estimator.Quant{DType: estimator.INT4, Method: "exl2", Bits: 5}},
		"null":                      {config: `"quantization_config":null`, want: estimator.Quant{}},
	} {
		text := llama
		if row.config != "" {
			text += "," + row.config
		}
		arch, _, err := ReadConfig([]byte(text+"}"), ConfigOptions{Quant: []byte(row.side)})
		require.NoError(t, err, name)
		require.Equal(t, row.want, arch.Quant, name)
		sealed, err := arch.Sealed()
		require.NoError(t, err)
		_, err = estimator.Estimate(sealed, estimator.Plan{})
		require.NoError(t, err, name)
	}
}

func TestUnknownQuantizationIsTold(t *testing.T) {
	arch, notes, err := ReadConfig([]byte(`{"model_type":"llama","quantization_config":{"quant_method":"warp8"}}`), ConfigOptions{})
	require.NoError(t, err)
	require.Zero(t, arch.Quant)
	require.Contains(t, notes.Warnings[0], "warp8")
}
