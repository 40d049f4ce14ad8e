package commands

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainly asks the catalogue in plain words.
func plainly(t *testing.T, text, previous string) Answer {
	t.Helper()
	service := &Service{Library: Shelf{}}
	return service.Answer(t.Context(), Question{Text: text, Previous: previous})
}

func TestPlainWordsBecomeALine(t *testing.T) {
	for _, row := range []struct{ text, previous, kind, holds string }{
		{"can I finetune llama 3 8b with lora on a 4090?", "", "fit", "train method:lora gpu:4090"},
		{"8 张 A100 能全参微调 Qwen2.5-72B 吗", "", "fit", "train method:full gpus:8 gpu:a100-80g"},
		{"vram for qwen2.5 7b instruct?", "", "mem", "Qwen/Qwen2.5-7B-Instruct infer"},
		{"llama-2-7b or llama-2-13b, which needs less memory", "", "compare", "/compare"},
		{"what can I run on 24GB", "", "models", "gpu:24g"},
		{"4090有多少显存", "", "gpus", "/gpus 4090"},
		{"and with zero 3?", "/mem llama-7b train stack:deepspeed zero:2 gpus:8", "mem", "zero:3"},
		{"换成 int4 呢", "/mem llama-7b infer seq:4096", "mem", "dtype:int4"},
	} {
		a := plainly(t, row.text, row.previous)
		require.Nil(t, a.Error, row.text)
		require.Equal(t, row.kind, a.Kind, row.text)
		require.Contains(t, a.Question, row.holds, row.text)
		require.NotEmpty(t, a.Understood)
		require.LessOrEqual(t, len(a.Choices), 3)
		for _, line := range a.Choices {
			_, err := Parse(line)
			require.NoError(t, err, line)
		}
	}
}

func TestPlainWordsWithoutALine(t *testing.T) {
	for text, want := range map[string]Answer{
		"how much vram do I need":       {Kind: "unclear", Ask: "model"},
		"pip install vllm fails":        {Kind: "off_topic", Topic: "install"},
		"thanks!":                       {Kind: "off_topic", Topic: "smalltalk"},
		"why 16 or 20 bytes per param?": {Kind: "concept", Topic: "bytes_per_parameter"},
	} {
		got := plainly(t, text, "")
		require.Equal(t, want, Answer{Kind: got.Kind, Ask: got.Ask, Topic: got.Topic}, text)
		require.NotEmpty(t, got.Text, text)
	}
}

// A model that nobody can look up is sized by what its name says, and the
// answer says so.
func TestUnknownModelFallsBackOnItsSize(t *testing.T) {
	a := plainly(t, "vram of nosuchlab-parrot-13b-chat", "")
	require.Nil(t, a.Error)
	require.Equal(t, "/mem nosuchlab-parrot-13b-chat infer", a.Question)
	require.Equal(t, "13b", a.Model.ID)
	require.Equal(t, "model", a.Assumptions[0].Key)
	require.Contains(t, a.Assumptions[0].Text, "nosuchlab-parrot-13b-chat")
}

func TestUnknownModelIsFollowedUp(t *testing.T) {
	a := plainly(t, "and with lora?", "/mem nosuchlab/parrot-13b train gpus:2")
	require.Nil(t, a.Error)
	require.Equal(t, "/mem nosuchlab/parrot-13b train method:lora gpus:2", a.Question)
	require.Equal(t, "13b", a.Model.ID)
}

func TestMethodsStandSideBySide(t *testing.T) {
	a := plainly(t, "how much memory to finetune llama-7b", "")
	require.Nil(t, a.Error)
	require.Equal(t, "method", a.Assumptions[0].Key)
	require.Contains(t, a.Assumptions[0].Text, "QLoRA")
	require.Contains(t, strings.Join(a.Choices, " "), "method:qlora")
}

// A long message is read by both its ends; one that asks nothing there, or holds
// no word at all, is declined.
func TestLongAndWordlessMessages(t *testing.T) {
	noise := strings.Repeat("step 10 ", 1000)
	for _, text := range []string{"vram for llama-3-8b? " + noise, noise + " vram for llama-3-8b?"} {
		a := plainly(t, text, "")
		require.Nil(t, a.Error)
		require.Contains(t, a.Question, "Meta-Llama-3-8B")
	}
	for _, text := range []string{strings.Repeat("x", 10<<10), noise, "🚀🔥", "？？？", "@#$%"} {
		a := plainly(t, text, "")
		require.NotNil(t, a.Error, "%.20s", text)
		require.Equal(t, BadRequest, a.Error.Code)
	}
}

func TestPlainWordsRepeatNothingHarmful(t *testing.T) {
	a := plainly(t, "@everyone [free gpus](https://evil.example) vram for llama-3-8b", "")
	require.Nil(t, a.Error)
	require.NotContains(t, a.Understood, "@")
	require.NotContains(t, a.Understood, "evil")
}

