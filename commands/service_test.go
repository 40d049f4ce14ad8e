package commands

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
	"membot/hfhub"
)

// shelf is a library of a few shapes.
type shelf map[string]estimator.Arch

func llamaShape(layers, h, a, k, d, f, vocab int64) estimator.Arch {
	arch, err := estimator.Arch{
		Family: "llama", Hidden: h, Vocab: vocab, Context: 2048, DType: estimator.BF16,
		Layers: []estimator.Layer{{
			Count: layers, Norms: 2, FFN: estimator.FFN{Width: f, Gated: true},
			Mixer: estimator.Mixer{Kind: estimator.Full, Heads: a, KVHeads: k, KeyDim: d, ValueDim: d},
		}},
		Extra: []estimator.Extra{{Name: "final norm", Params: h}},
	}.Sealed()
	if err != nil {
		panic(err)
	}
	return arch
}

var testShelf = shelf{
	"huggyllama/llama-7b": llamaShape(32, 4096, 32, 32, 128, 11008, 32000),
	"tiny/tiny":           llamaShape(2, 64, 4, 4, 16, 128, 1000),
}

func (s shelf) Model(_ context.Context, reference, _ string) (Found, error) {
	if reference == "llama-7b" {
		reference = "huggyllama/llama-7b"
	}
	arch, ok := s[reference]
	if !ok {
		return Found{}, &hfhub.Error{Kind: hfhub.ErrMissing, ID: reference}
	}
	return Found{ID: reference, Source: "catalogue", Arch: arch}, nil
}

func (s shelf) Read([]byte) (Found, error) {
	return Found{ID: "config.json", Source: "file", Arch: s["tiny/tiny"]}, nil
}

func (s shelf) Family(string) (estimator.Arch, error) { return s["huggyllama/llama-7b"], nil }
func (s shelf) Families() []string                    { return []string{"llama"} }
func (s shelf) Nearest(string, int) []string          { return []string{"huggyllama/llama-7b"} }

func (s shelf) Search(context.Context, string, int) []string { return nil }

func (s shelf) All() []Found {
	return []Found{{ID: "huggyllama/llama-7b", Source: "catalogue", Arch: s["huggyllama/llama-7b"]}, {ID: "tiny/tiny", Source: "catalogue", Arch: s["tiny/tiny"]}}
}

func ask(t *testing.T, line string) Answer {
	t.Helper()
	service := &Service{Library: testShelf}
	return service.Answer(t.Context(), Question{Text: line})
}

func TestMem(t *testing.T) {
	a := ask(t, "/mem llama-7b train stack:textbook zero:2 gpus:8 seq:2048")
	require.Nil(t, a.Error)
	require.Equal(t, "mem", a.Kind)
	require.EqualValues(t, 6_738_415_616, *a.Model.Params)
	require.Equal(t, PlanValue{Value: int64(2), Given: true}, a.Plan["zero"])
	require.Equal(t, PlanValue{Value: int64(1), Given: false}, a.Plan["batch"])
	sum := int64(0)
	for _, part := range a.PerGPU.Parts {
		sum += part.Bytes
	}
	require.Equal(t, sum, a.PerGPU.Total)
	first, err := json.Marshal(a)
	require.NoError(t, err)
	again, err := json.Marshal(ask(t, "/mem llama-7b gpus:8 train seq=2048 zero:2 stack:textbook"))
	require.NoError(t, err)
	require.Equal(t, string(first), string(again), "the same question gives the same bytes")
}

// The canonical line asks the same question again.
func TestCanonicalAsksTheSame(t *testing.T) {
	for _, line := range []string{
		"/mem llama-7b", "/mem llama-7b train", "/mem llama-7b train zero:3 gpus:4", "/mem llama-7b engine:vllm gpus:2",
		"/mem llama-7b train stack:fsdp gpus:2", "/mem llama-7b stack:textbook", "/mem 7b", "/mem 7b train zero:1 gpus:64",
		"/mem custom h:256 l:2 a:4", "/explain llama-7b train stack:textbook", "/mem llama-7b engine:llama.cpp batch:4",
	} {
		a := ask(t, line)
		require.Nil(t, a.Error, line)
		b := ask(t, a.Question)
		require.Nil(t, b.Error, "%s: %+v", a.Question, b.Error)
		require.Equal(t, a.Question, b.Question)
		require.Equal(t, a.PerGPU, b.PerGPU, a.Question)
	}
}

func TestFitFindsWhatFits(t *testing.T) {
	a := ask(t, "/fit llama-7b infer gpu:24g")
	require.Nil(t, a.Error)
	require.NotEmpty(t, a.Options)
	require.True(t, a.Options[0].Fits)
	for _, o := range a.Options {
		mem := ask(t, o.Question)
		require.Nil(t, mem.Error, o.Question)
		require.Equal(t, o.Total, mem.PerGPU.Total, o.Question)
		require.Equal(t, o.Fits, mem.GPU.Fits)
	}
	a = ask(t, "/fit llama-7b train gpu:8g gpus:1 method:full")
	require.Nil(t, a.Error)
	require.NotEmpty(t, a.Options, "the nearest miss where nothing fits")
}

func TestLists(t *testing.T) {
	a := ask(t, "/models gpu:8g")
	require.Nil(t, a.Error)
	require.Len(t, a.Options, 1)
	require.Equal(t, "tiny/tiny", a.Options[0].Model)
	a = ask(t, "/compare llama-7b tiny/tiny train")
	require.Len(t, a.Answers, 2)
	a = ask(t, "/gpus a100")
	require.NotEmpty(t, a.GPUs)
	a = ask(t, "/explain llama-7b train zero:2 gpus:8")
	require.NotEmpty(t, a.Textbook.Parts)
	require.NotEmpty(t, a.Others)
	require.NotEmpty(t, a.Letters)
}

func TestRefusals(t *testing.T) {
	for line, code := range map[string]string{
		"/mem no/such": "model_not_found", "/mem llama-7b zero:9 train": "bad_value", "": "bad_request",
		"/mem llama-7b tp:5 gpus:5": "bad_value", "/gpus abacus": "bad_value", "/mem 0b": "bad_value",
		"/mem custom h:4096 l:9999999": "bad_value",
	} {
		a := ask(t, line)
		require.NotNil(t, a.Error, line)
		require.Equal(t, code, a.Error.Code, line)
		require.NotEmpty(t, a.Error.Text, line)
		require.NotEmpty(t, a.Error.Advice, line)
	}
}

func BenchmarkAnswer(b *testing.B) {
	service := &Service{Library: testShelf}
	for name, line := range map[string]string{"mem": "/mem llama-7b train zero:2 gpus:8", "fit": "/fit llama-7b train gpu:a100-80g", "explain": "/explain llama-7b"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if a := service.Answer(b.Context(), Question{Text: line}); a.Error != nil {
					b.Fatal(a.Error)
				}
			}
		})
	}
}
