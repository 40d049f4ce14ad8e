package estimator

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// The laws hold whatever the numbers are.

func lawArchs(t *testing.T) map[string]Arch {
	t.Helper()
	all := testArchs(t)
	delete(all, "size")
	return all
}

// everyRun calls back for each model, stack and method.
func everyRun(t *testing.T, law func(t *testing.T, a Arch, p Plan)) {
	t.Helper()
	for name, a := range lawArchs(t) {
		for _, stack := range Stacks()[1:] {
			for _, method := range Methods() {
				p := Plan{Mode: Training, Seq: 1024, GPUs: 8, Train: Train{Stack: stack, Method: method}}
				t.Run(fmt.Sprintf("%s/%s/%s", name, stack, method), func(t *testing.T) { law(t, a, p) })
			}
		}
	}
}

func TestStatesNeverGrowWithTheStageOrRanks(t *testing.T) {
	everyRun(t, func(t *testing.T, a Arch, p Plan) {
		for _, stage := range []Stage{Stage0, Stage1, Stage2, Stage3} {
			p.GPUs, p.Train.ZeRO = 8, stage
			at := heldStates(t, a, p)
			p.GPUs = 16
			require.LessOrEqual(t, heldStates(t, a, p), at, "ranks at stage %s", stage)
			if stage < Stage3 {
				p.GPUs, p.Train.ZeRO = 8, stage+1
				require.LessOrEqual(t, heldStates(t, a, p), at, "stage %s", stage+1)
			}
		}
	})
}

// heldStates sums the states at their own highest moments.
func heldStates(t *testing.T, a Arch, p Plan) Bytes {
	t.Helper()
	return states(estimated(t, a, p))
}

func TestRecomputeNeverAdds(t *testing.T) {
	everyRun(t, func(t *testing.T, a Arch, p Plan) {
		for _, kernel := range AttentionKernels() {
			p.Attention = kernel
			p.Train.Recompute = RecomputeNone
			none := estimated(t, a, p)
			p.Train.Recompute = RecomputeSelective
			selective := estimated(t, a, p)
			p.Train.Recompute = RecomputeFull
			full := estimated(t, a, p)
			p.Train.Every = 2
			every := estimated(t, a, p)
			p.Train.Every = 0
			require.LessOrEqual(t, selective.Total, none.Total)
			require.LessOrEqual(t, full.Total, selective.Total)
			require.LessOrEqual(t, full.Total, every.Total)
			require.LessOrEqual(t, every.Total, none.Total)
		}
	})
}

func TestAdaptersHoldLessThanFull(t *testing.T) {
	for name, a := range lawArchs(t) {
		for _, stack := range Stacks()[1:] {
			full := Plan{Mode: Training, GPUs: 8, Train: Train{Stack: stack}}
			adapted := full
			adapted.Train.Method = LoRA
			require.LessOrEqual(t, heldStates(t, a, adapted), heldStates(t, a, full), "%s %s", name, stack)
			adapted.Train.Method = QLoRA
			require.LessOrEqual(t, heldStates(t, a, adapted), heldStates(t, a, full), "%s %s", name, stack)
		}
	}
}

func TestMoreOfAnythingIsNeverLess(t *testing.T) {
	everyRun(t, func(t *testing.T, a Arch, p Plan) {
		peak := func(p Plan) Bytes {
			total, err := Peak(a, p)
			require.NoError(t, err)
			return total
		}
		base := peak(p)
		longer, larger := p, p
		longer.Seq, larger.Batch = 2048, 2
		require.GreaterOrEqual(t, peak(longer), base)
		require.GreaterOrEqual(t, peak(larger), base)
	})
}

func TestTensorParallelismNeverAddsWeights(t *testing.T) {
	everyRun(t, func(t *testing.T, a Arch, p Plan) {
		whole := partOf(estimated(t, a, p), Weights)
		p.Tensor = 2
		p.Train.ZeRO = Stage0
		cut := partOf(estimated(t, a, p), Weights)
		p.Tensor = 1
		if p.Train.Stack != Textbook {
			require.LessOrEqual(t, cut, partOf(estimated(t, a, p), Weights))
		}
		require.NotZero(t, whole)
	})
}

// Shards times ranks cover the whole.
func TestShardsCoverTheWhole(t *testing.T) {
	a := llama3(t)
	for _, gpus := range []int64{2, 3, 8, 64, 1000} {
		one := heldStates(t, a, Plan{Train: Train{Stack: DeepSpeed, ZeRO: Stage0}})
		shard := heldStates(t, a, Plan{GPUs: gpus, Train: Train{Stack: DeepSpeed, ZeRO: Stage3}})
		require.GreaterOrEqual(t, shard*Bytes(gpus), one)
	}
}

