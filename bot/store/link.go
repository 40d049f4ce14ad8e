package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

// link is a connection shared by all who ask, and the one that tells of changes
// to what they read: commands are sent as they come and replies arrive in the
// same order. It is never mended, only replaced.
type link struct {
	wire   redis.Conn
	conn   net.Conn // beneath the wire
	cached *clientCache
	dead   chan struct{} // closed when the link is over
	more   chan struct{} // there is something to write

	mu      sync.Mutex
	waiting []chan reply // of commands sent, oldest first
	out     [][]any      // commands not yet written
	unsent  int          // bytes of them
	err     error        // why it is over
}

// reply is what the server answered: nil for nothing.
type reply struct {
	value any
	err   error
}

// lost is what a command gets whose connection ended.
type lost struct{ cause error }

// Error implements error.
func (l lost) Error() string { return "connection lost: " + l.cause.Error() }

// Unwrap gives the cause.
func (l lost) Unwrap() error { return l.cause }

// dialLink connects, logs in, and asks to be told of changes to what it reads.
func dialLink(ctx context.Context, w where) (*link, error) {
	cached := newClientCache()
	t, err := dialTold(ctx, w, cached)
	if err != nil {
		return nil, err
	}
	wire, conn, err := w.dial(ctx)
	if err == nil {
		if _, err = redis.DoContext(wire, ctx, "CLIENT", "TRACKING", "ON", "REDIRECT", t.id); err != nil {
			_ = wire.Close()
			err = fmt.Errorf("ask to be told of changes: %w", refusal(err))
		}
	}
	if err != nil {
		_ = t.wire.Close()
		return nil, err
	}
	l := &link{wire: wire, conn: conn, cached: cached, dead: make(chan struct{}), more: make(chan struct{}, 1)}
	go l.read()
	go l.write()
	go func() { l.end(t.listen(l.dead)) }()
	return l, nil
}

// stuck is how long a connection may owe a reply before it is given up: the
// server may be gone without a word.
const stuck = 2 * time.Second

// do sends a command and waits for its reply or for ctx to end. No value is
// [errMissing].
func (l *link) do(ctx context.Context, args ...any) (any, error) {
	mine := make(chan reply, 1)
	if err := l.send(mine, args); err != nil {
		return nil, err
	}
	select {
	case r, ok := <-mine:
		if !ok {
			l.mu.Lock()
			defer l.mu.Unlock()
			return nil, lost{l.err}
		}
		if r.err == nil && r.value == nil {
			return nil, errMissing
		}
		return r.value, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the server: %w", ctx.Err())
	}
}

// mostUnsent bounds what waits for a server that does not read, in bytes.
const mostUnsent = 8 << 20

var errBusy = errors.New("the server reads too slowly")

// send queues a command and whoever waits for its reply, both in one order. It
// never blocks.
func (l *link) send(mine chan reply, command []any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return lost{l.err}
	}
	if l.unsent > mostUnsent {
		return errBusy
	}
	l.waiting, l.out, l.unsent = append(l.waiting, mine), append(l.out, command), l.unsent+sizeOf(command)
	if len(l.waiting) == 1 {
		_ = l.conn.SetReadDeadline(time.Now().Add(stuck))
	}
	select {
	case l.more <- struct{}{}:
	default:
	}
	return nil
}

func sizeOf(command []any) (bytes int) {
	for _, arg := range command {
		bytes += 16
		switch a := arg.(type) {
		case string:
			bytes += len(a)
		case []byte:
			bytes += len(a)
		}
	}
	return bytes
}

// write sends what has gathered, all of it at once, until the link is over.
func (l *link) write() {
	for {
		select {
		case <-l.dead:
			return
		case <-l.more:
		}
		l.mu.Lock()
		out := l.out
		l.out, l.unsent = nil, 0
		l.mu.Unlock()
		if err := l.flush(out); err != nil {
			l.end(err)
			return
		}
	}
}

func (l *link) flush(out [][]any) error {
	for _, command := range out {
		name, _ := command[0].(string)
		if err := l.wire.Send(name, command[1:]...); err != nil {
			return err
		}
	}
	return l.wire.Flush()
}

// read hands out replies until the link is over.
func (l *link) read() {
	for {
		value, err := l.wire.Receive()
		if err = refusal(err); err != nil {
			if _, refused := errors.AsType[serverError](err); !refused {
				l.end(err)
				return
			}
		}
		if err := l.hand(reply{value, err}); err != nil {
			l.end(err)
			return
		}
	}
}

var errUnasked = errors.New("the server answered what nobody asked")

func (l *link) hand(got reply) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		return errUnasked
	}
	l.waiting[0] <- got
	l.waiting = l.waiting[1:]
	var next time.Time // an idle connection may stay silent
	if len(l.waiting) > 0 {
		next = time.Now().Add(stuck)
	}
	_ = l.conn.SetReadDeadline(next)
	return nil
}

// end closes the link and tells all who wait.
func (l *link) end(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	l.err = cause
	_ = l.wire.Close()
	for _, w := range l.waiting {
		close(w)
	}
	l.waiting = nil
	l.cached.clear()
	close(l.dead)
}

// get reads a key from the client's own copy while the server has not said that
// it changed.
func (l *link) get(ctx context.Context, key string) ([]byte, error) {
	if value, ok := l.cached.get(key); ok {
		return value, nil
	}
	ticket := l.cached.expect(key)
	value, err := redis.Bytes(l.do(ctx, "GET", key))
	if err == nil {
		l.cached.fill(key, ticket, value)
	}
	return value, err
}
