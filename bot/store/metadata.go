package store

import (
	"context"
	"errors"
	"time"
)

// keep is how long an answer of the Hub is kept after it was saved, fresh or
// stale: long enough to outlast any outage, and bounded, so that a model nobody
// asks about is forgotten.
const keep = 90 * 24 * time.Hour

// Get returns the metadata last put under key, however old, or nil. Whether it
// still holds is for the reader to say: what a commit pins always does. Many
// askers of one key are one read.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	found, err, _ := s.flight.Do(key, func() (any, error) {
		// The one who reads for all is not stopped by the first asker leaving.
		return s.guard.get(context.WithoutCancel(ctx), classMetadata+"/"+key)
	})
	if errors.Is(err, errMissing) {
		s.onRead("miss")
		return nil, nil
	}
	if err != nil {
		s.onRead("failed")
		return nil, err
	}
	s.onRead("hit")
	return found.([]byte), nil
}

// Put keeps metadata under key. An error costs a request to the Hub later, no
// more; the guard has counted and logged it.
func (s *Store) Put(ctx context.Context, key string, value []byte) error {
	return s.guard.set(ctx, classMetadata+"/"+key, value, keep)
}
