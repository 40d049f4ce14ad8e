package estimator

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// servedGrid calls f for every shape and engine.
func servedGrid(t *testing.T, f func(t *testing.T, a Arch, p Plan)) {
	t.Helper()
	for name, a := range servedArchs(t) {
		for _, e := range Engines() {
			if e == TextbookEngine {
				continue
			}
			t.Run(name+"/"+e.String(), func(t *testing.T) { f(t, a, Plan{Serve: Serve{Engine: e}}) })
		}
	}
}

func part(b *Breakdown, name PartName) float64 { return figure(b, name.String()) }

func estimate(t *testing.T, a Arch, p Plan) *Breakdown {
	t.Helper()
	b, err := Estimate(a, p)
	require.NoError(t, err)
	return &b
}

// What is shown is what was computed, for every kind of cache, scheme, engine
// and split.
func TestServedFormulas(t *testing.T) {
	formats := []DType{Stored, FP16, FP8, NF4DQ, Q4KM, MXFP4}
	i := 0
	servedGrid(t, func(t *testing.T, a Arch, p Plan) {
		for _, ranks := range []int64{1, 2, 4} {
			p.GPUs, p.DType, p.Seq, p.Out, p.Batch = ranks, formats[i%len(formats)], 777, 55, 3
			i++
			if _, err := Peak(a, p); err == nil {
				requireShown(t, a, p)
			}
		}
	})
}

// Weights and cache never grow with the tensor degree, and the shares of all
// ranks cover the whole.
func TestTensorRanksShare(t *testing.T) {
	servedGrid(t, func(t *testing.T, a Arch, p Plan) {
		whole := estimate(t, a, p)
		lastWeights, lastCache := part(whole, Weights), part(whole, KVCache)
		for _, ranks := range []int64{2, 4, 8} {
			p.Tensor, p.GPUs = ranks, ranks
			if _, err := Peak(a, p); err != nil {
				continue
			}
			b := estimate(t, a, p)
			require.LessOrEqual(t, part(b, Weights), lastWeights, "weights at tp %d", ranks)
			require.LessOrEqual(t, part(b, KVCache), lastCache, "cache at tp %d", ranks)
			require.GreaterOrEqual(t, part(b, KVCache)*float64(ranks), 0.999*part(whole, KVCache))
			if len(a.Quant.Method) == 0 || a.Quant.DType != MXFP4 {
				require.GreaterOrEqual(t, part(b, Weights)*float64(ranks), 0.999*part(whole, Weights))
			}
			lastWeights, lastCache = part(b, Weights), part(b, KVCache)
		}
	})
}

// The cache doubles with the batch, and so does the state.
func TestCacheDoublesWithTheBatch(t *testing.T) {
	servedGrid(t, func(t *testing.T, a Arch, p Plan) {
		p.Seq, p.Batch = 1024, 2
		two := estimate(t, a, p)
		p.Batch = 4
		four := estimate(t, a, p)
		require.InDelta(t, 2*part(two, KVCache), part(four, KVCache), 8)
		require.InDelta(t, 2*part(two, State), part(four, State), 8)
	})
}

// Memory never shrinks with length or batch.
func TestPeakGrows(t *testing.T) {
	servedGrid(t, func(t *testing.T, a Arch, p Plan) {
		last := Bytes(0)
		for _, seq := range []int64{1, 100, 513, 2048, 8192, 30000} {
			p.Seq = seq
			total, err := Peak(a, p)
			require.NoError(t, err)
			require.GreaterOrEqual(t, total, last, "seq %d", seq)
			last = total
		}
		for _, batch := range []int64{2, 3, 17} {
			p.Batch = batch
			total, err := Peak(a, p)
			require.NoError(t, err)
			require.GreaterOrEqual(t, total, last, "batch %d", batch)
			last = total
		}
	})
}

// A window never keeps more than full attention would.
func TestWindowsKeepNoMore(t *testing.T) {
	full := llama(62, 5376, 32, 16, 128, 21504, 262208, true)
	window := servedArchs(t)["gemma-3-27b"]
	for _, e := range Engines() {
		for _, seq := range []int64{64, 1024, 4096, 40960} {
			p := Plan{Seq: seq, Serve: Serve{Engine: e}}
			require.LessOrEqual(t, part(estimate(t, window, p), KVCache), part(estimate(t, full, p), KVCache), "%s %d", e, seq)
		}
	}
}

// Fewer bits for the cache are fewer bytes of it, and no fewer for a state.
func TestCacheFormats(t *testing.T) {
	servedGrid(t, func(t *testing.T, a Arch, p Plan) {
		last := estimate(t, a, p)
		for _, kv := range []DType{Q8_0, FP8, Q4_0} {
			p.Serve.Key, p.Serve.Value = kv, kv
			b := estimate(t, a, p)
			require.LessOrEqual(t, part(b, KVCache), part(last, KVCache), "%s", kv)
			require.InDelta(t, part(last, State), part(b, State), 1)
			last = b
		}
	})
}

