package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"membot/hfhub"
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

// AcquireShards leases, or renews, up to most of the shards from first to last of
// total, and returns those it has: none when other processes run them all. Call
// it again at a third of [ShardLease]. After an error nobody knows: sessions that
// run go on, for nobody else can take them, and only [Store.Identify] waits.
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

// ReleaseShards gives shards back, so that another process need not wait for
// their leases to run out.
func (s *Store) ReleaseShards(ctx context.Context, shards []int, total int) {
	for _, shard := range shards {
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
		if err := hfhub.Sleep(ctx, leaseRetry); err != nil {
			return fmt.Errorf("identify shard %d of %d: %w", shard, total, err)
		}
	}
	bucket := "identify/" + strconv.Itoa(shard%max(1, maxConcurrency))
	for {
		wait := s.Take(ctx, bucket, Rate{Count: 1, Per: identifyEvery})
		if wait <= 0 {
			return nil
		}
		if err := hfhub.Sleep(ctx, wait); err != nil {
			return fmt.Errorf("identify shard %d of %d: %w", shard, total, err)
		}
	}
}
