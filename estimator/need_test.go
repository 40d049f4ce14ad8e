package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A bill that is left out because its needs are not met comes to nothing.
func TestSkippedBillsAreNothing(t *testing.T) {
	plans := append(testPlans(), Plan{DType: NF4, Serve: Serve{Engine: VLLM}}, Plan{Mode: Training, Train: Train{Method: QLoRA}}, Plan{Mode: Training, Train: Train{Method: PPO}})
	for name, a := range testArchs(t) {
		for _, p := range plans {
			s, err := open(&a, &p)
			require.NoError(t, err, name)
			bills := s.bills()
			for i := range bills {
				if b := &bills[i]; b.needs&^s.met != 0 {
					require.Zero(t, b.full(s), "%s %+v: %s", name, p, b.text)
				}
			}
			s.close()
		}
	}
}
