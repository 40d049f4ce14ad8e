package commands

import "membot/estimator"

// OptionRow is one key that people type: the parser, the help, the slash commands,
// the JSON and the README all read this table.
type OptionRow struct {
	Key     string
	Scope   Scope
	Slash   bool     // a slash option of its own; the others go through more:
	Number  bool     // takes a whole number
	Values  []string // the values, or how one looks, default first
	Default bool     // worth writing out in the canonical line even when not given
	English string   // one line, at most 100 characters
	Chinese string

	// read sets the option on the plan and gives the value's canonical form.
	read func(value string, p *estimator.Plan) (string, *valueError)
	// show gives the value as a program reads it, of a resolved plan; nil is
	// unknown or not applicable.
	show func(p *estimator.Plan) any
	// needs says what must hold for the option to mean anything; nil is always.
	needs *condition
	// slots says that the option means the same of what is served, where adapters
	// are.
	slots bool
}

// means says whether the option means something in a mode, with a plan.
func (o *OptionRow) means(m estimator.Mode, p *estimator.Plan) bool {
	if o.slots && m == estimator.Infer {
		return p.Serve.LoRASlots > 0
	}
	return o.Scope.covers(m) && (o.needs == nil || o.needs.holds(p))
}

// Scope is in which modes an option means something.
type Scope uint8

// The scopes.
const (
	Both Scope = iota
	Serving
	Training
)

func (s Scope) covers(m estimator.Mode) bool {
	return s == Both || (s == Training) == (m == estimator.Training)
}

// condition is what an option needs of the others.
type condition struct {
	holds func(p *estimator.Plan) bool
	// wants is how to meet it, typed: "method:lora".
	wants string
}

var (
	adapted = &condition{func(p *estimator.Plan) bool {
		return p.Train.Method == estimator.LoRA || p.Train.Method == estimator.QLoRA || p.Train.Method == estimator.DoRA
	}, "method:lora"}
	ranked = &condition{func(p *estimator.Plan) bool {
		return adapted.holds(p) || p.Train.Optimizer == estimator.GaLore
	}, "method:lora"}
	scheduled = &condition{func(p *estimator.Plan) bool {
		switch p.Serve.Engine {
		case estimator.VLLM, estimator.SGLang, estimator.TensorRTLLM, estimator.LMDeploy:
			return true
		default:
			return false
		}
	}, "engine:vllm"}
	llamaCPP = &condition{func(p *estimator.Plan) bool {
		return p.Serve.Engine == estimator.LlamaCPP || p.Serve.Engine == estimator.IKLlamaCPP
	}, "engine:llama.cpp"}
	ikLlamaCPP = &condition{func(p *estimator.Plan) bool { return p.Serve.Engine == estimator.IKLlamaCPP }, "engine:ik_llama.cpp"}
)

// Options lists every option in the order of the canonical line.
func Options() []OptionRow { return options }

// findOption finds an option by its key.
func findOption(key string) (*OptionRow, bool) {
	for i := range options {
		if options[i].Key == key {
			return &options[i], true
		}
	}
	return nil, false
}

// optionKeys lists the keys that mean something in a mode.
func optionKeys(m estimator.Mode) []string {
	keys := make([]string, 0, len(options))
	for i := range options {
		if options[i].Scope.covers(m) {
			keys = append(keys, options[i].Key)
		}
	}
	return keys
}

