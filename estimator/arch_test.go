package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// llama makes a shape of the Llama family: gated FFN, two norms, no biases.
func llama(layers, h, a, k, d, f, vocab int64, tied bool) Arch {
	return Arch{
		Family: "llama", Hidden: h, Vocab: vocab, Context: 4096, Tied: tied, DType: BF16,
		Layers: []Layer{{
			Count: layers,
			Mixer: Mixer{Kind: Full, Heads: a, KVHeads: k, KeyDim: d, ValueDim: d},
			FFN:   FFN{Width: f, Gated: true},
			Norms: 2,
		}},
		Extra: []Extra{{"final norm", h}},
	}
}

func qwen2(a Arch) Arch {
	a.Layers[0].Mixer.QKVBias = true
	return a
}

func qwen3(a Arch) Arch {
	a.Layers[0].Mixer.QKNorm = HeadQKNorm
	return a
}

// testArchs are shapes of several kinds for the laws and the formula test.
func testArchs(t *testing.T) map[string]Arch {
	t.Helper()
	window := llama(48, 2560, 8, 4, 256, 10240, 262208, true)
	window.Layers = append(window.Layers, window.Layers[0])
	window.Layers[0].Count, window.Layers[0].Mixer.Kind, window.Layers[0].Mixer.Window = 40, Window, 1024
	window.Layers[1].Count = 8
	moe := llama(32, 4096, 32, 8, 128, 0, 32000, false)
	moe.Layers[0].FFN = FFN{Gated: true, Experts: 8, TopK: 2, ExpertWidth: 14336}
	all := map[string]Arch{
		"llama-7b":   llama(32, 4096, 32, 32, 128, 11008, 32000, false),
		"qwen2-0.5b": qwen2(llama(24, 896, 14, 2, 64, 4864, 151936, true)),
		"window":     window,
		"moe":        moe,
		"size":       SizeOnly(7_000_000_000),
	}
	for name, a := range all {
		sealed, err := a.Sealed()
		require.NoError(t, err, name)
		all[name] = sealed
	}
	return all
}

// testPlans are plans of every mode, stack, stage and engine.
func testPlans() []Plan {
	plans := []Plan{{}, {Seq: 1024, Out: 100, Batch: 3}, {DType: FP32}}
	for _, e := range Engines() {
		plans = append(plans, Plan{Serve: Serve{Engine: e}}, Plan{GPUs: 2, Serve: Serve{Engine: e}})
	}
	for _, s := range Stacks() {
		for _, z := range Stages() {
			plans = append(plans, Plan{Mode: Training, GPUs: 8, Train: Train{Stack: s, ZeRO: z}})
		}
	}
	return plans
}

// Published counts, each by its model card or its tensors.
func TestParamsArePublished(t *testing.T) {
	deepseek := Arch{
		Family: "deepseek_v3", Hidden: 7168, Vocab: 129280, DType: BF16,
		Extra: []Extra{{"final norm", 7168}},
	}
	mla := Mixer{Kind: MLA, Heads: 128, KVHeads: 128, KeyDim: 192, ValueDim: 128, QueryRank: 1536, KVRank: 512, RopeDim: 64}
	deepseek.Layers = []Layer{
		{Count: 3, Mixer: mla, FFN: FFN{Width: 18432, Gated: true}, Norms: 2},
		{Count: 58, Mixer: mla, FFN: FFN{Gated: true, Experts: 256, TopK: 8, ExpertWidth: 2048, SharedWidth: 2048, RouterBias: true}, Norms: 2},
	}
	for _, row := range []struct {
		name string
		arch Arch
		want int64
	}{
		{"LLaMA-7B, Touvron et al. 2023", llama(32, 4096, 32, 32, 128, 11008, 32000, false), 6_738_415_616},
		{"Llama-2-70B", llama(80, 8192, 64, 8, 128, 28672, 32000, false), 68_976_648_192},
		{"Llama-3-8B", llama(32, 4096, 32, 8, 128, 14336, 128256, false), 8_030_261_248},
		{"Llama-3.2-3B, tied", llama(28, 3072, 24, 8, 128, 8192, 128256, true), 3_212_749_824},
		{"Qwen2-0.5B, biases on q, k, v", qwen2(llama(24, 896, 14, 2, 64, 4864, 151936, true)), 494_032_768},
		{"Qwen3-8B, norms of queries and keys", qwen3(llama(36, 4096, 32, 8, 128, 12288, 151936, false)), 8_190_735_360},
		{"DeepSeek-V3 without MTP", deepseek, 671_026_419_200},
	} {
		require.Equal(t, row.want, row.arch.Params().Total(), row.name)
	}
	active := deepseek.Params().Active
	require.InEpsilon(t, 37.5e9, active, 0.01, "DeepSeek-V3 has 37B active parameters")
}

func TestImpossibleShapes(t *testing.T) {
	for name, a := range map[string]Arch{
		"negative":  llama(-1, 4096, 32, 32, 128, 11008, 32000, false),
		"too wide":  llama(32, 1<<30, 32, 32, 128, 11008, 32000, false),
		"nothing":   {},
		"too large": llama(9999, 1<<20, 1<<16, 1<<16, 1<<20, 1<<24, 1<<25, false),
	} {
		_, err := a.Sealed()
		require.ErrorIs(t, err, ErrShape, name)
	}
}
