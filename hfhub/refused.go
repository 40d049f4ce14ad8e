package hfhub

import (
	"errors"
	"sync"
	"time"
)

const (
	refusedFor = 30 * time.Second // how long a refusal is repeated without asking again
	maxRefused = 4096             // kept
)

// lasting are the refusals that will not have changed a moment later.
var lasting = []error{ErrMissing, ErrMissingOrPrivate, ErrNoRevision, ErrNoFile, ErrGated, ErrForbidden, ErrDisabled}

// refused remembers for a short while what the Hub refused, so that a name asked
// for again and again costs one request.
type refused struct {
	mu   sync.Mutex
	byID map[string]refusedOnce
}

type refusedOnce struct {
	err   error
	until time.Time
}

func (r *refused) get(key string, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if once, known := r.byID[key]; known && now.Before(once.until) {
		return once.err
	}
	return nil
}

func (r *refused) put(key string, err error, until time.Time) {
	for _, kind := range lasting {
		if !errors.Is(err, kind) {
			continue
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.byID == nil || len(r.byID) >= maxRefused {
			r.byID = map[string]refusedOnce{}
		}
		r.byID[key] = refusedOnce{err, until}
		return
	}
}
