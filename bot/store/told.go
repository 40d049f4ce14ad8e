package store

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/gomodule/redigo/redis"
)

// invalidated is the channel on which a server names keys that have changed, to
// those who speak RESP2.
const invalidated = "__redis__:invalidate"

// told is the connection on which the server says which keys have changed.
type told struct {
	wire   redis.Conn
	conn   net.Conn
	id     int64 // the server's name for it
	cached *clientCache
}

// dialTold connects and subscribes.
func dialTold(ctx context.Context, w where, cached *clientCache) (*told, error) {
	wire, conn, err := w.dial(ctx)
	if err != nil {
		return nil, err
	}
	t := &told{wire: wire, conn: conn, cached: cached}
	if t.id, err = redis.Int64(redis.DoContext(wire, ctx, "CLIENT", "ID")); err == nil {
		_, err = redis.DoContext(wire, ctx, "SUBSCRIBE", invalidated)
	}
	if err != nil {
		_ = wire.Close()
		return nil, fmt.Errorf("subscribe to changes: %w", refusal(err))
	}
	return t, nil
}

// alive is how often the server is asked to say something, so that a connection
// that died without a word, and the copies that rest on it, last [stuck] more.
const alive = time.Second

// listen drops what changed until the connection is over, and says why it is.
func (t *told) listen(over <-chan struct{}) error {
	go t.ask(over)
	for {
		_ = t.conn.SetReadDeadline(time.Now().Add(alive + stuck))
		said, err := redis.Values(t.wire.Receive())
		if err != nil {
			return fmt.Errorf("listen for changes: %w", refusal(err))
		}
		t.hear(said)
	}
}

// ask pings until the link is over, then closes the connection.
func (t *told) ask(over <-chan struct{}) {
	tick := time.NewTicker(alive)
	defer tick.Stop()
	defer t.wire.Close()
	for {
		select {
		case <-over:
			return
		case <-tick.C:
		}
		if t.wire.Send("PING") != nil || t.wire.Flush() != nil {
			return // the listener meets the reason
		}
	}
}

// hear acts on one message: the keys that changed, or nothing for all of them.
func (t *told) hear(said []any) {
	if len(said) != 3 {
		return // an answered ping
	}
	if said[2] == nil {
		t.cached.clear()
		return
	}
	keys, _ := redis.Strings(said[2], nil)
	for _, key := range keys {
		t.cached.drop(key)
	}
}
