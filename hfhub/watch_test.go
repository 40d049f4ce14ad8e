package hfhub

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
)

type askerKey struct{}

func TestWatchSeesEachRequestWithItsAsker(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("Qwen/Tiny", map[string][]byte{"config.json": []byte(tinyConfig)})
	var mu sync.Mutex
	seen := map[string]int{}
	client, _ := dial(t, hub, func(s *Settings) {
		s.Watch = func(ctx context.Context, class string, status int, _ time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			require.Equal(t, "who", ctx.Value(askerKey{}))
			require.Positive(t, status)
			seen[class]++
		}
	})
	ctx := context.WithValue(t.Context(), askerKey{}, "who")
	info, err := client.Info(ctx, "Qwen/Tiny", "")
	require.NoError(t, err)
	_, err = client.File(ctx, info.ID, info.Commit, "config.json", 1<<20)
	require.NoError(t, err)
	require.Equal(t, 1, seen["api"])
	require.Positive(t, seen["resolvers"])
}

func TestLearnFromAnotherReplica(t *testing.T) {
	client, clock := dial(t, hubtest.New(t))
	reset := clock.Now().Add(time.Minute)
	rows := []struct {
		name  string
		heard Limit
		left  int
	}{
		{"the first word", Limit{Left: 50, Quota: 500, ResetAt: reset}, 50},
		{"more in the same window is old news", Limit{Left: 60, ResetAt: reset.Add(time.Second)}, 50},
		{"less in the same window", Limit{Left: 3, ResetAt: reset.Add(time.Second)}, 3},
		{"an earlier window", Limit{Left: 1, ResetAt: reset.Add(-time.Minute)}, 3},
		{"a later window", Limit{Left: 0, ResetAt: reset.Add(5 * time.Minute)}, 0},
	}
	for _, row := range rows {
		client.Learn("api", row.heard)
		require.Equal(t, row.left, client.Limits()["api"].Left, row.name)
		require.Equal(t, 500, client.Limits()["api"].Quota, row.name)
	}
	_, err := client.Info(t.Context(), "any/model", "")
	require.ErrorIs(t, err, ErrRateLimited, "nothing is asked of a budget that another used up")
}
