package main

import (
	"context"
	"encoding/hex"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"membot/bot/discord/discordtest"
	"membot/hfhub/hubtest"
)

// shelf is a Hub whose searches wait until they are let go.
type shelf struct {
	mu    sync.Mutex
	asked []string
	free  chan struct{} // closed: nothing waits
	has   map[string][]string
}

func (s *shelf) search(ctx context.Context, words string, _ int) []string {
	s.mu.Lock()
	s.asked = append(s.asked, words)
	s.mu.Unlock()
	select {
	case <-s.free:
		return s.has[words]
	case <-ctx.Done():
		return nil
	}
}

func (s *shelf) log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func suggesting(t *testing.T, s *shelf) *hubSuggester {
	h := newHubSuggester(s.search, func() bool { return true }, time.Now)
	h.pace = rate.NewLimiter(rate.Inf, 1)
	t.Cleanup(h.close)
	return h
}

func open() chan struct{} {
	free := make(chan struct{})
	close(free)
	return free
}

func TestAQuickSearchIsThereForItsKeystroke(t *testing.T) {
	t.Parallel()
	s := &shelf{free: open(), has: map[string][]string{"qwen": {"Qwen/Qwen3-8B", "other/thing"}, "qwen/qwen3": {"Qwen/Qwen3-8B", "me/my-qwen3"}, "acme": {"acme/m"}}}
	h := suggesting(t, s)
	give := func(typed string) (ids []string) {
		require.Eventually(t, func() bool {
			ids = h.Suggest(t.Context(), "mem", "model", typed)
			return len(ids) > 0
		}, time.Minute, time.Millisecond)
		return ids
	}
	require.Equal(t, []string{"Qwen/Qwen3-8B"}, give("Qwen"))
	require.Equal(t, []string{"Qwen/Qwen3-8B", "me/my-qwen3"}, give("qwen/qwen3"), "the owner that was typed first")
	require.Equal(t, []string{"acme/m"}, give(" acme/ "))
	asked := len(s.log())
	give("Qwen")
	require.Len(t, s.log(), asked, "what is known is not searched for again")
	for _, none := range []string{"", "q", "qw", "a b c", "org/m@main", "custom h:64"} {
		require.Empty(t, h.Suggest(t.Context(), "mem", "model", none))
	}
	require.Empty(t, h.Suggest(t.Context(), "mem", "gpu", "4090"))
	require.Len(t, s.log(), asked)
}

func TestASlowSearchIsThereForTheNextKeystroke(t *testing.T) {
	t.Parallel()
	free := make(chan struct{})
	s := &shelf{free: free, has: map[string][]string{"qwe": {"Qwen/Qwen3-8B"}, "qwen3": {"Qwen/Qwen3-8B", "a/qwen3"}}}
	h := suggesting(t, s)
	for _, typed := range []string{"qwe", "qwen", "qwen3"} {
		require.Empty(t, h.Suggest(t.Context(), "mem", "model", typed))
	}
	require.Equal(t, []string{"qwe"}, s.log(), "one search at a time")
	close(free)
	require.Eventually(t, func() bool { return len(h.Suggest(t.Context(), "mem", "model", "qwen3")) == 2 }, time.Minute, time.Millisecond)
	require.Equal(t, []string{"qwe", "qwen3"}, s.log(), "of what was typed meanwhile only the last")
	require.Equal(t, []string{"Qwen/Qwen3-8B"}, h.known("qwen/"), "what the beginning found serves the rest")
}

func TestSearchesKeepToTheirBudget(t *testing.T) {
	t.Parallel()
	s := &shelf{free: open(), has: map[string][]string{}}
	spare := false
	h := newHubSuggester(s.search, func() bool { return spare }, time.Now)
	t.Cleanup(h.close)
	require.Empty(t, h.Suggest(t.Context(), "mem", "model", "qwen"))
	require.Empty(t, s.log(), "the Hub's quota is for answers first")
	spare = true
	began := time.Now()
	for n := range 200 {
		h.Suggest(t.Context(), "mem", "model", "model"+string(rune('a'+n%26))+string(rune('a'+n/26)))
	}
	h.work.Wait()
	require.LessOrEqual(t, len(s.log()), 5+int(time.Since(began).Seconds()*searchesPerSec))
	require.LessOrEqual(t, len(h.found), searchesKept)
}

func TestTypingFindsModelsOfTheHubButNoPrivateOnes(t *testing.T) {
	hub := hubtest.New(t)
	addModel(hub, "acme/rocket-7b")
	addModel(hub, "acme/rocket-secret", hubtest.Private())
	hub.Allow(testHF, "acme/rocket-secret")
	d := discordtest.New(t)
	r := startServing(t, map[string]string{
		"HF_ENDPOINT": hub.URL(), "HF_TOKEN": testHF, "DISCORD_APP_ID": d.AppID,
		"DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey), "DISCORD_API_URL": d.URL,
	})
	d.UseHTTP(r.http + "/interactions")
	ann := d.Human("ann")
	var offered []string
	require.Eventually(t, func() bool {
		offered = ann.Type("mem", discordtest.Option{Name: "model", Value: "rocket", Focused: true})
		return slices.Contains(offered, "acme/rocket-7b")
	}, time.Minute, 10*time.Millisecond)
	require.NotContains(t, offered, "acme/rocket-secret")
	ann.Slash("mem", discordtest.Option{Name: "model", Value: "acme/rocket-secret"}).Answer()
	require.NotContains(t, ann.Type("mem", discordtest.Option{Name: "model", Value: "rocket", Focused: true}), "acme/rocket-secret", "what was asked before is not told either")
}
