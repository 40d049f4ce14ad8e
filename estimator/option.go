package estimator

// Mode is whether the model serves or is trained.
type Mode uint8

// The modes.
const (
	Infer Mode = iota
	Training
	numModes
)

var modeNames = [numModes]string{"infer", "train"}

// String gives the name that people type.
func (m Mode) String() string { return modeNames[m] }

// Modes lists the modes.
func Modes() []Mode { return choices(numModes) }

// Switch is an option that is on, off or left to its default.
type Switch uint8

// The settings of a switch.
const (
	Unset Switch = iota
	Off
	On
	numSwitches
)

var switchNames = [numSwitches]string{"", "off", "on"}

// String gives the name that people type.
func (s Switch) String() string { return switchNames[s] }

// Switches lists the settings.
func Switches() []Switch { return choices(numSwitches) }

// Stage is a ZeRO stage, or what FSDP and Megatron have in its place.
type Stage uint8

// The stages.
const (
	StageUnset Stage = iota
	Stage0
	Stage1
	Stage2
	Stage3
	numStages
)

var stageNames = [numStages]string{"", "0", "1", "2", "3"}

// String gives the name that people type.
func (s Stage) String() string { return stageNames[s] }

// Stages lists the stages.
func Stages() []Stage { return choices(numStages) }

// zero says what each ZeRO stage divides over the data-parallel ranks.
//
// Rajbhandari et al. 2020, section 5. https://arxiv.org/abs/1910.02054
var zero = [numStages]struct{ optimizer, gradients, weights bool }{
	Stage0: {},
	Stage1: {optimizer: true},
	Stage2: {optimizer: true, gradients: true},
	Stage3: {optimizer: true, gradients: true, weights: true},
}

// Engine is what serves the model.
type Engine uint8

// The engines. The zero value is transformers.
const (
	Transformers Engine = iota
	VLLM
	SGLang
	LlamaCPP
	IKLlamaCPP
	TensorRTLLM
	LMDeploy
	TextbookEngine
	numEngines
)

var engineNames = [numEngines]string{"transformers", "vllm", "sglang", "llama.cpp", "ik_llama.cpp", "tensorrt-llm", "lmdeploy", "textbook"}

// String gives the name that people type.
func (e Engine) String() string { return engineNames[e] }

// Engines lists the engines.
func Engines() []Engine { return choices(numEngines) }

// Stack is the software that trains the model.
type Stack uint8

// The stacks. The zero value is the default: deepspeed with ZeRO, else hf.
const (
	StackUnset Stack = iota
	HF
	DDP
	DeepSpeed
	FSDP
	FSDP2
	Megatron
	LitGPT
	Torchtune
	Unsloth
	Textbook
	numStacks
)

var stackNames = [numStacks]string{"", "hf", "ddp", "deepspeed", "fsdp", "fsdp2", "megatron", "litgpt", "torchtune", "unsloth", "textbook"}

// String gives the name that people type.
func (s Stack) String() string { return stackNames[s] }

// Stacks lists the stacks.
func Stacks() []Stack { return choices(numStacks) }

// Method is how the parameters are trained.
type Method uint8

// The methods. The zero value is full fine-tuning.
const (
	FullTuning Method = iota
	LoRA
	QLoRA
	DoRA
	DPO
	GRPO
	PPO
	numMethods
)

var methodNames = [numMethods]string{"full", "lora", "qlora", "dora", "dpo", "grpo", "ppo"}

// String gives the name that people type.
func (m Method) String() string { return methodNames[m] }

// Methods lists the methods.
func Methods() []Method { return choices(numMethods) }

// Precision is what a parameter is kept in while training.
type Precision uint8

// The precisions. The zero value is the stack's own.
const (
	PrecisionUnset Precision = iota
	Mixed                    // 16-bit compute copy, fp32 master
	AMP                      // fp32 weights, autocast
	PureBF16
	PureFP32
	FP8Training
	numPrecisions
)

var precisionNames = [numPrecisions]string{"", "mixed", "amp", "bf16", "fp32", "fp8"}

// String gives the name that people type.
func (p Precision) String() string { return precisionNames[p] }

