package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/hfhub/leaktest"
)

// tokenLike is what a token looks like in a test's source.
var tokenLike = regexp.MustCompile(`\bhf_[A-Za-z0-9]+|\b[Tt]oken: +"[^"]+|Bearer [A-Za-z0-9_-]{3,}|://[A-Za-z0-9]*:[A-Za-z0-9-]+@`)

// harmless look like tokens and are none.
var harmless = regexp.MustCompile(`^(hf_quant|://a:b@)`)

// TestEveryTestIsWatchedForSecrets: each token in a test carries the mark that is
// looked for, each package that hands tokens out looks, and no test throws a log
// away unseen.
func TestEveryTestIsWatchedForSecrets(t *testing.T) {
	watched, needs := map[string]bool{}, map[string]string{}
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == filepath.Join("..", "bot", "tokens_test.go") {
			return err
		}
		if !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".txtar") {
			return nil
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		text, dir := string(data), filepath.Dir(path)
		for _, found := range tokenLike.FindAllString(text, -1) {
			if !harmless.MatchString(found) && !strings.Contains(found, leaktest.Mark) {
				t.Errorf("%s: a token without the mark: %s", path, found)
			}
		}
		require.NotContains(t, text, "slog.DiscardHandler", "%s: use leaktest.Log", path)
		if strings.Contains(text, leaktest.Mark) || strings.Contains(text, "discordtest.New") || strings.Contains(text, "hubtest.New") {
			needs[dir] = path
		}
		watched[dir] = watched[dir] || strings.Contains(text, "leaktest.Watched(")
		return nil
	}))
	require.Greater(t, len(needs), 4)
	for dir, path := range needs {
		ours := strings.HasSuffix(dir, "leaktest") || strings.HasSuffix(dir, "testdata/talk")
		require.True(t, watched[dir] || ours, "%s uses tokens, and its package has no leaktest.Watched", path)
	}
}
