package estimator

// spreads has the 5th and 95th percentile of estimate ÷ measured of each
// engine's published figures, parts and wholes; zeros where too few are known. A
// test works them out again.
var spreads = [numEngines]struct{ low, high float64 }{
	Transformers: {0.9808, 1.0123},
	VLLM:         {0.9808, 1.0083},
	LlamaCPP:     {0.9993, 1.0095},
	IKLlamaCPP:   {0.9744, 1.0001},
}

// rangeOf bounds the allocated bytes by the spread of the engine's runs.
func (s *sheet) rangeOf(b *Breakdown) {
	spread := spreads[s.plan.Serve.Engine]
	if spread.low == 0 || s.arch.sizeOnly() {
		return
	}
	b.Low = bytesOf(float64(b.Allocated) / spread.high)
	b.High = bytesOf(float64(b.Allocated) / spread.low)
}