// Precisions lists the precisions.
func Precisions() []Precision { return choices(numPrecisions) }

// Grads is which copies of the gradients are kept.
type Grads uint8

// The gradients: 2, 4 or 6 bytes a parameter.
const (
	GradsUnset Grads = iota
	GradsBF16
	GradsFP32
	GradsBoth
	numGrads
)

var gradsNames = [numGrads]string{"", "bf16", "fp32", "both"}

// String gives the name that people type.
func (g Grads) String() string { return gradsNames[g] }

// AllGrads lists the choices.
func AllGrads() []Grads { return choices(numGrads) }

// Recompute is what the backward pass computes again instead of keeping.
type Recompute uint8

// The levels. The zero value is none.
const (
	RecomputeNone Recompute = iota
	RecomputeSelective
	RecomputeFull
	numRecomputes
)

var recomputeNames = [numRecomputes]string{"none", "selective", "full"}

// String gives the name that people type.
func (r Recompute) String() string { return recomputeNames[r] }

// Recomputes lists the levels.
func Recomputes() []Recompute { return choices(numRecomputes) }

// Offload is what lives on the host.
type Offload uint8

// The choices. The zero value is nothing.
const (
	OffloadNone Offload = iota
	OffloadOptimizer
	OffloadParams
	OffloadBoth
	OffloadActivations
	numOffloads
)

var offloadNames = [numOffloads]string{"none", "optimizer", "params", "both", "activations"}

// String gives the name that people type.
func (o Offload) String() string { return offloadNames[o] }

// Offloads lists the choices.
func Offloads() []Offload { return choices(numOffloads) }

// AttentionKernel is how attention is computed.
type AttentionKernel uint8

// The kernels. The zero value is flash attention.
const (
	Flash AttentionKernel = iota
	SDPA
	Eager
	numKernels
)

var kernelNames = [numKernels]string{"flash", "sdpa", "eager"}

// String gives the name that people type.
func (k AttentionKernel) String() string { return kernelNames[k] }

// AttentionKernels lists the kernels.
func AttentionKernels() []AttentionKernel { return choices(numKernels) }

// Loss is how the loss is computed from the last hidden states.
type Loss uint8

// The losses. The zero value is the stack's own.
const (
	LossUnset    Loss = iota
	LossStandard      // HF, fp32 logits
	LossBF16
	LossFused
	LossChunked
	LossLinear
	LossVocabParallel
	numLosses
)

var lossNames = [numLosses]string{"", "standard", "bf16", "fused", "chunked", "linear", "vocab-parallel"}

// String gives the name that people type.
func (l Loss) String() string { return lossNames[l] }

// Losses lists the losses.
func Losses() []Loss { return choices(numLosses) }

// Optimizer is what updates the parameters.
type Optimizer uint8

// The optimizers. The zero value is AdamW.
const (
	AdamW Optimizer = iota
	AdamWFused
	AdamW8Bit
	AdamW4Bit
	AdamWFP8
	PagedAdamW
	PagedAdamW8Bit
	Adafactor
	Lion
	Lion8Bit
	SGD
	SGDMomentum
	Muon
	GaLore
	numOptimizers
)

var optimizerNames = [numOptimizers]string{"adamw", "adamw-fused", "adamw-8bit", "adamw-4bit", "adamw-fp8", "paged-adamw", "paged-adamw-8bit", "adafactor", "lion", "lion-8bit", "sgd", "sgd-momentum", "muon", "galore"}

// String gives the name that people type.
func (o Optimizer) String() string { return optimizerNames[o] }

// Optimizers lists the optimizers.
func Optimizers() []Optimizer { return choices(numOptimizers) }

// Targets are the linears that LoRA adapts, one bit for each letter. The zero
// value is all-linear.
type Targets uint8

// The letters of targets.
const (
	TargetQ Targets = 1 << iota
	TargetK
	TargetV
	TargetO
	TargetGate
	TargetUp
	TargetDown
)

// AllLinear is every letter.
const AllLinear = TargetQ | TargetK | TargetV | TargetO | TargetGate | TargetUp | TargetDown

// TargetNames are the letters in the order of their bits.
var TargetNames = [...]string{"q", "k", "v", "o", "gate", "up", "down"}
