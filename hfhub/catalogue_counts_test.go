package hfhub

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// holdsMore are models whose files hold what their config.json does not name.
var holdsMore = map[string]string{
	"Qwen/Qwen3-Next-80B-A3B-Instruct": "an MTP block", "Qwen/Qwen3-Next-80B-A3B-Thinking": "an MTP block",
	"FacebookAI/xlm-roberta-base": "a pooler", "FacebookAI/xlm-roberta-large": "a pooler",
}

// What the Hub counts in a model's files is what the catalogue's facts lead to.
func TestCatalogueMeetsTheHubsCounts(t *testing.T) {
	met := 0
	for id, counted := range storedCounts(t) {
		e, ok := Catalogue().Find(id)
		if !ok || e.ID != id || holdsMore[id] != "" {
			continue
		}
		arch, err := e.Arch()
		require.NoError(t, err, id)
		off := float64(nearest(arch.Params(), counted))/float64(counted) - 1
		require.LessOrEqual(t, math.Abs(off), 0.001, "%s: %d, counted %d", id, arch.Params().Total(), counted)
		met++
	}
	require.Greater(t, met, 100)
}