// The identity of vLLM's log: the share of the card is weights, activations,
// non-torch, from 0.21 graphs, and the cache.
func TestBudgetCloses(t *testing.T) {
	card, _ := FindGPU("a100-80g")
	for _, v := range []Version{{0, 6}, {0, 11}, {0, 25}} {
		for name, a := range servedArchs(t) {
			p := Plan{GPU: card, GPUs: 8, Tensor: 4, Pipeline: 2, Serve: Serve{Engine: VLLM, Version: v, Utilization: 0.85}}
			if _, err := Peak(a, p); err != nil {
				continue
			}
			b := estimate(t, a, p)
			if b.Capacity.KVBudget == 0 {
				continue
			}
			sum := part(b, Weights) + part(b, Workspace) + part(b, Buffers) + float64(b.Capacity.KVBudget)
			if !v.Before(0, 21) {
				sum += part(b, Graphs)
			}
			require.InEpsilon(t, 0.85*float64(card.Usable), sum, 1e-6, "%s %v", name, v)
		}
	}
}

// What the capacity promises fits, and one more does not.
func TestCapacityIsTheLimit(t *testing.T) {
	card, _ := FindGPU("h100-80g")
	for _, name := range []string{"llama-3.1-8b", "qwen3-30b", "gemma-3-27b", "qwen3.5-27b", "deepseek-v2-lite"} {
		a := servedArchs(t)[name]
		for _, e := range []Engine{Transformers, VLLM, SGLang, LlamaCPP, TensorRTLLM, LMDeploy} {
			p := Plan{GPU: card, Seq: 4096, Serve: Serve{Engine: e, MaxSeqs: 2048, MaxBatched: 2048, Version: Version{0, 25}}}
			if e == Transformers || e == LlamaCPP {
				p.Serve.Version = Version{}
			}
			b := estimate(t, a, p)
			p.Serve.MaxSeqs = b.Plan.Serve.MaxSeqs
			p.Batch = b.Capacity.MaxBatch
			t.Logf("%s %s: %d tokens, seq %d, batch %d", name, e, b.Capacity.KVTokens, b.Capacity.MaxSeq, b.Capacity.MaxBatch)
			require.Positive(t, b.Capacity.KVBytesPerToken)
			if p.Batch == 0 {
				continue
			}
			require.True(t, fits(t, a, p), "%s %s %d", name, e, p.Batch)
			p.Batch++
			require.False(t, fits(t, a, p), "%s %s %d", name, e, p.Batch)
		}
	}
}

func fits(t *testing.T, a Arch, p Plan) bool {
	t.Helper()
	_, ok, err := Fits(a, p)
	require.NoError(t, err)
	return ok
}

// A plan that was resolved resolves to itself.
func TestServingResolvesOnce(t *testing.T) {
	card, _ := FindGPU("h200")
	servedGrid(t, func(t *testing.T, a Arch, p Plan) {
		p.GPU = card
		once := p.Resolved(a)
		require.Equal(t, once, once.Resolved(a))
	})
}

// What the vLLM logs of Kimi K2 show, and the same for other kinds of cache.
func TestBytesOfATokenArePublished(t *testing.T) {
	archs := servedArchs(t)
	for _, row := range []struct {
		shape string
		plan  Plan
		want  Bytes
	}{
		{"llama-3.1-8b", Plan{}, 131072},
		{"qwen3-8b", Plan{}, 147456},
		{"qwen2.5-7b", Plan{}, 57344},
		{"kimi-k2", Plan{GPUs: 8, Serve: Serve{Engine: VLLM}}, 70272},
		{"kimi-k2", Plan{GPUs: 8, Serve: Serve{Engine: TensorRTLLM, Key: FP8, Value: FP8}}, 35136},
		{"kimi-k2", Plan{GPUs: 8, Serve: Serve{Engine: VLLM, DecodeContext: 8}}, 8784},
		{"qwen3-235b", Plan{GPUs: 4, Serve: Serve{Engine: VLLM}}, 48128},
		{"qwen3.5-27b", Plan{Serve: Serve{Engine: LlamaCPP, Key: Q4_0, Value: Q4_0}}, 18432},
	} {
		b := estimate(t, archs[row.shape], row.plan)
		require.Equal(t, row.want, b.Capacity.KVBytesPerToken, row.shape)
	}
}

// States of gated DeltaNet as llama.cpp logs them: of one sequence, of drafts.
func TestStatesArePublished(t *testing.T) {
	a := servedArchs(t)["qwen3.5-27b"]
	for drafts, want := range map[int64]float64{0: 149.62, 2: 448.88, 4: 748.12, 6: 1047.38} {
		p := Plan{Serve: Serve{Engine: LlamaCPP, MTP: Count{N: drafts, Set: true}}}
		require.InDelta(t, want, part(estimate(t, a, p), State)/float64(MiB), 0.01, fmt.Sprint(drafts))
	}
}

