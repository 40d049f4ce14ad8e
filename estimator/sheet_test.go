package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A sheet is used again: nothing of the question before may show in the next.
func TestSheetsForget(t *testing.T) {
	archs := servedArchs(t)
	states := llama(24, 1024, 0, 0, 0, 0, 50280, true)
	states.Layers[0].Mixer = Mixer{Kind: Mamba1, Inner: 2048, StateKey: 16, Conv: 4, TimeRank: 64}
	archs["no attention"] = states
	used := archs["deepseek-v3"]
	before := Plan{Mode: Training, GPUs: 8, Pipeline: 2, Attention: Eager, Train: Train{Method: DoRA, Dropout: Share{0.1, true}}}
	for _, e := range Engines() {
		for name, a := range archs {
			p := Plan{Out: 10, Attention: Eager, Serve: Serve{Engine: e}}
			fresh := sheet{}
			fresh.arch, fresh.plan = a, p
			require.NoError(t, fresh.prepare(), name)
			fresh.fill()
			again, err := open(&used, &before)
			require.NoError(t, err)
			_, _ = again.settle()
			again.arch, again.plan = a, p
			require.NoError(t, again.prepare(), name)
			again.fill()
			require.Equal(t, fresh.shows(), again.shows(), "%s %s", e, name)
			again.close()
		}
	}
}