// Every formula is what was computed, over stacks, methods, kernels, losses,
// optimizers, precisions and degrees.
func TestTrainingFormulas(t *testing.T) {
	archs := lawArchs(t)
	archs["latent"] = latentArch(t)
	archs["recurrent"] = recurrentArch(t)
	archs["encoder"] = encoderArch(t)
	for name, a := range archs {
		for i, p := range formulaPlans() {
			if p.Expert > 1 && name != "moe" && name != "latent" {
				p.Expert = 1
			}
			t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) { requireShown(t, a, p) })
		}
	}
}

func formulaPlans() []Plan {
	var plans []Plan
	add := func(p Plan) { p.Mode = Training; plans = append(plans, p) }
	for _, stack := range Stacks() {
		for _, method := range Methods() {
			for _, recompute := range Recomputes() {
				add(Plan{GPUs: 4, Train: Train{Stack: stack, Method: method, Recompute: recompute, LoRADropout: 0.1}})
				add(Plan{GPUs: 16, Tensor: 2, Pipeline: 2, Expert: 2, Train: Train{Stack: stack, Method: method, Recompute: recompute, ZeRO: Stage3}})
			}
		}
		for _, precision := range Precisions() {
			add(Plan{Train: Train{Stack: stack, Precision: precision}})
		}
		for _, loss := range Losses() {
			add(Plan{GPUs: 2, Tensor: 2, SequenceParallel: On, Train: Train{Stack: stack, Loss: loss}})
		}
	}
	for _, optimizer := range Optimizers() {
		add(Plan{GPUs: 2, Train: Train{ZeRO: Stage2, Optimizer: optimizer}})
	}
	for _, kernel := range AttentionKernels() {
		add(Plan{Attention: kernel, Context: 2, GPUs: 2, Train: Train{Dropout: Share{0.1, true}, Recompute: RecomputeFull, Every: 3}})
	}
	for _, offload := range Offloads() {
		add(Plan{GPUs: 2, Offload: offload, Train: Train{ZeRO: Stage3, Compile: On, Accum: 4}})
	}
	return plans
}

// latentArch has MLA with dense blocks first and experts after.
func latentArch(t *testing.T) Arch {
	t.Helper()
	a := llama(2, 2048, 16, 16, 192, 10944, 102400, false)
	m := &a.Layers[0].Mixer
	*m = Mixer{Kind: MLA, Heads: 16, KVHeads: 16, KeyDim: 192, ValueDim: 128, KVRank: 512, RopeDim: 64, QueryRank: 768}
	experts := a.Layers[0]
	experts.Count = 26
	experts.FFN = FFN{Gated: true, Experts: 64, TopK: 6, ExpertWidth: 1408, SharedWidth: 2816}
	a.Layers = append(a.Layers, experts)
	sealed, err := a.Sealed()
	require.NoError(t, err)
	return sealed
}

// recurrentArch has a block of each kind without attention.
func recurrentArch(t *testing.T) Arch {
	t.Helper()
	a := llama(4, 2048, 16, 4, 128, 8192, 50000, true)
	for _, m := range []Mixer{
		{Kind: Linear, StateHeads: 32, StateKey: 128, StateValue: 128, Groups: 16, Conv: 4},
		{Kind: Mamba1, Inner: 4096, StateKey: 16, Conv: 4, TimeRank: 128},
		{Kind: Mamba2, Inner: 4096, StateHeads: 64, StateKey: 128, StateValue: 64, Groups: 8, Conv: 4},
		{Kind: ShortConv, Inner: 2048, Conv: 3},
	} {
		block := a.Layers[0]
		block.Mixer = m
		a.Layers = append(a.Layers, block)
	}
	sealed, err := a.Sealed()
	require.NoError(t, err)
	return sealed
}

// encoderArch has an encoder and cross attention to it.
func encoderArch(t *testing.T) Arch {
	t.Helper()
	a := llama(12, 768, 12, 12, 64, 3072, 32128, true)
	block := a.Layers[0]
	a.Layers[0].Cross = block.Mixer
	a.Layers[0].Norms = 3
	a.Towers = []Tower{{Name: encoderTower, Hidden: 768, Layers: []Layer{block}}}
	sealed, err := a.Sealed()
	require.NoError(t, err)
	return sealed
}

// An encoder keeps what it computes, as the decoder does.
func TestEncoderIsCounted(t *testing.T) {
	a := encoderArch(t)
	with := partOf(estimated(t, a, Plan{}), Activations)
	without := a.Unsealed()
	without.Towers = nil
	require.Greater(t, with, partOf(estimated(t, without, Plan{}), Activations)*3/2)
}
