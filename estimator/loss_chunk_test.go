package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What a stack's own chunked loss holds: by the vocabulary, for 2 × 4096 tokens.
func TestChunkedLosses(t *testing.T) {
	const tokens, vocab, hidden = 8192, 128256, 4096
	for _, row := range []struct {
		stack   Stack
		compile Switch
		perV    float64 // bytes of a token's logits
		chunk   float64 // tokens in 12 bytes more
	}{
		{HF, Off, 2, 128},
		{LitGPT, Off, 6, 128},
		{Torchtune, Off, 2, tokens / 8},
		{Torchtune, On, 2, 0},
		{FSDP2, Off, 0, 8192},
	} {
		b := estimated(t, llama3(t), Plan{
			GPUs: 1, Batch: 2, Seq: 4096,
			Train: Train{Stack: row.stack, Loss: LossChunked, Compile: row.compile},
		})
		want := tokens*(row.perV*vocab+6*hidden) + 12*row.chunk*vocab
		require.EqualValues(t, want, partOf(b, Logits), "%s", row.stack)
	}
}

// A compiler that takes the loss too leaves 16-bit logits and their gradient:
// torchtitan's Qwen3-8B in MXFP8 on four GPUs, 16 × 2048 tokens, 112.6 GiB.
func TestCompiledFusedLoss(t *testing.T) {
	b := estimated(t, llama3(t), Plan{Train: Train{Stack: FSDP2, Loss: LossFused, Compile: On}})
	require.EqualValues(t, 2048*(4*128256+4*4096), partOf(b, Logits))
}

// Liger's chunks: 12 bytes of the logits of 128 tokens for 2,972 of Llama-3, with
// which an 8B is trained in 8 GB.
func TestChunksOfALinearLoss(t *testing.T) {
	for tokens, want := range map[int64]int64{1: 1, 32: 1, 33: 2, 2972: 128, 16384: 512, 65536: 2048} {
		require.EqualValues(t, want, linearChunk(float64(tokens), 128256, 4096), "%d tokens", tokens)
	}
	b := estimated(t, llama3(t), Plan{Seq: 2972, Train: Train{Stack: Unsloth, Method: QLoRA, Rank: 32, Recompute: RecomputeFull}})
	require.EqualValues(t, 2972*6*4096+12*128*128256, partOf(b, Logits))
}

// Where log-probabilities stand in the loss's place, the logits stay in 16 bits;
// a loss that is asked for, and Megatron's own, stay what they are.
func TestLossOfPreferences(t *testing.T) {
	for _, row := range []struct {
		train Train
		want  Loss
	}{
		{Train{Method: DPO, ZeRO: Stage3}, LossBF16},
		{Train{Method: GRPO}, LossBF16},
		{Train{Method: PPO, Stack: Torchtune}, LossBF16},
		{Train{Method: DPO, Loss: LossStandard}, LossStandard},
		{Train{Method: DPO, Stack: Megatron}, LossVocabParallel},
		{Train{Method: LoRA}, LossStandard},
	} {
		require.Equal(t, row.want, estimated(t, llama3(t), Plan{GPUs: 4, Train: row.train}).Plan.Train.Loss, "%+v", row.train)
	}
}