func TestNumbersOutOfRangeAreRefused(t *testing.T) {
	a := plainly(t, "llama-3-8b inference with batch 9999999999 and seq 9999999999", "")
	require.NotNil(t, a.Error)
	require.Equal(t, BadValue, a.Error.Code)
}

// Whatever is read, the language takes it: no line contradicts itself.
func TestEveryLineReadIsParsed(t *testing.T) {
	own, err := os.ReadFile("words/testdata/questions.txt")
	require.NoError(t, err)
	held, err := os.ReadFile("words/testdata/heldout.txt")
	require.NoError(t, err)
	hardware, err := os.ReadFile("words/testdata/hardware.txt")
	require.NoError(t, err)
	service := &Service{Library: Shelf{}}
	for line := range strings.Lines(string(own) + string(held) + string(hardware)) {
		at := strings.LastIndex(line, " => ")
		if at < 0 || strings.HasPrefix(line, "# ") {
			continue
		}
		question := line[:at]
		reading := service.read(Question{Text: question})
		for _, typed := range slices.Concat([]string{reading.Line}, reading.Choices, reading.Also, reading.Beside) {
			if typed == "" {
				continue
			}
			_, err := Parse(typed)
			require.NoError(t, err, "%q read as %q", question, typed)
		}
		a := service.Answer(t.Context(), Question{Text: question})
		if a.Error != nil {
			require.Contains(t, append(lost, "unsupported_architecture"), a.Error.Code, "%q: %+v", question, a.Error)
			continue
		}
		for _, beside := range reading.Beside {
			r, err := Parse(beside)
			require.NoError(t, err)
			sized := slices.ContainsFunc(a.Options, func(o Option) bool {
				return strings.Contains(o.Question+" ", " gpu:"+r.Plan.GPU.Name+" ")
			})
			require.True(t, sized || a.Kind != "fit", "%q: %s is not sized: %+v", question, beside, a.Options)
		}
	}
}

// Of several cards each is sized, in the order that they were named in where all
// fit.
func TestEachCardIsSized(t *testing.T) {
	a := plainly(t, "Will Llama 3.1 8B run on a 3090, a 4080 or two 4060 8gb?", "")
	require.Nil(t, a.Error)
	require.Equal(t, "/fit meta-llama/Llama-3.1-8B infer gpu:3090", a.Question)
	fits := map[string]bool{}
	for _, o := range a.Options {
		fits[o.Question[strings.Index(o.Question, " infer")+1:]] = o.Fits
	}
	require.True(t, fits["infer gpu:3090"])
	require.Contains(t, fits, "infer gpu:4080")
	require.False(t, fits["infer gpu:4080"], "16.6 GiB on 15.6")
	require.Contains(t, fits, "infer gpus:2 gpu:4060")
	require.Contains(t, a.Assumptions[0].Text, "4080, 2 × 4060")
}

// A change of the canonical line, with all its defaults written out, is still a
// line that can be answered.
func TestFollowUpsOfCanonicalLinesAreAnswered(t *testing.T) {
	service := &Service{Library: Shelf{}}
	firsts := []string{
		"/mem llama-3.1-8b", "/mem llama-3.1-8b train", "/mem 7b", "/mem 7b train", "/mem llama-3.1-8b infer engine:vllm gpu:a100-80g gpus:2",
		"/mem llama-3.1-8b infer engine:llama.cpp dtype:q4_k_m kv:q8_0", "/mem llama-7b train zero:2 gpus:8", "/mem llama-7b train method:lora rank:32 targets:q,v",
		"/mem llama-7b train method:qlora gpu:4090", "/mem llama-7b train stack:fsdp gpus:4", "/mem llama-7b train stack:megatron tp:2 gpus:8",
		"/fit qwen2-0.5b train gpu:4090", "/explain llama-7b train stack:textbook", "/mem llama-7b train stack:litgpt precision:bf16", "/compare llama-7b llama-3.1-8b train",
	}
	thens := []string{
		"and with zero 3?", "what about lora", "and qlora?", "full then", "and for training?", "and inference?", "use vllm", "with sglang", "换成 int4 呢", "in fp16",
		"on 4 a100 80g", "with 32k context", "batch 8", "with cpu offload", "with gradient checkpointing", "without gradient checkpointing", "with adafactor", "fsdp?",
		"kv cache fp8?", "double the batch", "用 llama.cpp", "rank 64", "and dpo?", "deepspeed zero 2 on 8 gpus", "why?", "which gpu?", "and mistral 7b?",
	}
	for _, first := range firsts {
		before := service.Answer(t.Context(), Question{Text: first})
		require.Nil(t, before.Error, first)
		for _, then := range thens {
			after := service.Answer(t.Context(), Question{Text: then, Previous: before.Question})
			if after.Error != nil {
				t.Errorf("%s, then %q: %s: %s", before.Question, then, after.Question, after.Error.Text)
			}
		}
	}
}
