package store

import "sync"

// clientCacheBytes bounds the client's own copies; when they are full all of
// them go, which costs a round trip each.
const clientCacheBytes = 4 << 20

// clientCache holds what the server has promised to tell changes of. A value
// goes in only if no change was told between asking for it and its arrival.
type clientCache struct {
	mu       sync.Mutex
	values   map[string][]byte
	expected map[string]uint64 // key → the latest ticket
	ticket   uint64
	bytes    int
}

func newClientCache() *clientCache {
	return &clientCache{values: map[string][]byte{}, expected: map[string]uint64{}}
}

func (c *clientCache) get(key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.values[key]
	return value, ok
}

// expect is called before a key is asked for; fill with its ticket after.
func (c *clientCache) expect(key string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.expected) > 1<<14 {
		clear(c.expected) // asked for and never answered
	}
	c.ticket++
	c.expected[key] = c.ticket
	return c.ticket
}

func (c *clientCache) fill(key string, ticket uint64, value []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.expected[key] != ticket {
		return // changed meanwhile, or asked for again
	}
	delete(c.expected, key)
	if c.bytes += len(key) + len(value) + 64; c.bytes > clientCacheBytes {
		clear(c.values)
		c.bytes = len(key) + len(value) + 64
	}
	c.values[key] = value
}

func (c *clientCache) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.values[key]; ok {
		c.bytes -= len(key) + len(value) + 64
		delete(c.values, key)
	}
	delete(c.expected, key)
}

func (c *clientCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.values)
	clear(c.expected)
	c.bytes = 0
}
