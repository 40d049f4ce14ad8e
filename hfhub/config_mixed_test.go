package hfhub

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

// Of mixed precision the scheme is that of most weights, not of most modules, and
// each module is stored in its own: two linears of FFN in NVFP4 outweigh the four
// of attention in FP8.
func TestMixedPrecision(t *testing.T) {
	const llama = `{"model_type":"llama","hidden_size":4096,"num_hidden_layers":4,"num_attention_heads":32,"num_key_value_heads":8,"intermediate_size":14336,` +
		`"vocab_size":32000,"torch_dtype":"bfloat16","quantization_config":`
	var layers []string
	for i := range 4 {
		for _, m := range []string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj"} {
			layers = append(layers, fmt.Sprintf(`"model.language_model.layers.%d.%s":{"quant_algo":"FP8"}`, i, m))
		}
		for _, m := range []string{"mlp.gate_proj", "mlp.up_proj"} {
			layers = append(layers, fmt.Sprintf(`"model.language_model.layers.%d.%s":{"quant_algo":"W4A16_NVFP4","group_size":16}`, i, m))
		}
	}
	const attention, wide = 4 * 2 * (4096*4096 + 1024*4096), 4 * 14336 * 4096 // weights: q, k, v, o; one linear of the FFN
	const scales = 4 * 4 * (4096 + 1024 + 1024 + 4096)                        // of FP8: fp32 for each output channel
	edges := int64(2 * (2*32000*4096 + 4096 + 4*2*4096))
	for name, row := range map[string]struct {
		quant string
		want  int64
	}{
		"modelopt": {
			`{"quant_method":"modelopt","quant_algo":"MIXED_PRECISION","quantized_layers":{` + strings.Join(layers, ",") + `}}}`,
			attention + scales + 2*wide/16*9 + 2*wide,
		},
		"compressed-tensors": {
			`{"quant_method":"compressed-tensors","format":"mixed-precision","ignore":["lm_head","re:.*down_proj"],"config_groups":{` +
				`"a":{"format":"float-quantized","targets":["re:.*self_attn.*"],"weights":{"num_bits":8,"type":"float","strategy":"channel"}},` +
				`"b":{"format":"nvfp4-pack-quantized","targets":["Linear"],"weights":{"num_bits":4,"type":"float","group_size":16}}}}}`,
			attention + scales + 2*wide/16*9 + 2*wide,
		},
	} {
		arch, _, err := ReadConfig([]byte(llama+row.quant), ConfigOptions{})
		require.NoError(t, err, name)
		require.Equal(t, estimator.NVFP4, arch.Quant.DType, name)
		require.Len(t, arch.Quant.Parts, 2, name)
		b, err := estimator.Estimate(arch, estimator.Plan{})
		require.NoError(t, err, name)
		weights := int64(0)
		for _, part := range b.Parts {
			if part.Name == estimator.Weights {
				weights += int64(part.Bytes)
			}
		}
		require.InDelta(t, row.want+edges, weights, 4, name)
	}
}
