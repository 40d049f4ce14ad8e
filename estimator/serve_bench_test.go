package estimator

import "testing"

// sweepTypes are the formats a search for what fits goes through.
var sweepTypes = []DType{Stored, FP8, INT8, AWQ, NF4, Q8_0, Q4KM, MXFP4}

// sweep asks, for 80 cards, eight formats and four tensor degrees, for the
// longest context, and counts the questions.
func sweep(b *testing.B, a Arch, e Engine) int {
	b.Helper()
	peaks := 0
	for _, card := range GPUs()[:80] {
		for _, t := range sweepTypes {
			for _, ranks := range []int64{1, 2, 4, 8} {
				p := Plan{DType: t, GPU: card, GPUs: ranks, Serve: Serve{Engine: e}}
				_, _ = largest(a.Context, func(n int64) bool {
					peaks++
					p.Seq = n
					return within(a, p, card.Usable)
				})
			}
		}
	}
	return peaks
}

// A search over 80 cards, eight formats and four degrees: some 40,000 peaks in
// under 50 ms.
func BenchmarkSweep(b *testing.B) {
	a, err := llama(32, 4096, 32, 8, 128, 14336, 128256, false).Sealed()
	if err != nil {
		b.Fatal(err)
	}
	a.Context = 131072
	for _, e := range []Engine{Transformers, VLLM, LlamaCPP} {
		b.Run(e.String(), func(b *testing.B) {
			b.ReportAllocs()
			peaks := 0
			for b.Loop() {
				peaks = sweep(b, a, e)
			}
			b.ReportMetric(float64(peaks), "peaks")
		})
	}
}
