package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The published figures of ZeRO (Rajbhandari et al. 2020, figure 1): 7.5B
// parameters, 64 GPUs, 16 bytes a parameter.
func TestZeROFigure1(t *testing.T) {
	for stage, want := range map[Stage]float64{Stage0: 120, Stage1: 31.4, Stage2: 16.6, Stage3: 1.88} {
		b, err := Estimate(SizeOnly(7_500_000_000), Plan{Mode: Training, GPUs: 64, Train: Train{ZeRO: stage, Grads: GradsBF16}})
		require.NoError(t, err)
		require.InEpsilon(t, want, float64(b.Total)/1e9, 0.003, "stage %s", stage)
	}
}

// 16, 18 and 20 bytes a parameter, by the gradients that are kept.
func TestBytesPerParameter(t *testing.T) {
	for grads, want := range map[Grads]Bytes{GradsBF16: 16, GradsFP32: 18, GradsBoth: 20, GradsUnset: 20} {
		b, err := Estimate(SizeOnly(1_000_000), Plan{Mode: Training, Train: Train{Stack: Textbook, Grads: grads}})
		require.NoError(t, err)
		require.Equal(t, want*1_000_000, b.Total)
	}
}

func TestTextbookInference(t *testing.T) {
	b, err := Estimate(SizeOnly(7_000_000_000), Plan{})
	require.NoError(t, err)
	require.Equal(t, Bytes(16_800_000_000), b.Total, "7b by the rule 1.2 × 2Φ")

	a := llama(32, 4096, 32, 32, 128, 11008, 32000, false)
	b, err = Estimate(a, Plan{Seq: 1000, Out: 24, Batch: 2, Train: Train{Stack: Textbook}})
	require.NoError(t, err)
	require.Equal(t, 2*Bytes(6_738_415_616)+4*2*32*4096*1024, b.Total)
}

func TestQwen2HalfBillion(t *testing.T) {
	a := qwen2(llama(24, 896, 14, 2, 64, 4864, 151936, true))
	b, err := Estimate(a, Plan{Seq: 4096})
	require.NoError(t, err)
	require.Equal(t, Weights, b.Parts[0].Name)
	require.Equal(t, Bytes(988_065_536), b.Parts[0].Bytes)
	require.Equal(t, KVCache, b.Parts[1].Name)
	require.Equal(t, Bytes(50_331_648), b.Parts[1].Bytes)
}

func TestTooLargeIsAnError(t *testing.T) {
	a := llama(32, 4096, 32, 32, 128, 11008, 32000, false)
	_, err := Estimate(a, Plan{Mode: Training, Seq: 100_000_000, Batch: 1_000_000, Train: Train{Stack: Textbook}})
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = Peak(a, Plan{Mode: Training, Seq: 100_000_000, Batch: 1_000_000, Train: Train{Stack: Textbook}})
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestPlanErrors(t *testing.T) {
	a := llama(32, 4096, 32, 32, 128, 11008, 32000, false)
	for _, row := range []struct {
		key, near string
		plan      Plan
	}{
		{"seq", "100000000", Plan{Seq: 9_999_999_999}},
		{"batch", "1", Plan{Batch: -3}},
		{"tp", "4", Plan{Tensor: 5, GPUs: 5}},
		{"gpus", "4", Plan{Tensor: 4, GPUs: 3}},
		{"pp", "32", Plan{Mode: Training, GPUs: 64, Pipeline: 64}},
		{"ep", "1", Plan{Mode: Training, GPUs: 2, Expert: 2}},
		{"rank", "65536", Plan{Train: Train{Rank: 1 << 20}}},
		{"accum", "1", Plan{Train: Train{Accum: -1}}},
		{"dcp", "4096", Plan{Serve: Serve{DecodeContext: 5000}}},
		{"max-batched", "1", Plan{Serve: Serve{MaxBatched: -1}}},
		{"dropout", "0.1", Plan{Train: Train{Dropout: Share{1.5, true}}}},
		{"lora-dropout", "0.05", Plan{Train: Train{LoRADropout: -0.5}}},
		{"util", "0.9", Plan{Serve: Serve{Utilization: 1.5}}},
	} {
		_, err := Estimate(a, row.plan)
		var bad *PlanError
		require.ErrorAs(t, err, &bad, row.key)
		require.Equal(t, row.key, bad.Key)
		require.Equal(t, row.near, bad.Near)
	}
}

// The short way through validation lets nothing through that the limits refuse.
func TestOrdinaryPlansAreValid(t *testing.T) {
	for _, edge := range []int64{-1, 0, 1, 4095, 4096, 65_536, 1<<19 - 1, 1 << 19, 1_000_001, 1<<26 - 1, 1 << 26, 100_000_001, 1 << 62} {
		for i := range limits {
			var p Plan
			fields := []*int64{
				&p.Seq, &p.Out, &p.Batch, &p.GPUs, &p.Tensor, &p.Pipeline, &p.Expert, &p.Context, &p.Serve.MaxSeqs,
				&p.Serve.MaxBatched, &p.Serve.MicroBatch, &p.Serve.LoRASlots, &p.Serve.DecodeContext, &p.Train.Rank, &p.Train.Accum,
			}
			require.Len(t, fields, len(limits))
			*fields[i] = edge
			inside := edge == 0 || edge >= limits[i].min && edge <= limits[i].max
			require.Equal(t, inside, p.Validate() == nil, "%s:%d", limits[i].key, edge)
		}
	}
}
