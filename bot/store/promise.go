package store

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"
)

// classPromise holds what was promised to askers and is still being worked on.
const classPromise = "d"

// lister is a backend that can be asked for all keys of a class.
type lister interface {
	list(ctx context.Context, prefix string) (map[string][]byte, error)
}

func aliveName(owner string) string { return "alive/" + owner }

// Promise remembers that this process owes an answer, with a note of how to reach
// the asker: should the process die, another finds it among the [Store.Orphans].
func (s *Store) Promise(ctx context.Context, id string, note []byte) {
	_ = s.guard.set(ctx, classPromise+"/"+id, s.promise(note), Remembered)
}

// Kept says that the answer was given.
func (s *Store) Kept(ctx context.Context, id string, note []byte) {
	_, _ = s.guard.swap(ctx, classPromise+"/"+id, s.promise(note), nil, 0)
}

func (s *Store) promise(note []byte) []byte { return append([]byte(s.owner+"\n"), note...) }

// Orphans says that this process lives, and returns the notes of promises whose
// process does not, each to one caller only. Call it every ten seconds, and once
// before the first promise.
func (s *Store) Orphans(ctx context.Context) [][]byte {
	if _, err := s.Lease(ctx, aliveName(s.owner), ShardLease); err != nil {
		return nil
	}
	l, ok := s.guard.backend.(lister)
	if !ok {
		return nil
	}
	// A list takes longer than one operation may; nobody waits for it.
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	promises, err := l.list(ctx, classPromise+"/")
	if err != nil {
		return nil
	}
	var notes [][]byte
	for key, value := range promises {
		owner, note, ok := bytes.Cut(value, []byte("\n"))
		if !ok || string(owner) == s.owner || s.alive(ctx, string(owner)) {
			continue
		}
		if first, _ := s.Claim(ctx, "orphan/"+strings.TrimPrefix(key, classPromise+"/")); first {
			notes = append(notes, note)
			_, _ = s.guard.swap(ctx, key, value, nil, 0)
		}
	}
	return notes
}

// alive gives a process the benefit of the doubt.
func (s *Store) alive(ctx context.Context, owner string) bool {
	_, err := s.guard.get(ctx, classLease+"/"+aliveName(owner))
	return !errors.Is(err, errMissing)
}

// list implements lister.
func (m *memory) list(_ context.Context, prefix string) (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[string][]byte{}
	for key := range m.cells {
		if value, ok := m.find(key); ok && strings.HasPrefix(key, prefix) {
			found[key] = bytes.Clone(value)
		}
	}
	return found, nil
}
