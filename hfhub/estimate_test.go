package hfhub

import (
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

// Every shape of the catalogue can be estimated, serving and training, on every
// engine and stack that takes it: a number or a refusal, no panic, nothing below
// zero.
func TestEveryShapeEstimates(t *testing.T) {
	for _, e := range readCatalogue(catalogueText).All() {
		arch, err := e.Arch()
		require.NoError(t, err, e.ID)
		for _, plan := range plans() {
			b, err := estimator.Estimate(arch, plan)
			if err != nil {
				continue
			}
			require.Positive(t, b.Total, e.ID)
			for _, part := range b.Parts {
				require.GreaterOrEqual(t, part.Bytes, estimator.Bytes(0), "%s: %s", e.ID, part.Name)
			}
		}
	}
}

func plans() []estimator.Plan {
	all := []estimator.Plan{}
	for _, engine := range estimator.Engines() {
		all = append(all, estimator.Plan{Seq: 8192, GPUs: 8, Serve: estimator.Serve{Engine: engine}})
	}
	for _, stack := range estimator.Stacks() {
		all = append(all, estimator.Plan{Mode: estimator.Training, Seq: 2048, GPUs: 8, Train: estimator.Train{Stack: stack}})
	}
	return all
}
