package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// PowerLM-3B, QLoRA on 4 and 8 × 4096 tokens: 18,174e6 and 34,177e6 bytes where
// PEFT prepared the model, as the note says.
func TestPreparedForKbitTraining(t *testing.T) {
	a := llama(40, 2304, 36, 36, 64, 9216, 49152, true)
	for batch, measured := range map[int64]float64{4: 18_174e6, 8: 34_177e6} {
		s := opened(t, a, Plan{
			Mode: Training, Batch: batch, Seq: 4096,
			Train: Train{Method: QLoRA, Targets: TargetQ | TargetK | TargetV | TargetO, Recompute: RecomputeFull},
		})
		_, err := s.settle()
		require.NoError(t, err)
		require.InEpsilon(t, measured, s.allocated+s.kbitBytes(), 0.012)
	}
	b := estimated(t, a, Plan{Train: Train{Method: QLoRA, Recompute: RecomputeFull}})
	require.True(t, hasNote(b, "kbit_training"))
	b = estimated(t, a, Plan{Train: Train{Method: LoRA, Recompute: RecomputeFull}})
	require.False(t, hasNote(b, "kbit_training"))
}

func opened(t *testing.T, a Arch, p Plan) *sheet {
	t.Helper()
	s, err := open(&a, &p)
	require.NoError(t, err)
	return s
}

func hasNote(b Breakdown, code string) bool {
	for _, n := range b.Notes {
		if n.Code == code {
			return true
		}
	}
	return false
}
