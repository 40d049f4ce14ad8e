package estimator

import (
	"errors"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzTraining asks about any shape and any run: it answers or says what is
// wrong, no part is negative, and [Peak] agrees with [Estimate].
func FuzzTraining(f *testing.F) {
	f.Add(uint16(32), uint16(4096), uint16(32), uint16(8), uint16(11008), uint16(8), uint16(2), uint32(2048), uint8(4), []byte{2, 1, 3, 2, 0, 1})
	f.Add(uint16(1), uint16(1), uint16(1), uint16(0), uint16(0), uint16(0), uint16(0), uint32(1), uint8(1), []byte{6, 9, 7, 4, 1, 5, 2, 1, 2, 2, 2, 3, 7, 1})
	f.Fuzz(func(t *testing.T, layers, hidden, heads, kv, ffn, experts, topk uint16, seq uint32, gpus uint8, choices []byte) {
		countedAlike(t, fuzzedArch(layers, hidden, heads, kv, ffn, experts, topk), fuzzedPlan(choices, seq, gpus))
	})
}

// TestPeakIsTheTotalAtAnySize: what is too large to add exactly is refused, all
// else adds up alike with words and without.
func TestPeakIsTheTotalAtAnySize(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	counted := 0
	for range 60_000 {
		choices := make([]byte, 20)
		random.Read(choices)
		a := fuzzedArch(uint16(random.Intn(200)), uint16(random.Uint32()), uint16(1+random.Intn(200)), uint16(random.Intn(9)),
			uint16(random.Uint32()), uint16(random.Intn(3)), uint16(random.Intn(3)))
		if countedAlike(t, a, fuzzedPlan(choices, random.Uint32()>>random.Intn(24), uint8(1+random.Intn(8)))) {
			counted++
		}
	}
	require.Greater(t, counted, 500)
}

// countedAlike checks a plan that is answered, and reports whether it is.
func countedAlike(t *testing.T, a Arch, p Plan) bool {
	t.Helper()
	b, err := Estimate(a, p)
	if err != nil {
		var bad *PlanError
		require.True(t, errors.As(err, &bad) || errors.Is(err, ErrShape) || errors.Is(err, ErrTooLarge), "%v", err)
		return false
	}
	total, err := Peak(a, p)
	require.NoError(t, err)
	require.Equal(t, b.Total, total, "%+v", p)
	for _, part := range b.Parts {
		require.GreaterOrEqual(t, part.Bytes, Bytes(0), part.Name)
	}
	return true
}

func fuzzedArch(layers, hidden, heads, kv, ffn, experts, topk uint16) Arch {
	a := llama(int64(layers%200), int64(hidden), int64(heads), int64(kv), 64, int64(ffn), 1000, hidden%2 == 0)
	a.Layers[0].FFN.Experts, a.Layers[0].FFN.TopK, a.Layers[0].FFN.ExpertWidth = int64(experts%300), int64(topk%300), int64(ffn/4)
	return a
}

// fuzzedPlan makes each choice from a byte.
func fuzzedPlan(choices []byte, seq uint32, gpus uint8) Plan {
	next := func(below int) uint8 {
		if len(choices) == 0 {
			return 0
		}
		c := choices[0]
		choices = choices[1:]
		return c % uint8(below)
	}
	return Plan{
		Mode: Training, Seq: int64(seq), GPUs: int64(gpus), Tensor: int64(next(9)), Pipeline: int64(next(5)), Context: int64(next(3)), Expert: int64(next(9)),
		Attention: AttentionKernel(next(int(numKernels))), Offload: Offload(next(int(numOffloads))), DType: DType(next(int(numDTypes))),
		SequenceParallel: Switch(next(int(numSwitches))),
		Train: Train{
			Stack: Stack(next(int(numStacks))), Method: Method(next(int(numMethods))), ZeRO: Stage(next(int(numStages))),
			Optimizer: Optimizer(next(int(numOptimizers))), Precision: Precision(next(int(numPrecisions))), Recompute: Recompute(next(int(numRecomputes))),
			Loss: Loss(next(int(numLosses))), Every: int64(next(5)), Accum: int64(next(9)), Compile: Switch(next(int(numSwitches))),
			Targets: Targets(next(128)), LoRADropout: float64(next(2)) / 10, Grads: Grads(next(int(numGrads))),
		},
	}
}

// With 4 blocks or more, full recompute needs no more than selective, and that
// no more than none, whatever the shape and the run.
func TestRecomputeNeverAddsAnywhere(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	below := func(n int) int64 { return int64(random.Intn(n)) }
	for range 5000 {
		heads := 1 + below(32)
		a := llama(4+below(60), 64*heads, heads, []int64{1, heads}[below(2)], 64, 64*(1+below(200)), 1000+below(200_000), below(2) == 0)
		if below(4) == 0 {
			a.Layers[0].FFN = FFN{Gated: true, Experts: 8, TopK: 1 + below(8), ExpertWidth: 64 * (1 + below(100))}
		}
		choices := make([]byte, 20)
		random.Read(choices)
		p := fuzzedPlan(choices, 0, 0)
		p.Tensor, p.Pipeline, p.Context, p.Expert, p.GPUs = 1, 1+below(2), 1, 1, 8
		p.Seq, p.Train.Every = 1+below(5000), 0
		last := MaxBytes
		for _, p.Train.Recompute = range Recomputes() {
			total, err := Peak(a, p)
			require.NoError(t, err)
			require.LessOrEqual(t, total, last, "%+v %+v", a.Layers[0], p)
			last = total
		}
	}
}
