package estimator

// spreads has the 5th and 95th percentile of estimate ÷ measured of each
// engine's published runs, of all that the engine allocates; zeros where too few
// are known.
var spreads = [numEngines]struct{ low, high float64 }{}

// rangeOf bounds the allocated bytes by the spread of the engine's runs.
func (s *sheet) rangeOf(b *Breakdown) {
	spread := spreads[s.plan.Serve.Engine]
	if spread.low == 0 || s.arch.SizeOnly() {
		return
	}
	b.Low = bytesOf(float64(b.Allocated) / spread.high)
	b.High = bytesOf(float64(b.Allocated) / spread.low)
}
