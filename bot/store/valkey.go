package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

// prefix keeps membot's keys apart from whatever else the server holds.
const prefix = "membot:"

// server is a backend on Valkey, or on Redis 6 or newer.
type server struct {
	where where

	mu     sync.Mutex
	link   *link         // nil or over: none
	dial   chan struct{} // closed when the dialling under way ends; nil: none is
	err    error         // why the last one failed
	closed bool
}

// script is a step that the server makes at once; it knows one by its hash.
type script struct{ text, hash string }

func newScript(text string) script { return script{text, redis.NewScript(1, text).Hash()} }

var (
	swapScript = newScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`)
	// takeScript is [Rate.spend] in microseconds, by the server's own clock.
	takeScript = newScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local next = due + ARGV[1]
local wait = next - ARGV[2] - now
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return 0`)
)

// openValkey reads the address. No error repeats it: it may hold a password.
func openValkey(address string, _ Options) (backend, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("want valkey://[user:password@]host:6379/0")
	}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	w := where{address: net.JoinHostPort(u.Hostname(), port), user: u.User.Username()}
	w.password, _ = u.User.Password()
	if database := strings.Trim(u.Path, "/"); database != "" {
		if w.database, err = strconv.Atoi(database); err != nil || w.database < 0 {
			return nil, errors.New("the database after the host must be a number, such as /0")
		}
	}
	if scheme := strings.ToLower(u.Scheme); scheme == "valkeys" || scheme == "rediss" {
		w.tls = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	}
	return &server{where: w}, nil
}

// connected returns a living connection. Without one it dials, in a goroutine of
// its own, since a stopped server can hold a greeting longer than the asker may
// wait; askers in the meantime wait for the same one.
func (s *server) connected(ctx context.Context) (*link, error) {
	s.mu.Lock()
	if l := s.living(); l != nil {
		s.mu.Unlock()
		return l, nil
	}
	if s.dial == nil {
		s.dial = make(chan struct{})
		go s.connect(s.dial)
	}
	dial := s.dial
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("connect: %w", ctx.Err())
	case <-dial:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.living(); l != nil {
		return l, nil
	}
	return nil, s.err
}

// living is called with the lock held.
func (s *server) living() *link {
	if s.link == nil {
		return nil
	}
	select {
	case <-s.link.dead:
		return nil
	default:
		return s.link
	}
}

// connectWithin bounds dialling and greeting.
const connectWithin = 2 * time.Second

func (s *server) connect(done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
	defer cancel()
	l, err := dialLink(ctx, s.where)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(done)
	s.dial, s.err, s.link = nil, err, l
	if err == nil && s.closed {
		l.end(errClosed)
		s.err = errClosed
	}
}

// unreachable is an error that says of a server that it answers nothing now,
// whatever it is asked.
type unreachable struct{ cause error }

// Error implements error.
func (u unreachable) Error() string { return u.cause.Error() }

// Unwrap gives the cause.
func (u unreachable) Unwrap() error { return u.cause }

func reached(err error) error {
	if _, refused := errors.AsType[serverError](err); err == nil || refused || errors.Is(err, errMissing) {
		return err
	}
	return unreachable{err}
}

func (s *server) do(ctx context.Context, args ...any) (any, error) {
	l, err := s.connected(ctx)
	if err != nil {
		return nil, reached(err)
	}
	value, err := l.do(ctx, args...)
	return value, reached(err)
}

func (s *server) get(ctx context.Context, key string) ([]byte, error) {
	l, err := s.connected(ctx)
	if err != nil {
		return nil, reached(err)
	}
	value, err := l.get(ctx, prefix+key)
	return value, reached(err)
}

func (s *server) set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	command := []any{"SET", prefix + key, value}
	if ttl > 0 {
		command = append(command, "PX", milliseconds(ttl))
	}
	_, err := s.do(ctx, command...)
	return err
}

// milliseconds is a time to live: never the 0 that a server refuses.
func milliseconds(d time.Duration) int64 { return max(1, d.Milliseconds()) }

// claim is SET NX, then a read of who was first; should that have run out in
// between, the claim is tried once more.
func (s *server) claim(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, bool, error) {
	for range 2 {
		_, err := s.do(ctx, "SET", prefix+key, value, "PX", milliseconds(ttl), "NX")
		if err == nil {
			return nil, true, nil
		}
		if !errors.Is(err, errMissing) {
			return nil, false, err
		}
		held, err := redis.Bytes(s.do(ctx, "GET", prefix+key))
		if !errors.Is(err, errMissing) {
			return held, false, err
		}
	}
	return nil, false, errMissing
}

func (s *server) swap(ctx context.Context, key string, from, to []byte, ttl time.Duration) (bool, error) {
	n, err := s.run(ctx, swapScript, key, from, to, milliseconds(ttl))
	return n == 1, err
}

func (s *server) take(ctx context.Context, key string, r Rate) (time.Duration, error) {
	wait, err := s.run(ctx, takeScript, key, (r.Per / time.Duration(r.Count)).Microseconds(), r.Per.Microseconds())
	return time.Duration(wait) * time.Microsecond, err
}

// run runs a script by its name, or by its text where the server does not know it.
func (s *server) run(ctx context.Context, sc script, key string, args ...any) (int64, error) {
	keyed := append([]any{prefix + key}, args...)
	n, err := redis.Int64(s.do(ctx, append([]any{"EVALSHA", sc.hash, 1}, keyed...)...))
	if refused, ok := errors.AsType[serverError](err); ok && strings.HasPrefix(string(refused), "NOSCRIPT") {
		return redis.Int64(s.do(ctx, append([]any{"EVAL", sc.text, 1}, keyed...)...))
	}
	return n, err
}

func (s *server) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if l := s.living(); l != nil {
		l.end(errClosed)
	}
	return nil
}

// list implements lister, by a scan that holds the server up for no one.
func (s *server) list(ctx context.Context, class string) (map[string][]byte, error) {
	found, cursor := map[string][]byte{}, "0"
	for {
		page, err := redis.Values(s.do(ctx, "SCAN", cursor, "MATCH", prefix+class+"*", "COUNT", 1000))
		if err != nil {
			return nil, err
		}
		var keys []string
		if _, err := redis.Scan(page, &cursor, &keys); err != nil {
			return nil, errProtocol
		}
		for _, key := range keys {
			value, err := redis.Bytes(s.do(ctx, "GET", key))
			if err == nil {
				found[strings.TrimPrefix(key, prefix)] = value
			} else if !errors.Is(err, errMissing) {
				return nil, err
			}
		}
		if cursor == "0" {
			return found, nil
		}
	}
}
