package store

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// link is one connection, shared by all who ask: commands are sent as they come
// and replies arrive in the same order. It is never mended, only replaced.
type link struct {
	conn   net.Conn
	cached *clientCache
	dead   chan struct{} // closed when the connection is over
	more   chan struct{} // there is something to write

	mu      sync.Mutex
	waiting []chan reply // of commands sent, oldest first
	out     []byte       // commands not yet written
	err     error        // why it is over
}

// lost is what a command gets whose connection ended.
type lost struct{ cause error }

// Error implements error.
func (l lost) Error() string { return "connection lost: " + l.cause.Error() }

// Unwrap gives the cause.
func (l lost) Unwrap() error { return l.cause }

// where is the server and how to be let in.
type where struct {
	address        string // host:port
	user, password string
	database       int
	tls            *tls.Config // nil: plain
}

// dialLink connects, logs in, and asks to be told of changes to what it reads.
func dialLink(ctx context.Context, w where) (*link, error) {
	var dialer interface {
		DialContext(ctx context.Context, network, address string) (net.Conn, error)
	} = &net.Dialer{KeepAlive: 5 * time.Second}
	if w.tls != nil {
		dialer = &tls.Dialer{Config: w.tls}
	}
	conn, err := dialer.DialContext(ctx, "tcp", w.address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	l := &link{conn: conn, cached: newClientCache(), dead: make(chan struct{}), more: make(chan struct{}, 1)}
	go l.read()
	go l.write()
	for _, command := range w.greeting() {
		r, err := l.do(ctx, command...)
		if err == nil {
			_, err = r.value()
		}
		if err != nil {
			l.end(err)
			return nil, fmt.Errorf("greet the server: %w", err)
		}
	}
	return l, nil
}

// greeting is what a connection begins with.
func (w where) greeting() [][]string {
	hello := []string{"HELLO", "3"}
	if w.password != "" {
		user := w.user
		if user == "" {
			user = "default"
		}
		hello = append(hello, "AUTH", user, w.password)
	}
	greeting := [][]string{append(hello, "SETNAME", "membot")}
	if w.database != 0 {
		greeting = append(greeting, []string{"SELECT", fmt.Sprint(w.database)})
	}
	return append(greeting, []string{"CLIENT", "TRACKING", "ON"})
}

// stuck is how long a connection may owe a reply before it is given up: the
// server may be gone without a word.
const stuck = 2 * time.Second

// do sends a command and waits for its reply or for ctx to end.
func (l *link) do(ctx context.Context, args ...string) (reply, error) {
	mine := make(chan reply, 1)
	if err := l.send(mine, encodeCommand(args...)); err != nil {
		return reply{}, err
	}
	select {
	case r, ok := <-mine:
		if !ok {
			l.mu.Lock()
			defer l.mu.Unlock()
			return reply{}, lost{l.err}
		}
		return r, nil
	case <-ctx.Done():
		return reply{}, fmt.Errorf("wait for the server: %w", ctx.Err())
	}
}

// mostUnsent bounds what waits for a server that does not read, in bytes.
const mostUnsent = 8 << 20

var errBusy = errors.New("the server reads too slowly")

// send queues a command and whoever waits for its reply, both in one order. It
// never blocks.
func (l *link) send(mine chan reply, command []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return lost{l.err}
	}
	if len(l.out) > mostUnsent {
		return errBusy
	}
	l.waiting, l.out = append(l.waiting, mine), append(l.out, command...)
	if len(l.waiting) == 1 {
		_ = l.conn.SetReadDeadline(time.Now().Add(stuck))
	}
	select {
	case l.more <- struct{}{}:
	default:
	}
	return nil
}

// write sends what has gathered, all of it at once, until the connection is over.
func (l *link) write() {
	for {
		select {
		case <-l.dead:
			return
		case <-l.more:
		}
		l.mu.Lock()
		out := l.out
		l.out = nil
		l.mu.Unlock()
		_ = l.conn.SetWriteDeadline(time.Now().Add(stuck))
		if _, err := l.conn.Write(out); err != nil {
			l.end(err)
			return
		}
	}
}

// read hands out replies until the connection is over.
func (l *link) read() {
	r := bufio.NewReaderSize(l.conn, 16<<10)
	for {
		got, err := readReply(r, 0)
		if err == nil && got.kind == '>' {
			l.told(got.list)
			continue
		}
		if err == nil {
			err = l.hand(got)
		}
		if err != nil {
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

// told acts on what the server says unasked: that keys have changed.
func (l *link) told(list []reply) {
	if len(list) < 2 || string(list[0].text) != "invalidate" {
		return
	}
	if list[1].kind == '_' {
		l.cached.clear() // all of them
	}
	for _, key := range list[1].list {
		l.cached.drop(string(key.text))
	}
}

// end closes the connection and tells all who wait.
func (l *link) end(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	l.err = cause
	_ = l.conn.Close()
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
	r, err := l.do(ctx, "GET", key)
	if err != nil {
		return nil, err
	}
	value, err := r.value()
	if err == nil {
		l.cached.fill(key, ticket, value)
	}
	return value, err
}
