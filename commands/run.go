package commands

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"membot/estimator"
)

// runnable is an engine or a stack with the text that runs the answer.
type runnable struct {
	tool string
	text func(f *Found, p *estimator.Plan) string
}

// arg is one flag of a command line; an empty value leaves it out.
type arg struct{ name, value string }

func line(words []string, flags ...arg) string {
	for _, f := range flags {
		switch f.value {
		case "":
		case "true":
			words = append(words, f.name)
		default:
			words = append(words, f.name, f.value)
		}
	}
	return strings.Join(words, " ")
}

// whole is a number worth a flag: larger than the default.
func whole(n, otherwise int64) string {
	if n <= otherwise {
		return ""
	}
	return valueText(n)
}

func given(s string, ok bool) string {
	if !ok {
		return ""
	}
	return s
}

// quantFlag names the scheme that an engine is told to load in.
func quantFlag(p *estimator.Plan, names map[estimator.DType]string) string { return names[p.DType] }

// serveRuns has one row for each engine that a line can start.
var serveRuns = map[estimator.Engine]runnable{
	estimator.VLLM: {"vllm", func(f *Found, p *estimator.Plan) string {
		return line([]string{"vllm", "serve", f.ID},
			arg{"--max-model-len", valueText(max(p.Serve.MaxLen, p.Seq+p.Out))}, arg{"--tensor-parallel-size", whole(p.Tensor, 1)},
			arg{"--pipeline-parallel-size", whole(p.Pipeline, 1)}, arg{"--max-num-seqs", whole(p.Serve.MaxSeqs, 0)},
			arg{"--max-num-batched-tokens", whole(p.Serve.MaxBatched, 0)},
			arg{"--gpu-memory-utilization", given(valueText(p.Serve.Utilization), p.Serve.Utilization > 0)},
			arg{"--quantization", quantFlag(p, map[estimator.DType]string{estimator.FP8: "fp8", estimator.AWQ: "awq", estimator.GPTQ: "gptq", estimator.NF4: "bitsandbytes"})},
			arg{"--dtype", quantFlag(p, map[estimator.DType]string{estimator.BF16: "bfloat16", estimator.FP16: "float16", estimator.FP32: "float32"})},
			arg{"--kv-cache-dtype", given("fp8", p.Serve.Key == estimator.FP8)},
			arg{"--enforce-eager", given("true", p.Serve.Eager == estimator.On)})
	}},
	estimator.SGLang: {"sglang", func(f *Found, p *estimator.Plan) string {
		return line([]string{"python", "-m", "sglang.launch_server", "--model-path", f.ID},
			arg{"--context-length", valueText(max(p.Serve.MaxLen, p.Seq+p.Out))}, arg{"--tp", whole(p.Tensor, 1)}, arg{"--ep", whole(p.Expert, 1)},
			arg{"--max-running-requests", whole(p.Serve.MaxSeqs, 0)},
			arg{"--mem-fraction-static", given(valueText(p.Serve.Utilization), p.Serve.Utilization > 0)},
			arg{"--quantization", quantFlag(p, map[estimator.DType]string{estimator.FP8: "fp8", estimator.AWQ: "awq", estimator.GPTQ: "gptq"})},
			arg{"--kv-cache-dtype", given("fp8_e5m2", p.Serve.Key == estimator.FP8)})
	}},
	estimator.LlamaCPP:   {"llama.cpp", llamaServer},
	estimator.IKLlamaCPP: {"ik_llama.cpp", llamaServer},
	estimator.TensorRTLLM: {"tensorrt-llm", func(f *Found, p *estimator.Plan) string {
		return line([]string{"trtllm-serve", f.ID}, arg{"--max_seq_len", valueText(max(p.Serve.MaxLen, p.Seq+p.Out))}, arg{"--max_batch_size", whole(p.Batch, 1)},
			arg{"--tp_size", whole(p.Tensor, 1)}, arg{"--pp_size", whole(p.Pipeline, 1)})
	}},
	estimator.LMDeploy: {"lmdeploy", func(f *Found, p *estimator.Plan) string {
		return line([]string{"lmdeploy", "serve", "api_server", f.ID}, arg{"--session-len", valueText(max(p.Serve.MaxLen, p.Seq+p.Out))},
			arg{"--tp", whole(p.Tensor, 1)}, arg{"--max-batch-size", whole(p.Batch, 1)})
	}},
	estimator.Transformers: {"transformers", func(f *Found, p *estimator.Plan) string {
		load := map[estimator.DType]string{
			estimator.NF4:   `quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")`,
			estimator.NF4DQ: `quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True)`,
			estimator.INT8:  `quantization_config=BitsAndBytesConfig(load_in_8bit=True)`,
		}[p.DType]
		if load == "" {
			load = `dtype="auto"`
		}
		return fmt.Sprintf(`%s.from_pretrained(%q, %s, device_map="auto")`, autoClass(&f.Arch), f.ID, load)
	}},
}

