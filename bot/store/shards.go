package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// ErrHeld says that another process runs the shard.
var ErrHeld = errors.New("another process holds the lease")

const (
	// ShardLease is how long a shard's lease lasts unless it is renewed: how long
	// a killed process's shards stay silent.
	ShardLease = 30 * time.Second
	// identifyEvery is Discord's pause between two identifies of one bucket.
	identifyEvery = 5 * time.Second
	// leaseRetry is the pause before a store that failed is asked again.
	leaseRetry = time.Second
)

func shardName(shard, total int) string {
	return "shard/" + strconv.Itoa(total) + "/" + strconv.Itoa(shard)
}

// AcquireShards leases up to most of the shards from first to last of total, and
// returns those it got: none when other processes run them all.
func (s *Store) AcquireShards(ctx context.Context, first, last, total, most int) ([]int, error) {
	var got []int
	for shard := first; shard <= last && len(got) < most; shard++ {
		ok, err := s.Lease(ctx, shardName(shard, total), ShardLease)
		if err != nil {
			return got, err
		}
		if ok {
			got = append(got, shard)
		}
	}
	return got, nil
}

// KeepShards renews the leases until ctx ends, then gives them back. It calls
// lost for a shard that another process has taken meanwhile: its session must be
// closed. While the store is down running sessions go on, for nobody can take
// them; only [Store.Identify] waits.
func (s *Store) KeepShards(ctx context.Context, shards []int, total int, lost func(shard int)) {
	tick := time.NewTicker(ShardLease / 3)
	defer tick.Stop()
	held := map[int]bool{}
	for _, shard := range shards {
		held[shard] = true
	}
	for {
		select {
		case <-ctx.Done():
			s.releaseShards(context.WithoutCancel(ctx), held, total)
			return
		case <-tick.C:
			s.renewShards(ctx, held, total, lost)
		}
	}
}

func (s *Store) renewShards(ctx context.Context, held map[int]bool, total int, lost func(shard int)) {
	for shard := range held {
		ok, err := s.Lease(ctx, shardName(shard, total), ShardLease)
		if err == nil && !ok {
			delete(held, shard)
			lost(shard)
		}
	}
}

func (s *Store) releaseShards(ctx context.Context, held map[int]bool, total int) {
	for shard := range held {
		s.Release(ctx, shardName(shard, total))
	}
}

// Identify waits until this process may identify a shard: it holds the shard's
// lease, and among all replicas it is its turn, one in five seconds for each of
// Discord's max_concurrency buckets. It returns [ErrHeld] if another process
// runs the shard. With the store down it waits, since an identify too many is
// worse than a late one; a resume needs no leave.
func (s *Store) Identify(ctx context.Context, shard, total, maxConcurrency int) error {
	for {
		ok, err := s.Lease(ctx, shardName(shard, total), ShardLease)
		if err == nil && !ok {
			return fmt.Errorf("identify shard %d of %d: %w", shard, total, ErrHeld)
		}
		if err == nil {
			break
		}
		if err := pause(ctx, leaseRetry); err != nil {
			return fmt.Errorf("identify shard %d of %d: %w", shard, total, err)
		}
	}
	bucket := "identify/" + strconv.Itoa(shard%max(1, maxConcurrency))
	for {
		wait := s.Take(ctx, bucket, Rate{Count: 1, Per: identifyEvery})
		if wait <= 0 {
			return nil
		}
		if err := pause(ctx, wait); err != nil {
			return fmt.Errorf("identify shard %d of %d: %w", shard, total, err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
