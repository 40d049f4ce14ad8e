package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valkey-io/valkey-go"
)

// prefix keeps membot's keys apart from whatever else the server holds.
const prefix = "membot:"

// clientCache is how long the client may answer a read from its own copy, which
// the server invalidates at each change.
const clientCache = 10 * time.Minute

// server is a backend on Valkey or Redis (6 or newer for client-side caching).
type server struct {
	option valkey.ClientOption

	client atomic.Pointer[valkey.Client] // nil until the first connection succeeds

	mu     sync.Mutex
	dial   chan struct{} // closed when the dialling under way ends; nil: none is
	err    error         // why the last one failed
	closed bool
}

// Scripts, each atomic on the server.
var (
	swapScript = valkey.NewLuaScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`)
	// takeScript is [Rate.spend] in microseconds, by the server's own clock.
	takeScript = valkey.NewLuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local next = due + ARGV[1]
local wait = next - ARGV[2] - now
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return 0`)
)

func openValkey(address string, o Options) (backend, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	option, err := valkey.ParseURL(strings.ToLower(scheme) + ":" + rest)
	if err != nil {
		return nil, errors.New("want valkey://[user:password@]host:6379/0") // the parser's error repeats the password
	}
	option.Dialer = net.Dialer{Timeout: o.Deadline, KeepAlive: time.Second}
	option.ConnWriteTimeout = 2 * time.Second // a connection silent for so long is given up
	option.ForceSingleClient = true
	option.ClientName = "membot"
	// Small buffers: the values are small, and idle memory is promised.
	option.ReadBufferEachConn, option.WriteBufferEachConn = 64<<10, 64<<10
	option.RingScaleEachConn, option.PipelineMultiplex = 9, 1
	option.CacheSizeEachConn = 4 << 20
	return &server{option: option}, nil
}

// connected returns the client. Until there has been a connection it dials,
// in a goroutine of its own, since a stopped server can hold a handshake longer
// than the asker may wait; later connections valkey-go renews itself.
func (s *server) connected(ctx context.Context) (valkey.Client, error) {
	if c := s.client.Load(); c != nil {
		return *c, nil
	}
	s.mu.Lock()
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
	if c := s.client.Load(); c != nil {
		return *c, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return nil, fmt.Errorf("connect: %w", s.err)
}

func (s *server) connect(done chan struct{}) {
	client, err := valkey.NewClient(s.option)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(done)
	s.dial, s.err = nil, err
	switch {
	case err != nil:
	case s.closed:
		client.Close()
		s.err = errClosed
	default:
		s.client.Store(&client)
	}
}

func (s *server) get(ctx context.Context, key string) ([]byte, error) {
	c, err := s.connected(ctx)
	if err != nil {
		return nil, err
	}
	value, err := c.DoCache(ctx, c.B().Get().Key(prefix+key).Cache(), clientCache).AsBytes()
	return value, said(err)
}

func (s *server) set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	c, err := s.connected(ctx)
	if err != nil {
		return err
	}
	text := valkey.BinaryString(value)
	if ttl <= 0 {
		return said(c.Do(ctx, c.B().Set().Key(prefix+key).Value(text).Build()).Error())
	}
	return said(c.Do(ctx, c.B().Set().Key(prefix+key).Value(text).Px(ttl).Build()).Error())
}

// claim is SET NX, then a read of who was first; should that have run out in
// between, the claim is tried once more.
func (s *server) claim(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, bool, error) {
	c, err := s.connected(ctx)
	if err != nil {
		return nil, false, err
	}
	for range 2 {
		err = c.Do(ctx, c.B().Set().Key(prefix+key).Value(valkey.BinaryString(value)).Nx().Px(ttl).Build()).Error()
		if err == nil {
			return nil, true, nil
		}
		if !valkey.IsValkeyNil(err) {
			return nil, false, said(err)
		}
		held, err := c.Do(ctx, c.B().Get().Key(prefix+key).Build()).AsBytes()
		if err == nil || !valkey.IsValkeyNil(err) {
			return held, false, said(err)
		}
	}
	return nil, false, errMissing
}

func (s *server) swap(ctx context.Context, key string, from, to []byte, ttl time.Duration) (bool, error) {
	c, err := s.connected(ctx)
	if err != nil {
		return false, err
	}
	args := []string{string(from), string(to), strconv.FormatInt(max(1, ttl.Milliseconds()), 10)}
	n, err := swapScript.Exec(ctx, c, []string{prefix + key}, args).AsInt64()
	return n == 1, said(err)
}

func (s *server) take(ctx context.Context, key string, r Rate) (time.Duration, error) {
	c, err := s.connected(ctx)
	if err != nil {
		return 0, err
	}
	args := []string{strconv.FormatInt((r.Per / time.Duration(r.Count)).Microseconds(), 10), strconv.FormatInt(r.Per.Microseconds(), 10)}
	wait, err := takeScript.Exec(ctx, c, []string{prefix + key}, args).AsInt64()
	return time.Duration(wait) * time.Microsecond, said(err)
}

func (s *server) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if c := s.client.Load(); c != nil {
		(*c).Close()
	}
	return nil
}

// said turns the client's word for no such key into this package's.
func said(err error) error {
	if valkey.IsValkeyNil(err) {
		return errMissing
	}
	return err
}
