package commands

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"membot/estimator"
)

// What is to copy starts: it names no weights that are not there, and no flag
// that the tool does not have.
func TestRunTexts(t *testing.T) {
	service := &Service{Library: Shelf{}}
	for question, want := range map[string]string{
		"/mem mistral-7b engine:vllm dtype:awq":                   "vllm serve path/to/Mistral-7B-v0.1-AWQ --max-model-len 32768 --max-num-seqs 256 --max-num-batched-tokens 8192 --gpu-memory-utilization 0.9",
		"/mem mistral-7b engine:vllm dtype:fp8":                   "vllm serve mistralai/Mistral-7B-v0.1 --max-model-len 32768 --max-num-seqs 256 --max-num-batched-tokens 8192 --gpu-memory-utilization 0.9 --quantization fp8",
		"/mem mistral-7b engine:vllm dtype:fp16":                  "vllm serve mistralai/Mistral-7B-v0.1 --max-model-len 32768 --max-num-seqs 256 --max-num-batched-tokens 8192 --gpu-memory-utilization 0.9 --dtype float16",
		"/mem Qwen/Qwen2.5-7B-Instruct-AWQ engine:vllm dtype:awq": "vllm serve Qwen/Qwen2.5-7B-Instruct-AWQ --max-model-len 32768 --max-num-seqs 256 --max-num-batched-tokens 8192 --gpu-memory-utilization 0.9",
		"/mem mistral-7b engine:sglang dtype:gptq seq:4096":       "python -m sglang.launch_server --model-path path/to/Mistral-7B-v0.1-GPTQ --context-length 4096 --max-running-requests 256 --mem-fraction-static 0.83",
		"/mem mistral-7b engine:llama.cpp dtype:q4_k_m":           "llama-server -m path/to/Mistral-7B-v0.1-Q4_K_M.gguf -c 4096 -ngl 99 -fa on -ub 512",
		"/mem mistral-7b engine:llama.cpp seq:8k ngl:20":          "llama-server -m path/to/Mistral-7B-v0.1.gguf -c 8192 -ngl 20 -fa on -ub 512",
		"/mem mistral-7b dtype:nf4":                               `AutoModelForCausalLM.from_pretrained("mistralai/Mistral-7B-v0.1", quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4"), device_map="auto")`,
		"/mem mistral-7b dtype:fp32":                              `AutoModelForCausalLM.from_pretrained("mistralai/Mistral-7B-v0.1", dtype=torch.float32, device_map="auto")`,
		"/mem mistral-7b train stack:fsdp2 gpus:8 precision:fp8":  "accelerate launch --use_fsdp --num_processes 8 --mixed_precision fp8 --fsdp_version 2 --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP train.py",
		"/mem mistral-7b train stack:fsdp zero:2 gpus:8":          "accelerate launch --use_fsdp --num_processes 8 --mixed_precision bf16 --fsdp_sharding_strategy SHARD_GRAD_OP --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP train.py",
		"/mem mistral-7b train precision:fp32":                    "torchrun --nproc_per_node 1 train.py --model_name_or_path mistralai/Mistral-7B-v0.1 --per_device_train_batch_size 1 --optim adamw_torch",
	} {
		answer := service.Answer(t.Context(), Question{Text: question})
		require.NotEmpty(t, answer.Run, "%s: %+v", question, answer.Error)
		assert.Equal(t, want, answer.Run[0].Text, question)
	}
}

// Every format that an engine makes as it loads has the engine's word for it, and
// no other has.
func TestLoadWords(t *testing.T) {
	for engine := range serveRuns {
		if engine == estimator.LlamaCPP || engine == estimator.IKLlamaCPP {
			continue // they load a file of its own
		}
		for _, dtype := range estimator.DTypes() {
			p := estimator.Plan{DType: dtype, Serve: estimator.Serve{Engine: engine}}
			made := dtype != estimator.Stored && !dtype.Plain() && !p.NeedsCheckpoint(estimator.Arch{DType: estimator.BF16})
			require.Equal(t, made, loadWords[engine][dtype] != "", "%v %v", engine, dtype)
			require.Equal(t, dtype.Plain(), torchNames[dtype] != "", dtype)
		}
	}
}
