package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// speech is Whisper large-v3's decoder: 32 blocks that attend to themselves and
// to 1500 frames.
func speech() Arch {
	m := Mixer{Kind: Full, Heads: 20, KVHeads: 20, KeyDim: 64, ValueDim: 64}
	cross := m
	cross.Encoded = 1500
	return Arch{
		Family: "whisper", Hidden: 1280, Vocab: 51866, Context: 448, Tied: true, DType: FP16,
		Layers: []Layer{{Count: 32, Mixer: m, Cross: cross, FFN: FFN{Width: 5120}, Norms: 3}},
	}
}

// The cross attention's cache follows the encoder: its own length where it has
// one, else the tokens asked for, and it is whole as soon as the prompt is read.
func TestCrossCacheFollowsTheEncoder(t *testing.T) {
	const token = 163_840 // bytes: 2 · 32 blocks · 20 heads · 64 · 2
	for name, row := range map[string]struct {
		encoded, out, want int64
	}{
		"own length":              {1500, 0, token * (1500 + 448)},
		"own length, and writes":  {1500, 52, token * (1500 + 500)},
		"as asked":                {0, 0, token * (448 + 1)},
		"as asked, and it writes": {0, 52, token * (448 + 52)},
	} {
		a := speech()
		a.Layers[0].Cross.Encoded = row.encoded
		for _, e := range []Engine{Transformers, SGLang} {
			if e == Transformers && row.out > 0 {
				continue // its peak is the prefill, before anything is written
			}
			b := estimate(t, a, Plan{Seq: 448, Out: row.out, Serve: Serve{Engine: e}})
			require.Equal(t, float64(row.want), part(b, KVCache), "%s on %s", name, e)
		}
	}
}

// Every engine of today caches MLA's latents; what transformers would store by
// head is said beside.
func TestTransformersCachesLatents(t *testing.T) {
	a := latentShape(61, 3, 7168, 128, 1536, 18432, 2048, 256, 8, 2048, 129280, 163840)
	b := estimate(t, a, Plan{Seq: 4096})
	require.Equal(t, float64(61*576*2*4096), part(b, KVCache))
	require.Equal(t, Bytes(70_272), b.Capacity.KVBytesPerToken)
	require.Contains(t, b.Notes, Note{Code: "mla_expanded", Key: "engine", Value: "4997120", Warning: true})
	for _, n := range estimate(t, a, Plan{Seq: 4096, Serve: Serve{Engine: SGLang}}).Notes {
		require.NotEqual(t, "mla_expanded", n.Code)
	}
}

// How far a card goes is unknown where no cache is known, and where nothing but
// the end of the search bounds it.
func TestCapacityOfNoCacheIsUnknown(t *testing.T) {
	card, ok := FindGPU("4090")
	require.True(t, ok)
	encoder := llama(12, 768, 12, 12, 64, 3072, 30522, true)
	encoder.NoHead, encoder.Context = true, 512
	parts := Arch{Family: "pipeline", NoHead: true, Tied: true, DType: BF16, Towers: []Tower{{Name: "unet", Extra: 2e9}}}
	for name, a := range map[string]Arch{"size": SizeOnly(7e9), "encoder": encoder, "parts": parts} {
		for _, e := range []Engine{Transformers, VLLM, LlamaCPP} {
			c := estimate(t, a, Plan{GPU: card, Serve: Serve{Engine: e}}).Capacity
			c.ReservedByEngine = 0
			require.Zero(t, c, "%s on %s", name, e)
		}
	}
	small := long(llama(2, 64, 4, 1, 16, 128, 1000, true), 0)
	c := estimate(t, small, Plan{GPU: card, Serve: Serve{Engine: LlamaCPP}}).Capacity
	require.Zero(t, c.MaxSeq, "the model names no context and 2^24 tokens fit")
	require.NotZero(t, c.KVTokens)
}

// What needs a part that the model does not have is refused by its key.
func TestPartsThatAreMissing(t *testing.T) {
	dense := llama(2, 64, 4, 4, 16, 128, 1000, false)
	encoder := dense
	encoder.NoHead = true
	drafting := dense
	drafting.MTP = dense.Layers
	for name, row := range map[string]struct {
		arch      Arch
		plan      Plan
		key, near string
	}{
		"ep, serving":    {dense, Plan{Expert: 2}, "ep", "1"},
		"ep, training":   {dense, Plan{Mode: Training, Expert: 2}, "ep", "1"},
		"ep of experts":  {moeOf(llama(2, 64, 4, 4, 16, 128, 1000, false), 8, 2, 64), Plan{Expert: 2, GPUs: 2}, "", ""},
		"mtp":            {dense, Plan{Serve: Serve{MTP: Count{1, true}}}, "mtp", "0"},
		"no mtp":         {dense, Plan{Serve: Serve{MTP: Count{0, true}}}, "", ""},
		"mtp with some":  {drafting, Plan{Serve: Serve{MTP: Count{1, true}}}, "", ""},
		"grpo, encoder":  {encoder, Plan{Mode: Training, Train: Train{Method: GRPO}}, "method", "full"},
		"dpo, encoder":   {encoder, Plan{Mode: Training, Train: Train{Method: DPO}}, "method", "full"},
		"ppo, encoder":   {encoder, Plan{Mode: Training, Train: Train{Method: PPO}}, "method", "full"},
		"lora, encoder":  {encoder, Plan{Mode: Training, Train: Train{Method: LoRA}}, "", ""},
		"grpo, a writer": {dense, Plan{Mode: Training, Train: Train{Method: GRPO}}, "", ""},
	} {
		_, err := Peak(row.arch, row.plan)
		if row.key == "" {
			require.NoError(t, err, name)
			continue
		}
		var bad *PlanError
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, []string{row.key, row.near}, []string{bad.Key, bad.Near}, name)
	}
}
