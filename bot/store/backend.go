package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"time"
)

// backend keeps bytes under keys, each with a time to live (0: for good). The
// first byte of a key is its class: a full store evicts metadata first.
type backend interface {
	get(ctx context.Context, key string) ([]byte, error) // errMissing when there is none
	set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	claim(ctx context.Context, key string, value []byte, ttl time.Duration) (held []byte, won bool, err error)
	swap(ctx context.Context, key string, from, to []byte, ttl time.Duration) (bool, error) // to nil: remove
	take(ctx context.Context, key string, rate Rate) (wait time.Duration, err error)
	close() error
}

// Classes of keys.
const (
	classMetadata    = "m"
	classPreferences = "p"
	classClaim       = "c"
	classLimit       = "l"
	classQuota       = "q"
	classLease       = "s"
)

var (
	errMissing  = errors.New("no such key")
	errReadOnly = errors.New("the store can be read but not written")
	errClosed   = errors.New("the store is closed")
	errSkipped  = errors.New("the store did not answer a moment ago")
)

// maxValue bounds one value, in bytes: far above any model's metadata.
const maxValue = 4 << 20

var errTooLarge = errors.New("value larger than 4 MiB")

// Rate is so many in so long, spent smoothly, with a burst of all of them.
type Rate struct {
	Count int
	Per   time.Duration
}

// spend is the generic cell rate algorithm: due is when the bucket will be full
// again. It returns the new due time, or how long to wait. See ITU-T I.371.
func (r Rate) spend(due, now time.Time) (time.Time, time.Duration) {
	if due.Before(now) {
		due = now
	}
	next := due.Add(r.Per / time.Duration(r.Count))
	if wait := next.Add(-r.Per).Sub(now); wait > 0 {
		return due, wait
	}
	return next, 0
}

// newOwner names this process in leases: the host, for a person, and a random
// part, so that a restarted process is another owner.
func newOwner() string {
	var random [8]byte
	_, _ = rand.Read(random[:])
	host, _ := os.Hostname()
	return host + "/" + hex.EncodeToString(random[:])
}
