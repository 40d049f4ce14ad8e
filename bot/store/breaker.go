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
// now and herald set, is closed: it lets everything through.
type breaker struct {
	now    func() time.Time
	herald *herald
	what   string

	mu      sync.Mutex
	pause   time.Duration // 0: closed
	until   time.Time     // when to try again
	probing bool
}

// allow reports whether to try: always when closed, one at a time when not.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pause == 0 {
		return true
	}
	if b.probing || b.now().Before(b.until) {
		b.herald.without()
		return false
	}
	b.probing = true
	return true
}

func (b *breaker) closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pause == 0
}

func (b *breaker) abandoned() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
}

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if b.pause > 0 {
		b.pause = 0
		b.herald.up(b.now())
	}
}

func (b *breaker) failed(op string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.probing = false
	if b.pause == 0 {
		b.herald.down(now, b.what, op, err)
	}
	b.pause = min(max(firstPause, 2*b.pause), longest)
	b.until = now.Add(b.pause)
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
