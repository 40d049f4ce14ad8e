package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/bot/discord/discordtest"
	"membot/commands"
)

// post sends a body to a bot's endpoint and returns status and reply.
func post(b *Bot, body []byte, header http.Header) (int, string) {
	r := httptest.NewRequest(http.MethodPost, "/interactions", bytes.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	b.HTTPHandler().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func endpoint(t testing.TB, d *discordtest.Discord, o *oracle) *Bot {
	cfg := configFor(d, o)
	cfg.PublicKey = d.PublicKey
	b := New(cfg)
	t.Cleanup(b.drain)
	return b
}

func TestOnlyDiscordIsListenedTo(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t)
	o := &oracle{}
	b := endpoint(t, d, o)
	ping := []byte(`{"id":"1","application_id":"` + d.AppID + `","type":1,"token":"x"}`)
	now := time.Now()

	code, said := post(b, ping, d.Sign(ping, now))
	require.Equal(t, http.StatusOK, code)
	require.JSONEq(t, `{"type":1}`, said)

	without := func(name string) http.Header {
		h := d.Sign(ping, now)
		h.Del(name)
		return h
	}
	with := func(name, value string) http.Header {
		h := d.Sign(ping, now)
		h.Set(name, value)
		return h
	}
	good := d.Sign(ping, now).Get("X-Signature-Ed25519")
	for name, h := range map[string]http.Header{
		"no signature":       without("X-Signature-Ed25519"),
		"no timestamp":       without("X-Signature-Timestamp"),
		"not hex":            with("X-Signature-Ed25519", strings.Repeat("z", 128)),
		"short":              with("X-Signature-Ed25519", good[:64]),
		"long":               with("X-Signature-Ed25519", good+"00"),
		"another body's":     d.Sign([]byte("{}"), now),
		"another time's":     with("X-Signature-Timestamp", "1700000000"),
		"an hour old":        d.Sign(ping, now.Add(-time.Hour)),
		"six minutes old":    d.Sign(ping, now.Add(-6*time.Minute)),
		"six minutes early":  d.Sign(ping, now.Add(6*time.Minute)),
		"a wrong timestamp":  with("X-Signature-Timestamp", "soon"),
		"a huge timestamp":   with("X-Signature-Timestamp", "9223372036854775807"),
		"an empty timestamp": with("X-Signature-Timestamp", ""),
	} {
		code, _ := post(b, ping, h)
		require.Equal(t, http.StatusUnauthorized, code, name)
	}
	for _, early := range []time.Duration{-4 * time.Minute, 4 * time.Minute} {
		code, _ := post(b, ping, d.Sign(ping, now.Add(early)))
		require.Equal(t, http.StatusOK, code, "clocks may differ")
	}
	require.Empty(t, o.lines())

	keyless := New(Config{AppID: d.AppID, Answerer: o, PublicKey: ed25519.PublicKey("short")})
	code, _ = post(keyless, ping, d.Sign(ping, now))
	require.Equal(t, http.StatusUnauthorized, code)
}

func TestMalformedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t)
	b := endpoint(t, d, &oracle{})
	for body, want := range map[string]int{
		"":             http.StatusBadRequest,
		"null":         http.StatusBadRequest,
		"[]":           http.StatusBadRequest,
		"{":            http.StatusBadRequest,
		`{"type":"2"}`: http.StatusBadRequest,
		`{"type":2}`:   http.StatusBadRequest,
		`{"id":"1","type":2,"token":"x","application_id":"42"}`:                        http.StatusBadRequest,
		`{"id":"../x","type":2,"token":"x","application_id":"` + d.AppID + `"}`:        http.StatusBadRequest,
		`{"type":1,"x":"` + strings.Repeat("x", 1<<20) + `"}`:                          http.StatusRequestEntityTooLarge,
		`{"id":"1","type":2,"token":"x","application_id":"` + d.AppID + `"}`:           http.StatusOK,
		`{"id":"2","type":99,"token":"x","application_id":"` + d.AppID + `"}`:          http.StatusOK,
		`{"id":"3","type":4,"token":"x","application_id":"` + d.AppID + `","data":{}}`: http.StatusOK,
	} {
		code, _ := post(b, []byte(body), d.Sign([]byte(body), time.Now()))
		require.Equal(t, want, code, "%.80s", body)
	}
	r := httptest.NewRequest(http.MethodGet, "/interactions", http.NoBody)
	w := httptest.NewRecorder()
	b.HTTPHandler().ServeHTTP(w, r)
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

func TestADuplicateIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]time.Duration{"quick": 0, "slow": 600 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := discordtest.New(t)
			o := &oracle{do: func(context.Context, commands.Question) (commands.Answer, bool) {
				time.Sleep(slow)
				return commands.Answer{}, false
			}}
			b := endpoint(t, d, o)
			_, body := d.Human("ann").Prepare(2, map[string]any{"name": "mem", "type": 1, "options": []any{map[string]any{"name": "model", "type": 3, "value": "llama-7b"}}}, nil)
			header := d.Sign(body, time.Now())
			var wait sync.WaitGroup
			replies := make([]string, 5)
			for n := range replies {
				wait.Go(func() { _, replies[n] = post(b, body, header.Clone()) })
			}
			wait.Wait()
			_, later := post(b, body, header)
			for _, r := range append(replies, later) {
				require.Equal(t, replies[0], r)
			}
			b.inflight.Wait() // on a busy machine the answer is deferred, and asked for later
			require.Len(t, o.lines(), 1)
		})
	}
}

// elsewhere is a store in which another process has taken everything.
type taken struct{}

func (taken) Claim(context.Context, string, time.Duration) (bool, []byte, error) {
	return false, nil, nil
}
func (taken) Store(context.Context, string, []byte, time.Duration) error { return nil }

// broken is a store that is down.
type broken struct{}

func (broken) Claim(context.Context, string, time.Duration) (bool, []byte, error) {
	return false, nil, context.DeadlineExceeded
}

func (broken) Store(context.Context, string, []byte, time.Duration) error {
	return context.DeadlineExceeded
}

func TestADuplicateOfAnotherProcessIsAcknowledgedInItsType(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t)
	o := &oracle{}
	cfg := configFor(d, o)
	cfg.PublicKey, cfg.Dedupe = d.PublicKey, taken{}
	b := New(cfg)
	ann := d.Human("ann")
	mem := map[string]any{"name": "mem", "type": 1, "options": []any{map[string]any{"name": "model", "type": 3, "value": "x", "focused": true}}}
	m := &discordtest.Message{ID: "5", Embeds: []discordtest.Embed{{}}}
	require.NoError(t, json.Unmarshal([]byte(`{"id":"5","embeds":[{"footer":{"text":"/mem a/b"}}],"flags":64}`), m))
	for _, row := range []struct {
		kind  int
		data  any
		under *discordtest.Message
		want  string
	}{
		{2, mem, nil, `{"type":5}`},
		{3, map[string]any{"custom_id": "v1|batch:8", "component_type": 2}, m, `{"type":6}`},
		{3, map[string]any{"custom_id": "v1|!formulas", "component_type": 2}, m, `{"type":5,"data":{"flags":64}}`},
		{4, mem, nil, `{"type":8,"data":{"choices":[]}}`},
	} {
		_, body := ann.Prepare(row.kind, row.data, row.under)
		code, said := post(b, body, d.Sign(body, time.Now()))
		require.Equal(t, http.StatusOK, code)
		require.JSONEq(t, row.want, said)
	}
	cfg.Dedupe = broken{}
	b = New(cfg)
	_, body := ann.Prepare(2, map[string]any{"name": "help", "type": 1}, nil)
	_, said := post(b, body, d.Sign(body, time.Now()))
	require.Regexp(t, `"type":[45]`, said)
	require.Eventually(t, func() bool { return len(o.lines()) == 1 }, time.Minute, time.Millisecond, "a store that is down must not silence the bot")
	b.inflight.Wait()
}

