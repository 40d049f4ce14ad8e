package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// DeepSpeed's buckets hold no more than the model.
func TestBucketsOfASmallModel(t *testing.T) {
	small := llama(12, 1024, 16, 16, 64, 4096, 50000, true)
	for stage, width := range map[Stage]int64{Stage2: 2, Stage3: 2 + 4 + 2} {
		s := opened(t, small, Plan{Mode: Training, GPUs: 4, Train: Train{Stack: DeepSpeed, ZeRO: stage}})
		require.EqualValues(t, width*int64(s.P), s.bucketBytes())
	}
	s := opened(t, llama3(t), Plan{Mode: Training, GPUs: 4, Train: Train{Stack: DeepSpeed, ZeRO: Stage3}})
	require.EqualValues(t, 5e9, s.bucketBytes())
}

// LLaMA-7B with an offloaded optimizer on eight GPUs holds 13.4 GiB under ZeRO-2
// and 3.8 under ZeRO-3, 2.2 where the weights are offloaded too: no gradients.
func TestOffloadHolds(t *testing.T) {
	a := llama(32, 4096, 32, 32, 128, 11008, 32000, false)
	for _, row := range []struct {
		stage   Stage
		offload Offload
		want    float64 // GiB at rest
	}{
		{Stage2, OffloadOptimizer, 13.4},
		{Stage3, OffloadOptimizer, 3.8},
		{Stage3, OffloadBoth, 2.2},
	} {
		s := opened(t, a, Plan{Mode: Training, GPUs: 8, Offload: row.offload, Train: Train{Stack: DeepSpeed, ZeRO: row.stage, Accum: 8}})
		weights := s.weightBytes()
		if row.offload == OffloadBoth {
			weights = 0
		}
		require.Zero(t, s.gradientBytes())
		require.InDelta(t, row.want, (weights+s.bucketBytes())/float64(GiB), 0.1, "stage %s", row.stage)
	}
}

// Weights that zero.Init did not place stay with autograd, says a note.
func TestWeightsThatStayGathered(t *testing.T) {
	for _, row := range []struct {
		train Train
		says  bool
	}{
		{Train{ZeRO: Stage3}, true},
		{Train{ZeRO: Stage3, Recompute: RecomputeFull}, false},
		{Train{ZeRO: Stage2}, false},
		{Train{Stack: FSDP}, false},
	} {
		require.Equal(t, row.says, hasNote(estimated(t, llama3(t), Plan{GPUs: 8, Train: row.train}), "live_weights"), "%+v", row.train)
	}
}
