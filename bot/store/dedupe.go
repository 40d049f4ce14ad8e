package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Remembered is how long an interaction is known to have been taken: as long as
// Discord lets it be answered.
const Remembered = 15 * time.Minute

// answeredMark marks a claim that has been answered; what follows is the answer. A
// claim without it is still being worked on.
const answeredMark = 'r'

// Claim takes an interaction or message for this process. First says that
// nobody had taken it; otherwise Reply is the body that was recorded for it, nil
// while that is still being made. With the store down it fails open: only this
// process's own duplicates are found.
func (s *Store) Claim(ctx context.Context, id string) (first bool, body []byte) {
	key := classClaim + "/" + id
	held, won, err := s.guard.claim(ctx, key, []byte(s.owner), Remembered)
	if err != nil {
		held, won, _ = s.local.claim(ctx, key, []byte(s.owner), Remembered)
	}
	if !won && len(held) > 0 && held[0] == answeredMark {
		return false, held[1:]
	}
	return won, nil
}

// Record keeps the body that answered a claimed id, to be said again to a
// duplicate.
func (s *Store) Record(ctx context.Context, id string, body []byte) {
	key, value := classClaim+"/"+id, append([]byte{answeredMark}, body...)
	if s.guard.set(ctx, key, value, Remembered) != nil {
		_ = s.local.set(ctx, key, value, Remembered)
	}
}

// Forget gives a claim back, so that another delivery is answered afresh.
func (s *Store) Forget(ctx context.Context, id string) {
	key := classClaim + "/" + id
	_, _ = s.local.swap(ctx, key, []byte(s.owner), nil, 0)
	_, _ = s.guard.swap(ctx, key, []byte(s.owner), nil, 0)
}

// Take spends one of a shared limit and returns 0, or how long to wait. Names
// are hashed: the store need not know who asked. With the store down the limit
// is this process's own.
func (s *Store) Take(ctx context.Context, name string, rate Rate) time.Duration {
	if rate.Count < 1 || rate.Per <= 0 {
		return 0
	}
	sum := sha256.Sum256([]byte(name))
	key := classLimit + "/" + hex.EncodeToString(sum[:12])
	wait, err := s.guard.take(ctx, key, rate)
	if err != nil {
		wait, _ = s.local.take(ctx, key, rate)
	}
	return wait
}
