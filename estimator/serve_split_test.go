package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Where nobody names a degree, engines with stages divide the heads as far as they
// go and put what is left into stages; a degree that was asked for is kept.
func TestGPUsThatHeadsDoNotDivideOver(t *testing.T) {
	a := servedArchs(t)["qwen2.5-7b-awq"] // 28 heads, 4 of keys and values, 28 blocks
	for name, row := range map[string]struct {
		engine         Engine
		gpus, pipeline int64
		tensor, stages int64
	}{
		"even":                 {VLLM, 4, 0, 4, 1},
		"three":                {VLLM, 3, 0, 1, 3},
		"six":                  {SGLang, 6, 0, 2, 3},
		"eight, four KV heads": {TensorRTLLM, 8, 0, 4, 2},
		"stages as asked":      {VLLM, 8, 2, 4, 2},
		"layers":               {Transformers, 3, 0, 1, 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := estimate(t, a, Plan{GPUs: row.gpus, Pipeline: row.pipeline, Serve: Serve{Engine: row.engine}})
			require.Equal(t, []int64{row.tensor, row.stages}, []int64{b.Plan.Tensor, b.Plan.Pipeline})
			assumed := row.stages > 1 && row.pipeline == 0 && row.engine != Transformers
			noted := false
			for _, n := range b.Notes {
				noted = noted || n.Code == "split_in_stages"
			}
			require.Equal(t, assumed, noted)
		})
	}
}

// Nothing divides over a prime number of GPUs past the blocks, nor over ranks of an
// engine without stages.
func TestGPUsThatNothingDividesOver(t *testing.T) {
	a := servedArchs(t)["qwen2.5-7b-awq"]
	for _, p := range []Plan{{GPUs: 29, Serve: Serve{Engine: VLLM}}, {GPUs: 3, Serve: Serve{Engine: LMDeploy}}} {
		_, err := Estimate(a, p)
		var bad *PlanError
		require.ErrorAs(t, err, &bad)
		require.Equal(t, "tp", bad.Key)
	}
}

// An engine that has no Whisper refuses it, and says which do.
func TestEnginesWithoutSpeech(t *testing.T) {
	for _, e := range Engines() {
		_, err := Estimate(speech(), Plan{Serve: Serve{Engine: e}})
		if !withoutSpeech.has(e) {
			require.NoError(t, err, e.String())
			continue
		}
		var bad *PlanError
		require.ErrorAs(t, err, &bad)
		require.Equal(t, []string{"engine", e.String(), "transformers"}, []string{bad.Key, bad.Value, bad.Near})
	}
}

// SGLang's share of the card: 0.854 of a B200 and 0.906 of a GB300 on logs of
// 2026, by the ranks alone before 0.5; 74 lengths up to 16384 on those logs.
func TestSharesOfSGLang(t *testing.T) {
	require.InDelta(t, 74, graphLengths(16384), 0)
	require.InDelta(t, 58, graphLengths(8192), 0)
	for _, row := range []struct {
		card    string
		version Version
		tensor  int64
		want    float64
	}{
		{"b200", Version{}, 1, 0.854},
		{"gb300", Version{}, 1, 0.906},
		{"l4", Version{0, 4}, 4, 0.85},
		{"h100-80g", Version{0, 4}, 1, 0.88},
	} {
		card, ok := FindGPU(row.card)
		require.True(t, ok)
		p := Plan{GPU: card, GPUs: row.tensor, Serve: Serve{Engine: SGLang, Version: row.version}}.Resolved(servedArchs(t)["llama-3.1-8b"])
		require.InDelta(t, row.want, p.Serve.Utilization, 0.0015, row.card)
	}
}
