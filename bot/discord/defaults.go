package discord

import "slices"

// Options that several commands share.
var (
	optionPrivate = Option{
		Name: "private", LocalName: Text{ZH: "仅自己可见"}, Type: OptionBoolean, Place: AsPrivate,
		Description: Text{"Only you see the answer", "只有你能看到回答"},
	}
	optionMore = Option{
		Name: "more", LocalName: Text{ZH: "更多"}, Place: AsText, MaxLength: 1000,
		Description: Text{"Any other option, typed: kv:fp8 tp:4 …", "其他选项，直接输入：kv:fp8 tp:4 …"},
	}
	optionModel = Option{
		Name: "model", LocalName: Text{ZH: "模型"}, Place: AsWord, Required: true, Autocomplete: true,
		Description: Text{"A Hub id, a nickname such as llama-7b, or a size such as 7b", "Hub 上的 id、简称（如 llama-7b）或参数量（如 7b）"},
	}
	optionMode = Option{
		Name: "mode", LocalName: Text{ZH: "用途"}, Place: AsWord, Choices: []string{"infer", "train"},
		Description: Text{"Serve the model or train it; serving if left out", "推理或训练，默认推理"},
	}
)

// keyOptions are the keys that are options of their own; every other one goes
// through "more".
var keyOptions = []Option{
	{Name: "seq", LocalName: Text{ZH: "序列长度"}, Description: Text{"Tokens in: 4096, 32k", "输入 token 数：4096、32k"}, MaxLength: 20},
	{Name: "out", LocalName: Text{ZH: "输出长度"}, Description: Text{"New tokens", "新生成的 token 数"}, MaxLength: 20},
	{Name: "batch", LocalName: Text{ZH: "批大小"}, Description: Text{"Sequences at once; when training, micro-batch a GPU", "并发序列数；训练时为每卡微批大小"}, MaxLength: 20},
	{Name: "dtype", LocalName: Text{ZH: "权重类型"}, Autocomplete: true, Description: Text{"Type of the weights: bf16, fp8, awq, q4_k_m …", "权重类型：bf16、fp8、awq、q4_k_m …"}, MaxLength: 40},
	{Name: "gpu", LocalName: Text{ZH: "显卡"}, Autocomplete: true, Description: Text{"A card, such as a100-80g or 4090, or any size: 24g", "显卡，如 a100-80g、4090，或任意容量：24g"}, MaxLength: 60},
	{Name: "gpus", LocalName: Text{ZH: "显卡数"}, Description: Text{"How many GPUs", "显卡数量"}, MaxLength: 20},
	{Name: "engine", LocalName: Text{ZH: "推理引擎"}, Description: Text{"What serves it", "推理引擎"}, Choices: []string{"transformers", "vllm", "sglang", "llama.cpp", "ik_llama.cpp", "tensorrt-llm", "lmdeploy", "ollama", "lmstudio"}},
	{Name: "method", LocalName: Text{ZH: "训练方式"}, Description: Text{"How it is trained", "训练方式"}, Choices: []string{"full", "lora", "qlora", "dpo", "grpo", "ppo"}},
	{Name: "rank", LocalName: Text{ZH: "秩"}, Description: Text{"Rank of LoRA", "LoRA 的秩"}, MaxLength: 20},
	{Name: "optimizer", LocalName: Text{ZH: "优化器"}, Description: Text{"Optimizer", "优化器"}, Choices: []string{"adamw", "adamw-fused", "adamw-8bit", "adamw-4bit", "adamw-fp8", "paged-adamw", "paged-adamw-8bit", "adafactor", "lion", "lion-8bit", "sgd", "sgd-momentum", "muon", "galore"}},
	{Name: "zero", LocalName: Text{ZH: "zero"}, Description: Text{"ZeRO stage", "ZeRO 阶段"}, Choices: []string{"0", "1", "2", "3"}},
	{Name: "offload", LocalName: Text{ZH: "卸载"}, Description: Text{"What moves to host memory", "卸载到主机内存的部分"}, Choices: []string{"none", "optimizer", "params", "both", "activations"}},
	{Name: "recompute", LocalName: Text{ZH: "重计算"}, Autocomplete: true, Description: Text{"Activation checkpointing: none, selective, full, full/2", "激活重计算：none、selective、full、full/2"}, MaxLength: 20},
	{Name: "stack", LocalName: Text{ZH: "训练框架"}, Description: Text{"What trains it", "训练框架"}, Choices: []string{"hf", "deepspeed", "fsdp", "fsdp2", "megatron", "ddp", "litgpt", "torchtune", "unsloth", "textbook"}},
}

// DefaultCommands are the bot's slash commands.
func DefaultCommands() []Command {
	sized := func(name, zh string, about Text, first ...Option) Command {
		options := append(slices.Clone(first), optionMode)
		options = append(options, keyOptions...)
		return Command{Name: name, LocalName: Text{ZH: zh}, Description: about, Options: append(options, optionMore, optionPrivate)}
	}
	hardware := sized("models", "模型列表", Text{"Which models run on this hardware", "这套硬件能跑哪些模型"})
	return []Command{
		sized("mem", "显存", Text{"How much GPU memory a model needs", "模型需要多少显存"}, optionModel),
		sized("fit", "适配", Text{"What fits, and what would make it fit", "放得下吗？怎样才放得下？"}, optionModel),
		hardware,
		sized("compare", "对比", Text{"Compare models side by side", "并排对比多个模型"}, optionModel, second("model2", true), second("model3", false), second("model4", false)),
		sized("explain", "解释", Text{"Every formula with its numbers", "列出每个公式及数值"}, optionModel),
		{
			Name: "ask", LocalName: Text{ZH: "提问"}, Description: Text{"Ask in plain words", "用自然语言提问"},
			Options: []Option{
				{Name: "question", LocalName: Text{ZH: "问题"}, Place: AsText, Required: true, MaxLength: 1500, Description: Text{"Your question, in English or Chinese", "你的问题，中英文均可"}},
				optionPrivate,
			},
		},
		{
			Name: "gpus", LocalName: Text{ZH: "显卡列表"}, Description: Text{"The GPUs I know, and what they can really use", "已知显卡及其实际可用显存"},
			Options: []Option{{Name: "name", LocalName: Text{ZH: "名称"}, Place: AsWord, Autocomplete: true, MaxLength: 60, Description: Text{"A name or a part of one", "名称或其一部分"}}, optionPrivate},
		},
		{
			Name: "help", LocalName: Text{ZH: "帮助"}, Description: Text{"What I can do, with examples", "我能做什么，附示例"},
			Options: []Option{{Name: "command", LocalName: Text{ZH: "命令"}, Place: AsWord, MaxLength: 40, Description: Text{"About one command", "某个命令的说明"}}, optionPrivate},
		},
		{Name: "about", LocalName: Text{ZH: "关于"}, Description: Text{"Version, sources and accuracy", "版本、数据来源与准确度"}, Options: []Option{optionPrivate}},
		{Name: "privacy", LocalName: Text{ZH: "隐私"}, Description: Text{"What is kept, and for how long", "保存哪些数据，保存多久"}, Options: []Option{optionPrivate}},
	}
}

func second(name string, required bool) Option {
	o := optionModel
	o.Name, o.LocalName, o.Required = name, Text{ZH: "模型" + name[len(name)-1:]}, required
	o.Description = Text{"Another model", "另一个模型"}
	return o
}
