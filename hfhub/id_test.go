package hfhub

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseID(t *testing.T) {
	for text, want := range map[string]Ref{
		"Qwen/Qwen2-0.5B":                        {ID: "Qwen/Qwen2-0.5B"},
		"\tgpt2\n":                               {ID: "gpt2"},
		"Qwen/Qwen2-0.5B@v1.0":                   {ID: "Qwen/Qwen2-0.5B", Revision: "v1.0"},
		"Qwen/Qwen2-0.5B@refs/pr/1":              {ID: "Qwen/Qwen2-0.5B", Revision: "refs/pr/1"},
		"gpt2@main":                              {ID: "gpt2", Revision: "main"},
		"https://huggingface.co/Qwen/Qwen2-0.5B": {ID: "Qwen/Qwen2-0.5B"},
		"http://www.huggingface.co/Qwen/Qwen2-0.5B/?x=1#y":                 {ID: "Qwen/Qwen2-0.5B"},
		"huggingface.co/gpt2":                                              {ID: "gpt2"},
		"hf.co/Qwen/Qwen2-0.5B/tree/main":                                  {ID: "Qwen/Qwen2-0.5B", Revision: "main"},
		"https://huggingface.co/Qwen/Qwen2/tree/refs%2Fpr%2F1":             {ID: "Qwen/Qwen2", Revision: "refs/pr/1"},
		"https://huggingface.co/Qwen/Qwen2/blob/main/sub/config.json":      {ID: "Qwen/Qwen2", Revision: "main", Path: "sub/config.json"},
		"https://huggingface.co/Qwen/Qwen2/resolve/abc/config.json":        {ID: "Qwen/Qwen2", Revision: "abc", Path: "config.json"},
		"https://huggingface.co/api/models/Qwen/Qwen2":                     {ID: "Qwen/Qwen2"},
		"hf://Qwen/Qwen2@v1/config.json":                                   {ID: "Qwen/Qwen2", Revision: "v1", Path: "config.json"},
		"hf://models/Qwen/Qwen2":                                           {ID: "Qwen/Qwen2"},
		"hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M":                {ID: "bartowski/Llama-3.2-1B-Instruct-GGUF", Variant: "Q4_K_M"},
		"https://huggingface.co/Qwen/Qwen2/discussions":                    {ID: "Qwen/Qwen2", Path: "discussions"},
		"HTTPS://HuggingFace.co/01-ai/Yi-6B":                               {ID: "01-ai/Yi-6B"},
		"meta-llama/Llama-3.1-8B@0e9e39f249a16976918f6564b8830bc894c89659": {ID: "meta-llama/Llama-3.1-8B", Revision: "0e9e39f249a16976918f6564b8830bc894c89659"},
	} {
		got, err := ParseID(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestParseIDRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "/", "a/b/c", "a//b", "../b", "a/..", "a/.git", "a/b.git", "a--b/c", "a/b--c", "a/b..c", "a b/c",
		"a/b@x y", "a/b@../../z", "a/b@x:y", "模型/甲", "a/b\x00", "a/b%2f..", "https://huggingface.co/datasets/a/b",
		"https://huggingface.co/spaces/a/b", "https://huggingface.co/a/b/resolve/main/%2e%2e/%2e%2e/c",
		"https://evil.example/a/b/c/d@", "hf://", "a/b?x", "a/b#c", "-a/b", ".a", "a/b-", strings.Repeat("a", 97),
		strings.Repeat("x", 10_000), "a/😀",
		"hf.co/huggingfACe.Co/0", "https://huggingface.co/hf.co/x",
	} {
		ref, err := ParseID(text)
		require.ErrorIs(t, err, ErrBadID, "%q gave %+v", text, ref)
	}
}
