package estimator

import "testing"

// timed is a plan that the benchmarks ask, named.
type timed struct {
	name string
	plan Plan
}

// timedPlans has one for every engine and every stack, and for what counts
// otherwise: a named card, mixed formats, adapters, recompute.
func timedPlans() []timed {
	card, _ := FindGPU("h100")
	all := []timed{
		{"serve/one-gpu", Plan{}},
		{"serve/q4_k_m", Plan{DType: Q4KM, Serve: Serve{Engine: LlamaCPP}}},
		{"train/lora", Plan{Mode: Training, Train: Train{Method: LoRA, Recompute: RecomputeFull}}},
		{"train/qlora", Plan{Mode: Training, Train: Train{Method: QLoRA, Recompute: RecomputeFull}}},
		{"train/zero3", Plan{Mode: Training, GPUs: 8, Train: Train{ZeRO: Stage3, Recompute: RecomputeSelective}}},
		{"train/pipeline", Plan{Mode: Training, GPUs: 16, Tensor: 2, Pipeline: 4, Train: Train{Stack: Megatron}}},
	}
	for _, e := range Engines() {
		p := Plan{GPUs: 2, Serve: Serve{Engine: e}}
		all = append(all, timed{"serve/" + e.String(), p})
		p.GPU = card
		all = append(all, timed{"card/" + e.String(), p})
	}
	for _, s := range Stacks()[1:] {
		all = append(all, timed{"train/" + s.String(), Plan{Mode: Training, GPUs: 8, Train: Train{Stack: s, ZeRO: Stage2}}})
	}
	return all
}

// speedModel is a dense model of 8B parameters with a context of its own.
func speedModel(b *testing.B) Arch {
	b.Helper()
	a := llama(32, 4096, 32, 8, 128, 14336, 128256, false)
	a.Context = 131072
	sealed, err := a.Sealed()
	if err != nil {
		b.Fatal(err)
	}
	return sealed
}

// Under 300 ns each, and no allocation.
func BenchmarkPeak(b *testing.B) {
	a := speedModel(b)
	for _, q := range timedPlans() {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Peak(a, q.plan); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Under 5 µs each.
func BenchmarkEstimate(b *testing.B) {
	a := speedModel(b)
	for _, q := range timedPlans() {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Estimate(a, q.plan); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
