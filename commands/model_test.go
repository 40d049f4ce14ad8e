package commands

import (
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
	"membot/hfhub"
)

// What a model is stored in is a value of the key dtype, whichever program
// quantized it; a refusal names the key that blocked, on one line.
func TestModelIsWordedInItsOwnKeys(t *testing.T) {
	for method, dtype := range map[string]estimator.DType{
		"modelopt": estimator.NVFP4, "compressed-tensors": estimator.FP8, "bitsandbytes": estimator.NF4, "mlx": estimator.INT4, "gptq": estimator.GPTQ,
	} {
		a := estimator.Arch{DType: estimator.BF16, Quant: estimator.Quant{Method: method, DType: dtype}}
		require.Equal(t, dtype.String(), storedDType(&a), method)
	}
	require.Equal(t, "bf16", storedDType(&estimator.Arch{DType: estimator.BF16, Quant: estimator.Quant{Method: "unheard of"}}))
	require.Equal(t, "kv_lora_rank: 512", blocking(&hfhub.UnsupportedError{ModelType: "new", Key: "kv_lora_rank", Kind: "512"}))
	require.Equal(t, `attn: { "a": 1 }`, blocking(&hfhub.UnsupportedError{ModelType: "new", Key: "attn", Kind: "{\n \"a\": 1\n}"}))
	require.Equal(t, "new", blocking(&hfhub.UnsupportedError{ModelType: "new", Key: "model_type"}))
}
