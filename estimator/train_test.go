package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func estimated(t *testing.T, a Arch, p Plan) Breakdown {
	t.Helper()
	p.Mode = Training
	b, err := Estimate(a, p)
	require.NoError(t, err, "%+v", p.Train)
	return b
}

// states are the parts that ZeRO divides.
func states(b Breakdown) Bytes {
	return partOf(b, Weights) + partOf(b, Adapters) + partOf(b, Master) + partOf(b, Gradients) + partOf(b, OptimizerState)
}

// llama3 is Llama-3-8B.
func llama3(t *testing.T) Arch {
	t.Helper()
	a, err := llama(32, 4096, 32, 8, 128, 14336, 128256, false).Sealed()
	require.NoError(t, err)
	return a
}

// Bytes a parameter that published runs held: resident, and at the step.
func TestBytesAParameter(t *testing.T) {
	const phi = 8_030_261_248
	for _, row := range []struct {
		name string
		plan Plan
		want float64 // states and the step's copy, a parameter
	}{
		{"pure bf16, foreach: 10 (fms, Llama-3-8B)", Plan{Train: Train{Stack: HF, Precision: PureBF16}}, 10},
		{"pure bf16, fused: 8 (torchtune)", Plan{Train: Train{Stack: Torchtune}}, 8},
		{"FSDP with fp32 shards: 20/N (fms)", Plan{GPUs: 2, Train: Train{Stack: FSDP}}, 10},
		{"torchtitan, fused: 16/N", Plan{GPUs: 8, Train: Train{Stack: FSDP2, Optimizer: AdamWFused}}, 2},
		{"Megatron: 18", Plan{Train: Train{Stack: Megatron}}, 18},
		{"Megatron's distributed optimizer: 6 + 12/d", Plan{GPUs: 4, Train: Train{Stack: Megatron, ZeRO: Stage1}}, 9},
		{"DeepSpeed ZeRO-3: 16/N, the step 4/N more", Plan{GPUs: 4, Train: Train{ZeRO: Stage3}}, 5},
	} {
		p := row.plan
		p.Mode, p.Seq, p.Train.Recompute = Training, 1, RecomputeFull
		b := estimated(t, llama3(t), p)
		held := states(b)
		if b.Moment == Step {
			held += partOf(b, Workspace)
		}
		require.InDelta(t, row.want, float64(held)/phi, 0.03, row.name)
	}
}

// Published: Llama-3-8B with rank 16 on q, k, v and o holds 16.24e9 bytes.
func TestLoRAHolds(t *testing.T) {
	b := estimated(t, llama3(t), Plan{Seq: 1, Train: Train{Method: LoRA, Targets: TargetQ | TargetK | TargetV | TargetO}})
	require.InEpsilon(t, 16.24e9, float64(partOf(b, Weights)+partOf(b, Adapters)+partOf(b, OptimizerState)), 0.002)
	require.Equal(t, Bytes(4*13_631_488), partOf(b, Adapters))
	require.Zero(t, partOf(b, Master))
}

// NF4 converts the linears alone: 0.73 bytes a parameter on Llama-3-8B.
func TestQLoRAKeepsTheEndsIn16Bits(t *testing.T) {
	b := estimated(t, llama3(t), Plan{Train: Train{Method: QLoRA}})
	require.Equal(t, NF4DQ, b.Plan.DType)
	require.InDelta(t, 0.73, float64(partOf(b, Weights))/8_030_261_248, 0.03)
}

// A bare size answers for adapters too, on a shape of its kind.
func TestAdaptersOnABareSize(t *testing.T) {
	for _, method := range []Method{LoRA, QLoRA, DoRA} {
		b := requireShown(t, SizeOnly(7_000_000_000), Plan{Mode: Training, Train: Train{Method: method}})
		require.Equal(t, HF, b.Plan.Train.Stack)
		require.Equal(t, "likely_shape", b.Notes[0].Code)
		require.NotZero(t, partOf(b, Activations))
	}
	full := estimated(t, SizeOnly(7_000_000_000), Plan{})
	require.Equal(t, Textbook, full.Plan.Train.Stack)
	lora := estimated(t, SizeOnly(7_000_000_000), Plan{Train: Train{Method: LoRA}})
	require.Equal(t, Bytes(14_000_000_000), partOf(lora, Weights))
	for _, row := range likelyShapes {
		a, err := likelyShape(row.params).Sealed()
		require.NoError(t, err)
		require.InEpsilon(t, row.params, a.Params().Total(), 0.04)
	}
}

// What each optimizer keeps, bytes a parameter of a model trained in fp32.
func TestOptimizerStates(t *testing.T) {
	a := llama3(t)
	for optimizer, want := range map[Optimizer]float64{
		AdamW: 8, AdamWFused: 8, AdamW8Bit: 2 * eightBit * 0.869, AdamW4Bit: 2 * fourBit * 0.869, AdamWFP8: 2 * eightBitF * 0.869,
		Lion: 4, Lion8Bit: eightBit * 0.869, SGD: 0, SGDMomentum: 4, Muon: 4*0.869 + 8*0.131, Adafactor: 0.01, GaLore: 0.28 + 8*0.131,
	} {
		switch {
		case !optimizers[optimizer].exempt:
		case !optimizers[optimizer].bitsandbytes:
			want /= 0.869 // torchao quantizes embeddings too
		default:
			want += 8 * 0.131 // embeddings and small tensors keep fp32
		}
		b := estimated(t, a, Plan{Train: Train{Stack: DDP, Optimizer: optimizer}})
		require.InDelta(t, want, float64(partOf(b, OptimizerState))/8_030_261_248, 0.05, optimizer.String())
	}
	paged := estimated(t, a, Plan{Train: Train{Stack: DDP, Optimizer: PagedAdamW}})
	require.Zero(t, partOf(paged, OptimizerState))
	require.Equal(t, Bytes(8*8_030_261_248), paged.Host)
}

