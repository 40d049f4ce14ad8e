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