// Partial offload moves blocks with their cache to the host, and nothing is lost.
func TestLayersOnTheHost(t *testing.T) {
	a := servedArchs(t)["llama-3.1-8b"]
	p := Plan{DType: Q4KM, Serve: Serve{Engine: LlamaCPP}}
	whole := estimate(t, a, p)
	total := part(whole, Weights) + part(whole, KVCache) + float64(whole.Host)
	last := whole.Allocated
	for _, layers := range []int64{32, 20, 1, 0} {
		p.Serve.GPULayers = Count{N: layers, Set: true}
		b := estimate(t, a, p)
		require.LessOrEqual(t, b.Allocated, last)
		require.InEpsilon(t, total, part(b, Weights)+part(b, KVCache)+float64(b.Host), 0.001, "%d layers", layers)
		last = b.Allocated
	}
}

// Every further option of serving is shown as it is computed, and each changes
// memory in the direction that it should.
func TestServingOptions(t *testing.T) {
	archs := servedArchs(t)
	set := func(n int64) Count { return Count{N: n, Set: true} }
	for _, row := range []struct {
		name, shape string
		from, to    Plan
		grows       bool
	}{
		{"LoRA slots are weights", "llama-3.2-3b", Plan{Serve: Serve{Engine: VLLM}}, Plan{Serve: Serve{Engine: VLLM, LoRASlots: 1, LoRARank: 64}}, true},
		{"drafts keep states", "qwen3.5-27b", Plan{Serve: Serve{Engine: LlamaCPP}}, Plan{Serve: Serve{Engine: LlamaCPP, MTP: set(2)}}, true},
		{"decode context parallel cuts the cache", "kimi-k2", Plan{GPUs: 8, Seq: 65536, Serve: Serve{Engine: VLLM}}, Plan{GPUs: 8, Seq: 65536, Serve: Serve{Engine: VLLM, DecodeContext: 8}}, false},
		{"offloaded blocks leave the card", "llama-3.1-8b", Plan{}, Plan{Offload: OffloadParams}, false},
		{"no graphs", "llama-3.1-8b", Plan{Serve: Serve{Engine: VLLM}}, Plan{Serve: Serve{Engine: VLLM, Eager: On, Version: Version{0, 16}}}, false},
		{"full heads of MLA", "deepseek-v3", Plan{Serve: Serve{Engine: IKLlamaCPP, MLAMode: set(3)}}, Plan{Serve: Serve{Engine: IKLlamaCPP, MLAMode: set(0)}}, true},
		{"a transposed latent", "deepseek-v3", Plan{Seq: 32768, Serve: Serve{Engine: IKLlamaCPP, MLAMode: set(2)}}, Plan{Seq: 32768, Serve: Serve{Engine: IKLlamaCPP, MLAMode: set(1)}}, true},
		{"scores of eager attention", "llama-3.1-8b", Plan{Seq: 8192}, Plan{Seq: 8192, Attention: Eager}, true},
		{"scores without fused attention", "qwen3-32b", Plan{Seq: 40960, Serve: Serve{Engine: LlamaCPP}}, Plan{Seq: 40960, Attention: Eager, Serve: Serve{Engine: LlamaCPP}}, true},
		{"logits before 4.45", "qwen2.5-7b", Plan{}, Plan{Serve: Serve{Version: Version{4, 38}}}, true},
		{"experts over more ranks", "qwen3-30b", Plan{GPUs: 4, Tensor: 2, Pipeline: 1, Serve: Serve{Engine: VLLM}}, Plan{GPUs: 4, Tensor: 2, Pipeline: 1, Expert: 4, Serve: Serve{Engine: VLLM}}, false},
		{"stages", "qwen3-32b", Plan{Serve: Serve{Engine: VLLM}}, Plan{GPUs: 3, Tensor: 1, Pipeline: 3, Serve: Serve{Engine: VLLM}}, false},
	} {
		before, after := requireShown(t, archs[row.shape], row.from), requireShown(t, archs[row.shape], row.to)
		if row.grows {
			require.Greater(t, after.Total, before.Total, row.name)
		} else {
			require.Less(t, after.Total, before.Total, row.name)
		}
	}
}

// The slots that Unsloth's logs of Llama-3.2-3B show: 0.23 GiB for rank 64.
func TestLoRASlots(t *testing.T) {
	b := estimate(t, servedArchs(t)["llama-3.2-3b"], Plan{Serve: Serve{Engine: VLLM, LoRASlots: 1, LoRARank: 64}})
	require.InDelta(t, 0.2312, part(b, Adapters)/float64(GiB), 0.06)
}
