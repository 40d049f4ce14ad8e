package commands

import (
	"encoding/json"

	"membot/estimator"
)

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
		words := []string{"torchrun", "--nproc_per_node", valueText(min(p.GPUs, 8)), "train.py", "--model_name_or_path", f.ID}
		if p.Train.Precision != estimator.PureFP32 {
			words = append(words, "--bf16")
		}
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

// mixedNames are accelerate's names of the precisions.
var mixedNames = map[estimator.Precision]string{
	estimator.Mixed: "bf16", estimator.AMP: "bf16", estimator.PureBF16: "no", estimator.PureFP32: "no", estimator.FP8Training: "fp8",
}

// shards is accelerate's flag for what FSDP divides, by its version.
var shards = map[int64]map[estimator.Stage]arg{
	1: {estimator.Stage2: {"--fsdp_sharding_strategy", "SHARD_GRAD_OP"}, estimator.Stage3: {"--fsdp_sharding_strategy", "FULL_SHARD"}},
	2: {estimator.Stage2: {"--fsdp_reshard_after_forward", "false"}}, // true is its default
}

func accelerateFSDP(version int64) func(*Found, *estimator.Plan) string {
	return func(_ *Found, p *estimator.Plan) string {
		return line([]string{"accelerate", "launch", "--use_fsdp", "--num_processes", valueText(p.GPUs), "--mixed_precision", mixedNames[p.Train.Precision]},
			arg{"--fsdp_version", whole(version, 1)}, shards[version][p.Train.ZeRO],
			arg{"--fsdp_auto_wrap_policy", "TRANSFORMER_BASED_WRAP"},
			arg{"--fsdp_activation_checkpointing", given("true", p.Train.Recompute == estimator.RecomputeFull)},
			arg{"--fsdp_offload_params", given("true", p.Offload == estimator.OffloadParams || p.Offload == estimator.OffloadBoth)}) + " train.py"
	}
}
