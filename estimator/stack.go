package estimator

// stackRow says what a training stack keeps and its own defaults.
type stackRow struct {
	precision Precision
	grads     Grads // GradsUnset: the precision's own
	stage     Stage
	loss      Loss

	fusedNorms     bool // norms are kernels
	holdsGradients bool // a gradient buffer lives through the whole step
	selectsOps     bool // recompute:selective keeps single operations
	gathers        bool // gathers the root unit and one block when weights are divided
	gathersInputs  bool // keeps the linears' inputs whole under sequence parallelism
	halves         bool // gathers embedding and head one after the other
	castless       bool // adapters read 16-bit inputs whatever their own dtype
	fusedGate      bool // the gate, its activation and the product are one kernel
	unties         bool // stores a head beside a tied embedding
	keepsOutputs   bool // with a frozen base, the gradient of every block's output stays
	reduces        bool // copies all gradients into buckets when there are several ranks
	autocasts      bool // caches 16-bit copies of fp32 weights
	prepares       bool // may have PEFT prepare a quantized base
	unpacksHead    bool // turns a quantized head back into 16 bits
	keepsGathered  bool // with a frozen base, what was gathered stays
	engine8        bool // fp8 is Transformer Engine's
	copiesShards   bool // offloaded shards are copied to the GPU before they are gathered, and stay
	partitionCopy  bool // the step casts its part of the gradients to fp32
	// buckets are the bytes of reduce, prefetch and live buffers by stage.
	buckets  [numStages]float64
	constant float64 // bytes: workspaces of the libraries
}

// Bytes that a run allocates whatever its size.
const (
	libraryBytes  = 18e6 // cuBLAS workspaces and small tensors, runs of transformers
	megatronBytes = 70e6 // the same in Megatron's tests, mostly its buffers
)

// DeepSpeed's buffers: buckets of 5e8 elements in 16 bits, under ZeRO-3 also in
// fp32, as many to prefetch, and live parameters.
var deepspeedBuckets = [numStages]float64{Stage1: 1e9, Stage2: 1e9, Stage3: 5e9}

// stacks has one row for each stack.
var stacks = [numStacks]stackRow{
	HF: {
		precision: AMP, loss: LossStandard,
		reduces: true, autocasts: true, prepares: true, constant: libraryBytes,
	},
	DDP: {
		precision: AMP, loss: LossStandard,
		reduces: true, autocasts: true, prepares: true, constant: libraryBytes,
	},
	DeepSpeed: {
		precision: Mixed, grads: GradsBF16, loss: LossStandard,
		partitionCopy: true, engine8: true, gathers: true, halves: true, buckets: deepspeedBuckets, constant: libraryBytes,
	},
	FSDP: {
		precision: AMP, stage: Stage3, loss: LossStandard,
		gathers: true, keepsOutputs: true, copiesShards: true, constant: libraryBytes,
	},
	FSDP2: {
		precision: AMP, stage: Stage3, loss: LossStandard,
		gathers: true, gathersInputs: true, selectsOps: true, constant: libraryBytes,
	},
	Megatron: {
		precision: Mixed, grads: GradsFP32, loss: LossVocabParallel,
		fusedNorms: true, fusedGate: true, engine8: true, holdsGradients: true, constant: megatronBytes,
	},
	LitGPT: {
		precision: PureBF16, grads: GradsBF16, loss: LossChunked,
		gathers: true, unties: true, unpacksHead: true, keepsGathered: true, autocasts: true, constant: libraryBytes,
	},
	Torchtune: {
		precision: PureBF16, grads: GradsBF16, loss: LossChunked,
		gathers: true, constant: libraryBytes,
	},
	Unsloth: {
		precision: PureBF16, grads: GradsBF16, loss: LossLinear,
		fusedNorms: true, castless: true, constant: libraryBytes,
	},
	Textbook: {precision: Mixed, grads: GradsBoth},
}

// trainContext is what the card shows beyond what torch allocated: context,
// libraries, and the allocator's slack.
var trainContext = []bill{{
	part: ContextPart, moments: WhileTraining, basis: Allowance, source: "one line through nvidia-smi and reserved figures",
	text:  "0.02 * allocated + 1.4 * GiB",
	bytes: func(s *sheet) float64 { return 0.02*s.allocated + 1.4*float64(GiB) },
}}

// bills lists what the question pays for.
func (s *sheet) bills() []bill {
	switch {
	case s.plan.Mode == Training:
		return trainBills[s.plan.Train.Stack]
	case s.arch.sizeOnly():
		return sizeInfer
	default:
		return engines[s.plan.Serve.Engine].bills
	}
}

// contexts lists what comes on top of what is allocated.
func (s *sheet) contexts() []bill {
	switch {
	case s.plan.Mode == Training && s.plan.Train.Stack == Textbook:
		return nil
	case s.plan.Mode == Training:
		return trainContext
	}
	return engines[s.plan.Serve.Engine].context
}

// finish fills in what follows from the parts: capacity, range, notes.
func (s *sheet) finish(b *Breakdown) {
	b.Fits = s.plan.GPU.Usable > 0 && b.Total <= s.plan.GPU.Usable && s.cacheFits()
	if s.plan.Mode == Training {
		b.Reserved = b.Total
		s.finishTraining(b)
		return
	}
	s.finishServing(b)
}
