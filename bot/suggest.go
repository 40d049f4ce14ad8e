package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"membot/hfhub"
)

// hubSuggester finds models on the Hub for what is being typed. It never holds a
// keystroke up: what is known already it gives at once, and what a search brings
// after the keystroke's own budget is there for the next one. It asks without
// the operator's token, so that no private name can come back.
type hubSuggester struct {
	search func(ctx context.Context, words string, n int) []string
	spare  func() bool // whether the Hub's budget allows for suggestions
	pace   *rate.Limiter
	now    func() time.Time

	life context.Context //nolint:containedctx // of searches, which outlive the keystroke that began them
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	found   map[string]foundModels
	order   []string // of found, oldest first
	waiting string   // typed while a search ran
	running chan struct{}
}

// foundModels is what the Hub had for some words.
type foundModels struct {
	ids []string
	at  time.Time
}

const (
	keystroke      = 30 * time.Millisecond // that one waits for a search
	fewestLetters  = 3                     // before which a search says nothing
	mostLetters    = 96
	searchesKept   = 256
	searchKeptFor  = 10 * time.Minute
	nothingKeptFor = time.Minute // the Hub may have been away
	searchWithin   = 5 * time.Second
	searchResults  = 20
	searchesPerSec = 2
	spareShare     = 2 // suggestions leave half of the Hub's quota to answers
)

func newHubSuggester(search func(context.Context, string, int) []string, spare func() bool, now func() time.Time) *hubSuggester {
	h := &hubSuggester{search: search, spare: spare, now: now, pace: rate.NewLimiter(searchesPerSec, 4), found: map[string]foundModels{}}
	h.life, h.stop = context.WithCancel(context.Background())
	return h
}

// close ends the searches under way.
func (h *hubSuggester) close() {
	h.stop()
	h.work.Wait()
}

// Suggest implements [discord.Suggester].
func (h *hubSuggester) Suggest(ctx context.Context, _, option, typed string) []string {
	words := strings.ToLower(strings.TrimSpace(typed))
	if option != "model" || len(words) < fewestLetters || len(words) > mostLetters || strings.ContainsAny(words, "@: \t") {
		return nil
	}
	if done := h.begin(words); done != nil {
		ctx, cancel := context.WithTimeout(ctx, keystroke)
		defer cancel()
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
	return h.known(words)
}

// begin starts a search unless its result is known, another is under way, or
// none can be afforded. The channel closes when there is nothing to wait for any
// more; nil is nothing to wait for.
func (h *hubSuggester) begin(words string) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fresh(words) || h.life.Err() != nil {
		return nil
	}
	if h.running != nil {
		h.waiting = words // the last keystroke counts
		return h.running
	}
	if !h.affordable() {
		return nil
	}
	done := make(chan struct{})
	h.running = done
	h.work.Go(func() {
		defer close(done)
		for next := words; next != ""; {
			h.find(next)
			next = h.next()
		}
	})
	return done
}

func (h *hubSuggester) affordable() bool { return h.spare() && h.pace.AllowN(h.now(), 1) }

func (h *hubSuggester) find(words string) {
	ctx, cancel := context.WithTimeout(h.life, searchWithin)
	defer cancel()
	ids := h.search(ctx, strings.TrimRight(words, "/"), searchResults)
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, had := h.found[words]; !had {
		h.order = append(h.order, words)
	}
	h.found[words] = foundModels{ids: ids, at: h.now()}
	if len(h.order) > searchesKept {
		delete(h.found, h.order[0])
		h.order = h.order[1:]
	}
}

// next is what was typed meanwhile, if that is still to be searched for.
func (h *hubSuggester) next() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	words := h.waiting
	h.waiting = ""
	if words == "" || h.fresh(words) || h.life.Err() != nil || !h.affordable() {
		h.running = nil
		return ""
	}
	return words
}

func (h *hubSuggester) fresh(words string) bool {
	f, ok := h.found[words]
	age := h.now().Sub(f.at)
	return ok && age < searchKeptFor && (len(f.ids) > 0 || age < nothingKeptFor)
}

// known are the models found for what was typed, or for the beginning of it.
func (h *hubSuggester) known(words string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	for end := len(words); end >= fewestLetters; end-- {
		if f, ok := h.found[words[:end]]; ok && h.now().Sub(f.at) < searchKeptFor {
			return named(f.ids, words)
		}
	}
	return nil
}

// named are the models whose id holds what was typed, then those of other
// owners whose name does.
func named(ids []string, words string) []string {
	_, name, owned := strings.Cut(words, "/")
	var first, then []string
	for _, id := range ids {
		switch low := strings.ToLower(id); {
		case strings.Contains(low, words):
			first = append(first, id)
		case owned && name != "" && strings.Contains(low, name):
			then = append(then, id)
		}
	}
	return slices.Concat(first, then)
}

// spareQuota reports whether the Hub still grants clients so much that typing
// may use some of it.
func spareQuota(clients ...*hfhub.Client) func() bool {
	return func() bool {
		for _, c := range clients {
			for _, limit := range c.Limits() {
				if time.Now().Before(limit.ResetAt) && limit.Left < max(limit.Quota/spareShare, 1) {
					return false
				}
			}
		}
		return true
	}
}
