package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// bolt is a backend in one bbolt file of this process. The file holds three
// buckets: data (key → expiry and value), expiry (class, expiry, key → nothing)
// and meta (how many bytes data holds).
type bolt struct {
	path  string
	now   func() time.Time
	log   *slog.Logger
	max   int64
	slots chan struct{} // bounds the reads under way, and so the goroutines
	alone *memory       // limits and leases: one process needs no disk for them
	stop  chan struct{}

	jobs    chan job
	working sync.WaitGroup // the writer and the sweeper

	mu       sync.RWMutex
	db       *bbolt.DB // nil while it cannot be opened
	readOnly bool
	closed   bool
}

var (
	bucketData   = []byte("data")
	bucketExpiry = []byte("expiry")
	bucketMeta   = []byte("meta")
	keyBytes     = []byte("bytes")
)

// inFlight bounds the reads of the file at one time; more wait their turn
// within their own deadline.
const inFlight = 256

func openBolt(address string, o Options) (backend, error) {
	_, path, _ := bytes.Cut([]byte(address), []byte(":"))
	if len(path) == 0 {
		return nil, errors.New("bolt: needs the path of a file after it")
	}
	b := &bolt{
		path: string(path), now: o.Now, log: o.Log, max: o.MaxBytes,
		slots: make(chan struct{}, inFlight), alone: newMemory(o.Now, localBytes), stop: make(chan struct{}),
		jobs: make(chan job, mostJobs),
	}
	_ = b.open() // the guard's first probe tells of a failure
	b.working.Go(b.write)
	b.working.Go(b.sweepNowAndThen)
	return b, nil
}

// run does one read in a goroutine of its own, since a disk knows no
// deadline, and gives up waiting when ctx ends. A damaged or vanished file makes
// bbolt panic or fault: that is an error of this operation, not the end.
func run[T any](ctx context.Context, b *bolt, f func() (T, error)) (T, error) {
	var none T
	select {
	case b.slots <- struct{}{}:
	case <-ctx.Done():
		return none, fmt.Errorf("wait for the disk: %w", ctx.Err())
	}
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			if r := recover(); r != nil {
				out.err = fmt.Errorf("store file damaged: %v", r)
			}
			<-b.slots
			done <- out
		}()
		debug.SetPanicOnFault(true)
		out.value, out.err = f()
	}()
	select {
	case out := <-done:
		return out.value, out.err
	case <-ctx.Done():
		return none, fmt.Errorf("wait for the disk: %w", ctx.Err())
	}
}

// view runs f in a read transaction. Where bbolt breaks before f begins, its
// lock stays taken, and the file must be given up; a page that f cannot read is
// an error of that read alone.
func (b *bolt) view(f func(tx *bbolt.Tx) error) error {
	if err := b.usable(false); err != nil {
		return err
	}
	b.mu.RLock()
	db := b.db
	b.mu.RUnlock()
	if db == nil {
		return errClosed
	}
	began := false
	defer func() {
		if r := recover(); r != nil {
			if !began {
				b.abandon(db, fmt.Errorf("begin to read: %v", r))
			}
			panic(r)
		}
	}()
	return db.View(func(tx *bbolt.Tx) error {
		began = true
		return f(tx)
	})
}

func (b *bolt) get(ctx context.Context, key string) ([]byte, error) {
	return run(ctx, b, func() (value []byte, err error) {
		err = b.view(func(tx *bbolt.Tx) error {
			data := tx.Bucket(bucketData)
			if data == nil {
				return errMissing
			}
			held, ok := live(data.Get([]byte(key)), b.now())
			if !ok {
				return errMissing
			}
			value = bytes.Clone(held)
			return nil
		})
		return value, err
	})
}

func (b *bolt) set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return b.update(ctx, func(tx *bbolt.Tx) error { return b.put(tx, key, value, ttl) })
}

func (b *bolt) claim(ctx context.Context, key string, value []byte, ttl time.Duration) (held []byte, won bool, err error) {
	if key[:1] == classLease {
		return b.lease(ctx, key, value, ttl)
	}
	err = b.update(ctx, func(tx *bbolt.Tx) error {
		old, taken := live(tx.Bucket(bucketData).Get([]byte(key)), b.now())
		held, won = bytes.Clone(old), !taken
		if taken {
			return nil
		}
		return b.put(tx, key, value, ttl)
	})
	if err != nil {
		return nil, false, err
	}
	return held, won, nil
}

func (b *bolt) swap(ctx context.Context, key string, from, to []byte, ttl time.Duration) (bool, error) {
	if key[:1] == classLease {
		return b.alone.swap(ctx, key, from, to, ttl)
	}
	var swapped bool
	err := b.update(ctx, func(tx *bbolt.Tx) error {
		old, ok := live(tx.Bucket(bucketData).Get([]byte(key)), b.now())
		swapped = ok && bytes.Equal(old, from)
		if !swapped {
			return nil
		}
		if to == nil {
			return b.drop(tx, []byte(key))
		}
		return b.put(tx, key, to, ttl)
	})
	if err != nil {
		return false, err
	}
	return swapped, nil
}

func (b *bolt) take(ctx context.Context, key string, r Rate) (time.Duration, error) {
	return b.alone.take(ctx, key, r)
}

// lease needs no disk, for whoever has the file open is alone; but while another
// process holds the file, such as the one this one replaces, that one has the
// leases.
func (b *bolt) lease(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, bool, error) {
	_, err := run(ctx, b, func() (struct{}, error) { return struct{}{}, b.usable(true) })
	if errors.Is(err, bolterrors.ErrTimeout) || ctx.Err() != nil {
		return nil, false, err
	}
	return b.alone.claim(ctx, key, value, ttl)
}

// live splits a record into its value; false when there is none or it expired.
func live(record []byte, now time.Time) ([]byte, bool) {
	if len(record) < 8 {
		return nil, false
	}
	until := int64(binary.BigEndian.Uint64(record))
	return record[8:], until == 0 || now.UnixMilli() < until
}

// list implements lister.
func (b *bolt) list(ctx context.Context, prefix string) (map[string][]byte, error) {
	return run(ctx, b, func() (map[string][]byte, error) {
		found := map[string][]byte{}
		err := b.view(func(tx *bbolt.Tx) error {
			data := tx.Bucket(bucketData)
			if data == nil {
				return nil
			}
			cursor := data.Cursor()
			for key, record := cursor.Seek([]byte(prefix)); bytes.HasPrefix(key, []byte(prefix)); key, record = cursor.Next() {
				if value, ok := live(record, b.now()); ok {
					found[string(key)] = bytes.Clone(value)
				}
			}
			return nil
		})
		return found, err
	})
}
