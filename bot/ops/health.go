package ops

import (
	"encoding/json"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
)

// Health answers /healthz (is the process alive?) and /readyz (can it answer
// now?). The zero value is alive, and ready once [Health.Started] was called.
type Health struct {
	started  atomic.Bool
	draining atomic.Bool

	mu    sync.Mutex
	ready map[string]func() error
	dead  map[string]func() error
}

// Started says that everything is wired.
func (h *Health) Started() { h.started.Store(true) }

// Drain makes the process not ready, so that a balancer sends it nothing more
// while it finishes what it has.
func (h *Health) Drain() { h.draining.Store(true) }

// NeedToAnswer adds a check without which questions cannot be answered. The
// store is no such check: membot answers without it.
func (h *Health) NeedToAnswer(name string, check func() error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ready == nil {
		h.ready = map[string]func() error{}
	}
	h.ready[name] = check
}

// NeedToLive adds a check that only a restart can mend, such as a gateway
// connection that stays silent.
func (h *Health) NeedToLive(name string, check func() error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dead == nil {
		h.dead = map[string]func() error{}
	}
	h.dead[name] = check
}

// Ready reports what keeps the process from answering, by name; nothing when it
// can.
func (h *Health) Ready() map[string]string {
	failed := h.run(&h.ready)
	if !h.started.Load() {
		failed["start"] = "not all parts are up yet"
	}
	if h.draining.Load() {
		failed["drain"] = "stopping"
	}
	return failed
}

// run calls the checks outside the lock.
func (h *Health) run(checks *map[string]func() error) map[string]string {
	h.mu.Lock()
	todo := maps.Clone(*checks)
	h.mu.Unlock()
	failed := map[string]string{}
	for name, check := range todo {
		if err := check(); err != nil {
			failed[name] = err.Error()
		}
	}
	return failed
}

func (h *Health) serveAlive(w http.ResponseWriter, _ *http.Request) {
	report(w, "alive", h.run(&h.dead))
}

func (h *Health) serveReady(w http.ResponseWriter, _ *http.Request) {
	report(w, "ready", h.Ready())
}

// report writes 200, or 503 with what failed.
func report(w http.ResponseWriter, good string, failed map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	body := map[string]any{"status": good}
	if len(failed) > 0 {
		body = map[string]any{"status": "failing", "failed": failed}
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(body)
}
