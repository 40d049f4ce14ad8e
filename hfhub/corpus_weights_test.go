package hfhub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// corpus finds published files of a kind, where the folder of shared facts is there.
func corpus(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "shared", "data", "hub-corpus", "*", pattern))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("no ../../shared/data/hub-corpus here")
	}
	return files
}

func TestPublishedIndexes(t *testing.T) {
	for _, path := range corpus(t, "*.safetensors.index*.json") {
		file, err := os.Open(path)
		require.NoError(t, err)
		index, err := ReadIndex(file)
		file.Close()
		require.NoError(t, err, path)
		require.Positive(t, index.Tensors, path)
	}
}

func TestPublishedQuantizations(t *testing.T) {
	methods := map[string]int{}
	for _, path := range corpus(t, "config.json") {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		p, err := parsePacking(text, "")
		require.NoError(t, err, path)
		if p == nil {
			require.False(t, strings.Contains(string(text), `"quant_method"`), path)
			continue
		}
		methods[p.method]++
		_, known := packings[orElse(sameMethod[p.method], p.method)]
		require.True(t, known, "%s: %s", path, p.method)
	}
	t.Log(methods)
}
