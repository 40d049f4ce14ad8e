package hubtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Hub is a running Hub with its CDN. Set it up before the first request or at
// any time after; its methods are safe for concurrent use.
type Hub struct {
	hub, cdn *httptest.Server
	stop     chan struct{} // closed when the Hub shuts, to free slow answers

	mu      sync.Mutex
	repos   map[string]*Repo  // by lower-case id
	renamed map[string]string // lower-case old id to new id
	tokens  map[string][]string
	log     []*Request
	now     int // requests being answered
	most    int // of them, at once
	latency time.Duration
	faults  []*Fault
	budgets map[string]*budget
}

// New starts a Hub that shuts when the test ends.
func New(t testing.TB) *Hub {
	t.Helper()
	h := Start()
	t.Cleanup(h.Close)
	return h
}

// Start starts a Hub outside a test; Close shuts it.
func Start() *Hub {
	h := &Hub{
		stop:    make(chan struct{}),
		repos:   map[string]*Repo{},
		renamed: map[string]string{},
		tokens:  map[string][]string{},
		budgets: map[string]*budget{},
	}
	h.hub = httptest.NewServer(h.logged("hub", http.HandlerFunc(h.serveHub)))
	h.cdn = httptest.NewServer(h.logged("cdn", http.HandlerFunc(h.serveCDN)))
	return h
}

// Close shuts the Hub, cutting what is still being answered.
func (h *Hub) Close() {
	close(h.stop)
	h.hub.CloseClientConnections()
	h.cdn.CloseClientConnections()
	h.hub.Close()
	h.cdn.Close()
}

// URL is the Hub's endpoint, what HF_ENDPOINT would say.
func (h *Hub) URL() string { return h.hub.URL }

// CDN is the origin that large files come from.
func (h *Hub) CDN() string { return h.cdn.URL }

// Allow makes a token known; it may read the private and gated repositories named.
func (h *Hub) Allow(token string, ids ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		h.tokens[token] = append(h.tokens[token], strings.ToLower(id))
	}
	if h.tokens[token] == nil {
		h.tokens[token] = []string{}
	}
}

// Rename moves a repository; requests under the old name are redirected.
func (h *Hub) Rename(from, to string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	repo := h.repos[strings.ToLower(from)]
	delete(h.repos, strings.ToLower(from))
	repo.id = to
	h.repos[strings.ToLower(to)] = repo
	h.renamed[strings.ToLower(from)] = to
}

// SetLatency delays each answer of both servers.
func (h *Hub) SetLatency(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latency = d
}

// find gives the repository of that name, or the new name of one that moved.
func (h *Hub) find(id string) (repo *Repo, moved string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if to, ok := h.renamed[strings.ToLower(id)]; ok {
		return nil, to
	}
	repo = h.repos[strings.ToLower(id)]
	if repo != nil && repo.id != id {
		return nil, repo.id // the Hub redirects to the right case
	}
	return repo, ""
}
