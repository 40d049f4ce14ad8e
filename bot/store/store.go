// Package store keeps what membot must not forget: model metadata, settings,
// which interactions were answered, shared limits and who runs which gateway
// shard. A bbolt file serves one process, Valkey or Redis many, and memory
// tests. Every operation is bounded in time, and with the store down membot
// still answers: reads miss, dedupe and limits go on in this process alone, and
// one log line says so.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

// Options says how a store runs; the zero value works.
type Options struct {
	Log      *slog.Logger         // nil: [slog.Default]
	Now      func() time.Time     // nil: [time.Now]
	OnError  func(op string)      // called for each operation the store failed; may be nil
	OnRead   func(outcome string) // called for each read of metadata with hit, miss or failed; may be nil
	Deadline time.Duration        // for one operation; 0: 250 ms
	MaxBytes int64                // of a bolt file's or memory's values; 0: 256 MiB
}

// Store is the store membot runs on. Its methods may be called by many
// goroutines at once.
type Store struct {
	guard  *guard
	local  *memory // what goes on in this process alone while the store is down
	flight singleflight.Group
	now    func() time.Time
	onRead func(outcome string)
	owner  string
	kind   string
	close  context.CancelFunc
}

// opener makes a backend from what follows the colon of its address.
type opener func(address string, o Options) (backend, error)

// openers are the stores by the scheme that chooses them.
var openers = map[string]opener{
	"bolt":    openBolt,
	"memory":  func(_ string, o Options) (backend, error) { return newMemory(o.Now, o.MaxBytes), nil },
	"valkey":  openValkey,
	"valkeys": openValkey,
	"redis":   openValkey,
	"rediss":  openValkey,
}

// Open opens the store at an address such as bolt:PATH, valkey://host:6379/0 or
// memory:. Only an address that can never work is an error: a store that is
// down, locked or full is used as soon as it answers. Errors hold no password.
func Open(address string, o Options) (*Store, error) {
	o = o.withDefaults()
	scheme, _, _ := strings.Cut(address, ":")
	open, ok := openers[strings.ToLower(scheme)]
	if !ok {
		return nil, errors.New("open store: want memory:, bolt:PATH or valkey://host:6379/0")
	}
	b, err := open(address, o)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Store{
		guard: newGuard(b, o), local: newMemory(o.Now, localBytes),
		now: o.Now, onRead: o.OnRead, owner: newOwner(), kind: strings.ToLower(scheme), close: cancel,
	}
	s.guard.watch(ctx)
	return s, nil
}

// localBytes bounds the claims and limits kept while the store is down.
const localBytes = 8 << 20

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnError == nil {
		o.OnError = func(string) {}
	}
	if o.OnRead == nil {
		o.OnRead = func(string) {}
	}
	if o.Deadline == 0 {
		o.Deadline = 250 * time.Millisecond
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 256 << 20
	}
	return o
}

// Kind is the scheme of the store's address: bolt, valkey, redis or memory.
func (s *Store) Kind() string { return s.kind }

// Healthy reports whether the last operations reached the store.
func (s *Store) Healthy() bool { return s.guard.healthy() }

// Close flushes and closes the store; what runs at the time fails.
func (s *Store) Close() error {
	s.close()
	return s.guard.close()
}
