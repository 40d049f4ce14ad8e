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

// A bill that a search adds up at its start is the same for any length and batch.
func TestBillsGrowByTheirLetters(t *testing.T) {
	for name, a := range servedArchs(t) {
		for _, e := range Engines() {
			for _, k := range AttentionKernels() {
				p := Plan{Out: 10, Attention: k, Serve: Serve{Engine: e, Key: FP8, Value: FP8, MTP: Count{N: int64(len(a.MTP)), Set: true}}}
				s, err := open(&a, &p)
				require.NoError(t, err, name)
				requireSteady(t, s)
				s.close()
			}
		}
	}
}

func requireSteady(t *testing.T, s *sheet) {
	t.Helper()
	bills := s.bills()
	for i := range bills {
		b := &bills[i]
		require.NotZero(t, b.needs&bothPaces, b.text)
		before := b.amount(s)
		seq, batch := s.s, s.b
		s.resize(3*seq, 5*batch)
		if b.needs&needsStart != 0 {
			require.InDelta(t, before, b.amount(s), 0, "%s %s", s.plan.Serve.Engine, b.text)
		}
		s.resize(seq, batch)
	}
}
