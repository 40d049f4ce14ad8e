package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Lightning's resource table gives 4,194,304 trainable parameters for Llama-2
// 7B with rank 8 on q and v; PEFT's own figure for rank 16 on q, k, v, o of
// Llama-3-8B is 13,631,488.
func TestAdapterParamsArePublished(t *testing.T) {
	require.EqualValues(t, 4_194_304, llama(32, 4096, 32, 32, 128, 11008, 32000, false).AdapterParams(8, TargetQ|TargetV))
	require.EqualValues(t, 13_631_488, llama(32, 4096, 32, 8, 128, 14336, 128256, false).AdapterParams(16, TargetQ|TargetK|TargetV|TargetO))
}

// What a token does not use are the experts that it is not sent to; whatever else
// the tensors hold beside the shape, every token uses.
func TestActiveFollowsTheCount(t *testing.T) {
	moe := llama(32, 4096, 32, 8, 128, 0, 32000, false)
	moe.Layers[0].FFN = FFN{Gated: true, Experts: 8, TopK: 2, ExpertWidth: 14336}
	idle := int64(32 * 6 * 3 * 4096 * 14336)
	dense := llama(32, 4096, 32, 8, 128, 14336, 32000, false)
	for name, row := range map[string]struct {
		arch   Arch
		beside int64 // of the count beyond the shape
		idle   int64
	}{
		"a mixture":                 {moe, 0, idle},
		"a mixture and a tower":     {moe, 700_000_000, idle},
		"a mixture, a little fewer": {moe, -5_000_000, idle},
		"dense":                     {dense, 0, 0},
		"dense and a tower":         {dense, 700_000_000, 0},
		"dense, fewer":              {dense, -1_000_000_000, 0},
	} {
		row.arch.File.Params = row.arch.Params().Total() + row.beside
		sealed, err := row.arch.Sealed()
		require.NoError(t, err, name)
		require.Equal(t, row.arch.File.Params-row.idle, sealed.Active(), name)
		require.Equal(t, sealed.Active(), row.arch.Active(), name)
	}
}
