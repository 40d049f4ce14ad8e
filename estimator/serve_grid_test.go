package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// gridShapes has one shape for each kind of cache, and for each way to quantize.
var gridShapes = []string{
	"llama-3.1-8b", "mistral-7b", "qwen2.5-7b-gptq4", "qwen2.5-7b-awq", "qwen3-8b-fp8", "qwen3-30b", "gpt-oss-20b",
	"gemma-3-27b", "deepseek-v2-lite", "deepseek-v3", "qwen3.5-27b", "pythia-2.8b", "llama-3.2-3b",
}

// grid calls f for every engine, format and kind of cache on a card that holds
// something of each.
func grid(t *testing.T, f func(t *testing.T, a Arch, p Plan)) {
	t.Helper()
	archs := servedArchs(t)
	chunked := archs["llama-3.1-8b"]
	chunked.sums, chunked.Layers = nil, []Layer{chunked.Layers[0]}
	chunked.Layers[0].Mixer.Kind, chunked.Layers[0].Mixer.Window = Chunked, 8192
	chunked, err := chunked.Sealed()
	require.NoError(t, err)
	crossed := speech()
	crossed.Family = "t5" // which every engine is asked for
	crossed, err = crossed.Sealed()
	require.NoError(t, err)
	shapes := map[string]Arch{"chunked": chunked, "crossed": crossed}
	for _, name := range gridShapes {
		require.Contains(t, archs, name)
		shapes[name] = archs[name]
	}
	card := GPU{Name: "large", Memory: 8192 * GiB, Usable: 8192 * GiB}
	for name, a := range shapes {
		for _, e := range Engines() {
			if e == TextbookEngine {
				continue
			}
			t.Run(name+"/"+e.String(), func(t *testing.T) {
				for _, d := range append([]DType{Stored}, DTypes()...) {
					f(t, a, Plan{GPU: card, DType: d, Seq: 444, Batch: 2, Serve: Serve{Engine: e}})
				}
			})
		}
	}
}

// The parts of the deciding moment sum to the total, and the card closes: what
// the engine may use is what it holds and its budget for caches; without a budget
// of its own, what is left is.
func TestCardCloses(t *testing.T) {
	grid(t, func(t *testing.T, a Arch, p Plan) {
		b := estimate(t, a, p)
		sum := Bytes(0)
		for i := range b.Parts {
			if b.Parts[i].Moments.Has(b.Moment) {
				sum += b.Parts[i].Bytes
			}
		}
		require.Equal(t, b.Total, sum, "%s", p.DType)
		held := part(b, Weights) + part(b, Adapters)
		usable, util, budget := float64(p.GPU.Usable), b.Plan.Serve.Utilization, float64(b.Capacity.KVBudget)
		cache := part(b, KVCache) + part(b, State)
		switch p.Serve.Engine {
		case VLLM:
			require.InDelta(t, util*usable, held+part(b, Workspace)+part(b, Buffers)+budget, 16, "%s", p.DType)
		case SGLang:
			free := usable - part(b, ContextPart) - part(b, Buffers)
			require.InDelta(t, util*free, held+budget, 16, "%s", p.DType)
		case TensorRTLLM, LMDeploy:
			free := usable - held - part(b, Workspace) - part(b, Buffers) - part(b, ContextPart)
			require.InDelta(t, util*free, budget, 16, "%s", p.DType)
		case LlamaCPP, IKLlamaCPP:
			require.InDelta(t, usable, float64(b.Total)-cache+budget, 16, "%s", p.DType)
		default: // its caches may be most at another moment
			require.LessOrEqual(t, float64(b.Total)-cache+budget, usable+16, "%s", p.DType)
		}
	})
}

// Weights and caches alone never grow with the tensor degree, and the shares of
// all ranks cover the whole, in every format.
func TestRanksShareInEveryFormat(t *testing.T) {
	grid(t, func(t *testing.T, a Arch, p Plan) {
		whole := estimate(t, a, p)
		p.Tensor, p.GPUs = 2, 2
		if _, err := Peak(a, p); err != nil {
			return
		}
		half := estimate(t, a, p)
		for _, name := range []PartName{Weights, KVCache, State} {
			require.LessOrEqual(t, part(half, name), part(whole, name)+16, "%s %s", p.DType, name)
			require.GreaterOrEqual(t, 2*part(half, name), 0.999*part(whole, name), "%s %s", p.DType, name)
		}
	})
}

// Caches and states double with the batch, never shrink with the length, and do
// not know the weights' format.
func TestCachesInEveryFormat(t *testing.T) {
	grid(t, func(t *testing.T, a Arch, p Plan) {
		two := estimate(t, a, p)
		stored := p
		stored.DType = Stored
		require.Equal(t, part(estimate(t, a, stored), KVCache), part(two, KVCache), "%s", p.DType)
		double, longer := p, p
		double.Batch, longer.Seq = 4, 888
		four := estimate(t, a, double)
		require.InDelta(t, 2*part(two, KVCache), part(four, KVCache), 8, "%s", p.DType)
		require.InDelta(t, 2*part(two, State), part(four, State), 8, "%s", p.DType)
		require.GreaterOrEqual(t, part(estimate(t, a, longer), KVCache), part(two, KVCache), "%s", p.DType)
	})
}

// A question too large to count is refused, never answered with a small number.
func TestServingNeverWraps(t *testing.T) {
	grid(t, func(t *testing.T, a Arch, p Plan) {
		if p.DType != Stored {
			return
		}
		small, err := Peak(a, p)
		require.NoError(t, err)
		p.Seq, p.Batch = 1<<40, 1<<40
		if total, err := Peak(a, p); err == nil {
			require.Greater(t, total, small)
		}
	})
}