// autoClasses are the classes that load a kind of model, the first that applies.
var autoClasses = []struct {
	name string
	of   func(a *estimator.Arch) bool
}{
	{"DiffusionPipeline", func(a *estimator.Arch) bool { return len(a.Layers) == 0 && len(a.Towers) > 0 }},
	{"AutoModelForSpeechSeq2Seq", listens},
	{"AutoModelForSeq2SeqLM", func(a *estimator.Arch) bool { return hasTower(a, "encoder") }},
	{"AutoModel", func(a *estimator.Arch) bool { return a.NoHead }},
	{"AutoModelForImageTextToText", func(a *estimator.Arch) bool { return hasTower(a, "vision") }},
	{"AutoModelForCausalLM", func(*estimator.Arch) bool { return true }},
}

func autoClass(a *estimator.Arch) string {
	for _, row := range autoClasses {
		if row.of(a) {
			return row.name
		}
	}
	return ""
}

// listens says whether the blocks attend to an encoder with a length of its own,
// a window of sound.
func listens(a *estimator.Arch) bool {
	return slices.ContainsFunc(a.Layers, func(l estimator.Layer) bool { return l.Cross.Encoded > 0 })
}

func hasTower(a *estimator.Arch, name string) bool {
	return slices.ContainsFunc(a.Towers, func(t estimator.Tower) bool { return t.Name == name })
}

func llamaServer(f *Found, p *estimator.Plan) string {
	layers := "99"
	if p.Serve.GPULayers.Set {
		layers = valueText(p.Serve.GPULayers.N)
	}
	attention := "on"
	if p.Attention != estimator.Flash {
		attention = "off"
	}
	model := f.ID
	switch {
	case f.GGUF && f.Variant != "":
		model += ":" + f.Variant
	case p.DType.GGUF():
		model += ":" + strings.ToUpper(p.DType.String())
	}
	cache := func(d estimator.DType) string {
		if d == estimator.Stored {
			return ""
		}
		return strings.Replace(strings.Replace(d.String(), "fp16", "f16", 1), "fp32", "f32", 1)
	}
	return line([]string{"llama-server", "-hf", model, "-c", valueText((p.Seq + p.Out) * p.Batch), "-ngl", layers, "-fa", attention},
		arg{"-np", whole(p.Batch, 1)}, arg{"-ub", whole(p.Serve.MicroBatch, 0)},
		arg{"-ctk", cache(p.Serve.Key)}, arg{"-ctv", cache(p.Serve.Value)})
}

// trainRuns has one row for each stack that a block can start.
var trainRuns = map[estimator.Stack][]runnable{
	estimator.DeepSpeed: {{"deepspeed", deepspeedJSON}, {"torchrun", torchrun("--deepspeed ds_config.json")}},
	estimator.FSDP:      {{"accelerate", accelerateFSDP(1)}},
	estimator.FSDP2:     {{"accelerate", accelerateFSDP(2)}},
	estimator.HF:        {{"torchrun", torchrun("")}},
	estimator.DDP:       {{"torchrun", torchrun("")}},
	estimator.Megatron: {{"megatron", func(_ *Found, p *estimator.Plan) string {
		return line([]string{"torchrun", "--nproc_per_node", valueText(min(p.GPUs, 8)), "pretrain_gpt.py", "--bf16"},
			arg{"--tensor-model-parallel-size", valueText(p.Tensor)}, arg{"--pipeline-model-parallel-size", valueText(p.Pipeline)},
			arg{"--context-parallel-size", whole(p.Context, 1)}, arg{"--expert-model-parallel-size", whole(p.Expert, 1)},
			arg{"--micro-batch-size", valueText(p.Batch)}, arg{"--seq-length", valueText(p.Seq)},
			arg{"--sequence-parallel", given("true", p.SequenceParallel == estimator.On)},
			arg{"--use-distributed-optimizer", given("true", p.Train.ZeRO == estimator.Stage1)},
			arg{"--recompute-granularity", given(p.Train.Recompute.String(), p.Train.Recompute != estimator.RecomputeNone)})
	}}},
	estimator.LitGPT: {{"litgpt", func(f *Found, p *estimator.Plan) string {
		return line([]string{"litgpt", litgptCommand(p), f.ID}, arg{"--precision", "bf16-true"}, arg{"--devices", whole(p.GPUs, 1)},
			arg{"--train.micro_batch_size", valueText(p.Batch)}, arg{"--train.max_seq_length", valueText(p.Seq)},
			arg{"--lora_r", given(valueText(p.Train.Rank), adapted.holds(p))},
			arg{"--quantize", given("bnb.nf4-dq", p.Train.Method == estimator.QLoRA)})
	}}},
}

