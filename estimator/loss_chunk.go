package estimator

import (
	"math"
	"math/bits"
)

// chunkRow is how a stack cuts the logits: what it keeps by V of every token,
// and the tokens, or the share of them, that it works on at once.
type chunkRow struct {
	perV, tokens, share float64
	fuses               bool // a compiler leaves no copies of the chunk
}

// lossChunks are the stacks with a chunked loss of their own; the others keep all
// 16-bit logits and work on 128 tokens. litgpt chunks the head, but keeps every
// chunk's logits, their log-softmax and its gradient; torchtune cuts in eight
// behind the head; torchtitan sends 8,192 tokens at once through the head.
var lossChunks = [numStacks]chunkRow{
	LitGPT:    {perV: 6, tokens: plainChunk},
	Torchtune: {perV: 2, share: 1.0 / 8, fuses: true},
	FSDP2:     {tokens: 8192},
}

// plainChunk is the tokens of a chunk where the stack has no chunks of its own.
const plainChunk = 128

// chunkTokens is the tokens that the loss works on at once, where it does not
// take all of them.
func (s *sheet) chunkTokens() float64 {
	t := &s.plan.Train
	switch t.Loss {
	case LossChunked:
		return s.ownChunk(t)
	case LossLinear:
		return min(s.T, linearChunk(s.T, s.V, s.h))
	default:
		return 0
	}
}

// ownChunk is the chunk of the stack's own chunked loss.
func (s *sheet) ownChunk(t *Train) float64 {
	switch row := &lossChunks[s.stack]; {
	case *row == chunkRow{}:
		return min(s.T, plainChunk)
	case row.fuses && t.Compile == On:
		return 0
	case row.share > 0:
		return row.share * s.T
	default:
		return min(s.T, row.tokens)
	}
}

// linearChunk is how many tokens a fused linear cross entropy takes at once: so
// many that their logits are as large as the hidden states of all, rounded up to
// a power of two.
//
// Liger-Kernel, fused_linear_cross_entropy.py, chunk_size.
func linearChunk(tokens, vocab, hidden float64) float64 {
	least := math.Ceil(tokens / math.Ceil(vocab/max(1, hidden)))
	return float64(uint64(1) << bits.Len64(uint64(max(1, least))-1))
}
