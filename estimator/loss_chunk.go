package estimator

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
	if t.Loss != LossChunked {
		return min(s.T, losses[t.Loss].constant)
	}
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

// chunkText writes the tokens out.
func (s *sheet) chunkText() string {
	t := &s.plan.Train
	row := &lossChunks[s.stack]
	switch {
	case t.Loss != LossChunked:
		return "min(T, " + number(losses[t.Loss].constant) + ")"
	case row.share > 0:
		return "T/" + number(1/row.share)
	default:
		return "min(T, " + number(or(row.tokens, plainChunk)) + ")"
	}
}
