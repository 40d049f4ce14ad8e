package discord

import (
	"context"
	"hash/maphash"
	"sync"
	"time"
)

// Dedupe remembers which interactions and messages were taken, so that a
// replay, a resumed gateway or a second process answers each once. It may be
// shared by several processes; a failing one lets everything through.
type Dedupe interface {
	// Claim takes an id for a time. It reports whether the id was free and, if
	// not, what was stored for it so far.
	Claim(ctx context.Context, id string, ttl time.Duration) (free bool, stored []byte, err error)
	// Store keeps the response that a claimed id was answered with.
	Store(ctx context.Context, id string, response []byte, ttl time.Duration) error
}

// claimFor is how long an id stays taken: as long as its token lives.
const claimFor = 15 * time.Minute

// Bounds of the memory a bot without a store uses for this.
const (
	maxClaims      = 1 << 15 // ids of one generation
	maxStoredBytes = 4 << 20 // of responses
)

// memoryDedupe is a Dedupe of one process. Ids are kept as hashes in two
// generations: an id is remembered for one to two times its ttl, unless very
// many come, and forgotten with all of its age at once.
type memoryDedupe struct {
	seed maphash.Seed

	mu         sync.Mutex
	young, old map[uint64]struct{}
	began      time.Time // of the young generation
	stored     map[uint64][]byte
	order      []uint64 // of stored, oldest first
	bytes      int      // of stored
}

func newMemoryDedupe() *memoryDedupe {
	return &memoryDedupe{seed: maphash.MakeSeed(), young: map[uint64]struct{}{}, stored: map[uint64][]byte{}, began: time.Now()}
}

// Claim implements [Dedupe].
func (d *memoryDedupe) Claim(_ context.Context, id string, ttl time.Duration) (free bool, stored []byte, err error) {
	key := maphash.String(d.seed, id)
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := time.Now(); now.Sub(d.began) > ttl || len(d.young) >= maxClaims {
		d.old, d.young, d.began = d.young, map[uint64]struct{}{}, now
	}
	_, young := d.young[key]
	if _, old := d.old[key]; young || old {
		return false, d.stored[key], nil
	}
	d.young[key] = struct{}{}
	return true, nil, nil
}

// Store implements [Dedupe].
func (d *memoryDedupe) Store(_ context.Context, id string, response []byte, _ time.Duration) error {
	key := maphash.String(d.seed, id)
	d.mu.Lock()
	defer d.mu.Unlock()
	if had, ok := d.stored[key]; ok {
		d.bytes -= len(had)
	} else {
		d.order = append(d.order, key)
	}
	d.stored[key] = response
	d.bytes += len(response)
	for d.bytes > maxStoredBytes && len(d.order) > 0 {
		d.bytes -= len(d.stored[d.order[0]])
		delete(d.stored, d.order[0])
		d.order = d.order[1:]
	}
	return nil
}
