package store

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// memory is a backend in this process: for tests, for memory:, and for what
// goes on locally while the store is down.
type memory struct {
	now func() time.Time
	max int64 // bytes of keys and values

	mu     sync.Mutex
	cells  map[string]cell
	bytes  int64
	sweeps time.Time // when the expired were last thrown out
}

type cell struct {
	value []byte
	until time.Time // zero: for good
}

func newMemory(now func() time.Time, maxBytes int64) *memory {
	return &memory{now: now, max: maxBytes, cells: map[string]cell{}}
}

func (m *memory) get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.find(key)
	if !ok {
		return nil, errMissing
	}
	return bytes.Clone(value), nil
}

func (m *memory) set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(key, value, ttl)
	return nil
}

func (m *memory) claim(_ context.Context, key string, value []byte, ttl time.Duration) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if held, ok := m.find(key); ok {
		return bytes.Clone(held), false, nil
	}
	m.put(key, value, ttl)
	return nil, true, nil
}

func (m *memory) swap(_ context.Context, key string, from, to []byte, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	held, ok := m.find(key)
	if !ok || !bytes.Equal(held, from) {
		return false, nil
	}
	if to == nil {
		m.drop(key)
		return true, nil
	}
	m.put(key, to, ttl)
	return true, nil
}

func (m *memory) take(_ context.Context, key string, r Rate) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due time.Time
	if held, ok := m.find(key); ok {
		_ = due.UnmarshalBinary(held) // only take writes these keys
	}
	due, wait := r.spend(due, m.now())
	if wait > 0 {
		return wait, nil
	}
	held, _ := due.MarshalBinary()
	m.put(key, held, due.Sub(m.now()))
	return 0, nil
}

func (m *memory) close() error { return nil }

// find, put and drop are called with the lock held.
func (m *memory) find(key string) ([]byte, bool) {
	c, ok := m.cells[key]
	if !ok || (!c.until.IsZero() && !m.now().Before(c.until)) {
		return nil, false
	}
	return c.value, true
}

func (m *memory) put(key string, value []byte, ttl time.Duration) {
	m.drop(key)
	c := cell{value: bytes.Clone(value)}
	if ttl > 0 {
		c.until = m.now().Add(ttl)
	}
	m.cells[key] = c
	m.bytes += int64(len(key) + len(value))
	m.bound()
}

func (m *memory) drop(key string) {
	if c, ok := m.cells[key]; ok {
		m.bytes -= int64(len(key) + len(c.value))
		delete(m.cells, key)
	}
}

// bound throws out what has expired, once a minute or when too much is kept,
// then metadata, then anything that was to expire, in no order.
func (m *memory) bound() {
	now := m.now()
	if m.bytes <= m.max && now.Sub(m.sweeps) < time.Minute {
		return
	}
	m.sweeps = now
	expired := func(_ string, c cell) bool { return !c.until.IsZero() && !now.Before(c.until) }
	for key, c := range m.cells {
		if expired(key, c) {
			m.drop(key)
		}
	}
	for _, evict := range []func(string, cell) bool{
		func(key string, _ cell) bool { return key[:1] == classMetadata },
		func(_ string, c cell) bool { return !c.until.IsZero() },
	} {
		for key, c := range m.cells {
			if m.bytes <= m.max*9/10 {
				break
			}
			if m.bytes > m.max*9/10 && evict(key, c) {
				m.drop(key)
			}
		}
	}
}
