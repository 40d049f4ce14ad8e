package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// CLIP's large tower as LLaVA 1.5 has it: 24 blocks of width 1024 on 576 patches.
func sighted() Arch {
	a := llama(32, 4096, 32, 32, 128, 11008, 32000, false)
	a.Towers = []Tower{{Name: "vision", Hidden: 1024, Patches: 576, Layers: []Layer{{
		Count: 24, Norms: 2, NormBias: true,
		Mixer: Mixer{Kind: Full, Heads: 16, KVHeads: 16, KeyDim: 64, ValueDim: 64},
		FFN:   FFN{Width: 4096, Bias: true},
	}}}}
	return a
}

// A tower that is trained keeps its blocks: LayerNorms 2·(2h + 8), the linears'
// inputs 4h, q, k, v and the output 8h + 4a, and 4f of the MLP.
func TestTrainedTowersKeepTheirBlocks(t *testing.T) {
	blind := sighted()
	blind.Towers = nil
	for _, p := range []Plan{{DType: BF16}, {DType: BF16, Batch: 3}, {DType: BF16, Batch: 2, Train: Train{Method: DPO}}} {
		got := partOf(estimated(t, sighted(), p), Activations) - partOf(estimated(t, blind, p), Activations)
		images := max(1, p.Batch) * int64(methods[p.Train.Method].sequences)
		require.EqualValues(t, images*24*576*(16*1024+16+4*16+4*4096), got)
	}
	p := Plan{Train: Train{Recompute: RecomputeFull}}
	got := partOf(estimated(t, sighted(), p), Activations) - partOf(estimated(t, blind, p), Activations)
	require.EqualValues(t, 24*576*2*1024, got)
}

// The linears of a tower are cut and quantized with the model's own.
func TestTowersAreCutAndQuantized(t *testing.T) {
	blind := sighted()
	blind.Towers = nil
	linears := int64(24 * (4*1024*1024 + 2*1024*4096))
	small := int64(24 * (4*1024 + 4*1024 + 4096 + 1024))
	weights := func(p Plan) Bytes {
		return partOf(estimated(t, sighted(), p), Weights) - partOf(estimated(t, blind, p), Weights)
	}
	require.InDelta(t, float64(2*linears/4+2*small), float64(weights(Plan{Tensor: 4, GPUs: 4, Train: Train{Stack: Megatron}})), 2e6)
	require.InDelta(t, float64(linears)*NF4DQ.Width()+2*float64(small), float64(weights(Plan{Train: Train{Method: QLoRA}})), 2e6)
}

// A frozen tower runs without autograd: what it gives is all that stays. One
// whose images are not known is warned of.
func TestFrozenTowersKeepTheirOutput(t *testing.T) {
	blind := sighted()
	blind.Towers = nil
	p := Plan{Batch: 2, Train: Train{Method: LoRA}}
	b := estimated(t, sighted(), p)
	require.EqualValues(t, 2*576*2*1024, partOf(b, Activations)-partOf(estimated(t, blind, p), Activations))
	require.Contains(t, b.Notes, Note{Code: "tower_images", Key: "model", Value: "576"})
	unknown := sighted()
	unknown.Towers[0].Patches = 0
	require.Contains(t, estimated(t, unknown, p).Notes, Note{Code: "tower_activations", Key: "model", Value: "towers", Warning: true})
}
