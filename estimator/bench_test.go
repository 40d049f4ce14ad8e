package estimator

import "testing"

func BenchmarkEstimate(b *testing.B) {
	a, _ := llama(32, 4096, 32, 8, 128, 14336, 128256, false).Sealed()
	for name, p := range map[string]Plan{
		"infer":    {},
		"vllm":     {GPUs: 2, Serve: Serve{Engine: VLLM}},
		"zero2":    {Mode: Training, GPUs: 8, Train: Train{ZeRO: Stage2}},
		"textbook": {Mode: Training, Train: Train{Stack: Textbook}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Estimate(a, p); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("peak/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Peak(a, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
