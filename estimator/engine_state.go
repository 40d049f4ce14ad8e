package estimator

// The bytes of an element of a recurrent state and of its convolution's inputs,
// where an engine does not keep both in 32 bits.

// vllmStates: the convolution's as the model computes; the state too, unless
// config.json says 32 bits (Qwen3.5, Nemotron 3).
//
// MambaStateDtypeCalculator in vLLM's mamba_utils.py.
func vllmStates(s *sheet) (state, conv float64) {
	if s.arch.FloatState {
		return 4, 2
	}
	return 2, 2
}

// sglangStates: 32 bits for the state, 16 for the convolution's.
//
// mamba2_state_dtype in SGLang's mamba_utils.py.
func sglangStates(*sheet) (state, conv float64) { return 4, 2 }
