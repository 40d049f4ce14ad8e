package estimator

// defaultTrainSeq is the sequence of a question that names none, tokens.
const defaultTrainSeq = 2048

func (p *Plan) resolveTraining(a *Arch) {
	t := &p.Train
	p.Seq = or(p.Seq, defaultTrainSeq)
	p.Tensor, p.Pipeline = or(p.Tensor, 1), or(p.Pipeline, 1)
	if t.Stack == StackUnset {
		t.Stack = HF
		if t.ZeRO != StageUnset {
			t.Stack = DeepSpeed
		}
	}
	row := &stacks[t.Stack]
	t.ZeRO = or(t.ZeRO, or(row.stage, Stage0))
	t.Precision = or(t.Precision, p.ownPrecision(row))
	t.Grads = or(t.Grads, or(row.grads, ownGrads[t.Precision]))
	t.Loss = or(t.Loss, ownLoss(row.loss, t.Method))
	t.Accum = or(t.Accum, 1)
	t.Rank = or(t.Rank, ownRank(t))
	t.Targets = or(t.Targets, AllLinear)
	t.Adapters = or(t.Adapters, ownAdapters[t.Stack])
	if !t.Dropout.Set {
		t.Dropout = Share{N: a.Dropout, Set: true}
	}
	if t.Method == QLoRA && p.DType == Stored && (a.Quant.DType == Stored || a.Quant.DType.unpacked()) {
		p.DType = NF4DQ
	}
}

// galoreRank is what GaLore's authors pretrain with where the plan gives none
// of its own; adapters have 16.
const galoreRank = 128

func ownRank(t *Train) int64 {
	if t.Optimizer == GaLore && !methods[t.Method].adapters {
		return galoreRank
	}
	return 16
}

// beforeTransformers says whether the plan names a version of transformers before
// 4.minor; other stacks count their versions otherwise.
func (t *Train) beforeTransformers(minor int64) bool {
	return t.Version.Major == 4 && t.Version.Before(4, minor)
}

// ownPrecision is the stack's, but for a model loaded in 16 bits on one GPU and
// for a frozen base, which need no fp32 weights.
func (p *Plan) ownPrecision(row *stackRow) Precision {
	sixteen := p.DType == BF16 || p.DType == FP16
	if row.precision == AMP && (sixteen && p.GPUs == 1 || methods[p.Train.Method].adapters) {
		return PureBF16
	}
	return row.precision
}

// ownLoss is the stack's, but where log-probabilities stand in its place: they are
// taken from the 16-bit logits as they are. Qwen2.5-7B on four GPUs under ZeRO-3,
// chosen and rejected of 8,192 tokens, takes 50 GiB with ms-swift: fp32 logits
// alone would be 32 of them.
//
// trl, selective_log_softmax; torchtune, get_batch_log_probs.
func ownLoss(stack Loss, m Method) Loss {
	if methods[m].reference > 0 && stack != LossVocabParallel {
		return LossBF16
	}
	return stack
}

// ownGrads is the gradients' width by precision.
var ownGrads = [numPrecisions]Grads{
	Mixed: GradsBF16, AMP: GradsFP32, PureBF16: GradsBF16, PureFP32: GradsFP32, FP8Training: GradsBF16,
}

// ownAdapters is the dtype of adapters by stack: PEFT keeps them in fp32.
var ownAdapters = [numStacks]DType{
	HF: FP32, DDP: FP32, DeepSpeed: FP32, FSDP: FP32, FSDP2: FP32, Unsloth: FP32,
	Megatron: BF16, LitGPT: BF16, Torchtune: BF16, Textbook: BF16,
}
