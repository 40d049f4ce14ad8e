package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What others published about runs that no score holds.

// Unsloth's longest sequences of an 8B QLoRA of rank 32, by the card: the peak
// sits just under it. docs.unsloth.ai, benchmarks.
func TestUnslothFillsTheCard(t *testing.T) {
	for card, seq := range map[Bytes]int64{16: 40_724, 24: 78_475, 48: 191_728, 80: 342_733} {
		b := estimated(t, llama3(t), Plan{Seq: seq, Train: Train{Stack: Unsloth, Method: QLoRA, Rank: 32, Recompute: RecomputeFull}})
		require.InEpsilon(t, float64(card*GiB), float64(b.Total), 0.06, "%d GiB", card)
	}
}

// torchtune's full fine-tuning of Llama-3.2-3B, packed to 4 × 2048 and compiled:
// 42.9 GiB with a chunked loss, 51.0 with fp32 logits.
func TestTorchtunePacked(t *testing.T) {
	a := llama(28, 3072, 24, 8, 128, 8192, 128256, true)
	p := Plan{Batch: 4, Seq: 2048, Train: Train{Stack: Torchtune, Compile: On}}
	require.InEpsilon(t, 42.9*float64(GiB), float64(estimated(t, a, p).Allocated), 0.01)
	p.Train.Loss = LossStandard
	require.InEpsilon(t, 51.0*float64(GiB), float64(estimated(t, a, p).Allocated), 0.035)
}

// torchao's 8-bit AdamW spares about 1.8 bytes a parameter of Llama-2-7B in pure
// bf16, the 4-bit one 2.7: 51.6 to 39.3 GB.
func TestTorchaoSpares(t *testing.T) {
	a := llama(32, 4096, 32, 32, 128, 11008, 32000, false)
	at := func(o Optimizer) float64 {
		b := estimated(t, a, Plan{Seq: 512, Train: Train{Stack: Torchtune, Optimizer: o, Recompute: RecomputeFull}})
		return float64(b.Allocated) / 6_738_415_616
	}
	require.InDelta(t, 1.8, at(AdamW)-at(AdamW8Bit), 0.2)
	require.InDelta(t, 2.7, at(AdamW)-at(AdamW4Bit), 0.3)
}

// BERT-large in fp32, batch 1 × 512 accumulated, on a 16 GB card: 6775 MB with
// recompute, 8681 without, under transformers 4.20.
func TestBERTLarge(t *testing.T) {
	a := llama(24, 1024, 16, 16, 64, 4096, 30522, true)
	l := &a.Layers[0]
	l.NormBias, l.Mixer.QKVBias, l.Mixer.OutBias, l.FFN = true, true, true, FFN{Width: 4096, Bias: true}
	a.Dropout, a.NoHead, a.DType = 0.1, true, FP32
	p := Plan{Seq: 512, Attention: Eager, Train: Train{Stack: HF, Version: Version{4, 20}, Precision: PureFP32, Accum: 4}}
	require.InEpsilon(t, 8681*float64(MiB), float64(estimated(t, a, p).Total), 0.04)
	p.Train.Recompute = RecomputeFull
	require.InEpsilon(t, 6775*float64(MiB), float64(estimated(t, a, p).Total), 0.04)
}

// A GELU written out keeps its tanh and two products beside input and result:
// 10f a token where a kernel keeps 4f.
func TestWrittenGELUKeepsItsSteps(t *testing.T) {
	a := llama(1, 768, 12, 12, 64, 3072, 50257, true)
	l := &a.Layers[0]
	l.NormBias, l.FFN = true, FFN{Width: 3072, Bias: true}
	kernel := partOf(estimated(t, a, Plan{Seq: 1024}), Activations)
	l.FFN.WrittenGELU = true
	written := partOf(estimated(t, a, Plan{Seq: 1024}), Activations)
	require.Equal(t, Bytes(6*3072*1024), written-kernel)
	require.Equal(t, kernel, partOf(estimated(t, a, Plan{Seq: 1024, Train: Train{Compile: On}}), Activations))
}
