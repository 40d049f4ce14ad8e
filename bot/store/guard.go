package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"membot/hfhub"
)

// guard stands between membot and a backend that may be slow, full or gone: it
// bounds each operation, stops asking after the first failure until the store
// works again, and says so in one log line rather than one per question.
type guard struct {
	backend  backend
	deadline time.Duration
	onError  func(op string)
	reads    breaker
	writes   breaker
	leases   breaker       // apart: a lone process leases without its disk
	opened   chan struct{} // a breaker did
	watching sync.WaitGroup
	closing  sync.Once
}

func newGuard(b backend, o Options) *guard {
	h := &herald{log: o.Log}
	g := &guard{backend: b, deadline: o.Deadline, onError: o.OnError, opened: make(chan struct{}, 1)}
	opened := func() {
		select {
		case g.opened <- struct{}{}:
		default:
		}
	}
	for b, what := range map[*breaker]string{&g.reads: "reads", &g.writes: "writes", &g.leases: "leases"} {
		b.now, b.herald, b.what, b.opened = o.Now, h, what, opened
	}
	return g
}

// do runs one operation under the deadline, unless the breaker is open.
func do[T any](ctx context.Context, g *guard, b *breaker, op string, f func(context.Context) (T, error)) (T, error) {
	if !b.allow() {
		var none T
		return none, errSkipped
	}
	return try(ctx, g, b, op, f)
}

// try runs one operation under the deadline, and remembers how it went.
func try[T any](ctx context.Context, g *guard, b *breaker, op string, f func(context.Context) (T, error)) (T, error) {
	bounded, cancel := context.WithTimeout(ctx, g.deadline)
	defer cancel()
	value, err := f(bounded)
	switch {
	case err == nil || errors.Is(err, errMissing) || errors.Is(err, errTooLarge):
		b.succeeded()
	case ctx.Err() != nil: // the asker went away: that says nothing of the store
	default:
		g.onError(op)
		b.failed(op, err)
		if _, all := errors.AsType[unreachable](err); all {
			g.gone(op, err)
		}
	}
	return value, err
}

// gone opens every breaker: a question pays for a silent store once, not once
// for what it reads and once for what it writes.
func (g *guard) gone(op string, err error) {
	for _, b := range []*breaker{&g.reads, &g.writes, &g.leases} {
		b.failed(op, err)
	}
}

// of is the breaker for what is claimed under a key.
func (g *guard) of(key string) *breaker {
	if key[:1] == classLease {
		return &g.leases
	}
	return &g.writes
}

func (g *guard) get(ctx context.Context, key string) ([]byte, error) {
	return do(ctx, g, &g.reads, "get", func(ctx context.Context) ([]byte, error) { return g.backend.get(ctx, key) })
}

func (g *guard) set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if len(value) > maxValue {
		return errTooLarge
	}
	_, err := do(ctx, g, &g.writes, "set", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, g.backend.set(ctx, key, value, ttl)
	})
	return err
}

func (g *guard) claim(ctx context.Context, key string, value []byte, ttl time.Duration) (held []byte, won bool, err error) {
	held, err = do(ctx, g, g.of(key), "claim", func(ctx context.Context) ([]byte, error) {
		held, ok, err := g.backend.claim(ctx, key, value, ttl)
		won = ok
		return held, err
	})
	return held, won, err
}

func (g *guard) swap(ctx context.Context, key string, from, to []byte, ttl time.Duration) (bool, error) {
	return do(ctx, g, g.of(key), "swap", func(ctx context.Context) (bool, error) {
		return g.backend.swap(ctx, key, from, to, ttl)
	})
}

func (g *guard) take(ctx context.Context, key string, r Rate) (time.Duration, error) {
	return do(ctx, g, &g.writes, "take", func(ctx context.Context) (time.Duration, error) {
		return g.backend.take(ctx, key, r)
	})
}

func (g *guard) healthy() bool { return g.reads.closed() && g.writes.closed() }

// close is called when what watch was given has ended.
func (g *guard) close() error {
	var err error
	g.closing.Do(func() {
		g.watching.Wait()
		err = g.backend.close()
	})
	return err
}

// watch asks the store at start, so that trouble is told before anyone asks, and
// asks one that failed again until it answers.
func (g *guard) watch(ctx context.Context) {
	g.watching.Go(func() {
		g.probe(ctx, true)
		for {
			select {
			case <-ctx.Done():
				return
			case <-g.opened:
			}
			for pause := firstPause; !g.works(); pause = min(2*pause, longest) {
				if hfhub.Sleep(ctx, pause) != nil {
					return
				}
				g.probe(ctx, false)
			}
		}
	})
}

func (g *guard) works() bool { return g.healthy() && g.leases.closed() }

// probe tries one operation of each kind that failed, or that always says.
func (g *guard) probe(ctx context.Context, always bool) {
	if always || !g.writes.closed() {
		_, _ = try(ctx, g, &g.writes, "set", func(ctx context.Context) (struct{}, error) {
			return struct{}{}, g.backend.set(ctx, classQuota+"/probe", []byte("probe"), time.Minute)
		})
	}
	if !g.reads.closed() {
		_, _ = try(ctx, g, &g.reads, "get", func(ctx context.Context) ([]byte, error) {
			return g.backend.get(ctx, classQuota+"/probe")
		})
	}
	if !g.leases.closed() {
		_, _ = try(ctx, g, &g.leases, "claim", func(ctx context.Context) (struct{}, error) {
			_, _, err := g.backend.claim(ctx, classLease+"/probe", []byte("probe"), time.Second)
			return struct{}{}, err
		})
	}
}
