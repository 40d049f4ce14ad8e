package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The largest that fits fits, and one more does not.
func TestLargestIsTheEdge(t *testing.T) {
	a := testArchs(t)["llama-7b"]
	a.Context = 0
	sealed, err := a.Unsealed().Sealed()
	require.NoError(t, err)
	for _, p := range []Plan{{}, {Batch: 3}, {Mode: Training, GPUs: 8, Train: Train{Stack: Textbook, ZeRO: Stage3}}} {
		limit := 40 * GiB
		seq, ok := LargestSeq(sealed, p, limit)
		require.True(t, ok)
		p.Seq = seq
		at, err := Peak(sealed, p)
		require.NoError(t, err)
		require.LessOrEqual(t, at, limit)
		p.Seq++
		over, err := Peak(sealed, p)
		require.NoError(t, err)
		require.Greater(t, over, limit)
	}
	_, ok := LargestBatch(sealed, Plan{}, GiB)
	require.False(t, ok, "not even one sequence beside 12.6 GiB of weights")
}
