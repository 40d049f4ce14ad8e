package hfhub

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

// packed are the words by which an id says that its weights are packed.
var packed = regexp.MustCompile(`(?i)fp8|nvfp4|mxfp4|awq|gptq|int4|int8|bnb-4bit`)

// An id that says that its weights are packed takes less than 16 bits a
// parameter; so do models whose maker publishes them packed.
func TestCatalogueOfPackedWeights(t *testing.T) {
	native := map[string]bool{"moonshotai/Kimi-K2-Instruct": true, "moonshotai/Kimi-K2-Thinking": true}
	for _, e := range Catalogue().All() {
		if !native[e.ID] && !packed.MatchString(e.ID) {
			continue
		}
		arch, err := e.Arch()
		require.NoError(t, err, e.ID)
		b, err := estimator.Estimate(arch, estimator.Plan{Serve: estimator.Serve{Engine: estimator.VLLM}})
		require.NoError(t, err, e.ID)
		weights := 0.0
		for _, c := range b.Parts {
			if c.Name == estimator.Weights {
				weights += float64(c.Bytes)
			}
		}
		require.Positive(t, weights, e.ID)
		if arch.Params().Total() < 2e9 { // small models are half embedding, which stays as it is
			require.Less(t, weights/float64(arch.Params().Total()), 2.0, e.ID)
			continue
		}
		require.Less(t, weights/float64(arch.Params().Total()), 1.9, e.ID)
	}
}

// Short contexts are true of old models alone; a copy that was cut down for a
// compiler is not a model's limit.
func TestCatalogueOfShortContexts(t *testing.T) {
	for _, e := range Catalogue().All() {
		arch, err := e.Arch()
		require.NoError(t, err, e.ID)
		if arch.NoHead || arch.Family == "bert" || arch.Family == "albert" || arch.Context == 0 {
			continue
		}
		if arch.Context < 1024 && shortContexts[e.ID] == "" {
			t.Errorf("%s has a context of %d", e.ID, arch.Context)
		}
	}
	for id, want := range map[string]int64{
		"mistralai/Mistral-7B-Instruct-v0.2": 32768, "01-ai/Yi-6B-Chat": 4096, "Qwen/Qwen-7B-Chat": 8192, "Qwen/Qwen-14B-Chat": 8192,
		"Qwen/Qwen1.5-1.8B-Chat": 32768, "THUDM/chatglm3-6b": 8192, "THUDM/glm-4-9b-chat": 131072, "Qwen/Qwen2-VL-7B-Instruct": 32768,
		"Qwen/Qwen2.5-VL-3B-Instruct": 128000, "OpenGVLab/InternVL2-4B": 0,
		"CohereForAI/c4ai-command-r-v01": 131072, "CohereForAI/c4ai-command-r-plus": 131072, "bigcode/starcoder2-15b": 16384,
		"databricks/dbrx-instruct": 32768, "zai-org/GLM-4.6": 202752, "Qwen/Qwen3-VL-8B-Instruct": 262144,
	} {
		e, ok := Catalogue().Find(id)
		require.True(t, ok, id)
		arch, err := e.Arch()
		require.NoError(t, err, id)
		require.Equal(t, want, arch.Context, id)
	}
}

// shortContexts are the models that write text and hold fewer than 1,024 tokens,
// each with where that stands.
var shortContexts = map[string]string{
	"google-t5/t5-small": "n_positions of its config.json", "google-t5/t5-base": "n_positions of its config.json",
	"google-t5/t5-large": "n_positions of its config.json", "google/t5-v1_1-xxl": "n_positions of its class",
	"google/flan-t5-large": "n_positions of its config.json", "google/flan-t5-xl": "n_positions of its config.json",
	"google/flan-t5-xxl":   "n_positions of its class; its config.json has none",
	"google/switch-base-8": "n_positions of its class", "Salesforce/blip2-flan-t5-xl": "n_positions of its class",
	"microsoft/trocr-base-handwritten": "max_position_embeddings of its config.json",
	"openai/whisper-large-v3":          "max_target_positions of its config.json", "openai/whisper-large-v3-turbo": "max_target_positions of its config.json",
}

func TestFindMoreNicknames(t *testing.T) {
	for asked, want := range map[string]string{
		"mistral-nemo": "mistralai/Mistral-Nemo-Base-2407", "qwen3-next": "Qwen/Qwen3-Next-80B-A3B-Thinking", "vicuna-7b": "lmsys/vicuna-7b-v1.5",
		"command-r": "CohereForAI/c4ai-command-r-v01", "exaone-4": "LGAI-EXAONE/EXAONE-4.0-32B", "olmo-2-7b": "allenai/OLMo-2-1124-7B-Instruct",
		"bert-large": "google-bert/bert-large-uncased", "codestral": "mistralai/Codestral-22B-v0.1", "solar": "upstage/SOLAR-10.7B-Instruct-v1.0",
		"zephyr": "HuggingFaceH4/zephyr-7b-beta", "qwen3-coder-480b-a35b": "Qwen/Qwen3-Coder-480B-A35B-Instruct", "glm-4.5-air": "zai-org/GLM-4.5-Air",
		"roberta-base": "FacebookAI/roberta-base", "flan-t5-xl": "google/flan-t5-xl", "mpt-7b": "mosaicml/mpt-7b", "jamba-mini": "ai21labs/AI21-Jamba-Mini-1.6",
		"minimax-m1": "MiniMaxAI/MiniMax-M1-80k", "internlm-chat-7b": "internlm/internlm-chat-7b", "qwen3-reranker-0.6b": "Qwen/Qwen3-Reranker-0.6B",
		"llava": "llava-hf/llava-1.5-7b-hf", "seed-oss": "ByteDance-Seed/Seed-OSS-36B-Instruct", "mamba-2.8b": "state-spaces/mamba-2.8b-hf",
		"starcoder2-15b": "bigcode/starcoder2-15b", "dbrx": "databricks/dbrx-instruct", "qwen3-vl": "Qwen/Qwen3-VL-8B-Instruct", "qwen3vl 4b": "Qwen/Qwen3-VL-4B-Instruct",
		"ernie-4.5": "baidu/ERNIE-4.5-21B-A3B-PT", "command r plus": "CohereForAI/c4ai-command-r-plus", "command-r+": "CohereForAI/c4ai-command-r-plus",
		"minimax m2": "MiniMaxAI/MiniMax-M2", "phi4 mini": "microsoft/Phi-4-mini-instruct", "deepseek-coder-33b": "deepseek-ai/deepseek-coder-33b-instruct",
	} {
		got, ok := Catalogue().Find(asked)
		require.True(t, ok, asked)
		require.Equal(t, want, got.ID, asked)
	}
}
