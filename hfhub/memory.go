package hfhub

import (
	"container/list"
	"sync"
)

// memory keeps the answers used last, up to so many bytes.
type memory struct {
	mu    sync.Mutex
	room  int64 // bytes left
	order *list.List
	items map[string]*list.Element
}

type remembered struct {
	key  string
	kept kept
}

func newMemory(room int64) *memory {
	return &memory{room: room, order: list.New(), items: map[string]*list.Element{}}
}

// get gives what is kept under the key, of whatever age.
func (m *memory) get(key string) (kept, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, known := m.items[key]
	if !known {
		return kept{}, false
	}
	m.order.MoveToFront(item)
	return item.Value.(remembered).kept, true
}

// put keeps a value and forgets the ones unused longest.
func (m *memory) put(key string, k kept) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if item, known := m.items[key]; known {
		m.forget(item)
	}
	m.items[key] = m.order.PushFront(remembered{key, k})
	m.room -= weight(key, k)
	for m.room < 0 && m.order.Len() > 0 {
		m.forget(m.order.Back())
	}
}

func (m *memory) forget(item *list.Element) {
	old := m.order.Remove(item).(remembered)
	delete(m.items, old.key)
	m.room += weight(old.key, old.kept)
}

func weight(key string, k kept) int64 { return int64(len(key) + len(k.body) + 128) }
