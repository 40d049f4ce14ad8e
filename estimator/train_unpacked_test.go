package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Adapters are put on 16 bits where transformers cannot train on a repository's
// own format, and QLoRA makes NF4 of it; on GPTQ it trains as it is.
func TestFormatsThatNoAdapterTrainsOn(t *testing.T) {
	for _, row := range []struct {
		stored   DType
		unpacked bool
	}{{MXFP4, true}, {FP8, true}, {NVFP4, true}, {GPTQ, false}, {AWQ, false}, {NF4, false}} {
		a := llama(32, 4096, 32, 8, 128, 14336, 128256, false)
		a.Quant.DType = row.stored
		a, err := a.Sealed()
		require.NoError(t, err)
		b := estimated(t, a, Plan{Train: Train{Method: LoRA}})
		require.Equal(t, row.unpacked, partOf(b, Weights) == Bytes(2*a.Total()), row.stored)
		require.Equal(t, row.unpacked, hasNote(b, "unpacked_base"), row.stored)
		q := estimated(t, a, Plan{Train: Train{Method: QLoRA}})
		require.Equal(t, row.unpacked, q.Plan.DType == NF4DQ, row.stored)
	}
}

// Autocast over fp32 weights is another question than a base in 16 bits.
func TestFrozenBaseUnderAutocast(t *testing.T) {
	a := llama3(t)
	own := estimated(t, a, Plan{Train: Train{Method: LoRA}})
	amp := estimated(t, a, Plan{Train: Train{Method: LoRA, Precision: AMP}})
	require.EqualValues(t, 2*a.Total(), partOf(own, Weights))
	require.EqualValues(t, 4*a.Total(), partOf(amp, Weights))
	require.NotZero(t, partOf(amp, Buffers), "the 16-bit copies that autocast makes")
}

// Whisper's encoder listens to 1,500 frames whatever is said.
func TestEncoderOfAWindow(t *testing.T) {
	a := llama(4, 384, 6, 6, 64, 1536, 51865, true)
	layer := a.Layers[0]
	a.Towers = []Tower{{Name: encoderTower, Hidden: 384, Layers: []Layer{layer}}}
	a.Layers[0].Cross = layer.Mixer
	a.Layers[0].Cross.Encoded = 1500
	kept := func(seq int64) float64 {
		s := opened(t, a, Plan{Mode: Training, Seq: seq})
		return s.T * s.Enc
	}
	require.InDelta(t, kept(100), kept(400), 1)
	a.Layers[0].Cross.Encoded = 0
	require.InDelta(t, 4*kept(100), kept(400), 1)
}

// Experts held in one tensor take no adapters: all-linear is the attention then,
// and shared experts where there are any.
func TestAdaptersPassFusedExperts(t *testing.T) {
	shape := func(family string) Arch {
		a := llama(4, 1024, 16, 4, 64, 0, 32000, false)
		a.Family = family
		a.Layers[0].FFN = FFN{Experts: 8, TopK: 2, ExpertWidth: 512, Gated: true}
		sealed, err := a.Sealed()
		require.NoError(t, err)
		return sealed
	}
	attention := TargetQ | TargetK | TargetV | TargetO
	fused, single := shape("gpt_oss"), shape("mixtral")
	require.Equal(t, fused.AdapterParams(16, attention), fused.AdapterParams(16, AllLinear))
	require.Equal(t, single.AdapterParams(16, attention)+4*8*3*16*(1024+512), single.AdapterParams(16, AllLinear))
	all := estimated(t, fused, Plan{Train: Train{Method: LoRA}})
	some := estimated(t, fused, Plan{Train: Train{Method: LoRA, Targets: attention}})
	require.Equal(t, partOf(some, Adapters), partOf(all, Adapters))
	require.Equal(t, partOf(some, Activations), partOf(all, Activations))
}
