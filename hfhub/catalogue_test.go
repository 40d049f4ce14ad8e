package hfhub

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCatalogueCountsWhatItSays(t *testing.T) {
	for _, e := range readCatalogue(catalogueText).All() {
		t.Run(e.ID, func(t *testing.T) {
			arch, err := e.Arch()
			require.NoError(t, err)
			derived := arch.Params().Total()
			if e.Mark == "derived" {
				require.Equal(t, e.Params, derived)
				return
			}
			require.Equal(t, "counted", e.Mark)
			require.NotEmpty(t, e.Source)
			require.LessOrEqual(t, math.Abs(float64(derived-e.Params)), 0.001*float64(e.Params), "derived %d, counted %d", derived, e.Params)
		})
	}
}

func TestCatalogueNamesAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, e := range Catalogue().All() {
		for _, name := range append([]string{e.ID}, e.Names...) {
			require.Empty(t, seen[name], "%s names %s and %s", name, seen[name], e.ID)
			seen[name] = e.ID
		}
	}
}

func TestFind(t *testing.T) {
	for asked, want := range map[string]string{
		"llama-7b":                   "huggyllama/llama-7b",
		"LLaMA 7B":                   "huggyllama/llama-7b",
		"huggyllama/LLAMA-7b":        "huggyllama/llama-7b",
		"qwen2-0.5b":                 "Qwen/Qwen2-0.5B-Instruct",
		"Qwen/Qwen2-0.5B-Instruct":   "Qwen/Qwen2-0.5B-Instruct",
		"llama-3-8b":                 "meta-llama/Meta-Llama-3-8B",
		"llama3 8b":                  "meta-llama/Meta-Llama-3-8B",
		"llama3.1-8b":                "meta-llama/Llama-3.1-8B",
		"qwen2.5-7b":                 "Qwen/Qwen2.5-7B",
		"qwen2.5 14b":                "Qwen/Qwen2.5-14B",
		"smollm2 360m":               "HuggingFaceTB/SmolLM2-360M",
		"qwen2.5 coder 7b":           "Qwen/Qwen2.5-Coder-7B-Instruct",
		"qwen_2.5_7b_instruct":       "Qwen/Qwen2.5-7B-Instruct",
		"qwen2.5-7b-instruct-awq":    "Qwen/Qwen2.5-7B-Instruct-AWQ",
		"mixtral-8x7b":               "mistralai/Mixtral-8x7B-v0.1",
		"mistral-7b":                 "mistralai/Mistral-7B-v0.1",
		"mistral-7b-instruct":        "mistralai/Mistral-7B-Instruct-v0.1",
		"meta-llama/meta_llama_3_8b": "meta-llama/Meta-Llama-3-8B",
	} {
		got, ok := Catalogue().Find(asked)
		require.True(t, ok, asked)
		require.Equal(t, want, got.ID, asked)
	}
}

func TestFindNeverTakesAnotherModel(t *testing.T) {
	for _, asked := range []string{
		"", "7b", "llama", "llama-8b", "qwen2.5", "qwen2.5-9b", "qwen", "gemma-5-7b", "some/llama-7b", "meta-llama/llama-7b",
		"llama-3-80b", "awq", "instruct", "qwen2.5-7b-coder", "🦙", "羊驼",
	} {
		got, ok := Catalogue().Find(asked)
		require.False(t, ok, "%q is taken for %s", asked, got.ID)
	}
}

func TestNearest(t *testing.T) {
	near := Catalogue().Nearest("lama-7b", 3)
	require.Len(t, near, 3)
	require.Equal(t, "huggyllama/llama-7b", near[0].ID)
	require.Equal(t, "Qwen/Qwen3-8B", Catalogue().Nearest("Qwen/Qwen3-8b-", 1)[0].ID)
}

func BenchmarkCatalogue(b *testing.B) {
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			e, _ := readCatalogue(catalogueText).Find("llama-7b")
			_, _ = e.Arch()
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			e, _ := Catalogue().Find("llama-7b")
			_, _ = e.Arch()
		}
	})
	b.Run("fuzzy", func(b *testing.B) {
		for b.Loop() {
			_, _ = Catalogue().Find("qwen2.5 14b")
		}
	})
}
