package store

import (
	"context"
	"fmt"
	"time"
)

// Lease takes or renews the sole right to name, for ttl; false says that
// another process holds it. An error says that nobody knows: a holder goes on
// until its last lease has run out, and nobody new begins.
func (s *Store) Lease(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	key, me := classLease+"/"+name, []byte(s.owner)
	held, won, err := s.guard.claim(ctx, key, me, ttl)
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", name, err)
	}
	if won || string(held) != s.owner {
		return won, nil
	}
	renewed, err := s.guard.swap(ctx, key, me, me, ttl)
	if err != nil {
		return false, fmt.Errorf("renew lease %s: %w", name, err)
	}
	return renewed, nil
}

// Release gives a lease back, if this process holds it.
func (s *Store) Release(ctx context.Context, name string) {
	_, _ = s.guard.swap(ctx, classLease+"/"+name, []byte(s.owner), nil, 0)
}

// Owner is this process's name in leases.
func (s *Store) Owner() string { return s.owner }