// Offloading moves bytes, it does not make them vanish.
func TestOffloadMovesToTheHost(t *testing.T) {
	a := llama3(t)
	for _, p := range []Plan{
		{GPUs: 4, Train: Train{ZeRO: Stage3}},
		{GPUs: 4, Train: Train{Stack: FSDP}},
	} {
		none := estimated(t, a, p)
		require.Zero(t, none.Host)
		for _, offload := range []Offload{OffloadOptimizer, OffloadParams, OffloadBoth, OffloadActivations} {
			p.Offload = offload
			moved := estimated(t, a, p)
			require.Less(t, moved.Total, none.Total, "%s", offload)
			require.GreaterOrEqual(t, moved.Host, none.Total-moved.Total-(none.Total-moved.Total)/4, "%s", offload)
		}
	}
}

// DPO, GRPO and PPO add models to full fine-tuning.
func TestMethodsAddModels(t *testing.T) {
	a := llama3(t)
	weights := func(m Method) Bytes {
		return partOf(estimated(t, a, Plan{Train: Train{Stack: DeepSpeed, Method: m}}), Weights)
	}
	full := weights(FullTuning)
	require.Equal(t, 2*full, weights(DPO))
	require.Equal(t, 2*full, weights(GRPO))
	require.Equal(t, 4*full, weights(PPO))
	grpo := estimated(t, a, Plan{Train: Train{Method: GRPO}, Batch: 8, Seq: 1024})
	require.Equal(t, Bytes(131072*8*1024), partOf(grpo, KVCache))
}

// The answer is for the fullest stage: the first keeps a micro-batch for each
// stage, the last has the head.
func TestFullestStage(t *testing.T) {
	a := llama3(t)
	long := estimated(t, a, Plan{Seq: 8192, GPUs: 4, Pipeline: 4, Train: Train{Stack: Megatron}})
	require.Zero(t, partOf(long, Logits), "the first stage has no head")
	short := estimated(t, a, Plan{Seq: 8192, GPUs: 4, Pipeline: 4, Train: Train{Stack: Megatron, Recompute: RecomputeFull}})
	require.NotZero(t, partOf(short, Logits))
	uneven := estimated(t, a, Plan{Seq: 128, GPUs: 5, Pipeline: 5, Train: Train{Stack: Megatron}})
	require.Greater(t, float64(partOf(uneven, Weights)), 2*8_030_261_248/5.0, "7 of 32 blocks and an end, not a fifth")
}

// DoRA scales what linear and adapter give, and keeps both: 2 and 4 bytes of
// each output.
func TestDoRAKeepsOutputs(t *testing.T) {
	p := Plan{Seq: 1024, Train: Train{Method: LoRA, Targets: TargetQ | TargetV}}
	lora := partOf(estimated(t, llama3(t), p), Activations)
	p.Train.Method = DoRA
	dora := partOf(estimated(t, llama3(t), p), Activations)
	require.Equal(t, Bytes(32*1024*6*(4096+1024)), dora-lora)
}

// GaLore's states follow the rank that is asked for, 128 without one; adapters
// keep a rank of 16.
func TestGaLoreReadsItsRank(t *testing.T) {
	a := llama(32, 4096, 32, 32, 128, 11008, 32000, false)
	at := func(rank int64) Bytes {
		return partOf(estimated(t, a, Plan{Train: Train{Optimizer: GaLore, Rank: rank}}), OptimizerState)
	}
	require.Equal(t, at(0), at(128))
	require.Less(t, at(64), at(128))
	require.Equal(t, at(4096), at(8192), "no projection is wider than the model")
	require.EqualValues(t, 16, Plan{Mode: Training, Train: Train{Method: LoRA, Optimizer: GaLore}}.Resolved(a).Train.Rank)
}

// torch's DTensor keeps the two gathered inputs of a block's linears whole, where
// Megatron keeps a rank's part.
func TestInputsUnderSequenceParallelism(t *testing.T) {
	kept := func(stack Stack, tensor int64) Bytes {
		p := Plan{GPUs: tensor, Tensor: tensor, SequenceParallel: On, Train: Train{Stack: stack, Compile: On}}
		return partOf(estimated(t, llama3(t), p), Activations)
	}
	whole := Bytes(32 * 2048 * 2 * 2 * 4096)
	require.EqualValues(t, whole+(kept(FSDP2, 1)-whole)/4, kept(FSDP2, 4))
	require.EqualValues(t, kept(Megatron, 1)/4, kept(Megatron, 4))
}

// GaLore finds no rank below that of adapters: their moments stay whole.
func TestGaLoreOnAdapters(t *testing.T) {
	adam := estimated(t, llama3(t), Plan{Train: Train{Method: LoRA}})
	galore := estimated(t, llama3(t), Plan{Train: Train{Method: LoRA, Optimizer: GaLore}})
	require.Equal(t, partOf(adam, OptimizerState), partOf(galore, OptimizerState))
}
