package discord

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// Packets of the gateway that the tap looks at.
const (
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opAck            = 11
)

// intents ask for servers, their messages and direct messages; none of them is
// privileged.
const intents = discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages

// A shard is one gateway session with the library that holds it.
type shard struct {
	id, total   int
	concurrency int         // of identifies, as Discord allows
	fresh       atomic.Bool // there is no session to resume: the next opening identifies
	url         string
	token       string
	roots       *x509.CertPool // whom to trust; nil: whom the machine trusts
	pace        pace
	event       func(kind string, data json.RawMessage)

	mu       sync.Mutex
	resumeAt *url.URL // where Discord wants the session resumed; nil: nowhere else
	tap      *tap
	lastAck  time.Time
	interval time.Duration // between heartbeats
	library  *discordgo.Session
	parted   chan struct{} // the library has let go of a connection
}

// pace is how patient a shard is; tests are not.
type pace struct {
	open     time.Duration        // for a connection to be made
	afresh   func() time.Duration // before identifying anew, as Discord asks
	backoff  time.Duration        // before the second attempt to connect
	patience time.Duration        // without a session, before giving up
	check    time.Duration        // between looks at the heartbeat
}

func usualPace() pace {
	return pace{
		open: 30 * time.Second, backoff: time.Second, patience: 3 * time.Minute, check: 5 * time.Second,
		afresh: func() time.Duration { return time.Second + time.Duration(rand.Int64N(int64(4*time.Second))) },
	}
}

// renew makes a library session that has nothing to resume.
func (s *shard) renew() error {
	library, err := discordgo.New("Bot " + s.token)
	if err != nil {
		return fmt.Errorf("start gateway session: %w", err)
	}
	library.StateEnabled, library.SyncEvents, library.Compress = false, true, false
	library.State.TrackChannels, library.State.TrackEmojis, library.State.TrackMembers = false, false, false
	library.State.TrackRoles, library.State.TrackVoice, library.State.TrackPresences = false, false, false
	library.State.TrackThreads, library.State.TrackThreadMembers, library.State.MaxMessageCount = false, false, 0
	library.ShouldReconnectOnError, library.ShouldReconnectVoiceOnSessionError = false, false
	library.LogLevel = -1 // its log would show tokens
	library.ShardID, library.ShardCount = s.id, s.total
	library.Identify.Intents, library.Identify.Compress = intents, false
	library.Client = &http.Client{Transport: gatewayAddress(s.url)}
	library.Dialer = &websocket.Dialer{HandshakeTimeout: 15 * time.Second, NetDialContext: s.dial, NetDialTLSContext: s.dialTLS, Proxy: s.steer}
	parted := make(chan struct{}, 4)
	library.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { s.event(e.Type, e.RawData) })
	library.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		select {
		case parted <- struct{}{}:
		default:
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.library, s.parted, s.resumeAt = library, parted, nil
	s.fresh.Store(true)
	return nil
}

// gatewayAddress answers the library's question for the gateway's address, its
// only request, with what Discord told us.
type gatewayAddress string

// RoundTrip implements [http.RoundTripper].
func (g gatewayAddress) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := json.Marshal(map[string]string{"url": string(g)})
	if err != nil {
		return nil, err
	}
	recorder := &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body)),
		Body: readCloser{strings.NewReader(string(body))},
	}
	return recorder, nil
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// began notes where READY wants the session resumed.
func (s *shard) began(ready json.RawMessage) {
	var said struct {
		ResumeURL string `json:"resume_gateway_url"`
	}
	if json.Unmarshal(ready, &said) != nil {
		return
	}
	at, err := url.Parse(said.ResumeURL)
	if err != nil || at.Host == "" || !strings.HasPrefix(s.url, at.Scheme+"://") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resumeAt = at
}

// steer turns a connection that is to resume a session to the address for that.
// The library keeps to its first address; that its dialer asks for a proxy, and
// shows the request that it is about to make, is the one place to change it.
func (s *shard) steer(r *http.Request) (*url.URL, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.resumeAt; at != nil && !s.fresh.Load() {
		r.URL.Host, r.URL.Path, r.Host = at.Host, at.Path, at.Host
	}
	return nil, nil //nolint:nilnil // no proxy
}

// lost forgets the address for resuming if nothing was reached there.
func (s *shard) lost(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && (s.tap == nil || errors.Is(err, websocket.ErrBadHandshake) || errors.Is(err, errNoGateway)) {
		s.resumeAt = nil
	}
}

func (s *shard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return s.tapOn(conn), nil
}

func (s *shard) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	dialer := tls.Dialer{Config: &tls.Config{ServerName: host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return s.tapOn(conn), nil
}

func (s *shard) tapOn(conn net.Conn) *tap {
	s.mu.Lock()
	defer s.mu.Unlock()
	var t *tap
	t = newTap(conn, func(op int, data json.RawMessage) tapVerdict { return s.watch(t, op, data) })
	s.tap, s.lastAck, s.interval = t, time.Now(), 0
	return t
}

// watch acts on the packets the library mishandles.
func (s *shard) watch(t *tap, op int, data json.RawMessage) tapVerdict {
	switch op {
	case opReconnect:
		return tapSever
	case opInvalidSession:
		if string(data) == "true" { // may be resumed
			return tapSever
		}
		t.wait(s.pace.afresh())
	case opHello, opAck:
		var hello struct {
			Interval int64 `json:"heartbeat_interval"` // milliseconds
		}
		_ = json.Unmarshal(data, &hello) // an ack has no data
		s.mu.Lock()
		s.lastAck = time.Now()
		if hello.Interval > 0 {
			s.interval = time.Duration(hello.Interval) * time.Millisecond
		}
		s.mu.Unlock()
	}
	return tapPass
}

// dead reports whether heartbeats have gone unanswered for two intervals.
func (s *shard) dead(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.interval > 0 && now.Sub(s.lastAck) > 2*s.interval+s.pace.check
}

// connection is the tap of the latest connection; nil before the first.
func (s *shard) connection() *tap {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tap
}

var errNoGateway = errors.New("connect to the gateway: no reply in time")

// open connects, with a bound: the library has none, and cannot be told to
// stop but by taking the connection away from it.
func (s *shard) open(ctx context.Context) error {
	s.mu.Lock()
	library := s.library
	s.tap = nil
	s.mu.Unlock()
	result := make(chan error, 1)
	go func() { result <- library.Open() }()
	timer := time.NewTimer(s.pace.open)
	defer timer.Stop()
	select {
	case err := <-result:
		return err
	case <-timer.C:
	case <-ctx.Done():
	}
	if t := s.connection(); t != nil {
		_ = t.Close() // that is the point
	}
	select {
	case <-result: //nolint:errcheck // that it returned is enough
	case <-time.After(time.Second):
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errNoGateway
}

// settle waits until the library has let go of a connection that is over; one
// that does not is left behind, session and all.
func (s *shard) settle(ctx context.Context) error {
	select {
	case <-s.parted:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Second):
		return s.renew()
	}
}

// close leaves the gateway: politely if the library can, by force if not.
func (s *shard) close() {
	s.mu.Lock()
	library := s.library
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		_ = library.Close() // its error is that of a connection already gone
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(3 * time.Second):
	}
	if t := s.connection(); t != nil {
		_ = t.Close() // as above
	}
}
