package estimator

// state counts the elements that a recurrent mixer keeps for a sequence: its
// own state, and the last inputs of its convolution.
func (m Mixer) state() (own, conv float64) {
	if !m.Kind.Recurrent() {
		return 0, 0
	}
	own = float64(m.StateHeads) * float64(m.StateKey) * float64(m.StateValue)
	if own == 0 { // Mamba's first form: a state for each channel
		own = float64(m.Inner) * float64(m.StateKey)
	}
	return own, float64(max(0, m.Conv-1)) * float64(recurrents[m.Kind].convChannels(m))
}
