package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// trainSweep asks for the largest micro-batch of every stage, recompute, offload and
// method on 1 to 64 GPUs, as a search for what fits does.
func trainSweep(a Arch, limit Bytes) (fits int) {
	for _, stage := range []Stage{Stage0, Stage1, Stage2, Stage3} {
		for _, recompute := range Recomputes() {
			for _, offload := range Offloads() {
				for _, method := range []Method{FullTuning, LoRA, QLoRA} {
					p := Plan{Mode: Training, Offload: offload, Train: Train{Stack: DeepSpeed, ZeRO: stage, Recompute: recompute, Method: method}}
					for p.GPUs = 1; p.GPUs <= 64; p.GPUs *= 2 {
						if _, ok := LargestBatch(a, p, limit); ok {
							fits++
						}
					}
				}
			}
		}
	}
	return fits
}

func BenchmarkTrainSweep(b *testing.B) {
	a, _ := llama(32, 4096, 32, 8, 128, 14336, 128256, false).Sealed()
	b.ReportAllocs()
	for b.Loop() {
		trainSweep(a, 80*GiB)
	}
}

func TestTrainSweepFindsWhatFits(t *testing.T) {
	require.Positive(t, trainSweep(llama3(t), 80*GiB))
	require.Zero(t, trainSweep(llama3(t), GiB))
}

// Peak allocates nothing, so that a search of thousands does not either.
func TestTrainingPeakAllocatesNothing(t *testing.T) {
	a := llama3(t)
	for _, stack := range Stacks() {
		p := Plan{Mode: Training, GPUs: 8, Train: Train{Stack: stack, Recompute: RecomputeFull}}
		allocs := testing.AllocsPerRun(100, func() { _, _ = Peak(a, p) })
		require.Zero(t, allocs, stack.String())
	}
}