// TestTwoThousandInFlight holds 2,000 questions open at once.
func TestTwoThousandInFlight(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	inTime(t, func() error {
		const asks = 2000
		took, deferred := inFlight(t, asks)
		t.Logf("%d in flight: acknowledged p50 %s, p99 %s, max %s", asks, took[asks/2], took[asks*99/100], took[asks-1])
		if deferred < asks {
			return fmt.Errorf("%d of %d deferred", deferred, asks)
		}
		return errors.Join(within(took[asks*99/100], time.Second), within(took[asks-1], 2500*time.Millisecond))
	})
}

// inFlight asks all at once of a bot whose answers take two seconds, and gives
// how long each acknowledgement took, shortest first, and how many were deferred.
func inFlight(t *testing.T, asks int) (took []time.Duration, late int64) {
	t.Helper()
	d := discordtest.New(t)
	d.Forget()
	o := &oracle{do: func(context.Context, commands.Question) (commands.Answer, bool) {
		time.Sleep(2 * time.Second)
		return commands.Answer{Kind: "help", Question: "/help", Text: "words"}, true
	}}
	cfg := configFor(d, o)
	cfg.PublicKey = d.PublicKey
	b := New(cfg)
	client := inMemory(t, b.HTTPHandler())
	ann := d.Human("ann")
	var wait sync.WaitGroup
	var deferred atomic.Int64
	took = make([]time.Duration, asks)
	for n := range asks {
		_, body := ann.Prepare(2, map[string]any{"name": "mem", "type": 1, "options": []any{map[string]any{"name": "model", "type": 3, "value": fmt.Sprint("a/b", n)}}}, nil) // each its own: a kept answer would not wait
		wait.Go(func() {
			r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://bot/interactions", bytes.NewReader(body))
			if err != nil {
				return
			}
			r.Header = d.Sign(body, time.Now())
			start := time.Now()
			reply, err := client.Do(r)
			if err != nil {
				t.Errorf("no reply: %v", err)
				return
			}
			said, _ := io.ReadAll(reply.Body)
			_ = reply.Body.Close()
			took[n] = time.Since(start)
			switch {
			case string(said) == `{"type":5}`:
				deferred.Add(1)
			case !strings.HasPrefix(string(said), `{"type":4`): // a machine so slow that the answer was there first
				t.Errorf("acknowledged with %.100s", said)
			}
		})
	}
	wait.Wait()
	b.inflight.Wait()
	require.GreaterOrEqual(t, int64(d.Count("edit")), deferred.Load(), "none is lost")
	slices.Sort(took)
	return took, deferred.Load()
}

// pipes is a network of pipes: 2,000 connections at once are the client's
// trouble with a real one.
type pipes struct {
	conns chan net.Conn
	once  *sync.Once
}

func (p pipes) Accept() (net.Conn, error) {
	conn, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}
func (p pipes) Close() error   { p.once.Do(func() { close(p.conns) }); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{} }

func inMemory(t *testing.T, handler http.Handler) *http.Client {
	p := pipes{conns: make(chan net.Conn), once: &sync.Once{}}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(p) }()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		p.conns <- there
		return here, nil
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	return &http.Client{Transport: transport}
}

func TestTooMuchAtOnceIsTurnedAwayPolitely(t *testing.T) {
	t.Parallel()
	s := overHTTP(t, func(c *Config) { c.Workers = 1 })
	release := make(chan struct{})
	s.oracle.do = func(context.Context, commands.Question) (commands.Answer, bool) {
		<-release
		return commands.Answer{}, false
	}
	ann := s.Human("ann")
	first := ann.Slash("mem", option{Name: "model", Value: "a/b"})
	require.Eventually(t, func() bool { return len(s.oracle.lines()) == 1 }, time.Minute, time.Millisecond)
	m := ann.Slash("mem", option{Name: "model", Value: "a/b"}).Answer()
	require.True(t, m.Ephemeral())
	require.Contains(t, m.Text(), "Too much is being asked")
	close(release)
	require.Contains(t, first.Answer().Text(), "15.5")
}
