package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// guard stands between membot and a backend that may be slow, full or gone: it
// bounds each operation, stops asking for a while after a failure, and says so
// in one log line rather than one per question.
type guard struct {
	backend  backend
	deadline time.Duration
	onError  func(op string)
	reads    breaker
	writes   breaker
	leases   breaker // apart: a lone process leases without its disk
	watching sync.WaitGroup
	closing  sync.Once
}

func newGuard(b backend, o Options) *guard {
	h := &herald{log: o.Log}
	return &guard{
		backend: b, deadline: o.Deadline, onError: o.OnError,
		reads:  breaker{now: o.Now, herald: h, what: "reads"},
		writes: breaker{now: o.Now, herald: h, what: "writes"},
		leases: breaker{now: o.Now, herald: h, what: "leases"},
	}
}

// do runs one operation under the deadline, unless the breaker is open.
func do[T any](ctx context.Context, g *guard, b *breaker, op string, f func(context.Context) (T, error)) (T, error) {
	var none T
	if !b.allow() {
		return none, errSkipped
	}
	bounded, cancel := context.WithTimeout(ctx, g.deadline)
	defer cancel()
	value, err := f(bounded)
	switch {
	case err == nil || errors.Is(err, errMissing) || errors.Is(err, errTooLarge):
		b.succeeded()
	case ctx.Err() != nil:
		b.abandoned() // the asker went away: that says nothing of the store
	default:
		g.onError(op)
		b.failed(op, err)
	}
	return value, err
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
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				g.probe(ctx, false)
			}
		}
	})
}

func (g *guard) probe(ctx context.Context, always bool) {
	if always || !g.writes.closed() {
		_ = g.set(ctx, classQuota+"/probe", []byte("probe"), time.Minute)
	}
	if !g.reads.closed() {
		_, _ = g.get(ctx, classQuota+"/probe")
	}
}
