package hfhub

import (
	"context"
	"encoding/binary"
	"strings"
	"time"
)

// Store is a cache that outlives the client. Keys are printable text without a
// secret in it, values opaque. Get gives nil where it holds nothing; the client
// treats an error as that, so a store may fail and only cost requests.
type Store interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte) error
}

// Origin says where an answer came from.
type Origin string

// The places an answer may come from.
const (
	FromHub   Origin = "hub"   // asked now, or kept so recently that it still holds
	FromCache Origin = "cache" // kept from an earlier time, or a local copy
)

// Fresh says where a value came from and how old it is.
type Fresh struct {
	Origin    Origin    `json:"origin"`
	FetchedAt time.Time `json:"fetched_at"` // when the Hub said so
	Stale     bool      `json:"stale"`      // the Hub could not be asked, so this may be outdated
}

// kept is a body with the time it was fetched.
type kept struct {
	body []byte
	at   time.Time
}

const storeVersion = 1

// pack writes a kept value for a Store: version, Unix seconds, body.
func (k kept) pack() []byte {
	packed := make([]byte, 9, 9+len(k.body))
	packed[0] = storeVersion
	binary.BigEndian.PutUint64(packed[1:], uint64(k.at.Unix()))
	return append(packed, k.body...)
}

func unpack(packed []byte) (kept, bool) {
	if len(packed) < 9 || packed[0] != storeVersion {
		return kept{}, false
	}
	at := time.Unix(int64(binary.BigEndian.Uint64(packed[1:])), 0).UTC()
	return kept{body: packed[9:], at: at}, true
}

func (c *Client) key(kind string, parts ...string) string {
	return strings.Join(append([]string{kind, c.scope}, parts...), "|")
}

// recall finds a kept value, in memory or in the store, of whatever age.
func (c *Client) recall(ctx context.Context, key string) (kept, bool) {
	if k, known := c.memory.get(key); known {
		return k, true
	}
	if c.settings.Store == nil {
		return kept{}, false
	}
	packed, err := c.settings.Store.Get(ctx, key)
	if err != nil {
		return kept{}, false
	}
	k, known := unpack(packed)
	if known {
		c.memory.put(key, k)
	}
	return k, known
}

// remember keeps a value in both. A store that fails costs a request later, no more.
func (c *Client) remember(ctx context.Context, key string, body []byte) kept {
	k := kept{body: body, at: c.settings.Now().UTC().Truncate(time.Second)}
	c.memory.put(key, k)
	if c.settings.Store != nil {
		_ = c.settings.Store.Put(ctx, key, k.pack())
	}
	return k
}

// recent says whether a branch's answer is still believed.
func (c *Client) recent(k kept) bool {
	return c.settings.Now().Sub(k.at) < c.settings.BranchTTL
}

// through gives a kept value: the one in the cache while it holds, else what ask
// brings, else, where the Hub is down, the old one marked stale. forever is for
// what a commit pins.
func (c *Client) through(ctx context.Context, key string, forever bool, ask func(context.Context) ([]byte, error)) (kept, Fresh, error) {
	old, known := c.recall(ctx, key)
	if known && (forever || c.recent(old)) {
		return old, Fresh{Origin: FromHub, FetchedAt: old.at}, nil
	}
	if err := c.refused.get(key, c.settings.Now()); err != nil {
		return kept{}, Fresh{}, err
	}
	k, err := once(ctx, c, key, func(ctx context.Context) (kept, error) {
		// Whoever looked just before another flight landed need not ask again.
		if k, known := c.memory.get(key); known && (forever || c.recent(k)) {
			return k, nil
		}
		body, err := ask(ctx)
		if err != nil {
			return kept{}, err
		}
		return c.remember(ctx, key, body), nil
	})
	if err == nil {
		return k, Fresh{Origin: FromHub, FetchedAt: k.at}, nil
	}
	c.refused.put(key, err, c.settings.Now().Add(min(refusedFor, c.settings.BranchTTL)))
	if known && down(err) {
		return old, Fresh{Origin: FromCache, FetchedAt: old.at, Stale: true}, nil
	}
	return kept{}, Fresh{}, err
}
