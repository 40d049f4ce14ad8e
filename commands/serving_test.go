package commands

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

// The canonical line asks the same question again: on every engine, whatever it
// takes its length from.
func TestCanonicalLinesAskTheSame(t *testing.T) {
	service := &Service{Library: Shelf{}}
	engines := []string{
		"transformers", "transformers@4.38", "vllm", "vllm@0.5", "vllm@0.8", "vllm@0.21", "sglang", "tensorrt-llm", "tensorrt-llm@0.8", "lmdeploy",
		"llama.cpp", "llama.cpp@b5000", "ik_llama.cpp",
	}
	for _, engine := range engines {
		for _, more := range []string{"", " chunked:off", " chunked:on", " seq:8192", " out:512", " seq:8192 out:512 gpu:h100-80g", " gpu:4090", " lora-slots:4 rank:32"} {
			line := "/mem llama-3.1-8b infer engine:" + engine + more
			first := service.Answer(t.Context(), Question{Text: line})
			if first.Error != nil {
				require.Contains(t, first.Error.Text, "means something only", line)
				continue
			}
			again := service.Answer(t.Context(), Question{Text: first.Question})
			require.Nil(t, again.Error, first.Question)
			require.Equal(t, first.Question, again.Question)
			require.Equal(t, first.PerGPU, again.PerGPU, first.Question)
			require.Equal(t, first.Capacity, again.Capacity, first.Question)
			require.Equal(t, first.Run, again.Run, first.Question)
		}
	}
}

// Formats that an engine has no files of are refused with the nearest it has.
func TestForeignFormatsAreRefused(t *testing.T) {
	service := &Service{Library: Shelf{}}
	for dtype, near := range map[string]string{"awq": "q4_k_m", "gptq": "q4_k_m", "nf4": "q4_k_m", "int8": "q8_0", "fp8": "q8_0"} {
		for _, engine := range []string{"llama.cpp", "ik_llama.cpp", "ollama"} {
			a := service.Answer(t.Context(), Question{Text: "/mem llama-3.1-8b engine:" + engine + " dtype:" + dtype})
			require.NotNil(t, a.Error, dtype)
			require.Equal(t, BadValue, a.Error.Code)
			require.Contains(t, strings.Join(a.Error.DidYouMean, "\n"), "dtype:"+near)
		}
	}
	for line, near := range map[string]string{
		"/mem llama-3.1-8b mtp:1": "mtp:0", "/mem llama-3.1-8b ep:2": "ep:1", "/mem bert train method:grpo": "method:full", "/mem llama-3.1-8b rank:8": "train",
	} {
		a := service.Answer(t.Context(), Question{Text: line})
		require.NotNil(t, a.Error, line)
		require.Contains(t, strings.Join(a.Error.DidYouMean, "\n"), near, line)
	}
}

// The rank of adapters that are served is theirs.
func TestServedRank(t *testing.T) {
	service := &Service{Library: Shelf{}}
	bytes := func(line string) int64 {
		a := service.Answer(t.Context(), Question{Text: line})
		require.Nil(t, a.Error, line)
		for _, part := range a.PerGPU.Parts {
			if part.Name == "adapters" {
				return part.Bytes
			}
		}
		return 0
	}
	plain := bytes("/mem llama-3.1-8b infer engine:vllm lora-slots:4")
	require.Positive(t, plain)
	require.Equal(t, 2*plain, bytes("/mem llama-3.1-8b infer lora-slots:4 rank:32 engine:vllm"))
}

// Each kind of model is loaded by its own class.
func TestLoadingClasses(t *testing.T) {
	service := &Service{Library: Shelf{}}
	for name, class := range map[string]string{
		"whisper-large-v3": "AutoModelForSpeechSeq2Seq", "bert": "AutoModel", "t5-base": "AutoModelForSeq2SeqLM", "llama-3.1-8b": "AutoModelForCausalLM",
	} {
		a := service.Answer(t.Context(), Question{Text: "/mem " + name})
		require.Nil(t, a.Error, name)
		require.Contains(t, a.Run[0].Text, class+".from_pretrained", name)
	}
	pipeline := estimator.Arch{NoHead: true, Towers: []estimator.Tower{{Name: "unet", Extra: 1}}}
	require.Equal(t, "DiffusionPipeline", autoClass(&pipeline))
}

// What only llama.cpp reads is served by it, unless the asker names another.
func TestGGUFIsServedByLlamaCPP(t *testing.T) {
	for line, want := range map[string]estimator.Engine{"/mem some/model-gguf": estimator.LlamaCPP, "/mem some/model-gguf engine:vllm": estimator.VLLM} {
		r, err := Parse(line)
		require.NoError(t, err)
		require.Equal(t, want, r.readBy(Found{GGUF: true}).Plan.Serve.Engine)
	}
}

// A format after an id is that of the weights, also where the catalogue answers;
// another one beside it is refused.
func TestFormatAfterAnID(t *testing.T) {
	service := &Service{Library: Shelf{}}
	ask := func(line string) Answer { return service.Answer(t.Context(), Question{Text: line}) }
	named, asked := ask("/mem Qwen/Qwen2.5-7B-Instruct:Q4_K_M"), ask("/mem Qwen/Qwen2.5-7B-Instruct dtype:q4_k_m engine:llama.cpp")
	require.Nil(t, named.Error)
	require.Equal(t, asked.PerGPU, named.PerGPU)
	require.NotNil(t, ask("/mem Qwen/Qwen2.5-7B-Instruct:Q4_K_M dtype:q4_k_m").PerGPU)
	refused := ask("/mem Qwen/Qwen2.5-7B-Instruct:Q4_K_M dtype:q8_0").Error
	require.NotNil(t, refused)
	require.Equal(t, []string{"/mem Qwen/Qwen2.5-7B-Instruct:Q4_K_M infer"}, refused.DidYouMean)
}
