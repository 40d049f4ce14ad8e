package estimator

import (
	"slices"
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

// The latents are counted, as the model is meant to be served; what transformers'
// own class stores by head, 71 times as much for DeepSeek-V3, is said beside.
// vLLM before 0.7 cached by head, and llama.cpp before b5140, which kept a second
// copy of the latent until b7830.
func TestLatentsByEngine(t *testing.T) {
	a := latentShape(61, 3, 7168, 128, 1536, 18432, 2048, 256, 8, 2048, 129280, 163840)
	const heads, latents, twice = 61 * 128 * (192 + 128) * 2, 61 * 576 * 2, 61 * (576 + 512) * 2
	for _, row := range []struct {
		serve Serve
		want  int64
	}{
		{Serve{}, latents},
		{Serve{Version: Version{4, 50}}, latents},
		{Serve{Engine: VLLM}, latents},
		{Serve{Engine: VLLM, Version: Version{0, 6}}, 61 * 128 * (192 + 192) * 2}, // values as wide as keys
		{Serve{Engine: SGLang}, latents},
		{Serve{Engine: LlamaCPP}, latents},
		{Serve{Engine: LlamaCPP, Version: Version{7000, 0}}, twice},
		{Serve{Engine: LlamaCPP, Version: Version{5000, 0}}, heads},
		{Serve{Engine: IKLlamaCPP}, latents},
		{Serve{Engine: TensorRTLLM}, latents},
		{Serve{Engine: LMDeploy}, latents},
	} {
		b := estimate(t, a, Plan{Seq: 4096, Serve: row.serve})
		require.Equal(t, Bytes(row.want), b.Capacity.KVBytesPerToken, "%v", row.serve)
		require.Equal(t, float64(4096*row.want), part(b, KVCache), "%v", row.serve)
		said := func(code, value string) bool {
			return slices.ContainsFunc(b.Notes, func(n Note) bool { return n.Code == code && n.Value == value && n.Warning })
		}
		require.Equal(t, row.serve.Engine == Transformers, said("mla_expanded", "4997120"), "%v", row.serve)
		require.Equal(t, row.want > twice, said("mla_by_head", "70272"), "%v", row.serve)
	}
}

// Until the first new token is written, transformers' windows are a view of the
// whole prompt: 28,672 tokens of 32,768 more than a window of 4,096.
func TestWindowsViewThePrompt(t *testing.T) {
	a := llama(32, 4096, 32, 8, 128, 14336, 32000, false)
	whole := estimate(t, a, Plan{Seq: 32768})
	a.Layers[0].Mixer.Kind, a.Layers[0].Mixer.Window = Window, 4096
	slid := estimate(t, a, Plan{Seq: 32768})
	require.Equal(t, float64(131072*4096), part(slid, KVCache))
	require.Equal(t, part(whole, Workspace)+131072*28672, part(slid, Workspace))
	require.Equal(t, whole.Total, slid.Total)
	old := Plan{Seq: 32768, Serve: Serve{Version: Version{4, 50}}}
	a.Family = "gemma2"
	require.Equal(t, part(whole, Workspace), part(estimate(t, a, old), Workspace), "a cache of one length before 4.56")
}

// What each engine keeps of sliding windows, tokens of 32 768, of families it
// does and does not slide.
func TestWindowsByEngine(t *testing.T) {
	const seq = 32768
	mistral := llama(32, 4096, 32, 8, 128, 14336, 32000, false)
	mistral.Family = "mistral"
	mistral.Layers[0].Mixer.Kind, mistral.Layers[0].Mixer.Window = Window, 4096
	phi := mistral
	phi.Family = "phi3"
	gemma := servedArchs(t)["gemma-3-27b"]
	for _, row := range []struct {
		name  string
		arch  Arch
		plan  Plan
		token int64 // bytes of a token in all windowed blocks
		want  int64 // tokens that they keep
	}{
		{"llama.cpp reads Mistral as a llama", mistral, Plan{Serve: Serve{Engine: LlamaCPP}}, 131072, seq},
		{"and has Phi 3's switched off", phi, Plan{Serve: Serve{Engine: LlamaCPP}}, 131072, seq},
		{"vLLM slides both", mistral, Plan{Serve: Serve{Engine: VLLM, MaxBatched: 2048}}, 131072, 6160},
		{"SGLang neither", mistral, Plan{Serve: Serve{Engine: SGLang}}, 131072, seq},
		{"transformers slides both", mistral, Plan{}, 131072, 4096},
		{"Gemma 3 in cells", gemma, Plan{Serve: Serve{Engine: LlamaCPP}}, 52 * 8192, 1536},
		{"before b5430 whole", gemma, Plan{Serve: Serve{Engine: LlamaCPP, Version: Version{5000, 0}}}, 52 * 8192, seq},
		{"ik_llama.cpp whole", gemma, Plan{Serve: Serve{Engine: IKLlamaCPP}}, 52 * 8192, seq},
		{"vLLM in six groups of ten", gemma, Plan{Serve: Serve{Engine: VLLM, MaxBatched: 2048}}, 60 * 8192, 3088},
		{"vLLM before 0.9 whole", gemma, Plan{Serve: Serve{Engine: VLLM, Version: Version{0, 8}}}, 52 * 8192, seq},
		{"transformers 4.50's own cache", gemma, Plan{Serve: Serve{Version: Version{4, 50}}}, 52 * 8192, 1024},
	} {
		row.plan.Seq = seq
		far := int64(0)
		if len(row.arch.Layers) > 1 {
			far = 10 * 8192 * seq
		}
		require.Equal(t, far+row.token*row.want, int64(part(estimate(t, row.arch, row.plan), KVCache)), row.name)
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
