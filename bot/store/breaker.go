package store

import (
	"log/slog"
	"sync"
	"time"
)

const (
	firstPause = 100 * time.Millisecond
	longest    = 2 * time.Second
	quiet      = time.Minute // at most one line about trouble in this time
)

// breaker remembers whether one kind of operation works. Its zero value, with
// now and herald set, is closed: it lets everything through. Open, it lets
// nothing through: only [guard.watch] tries again, so that no asker waits for a
// store that did not answer a moment ago.
type breaker struct {
	now    func() time.Time
	herald *herald
	what   string
	opened func() // called when it opens; must not block

	mu   sync.Mutex
	open bool
}

// allow reports whether to try.
func (b *breaker) allow() bool {
	if b.closed() {
		return true
	}
	b.herald.without()
	return false
}

func (b *breaker) closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.open
}

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open {
		b.open = false
		b.herald.up(b.now())
	}
}

// failed opens the breaker; one that is open stays as it is, whoever else fails
// late.
func (b *breaker) failed(op string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		b.open = true
		b.herald.down(b.now(), b.what, op, err)
		b.opened()
	}
}

// herald logs trouble once when it begins and once when it ends, whichever
// operations meet it, and stays quiet while a store flaps.
type herald struct {
	log *slog.Logger

	mu     sync.Mutex
	open   int       // breakers that are open
	since  time.Time // when the first opened
	lost   int       // operations that were not tried since
	logged time.Time // when trouble was last logged
	spoken bool      // whether this trouble was
}

func (h *herald) without() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lost++
}

func (h *herald) down(now time.Time, what, op string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open++
	if h.open > 1 {
		return
	}
	h.since = now
	if !h.logged.IsZero() && now.Sub(h.logged) < quiet {
		return
	}
	h.spoken, h.logged = true, now
	h.log.Warn("store fails; answering without it until it works again", "operations", what, "op", op, "error", err.Error())
}

func (h *herald) up(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	if h.open > 0 {
		return
	}
	if h.spoken {
		h.log.Info("store works again", "after", now.Sub(h.since).Round(time.Millisecond).String(), "went_without", h.lost)
	}
	h.spoken, h.lost = false, 0
}
