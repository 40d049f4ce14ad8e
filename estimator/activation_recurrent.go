package estimator

// What the mixers without attention keep, from the order of operations in
// transformers and in the kernels they call. Each reads 16-bit projections,
// a convolution's input and output, and keeps a state for each chunk of tokens.

// Chunks of the scan kernels, tokens: a state is kept for each.
const (
	deltaChunk  = 64   // flash-linear-attention, chunk_gated_delta_rule
	mamba2Chunk = 256  // mamba_chunk_scan_combined
	mamba1Chunk = 2048 // selective_scan_cuda
)

// keepLinear is gated DeltaNet: projection, convolution in and out, L2 norms of
// queries and keys, the kernel's own inputs, the gated norm, one state a chunk.
//
// Yang et al. 2024, section 3. https://arxiv.org/abs/2412.06464
func keepLinear(s *sheet, _ *block, k *kept) {
	k.cut(perInKeys, 2*4*s.act)
	k.cut(perInner, 5*s.act+4+s.act)
	k.cut(perState, 4.0/deltaChunk)
}

// keepMamba2 is the state space dual: projection with gate, convolution in and
// out, scan output, gated norm, one state a chunk.
//
// Dao and Gu 2024, section 6. https://arxiv.org/abs/2405.21060
func keepMamba2(s *sheet, _ *block, k *kept) {
	k.cut(perInner, 5*s.act+4+s.act)
	k.cut(perInKeys, 2*2*s.act)
	k.cut(perState, 4.0/mamba2Chunk)
}

// keepMamba1 is the selective scan: projection with gate, convolution in and
// out, time steps, scan output before and after the gate.
//
// Gu and Dao 2023, section 3. https://arxiv.org/abs/2312.00752
func keepMamba1(s *sheet, _ *block, k *kept) {
	k.cut(perInner, 7*s.act)
	k.cut(perState, 2*4.0/mamba1Chunk)
}

// keepShortConv is a gated convolution: three projections, what is convolved,
// the result and what it multiplies.
func keepShortConv(s *sheet, _ *block, k *kept) {
	k.cut(perInner, 6*s.act)
}

// recurrentWidths are the width of a recurrent mixer, of its keys, and the
// elements of its state.
func recurrentWidths(m Mixer) (inner, keys, state float64) {
	if !m.Kind.Recurrent() {
		return 0, 0, 0
	}
	inner = float64(m.Inner)
	if m.Kind == Linear || m.Inner == 0 {
		inner = float64(m.StateHeads * m.StateValue)
	}
	keys = float64(m.Groups * m.StateKey)
	state = float64(m.StateHeads * m.StateKey * m.StateValue)
	if m.Kind == Mamba1 {
		state = float64(m.Inner * m.StateKey)
	}
	return inner, keys, state
}
