package discord

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// Leases share out the gateway's shards among processes, so that no two run the
// same one.
type Leases interface {
	// AcquireShards takes, or renews, up to most of the shards from first to last
	// of total that no other process has. After an error nobody knows who has
	// them: what runs goes on, and nothing new begins.
	AcquireShards(ctx context.Context, first, last, total, most int) ([]int, error)
	// ReleaseShards gives them back.
	ReleaseShards(ctx context.Context, shards []int, total int)
	// Identify waits until a shard may identify. An error means that it must not.
	Identify(ctx context.Context, shard, total, maxConcurrency int) error
}

// Limiter is an allowance that several processes share.
type Limiter interface {
	// Take spends one of count in a time for key, and returns 0, or how long to
	// wait for it.
	Take(ctx context.Context, key string, count int, per time.Duration) time.Duration
}

const (
	leaseEvery = 10 * time.Second // a third of a lease
	mostShards = 64               // of one process
)

// held is a shard that this process runs.
type held struct {
	stop context.CancelFunc
	done chan struct{}
}

// holdLeased runs the shards whose leases this process has, takes up those that
// become free, and lets go of those it lost, until ctx ends or a shard cannot go
// on.
func (b *Bot) holdLeased(ctx context.Context, shards Shards, info gatewayInfo) error {
	group, ctx := errgroup.WithContext(ctx)
	running := map[int]held{}
	renew := time.NewTicker(leaseEvery)
	defer renew.Stop()
	for {
		b.share(ctx, group, running, shards, info)
		select {
		case <-renew.C:
			continue
		case <-ctx.Done():
		}
		err := group.Wait()
		ids := make([]int, 0, len(running))
		for id := range running {
			ids = append(ids, id)
		}
		b.cfg.Leases.ReleaseShards(context.WithoutCancel(ctx), ids, shards.Total)
		return err
	}
}

// share renews the leases and brings what runs into line with them.
func (b *Bot) share(ctx context.Context, group *errgroup.Group, running map[int]held, shards Shards, info gatewayInfo) {
	ids, err := b.cfg.Leases.AcquireShards(ctx, shards.First, shards.Last, shards.Total, mostShards)
	if err != nil {
		b.complain(ctx, "lease shards", err)
		return
	}
	mine := map[int]bool{}
	for _, id := range ids {
		mine[id] = true
		if h, ok := running[id]; ok && !over(h.done) {
			continue
		}
		running[id] = b.begin(ctx, group, id, shards.Total, info)
	}
	for id, h := range running {
		if !mine[id] {
			b.log.Warn("another process has taken a shard over", "shard", id)
			h.stop()
			<-h.done
			delete(running, id)
		}
	}
	b.health.want.Store(int32(min(len(running), mostShards))) //nolint:gosec // bounded
	b.health.standby.Store(len(running) == 0)
}

func over(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

func (b *Bot) begin(ctx context.Context, group *errgroup.Group, id, total int, info gatewayInfo) held {
	ctx, stop := context.WithCancel(ctx)
	h := held{stop: stop, done: make(chan struct{})}
	group.Go(func() error {
		defer close(h.done)
		defer stop()
		return b.runShard(ctx, id, total, info)
	})
	return h
}

// mayIdentify waits for leave to begin a session; resuming one needs none.
func (b *Bot) mayIdentify(ctx context.Context, s *shard) error {
	if b.cfg.Leases == nil || !s.fresh.Load() {
		return nil
	}
	return b.cfg.Leases.Identify(ctx, s.id, s.total, s.concurrency)
}

// allow takes one question from the allowance of the user and the server.
func (b *Bot) allow(ctx context.Context, user, guild string) (limitWait, bool) {
	if b.cfg.Limiter == nil {
		return b.limits.allow(user, guild, b.now())
	}
	if l := b.cfg.Limits.User; user != "" && l.Count > 0 {
		if wait := b.cfg.Limiter.Take(ctx, "user:"+user, l.Count, l.Per); wait > 0 {
			return limitWait{wait: wait}, false
		}
	}
	if l := b.cfg.Limits.Guild; guild != "" && l.Count > 0 {
		if wait := b.cfg.Limiter.Take(ctx, "guild:"+guild, l.Count, l.Per); wait > 0 {
			return limitWait{wait: wait, guild: true}, false
		}
	}
	return limitWait{}, true
}

// tagged is the context of the work for an interaction or message.
func (b *Bot) tagged(id string) context.Context {
	if b.cfg.Tag == nil {
		return b.work
	}
	return b.cfg.Tag(b.work, id)
}

// Shards says how many gateway shards this process is to run, and how many of
// them have a session. Until Discord, or the leases, have said how many, it is
// one.
func (b *Bot) Shards() (live, want int) {
	b.health.mu.Lock()
	defer b.health.mu.Unlock()
	want = int(b.health.want.Load())
	if want == 0 && b.cfg.Token != "" && !b.health.standby.Load() {
		want = 1
	}
	return len(b.health.live), want
}