var options = []OptionRow{
	choice("method", Training, estimator.Methods(), func(p *estimator.Plan) *estimator.Method { return &p.Train.Method }).
		slash().always().says("full fine-tuning, LoRA, QLoRA, or what DPO, GRPO and PPO add", "训练方法：全参、LoRA、QLoRA，或 DPO、GRPO、PPO"),
	rankOption(),
	targetsOption(),
	dtypeOption("adapters", Training, func(p *estimator.Plan) *estimator.DType { return &p.Train.Adapters }, "bf16", "fp16", "fp32").
		with(adapted).says("number format of the adapters, the stack's own", "适配器的精度，默认随训练框架"),
	share("lora-dropout", Training, func(p *estimator.Plan) *float64 { return &p.Train.LoRADropout }).
		with(adapted).says("dropout before the adapters, 0", "LoRA 的 dropout，默认 0"),
	dtypeOption("dtype", Both, func(p *estimator.Plan) *estimator.DType { return &p.DType }).
		slash().says("number format of the weights, as stored", "权重精度，默认与仓库一致"),
	stackOption(),
	zeroOption().
		slash().always().says("ZeRO stage 0 to 3; fsdp 2 or 3; megatron 0 or 1", "ZeRO 阶段 0 到 3；fsdp 为 2 或 3；megatron 为 0 或 1"),
	choice("precision", Training, estimator.Precisions(), func(p *estimator.Plan) *estimator.Precision { return &p.Train.Precision }).
		always().says("what a parameter is kept in, the stack's own", "训练精度，默认随训练框架"),
	choice("grads", Training, estimator.AllGrads(), func(p *estimator.Plan) *estimator.Grads { return &p.Train.Grads }).
		says("gradients kept: bf16, fp32 or both (16Φ, 18Φ, 20Φ)", "保留的梯度：bf16、fp32 或两者（16Φ、18Φ、20Φ）"),
	choice("optimizer", Training, estimator.Optimizers(), func(p *estimator.Plan) *estimator.Optimizer { return &p.Train.Optimizer }).
		slash().always().says("optimizer, adamw", "优化器，默认 adamw"),
	engineOption(),
	number("seq", Both, func(p *estimator.Plan) *int64 { return &p.Seq }).
		slash().always().says("tokens in; 4096 when serving, 2048 when training", "输入长度（token）；推理默认 4096，训练默认 2048"),
	numberFromZero("out", Both, func(p *estimator.Plan) *int64 { return &p.Out }).
		slash().says("new tokens, 0", "新生成的 token 数，默认 0"),
	number("batch", Both, func(p *estimator.Plan) *int64 { return &p.Batch }).
		slash().always().says("sequences at once, or the micro-batch of one GPU; 1", "并发序列数，或每张卡的 micro-batch；默认 1"),
	number("accum", Training, func(p *estimator.Plan) *int64 { return &p.Train.Accum }).
		says("gradient accumulation steps, 1", "梯度累积步数，默认 1"),
	number("gpus", Both, func(p *estimator.Plan) *int64 { return &p.GPUs }).
		slash().always().says("how many GPUs, 1", "GPU 数量，默认 1"),
	gpuOption(),
	number("tp", Both, func(p *estimator.Plan) *int64 { return &p.Tensor }).
		says("tensor parallel degree; vllm and sglang: all GPUs", "张量并行度；vllm 与 sglang 默认用全部 GPU"),
	number("pp", Both, func(p *estimator.Plan) *int64 { return &p.Pipeline }).
		says("pipeline parallel degree; transformers and llama.cpp split by layers", "流水线并行度；transformers 与 llama.cpp 按层切分"),
	number("ep", Both, func(p *estimator.Plan) *int64 { return &p.Expert }).
		says("expert parallel degree, 1", "专家并行度，默认 1"),
	number("cp", Both, func(p *estimator.Plan) *int64 { return &p.Context }).
		says("context parallel degree, 1", "上下文并行度，默认 1"),
	onOff("sp", Training, func(p *estimator.Plan) *estimator.Switch { return &p.SequenceParallel }).
		says("sequence parallel beside tp, off", "序列并行，默认关"),
	kvOption(),
	share("util", Serving, func(p *estimator.Plan) *float64 { return &p.Serve.Utilization }).
		with(scheduled).says("share of the card that the engine fills, its own default", "引擎占用显存的比例，默认随引擎"),
	number("max-seqs", Serving, func(p *estimator.Plan) *int64 { return &p.Serve.MaxSeqs }).
		with(scheduled).says("sequences scheduled at once, the engine's own", "最大并发序列数，默认随引擎"),
	number("max-batched", Serving, func(p *estimator.Plan) *int64 { return &p.Serve.MaxBatched }).
		with(scheduled).says("tokens of one forward pass, the engine's own", "一次前向的最大 token 数，默认随引擎"),
	onOff("chunked", Serving, func(p *estimator.Plan) *estimator.Switch { return &p.Serve.Chunked }).
		with(scheduled).says("prefill in chunks, the engine's own", "分块预填充，默认随引擎"),
	number("ubatch", Serving, func(p *estimator.Plan) *int64 { return &p.Serve.MicroBatch }).
		with(llamaCPP).says("llama.cpp's micro-batch, 512 tokens", "llama.cpp 的 ubatch，默认 512"),
	counted("ngl", Serving, func(p *estimator.Plan) *estimator.Count { return &p.Serve.GPULayers }).
		with(llamaCPP).says("blocks on the GPU, all", "放到 GPU 上的层数，默认全部"),
	counted("mla", Serving, func(p *estimator.Plan) *estimator.Count { return &p.Serve.MLAMode }).
		with(ikLlamaCPP).says("ik_llama.cpp's MLA mode 0 to 3, 3", "ik_llama.cpp 的 MLA 模式 0 到 3，默认 3"),
	counted("mtp", Serving, func(p *estimator.Plan) *estimator.Count { return &p.Serve.MTP }).
		says("tokens drafted by the model's own MTP layers, 0", "用 MTP 层预测的 token 数，默认 0"),
	number("lora-slots", Serving, func(p *estimator.Plan) *int64 { return &p.Serve.LoRASlots }).
		with(scheduled).says("adapters served at once, 0", "同时服务的 LoRA 数，默认 0"),
	number("dcp", Serving, func(p *estimator.Plan) *int64 { return &p.Serve.DecodeContext }).
		with(scheduled).says("decode context parallel degree, 1", "解码上下文并行度，默认 1"),
	onOff("eager", Serving, func(p *estimator.Plan) *estimator.Switch { return &p.Serve.Eager }).
		with(scheduled).says("no CUDA graphs, off", "不用 CUDA graph，默认关"),
	offloadOption(),
	choice("attn", Both, estimator.AttentionKernels(), func(p *estimator.Plan) *estimator.AttentionKernel { return &p.Attention }).
		says("attention kernel, flash", "注意力实现，默认 flash"),
	recomputeOption(),
	choice("loss", Training, estimator.Losses(), func(p *estimator.Plan) *estimator.Loss { return &p.Train.Loss }).
		says("how the loss is computed, the stack's own", "损失的计算方式，默认随训练框架"),
	onOff("compile", Training, func(p *estimator.Plan) *estimator.Switch { return &p.Train.Compile }).
		says("torch.compile, off", "torch.compile，默认关"),
	dropoutOption(),
}