func litgptCommand(p *estimator.Plan) string {
	if adapted.holds(p) {
		return "finetune_lora"
	}
	return "finetune_full"
}

// deepspeedJSON is a DeepSpeed configuration with the settings that matter.
func deepspeedJSON(_ *Found, p *estimator.Plan) string {
	optimization := map[string]any{"stage": int(p.Train.ZeRO - estimator.Stage0)}
	cpu := map[string]any{"device": "cpu", "pin_memory": true}
	if p.Offload == estimator.OffloadOptimizer || p.Offload == estimator.OffloadBoth {
		optimization["offload_optimizer"] = cpu
	}
	if p.Offload == estimator.OffloadParams || p.Offload == estimator.OffloadBoth {
		optimization["offload_param"] = cpu
	}
	config := map[string]any{
		"bf16":                           map[string]any{"enabled": true},
		"zero_optimization":              optimization,
		"train_micro_batch_size_per_gpu": p.Batch,
		"gradient_accumulation_steps":    p.Train.Accum,
	}
	if p.Train.Grads == estimator.GradsFP32 {
		config["data_types"] = map[string]any{"grad_accum_dtype": "fp32"}
	}
	text, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return "" // maps of numbers and words always marshal
	}
	return string(text)
}

func torchrun(more string) func(*Found, *estimator.Plan) string {
	return func(f *Found, p *estimator.Plan) string {
		words := []string{"torchrun", "--nproc_per_node", valueText(min(p.GPUs, 8)), "train.py", "--model_name_or_path", f.ID, "--bf16"}
		if more != "" {
			words = append(words, more)
		}
		return line(words, arg{"--per_device_train_batch_size", valueText(p.Batch)}, arg{"--gradient_accumulation_steps", whole(p.Train.Accum, 1)},
			arg{"--gradient_checkpointing", given("true", p.Train.Recompute == estimator.RecomputeFull)},
			arg{"--optim", optimNames[p.Train.Optimizer]},
			arg{"--use_liger_kernel", given("true", p.Train.Loss == estimator.LossLinear)})
	}
}

// optimNames are the Trainer's names of optimizers.
var optimNames = map[estimator.Optimizer]string{
	estimator.AdamW: "adamw_torch", estimator.AdamWFused: "adamw_torch_fused", estimator.AdamW8Bit: "adamw_bnb_8bit",
	estimator.AdamW4Bit: "adamw_torch_4bit", estimator.PagedAdamW: "paged_adamw_32bit", estimator.PagedAdamW8Bit: "paged_adamw_8bit",
	estimator.Adafactor: "adafactor", estimator.Lion: "lion_32bit", estimator.Lion8Bit: "lion_8bit", estimator.SGD: "sgd",
	estimator.GaLore: "galore_adamw",
}

func accelerateFSDP(version int64) func(*Found, *estimator.Plan) string {
	return func(_ *Found, p *estimator.Plan) string {
		return line([]string{"accelerate", "launch", "--use_fsdp", "--num_processes", valueText(p.GPUs), "--mixed_precision", "bf16"},
			arg{"--fsdp_version", whole(version, 1)},
			arg{"--fsdp_sharding_strategy", map[estimator.Stage]string{estimator.Stage2: "SHARD_GRAD_OP", estimator.Stage3: "FULL_SHARD"}[p.Train.ZeRO]},
			arg{"--fsdp_auto_wrap_policy", "TRANSFORMER_BASED_WRAP"},
			arg{"--fsdp_activation_checkpointing", given("true", p.Train.Recompute == estimator.RecomputeFull)},
			arg{"--fsdp_offload_params", given("true", p.Offload == estimator.OffloadParams || p.Offload == estimator.OffloadBoth)}) + " train.py"
	}
}

// runTexts are the blocks to copy that run the answer.
func runTexts(f Found, p *estimator.Plan) []RunText {
	list := []RunText{}
	if f.Source == "custom" || f.Source == "size" || f.Source == "file" || p.Train.Stack == estimator.Textbook {
		return list
	}
	if p.Mode == estimator.Infer {
		if run, ok := serveRuns[p.Serve.Engine]; ok {
			list = append(list, RunText{run.tool, run.text(&f, p)})
		}
		return list
	}
	for _, run := range trainRuns[p.Train.Stack] {
		list = append(list, RunText{run.tool, run.text(&f, p)})
	}
	return list
}
