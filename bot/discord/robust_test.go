package discord

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/bot/discord/discordtest"
	"membot/commands"
)

type fault = discordtest.Fault

// answers asks once and expects an answer: the bot is alive.
func (s *stage) answers(t *testing.T) {
	t.Helper()
	require.Contains(t, s.Human("ann").Slash("mem", option{Name: "model", Value: "llama-7b"}).Answer().Text(), "15.5 GiB")
}

func TestDeferredEditsRunTogether(t *testing.T) {
	inTime(t, func() error {
		const asks, roundTrip = 20, 200 * time.Millisecond
		took := editTogether(t, asks, roundTrip)
		t.Logf("%d deferred edits at %s a round trip: %s", asks, roundTrip, took)
		require.Less(t, took, asks*roundTrip/2, "they do not wait for each other")
		return within(took, 3*roundTrip)
	})
}

// editTogether defers questions, answers them all at once, and gives the time that
// the edits take.
func editTogether(t *testing.T, asks int, roundTrip time.Duration) time.Duration {
	t.Helper()
	s := overGateway(t)
	release := make(chan struct{})
	s.oracle.do = func(context.Context, commands.Question) (commands.Answer, bool) {
		<-release
		return commands.Answer{Kind: "help", Question: "/help", Text: "words"}, true
	}
	s.Slow("edit", roundTrip)
	var asked []*discordtest.Asked
	for range asks {
		asked = append(asked, s.Human("ann").Slash("help"))
	}
	for _, a := range asked {
		kind, _ := a.Ack()
		require.Equal(t, respondDefer, kind)
	}
	start := time.Now()
	close(release)
	for _, a := range asked {
		require.Contains(t, a.Answer().Text(), "words")
	}
	return time.Since(start)
}

func TestAContextIsObeyedWhileRateLimited(t *testing.T) {
	d := discordtest.New(t)
	r := newREST(d.URL, d.AppID, d.Token, noMetrics{})
	t.Cleanup(r.close)
	i := &Interaction{ID: "1", ApplicationID: d.AppID, Token: "S3CR3Tx"}
	d.Fail("edit", fault{Status: 429, RetryAfter: 30})

	inTime(t, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		start := time.Now()
		require.ErrorIs(t, r.edit(ctx, i, note("x")), context.DeadlineExceeded)
		return within(time.Since(start), 250*time.Millisecond)
	})
	inTime(t, func() error {
		ctx, cancel := context.WithCancel(t.Context())
		var since time.Time
		time.AfterFunc(100*time.Millisecond, func() { since = time.Now(); cancel() })
		require.ErrorIs(t, r.edit(ctx, i, note("x")), context.Canceled)
		return within(time.Since(since), 50*time.Millisecond)
	})

	other := &Interaction{ID: "2", ApplicationID: d.AppID, Token: "S3CR3Ty"}
	err := r.edit(t.Context(), other, note("x"))
	refused, ok := asAPIError(err)
	require.True(t, ok, "%v", err)
	require.Equal(t, codeUnknownWebhook, refused.Code, "another token's bucket is its own")
}

func TestBucketsAreDropped(t *testing.T) {
	t.Parallel()
	l := newLimiter()
	header := http.Header{}
	header.Set("X-RateLimit-Remaining", "0")
	header.Set("X-RateLimit-Reset-After", "0.001")
	for n := range 20_000 {
		l.learn("hook/"+strings.Repeat("x", n%7)+string(rune('a'+n%26)), header)
		l.learn(time.Now().String(), header)
	}
	time.Sleep(5 * time.Millisecond)
	for n := range 200 {
		l.learn("last"+string(rune('a'+n)), header)
	}
	require.Less(t, l.size(), 5000)
}

// TestHeapIsFlat serves 20,000 interactions over the gateway's path against a
// REST interface that exhausts every bucket.
func TestHeapIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset-After", "0.01")
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	b := New(Config{AppID: "1100", Token: "S3CR3Tx", APIURL: server.URL, Answerer: &oracle{do: func(context.Context, commands.Question) (commands.Answer, bool) {
		return commands.Answer{Kind: "help", Question: "/help", Text: "words"}, true
	}}})
	next := 0
	serve := func(count int) {
		for range count {
			next++
			id := "1" + strings.Repeat("0", 8) + itoa(next)
			for len(b.slots) >= 64 {
				time.Sleep(50 * time.Microsecond)
			}
			b.onEvent("INTERACTION_CREATE", []byte(`{"id":"`+id+`","application_id":"1100","type":2,"token":"t`+id+`","user":{"id":"`+id+`"},"data":{"name":"mem","type":1,"options":[{"name":"model","type":3,"value":"a/`+id+`"}]}}`))
		}
		b.inflight.Wait()
	}
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	serve(2000)
	before := heap()
	serve(20_000)
	grown := heap() - before
	t.Logf("heap grew by %d kB over 20,000 interactions; %d buckets held", grown>>10, b.rest.limiter.size())
	require.Less(t, grown, int64(2<<20))
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/10000%10), byte('0' + n/1000%10), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestPanicsAreContained(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		s.oracle.do = func(_ context.Context, q commands.Question) (commands.Answer, bool) {
			if strings.Contains(q.Text, "boom") {
				panic("boom")
			}
			return commands.Answer{}, false
		}
		require.Contains(t, s.Human("ann").Slash("mem", option{Name: "model", Value: "boom"}).Answer().Text(), "went wrong on our side")
		s.answers(t)
	})
	b := New(Config{Answerer: &oracle{}})
	b.limits = nil // any bug of the bot's own
	r := b.Handle(t.Context(), &Interaction{Type: kindCommand, Data: &Data{Name: "help", Type: 1}})
	require.True(t, r.ephemeral())
}

func TestGoroutinesComeBack(t *testing.T) {
	time.Sleep(50 * time.Millisecond)
	before := runtime.NumGoroutine()
	t.Run("bot", func(t *testing.T) {
		s := overGateway(t)
		s.Gateway.Meet("op7")
		s.Gateway.Break()
		require.True(t, s.Gateway.Live(2, time.Minute))
		var wait sync.WaitGroup
		for range 50 {
			wait.Go(func() { s.answers(t) })
		}
		wait.Wait()
		require.NoError(t, s.stop())
	})
	goroutines(t, before+2)
}

func TestShutdownFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		s.oracle.do = func(context.Context, commands.Question) (commands.Answer, bool) {
			time.Sleep(800 * time.Millisecond)
			return commands.Answer{}, false
		}
		asked := s.Human("ann").Slash("mem", option{Name: "model", Value: "llama-7b"})
		_, _ = asked.Ack()
		require.NoError(t, s.stop())
		require.Contains(t, asked.Answer().Text(), "15.5 GiB")
		require.False(t, s.bot.Ready())
	})
}

func TestDiscordFailing(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]map[string][]fault{
		"callback 500, applied":        {"callback": {{Status: 500, Applied: true}}},
		"callback says unknown, lying": {"callback": {{Status: 404, Code: codeUnknownInteraction, Applied: true}}},
		"callback 429":                 {"callback": {{Status: 429, RetryAfter: 0.1}}},
		"global 429":                   {"callback": {{Status: 429, RetryAfter: 0.1, Global: true}}},
		"callback hangs, applied":      {"callback": {{Applied: true, Status: 502, Delay: 100 * time.Millisecond}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := overGateway(t)
			for route, list := range faults {
				s.Fail(route, list...)
			}
			s.answers(t)
			require.Len(t, s.oracle.lines(), 1, "the work is not done again")
		})
	}
	t.Run("edits fail at first", func(t *testing.T) {
		t.Parallel()
		both(t, func(t *testing.T, s *stage) {
			s.Fail("edit", fault{Status: 503}, fault{Status: 429, RetryAfter: 0.1}, fault{Status: 502})
			s.oracle.do = func(context.Context, commands.Question) (commands.Answer, bool) {
				time.Sleep(600 * time.Millisecond)
				return commands.Answer{}, false
			}
			s.answers(t)
		})
	})
	t.Run("a message's reply fails at first and is sent once", func(t *testing.T) {
		t.Parallel()
		s := overGateway(t)
		s.Fail("message", fault{Status: 500, Applied: true})
		require.Contains(t, s.Human("ann").Mention("/mem llama-7b").Text(), "15.5")
	})
}

func TestLimitsArePolite(t *testing.T) {
	t.Parallel()
	s := overHTTP(t, func(c *Config) {
		c.Limits = Limits{User: Limit{Count: 2, Per: time.Hour}, Guild: Limit{Count: 3, Per: time.Hour}}
	})
	ann, bob := s.Human("ann"), s.Human("bob")
	for range 2 {
		require.NotEmpty(t, ann.Slash("help").Answer().Text())
	}
	m := ann.Slash("help").Answer()
	require.True(t, m.Ephemeral())
	require.Contains(t, m.Text(), "You have asked a lot")
	require.Contains(t, ann.Speaking("zh-CN").Slash("help").Answer().Text(), "提问太频繁")
	require.NotContains(t, bob.Slash("help").Answer().Text(), "a lot")
	require.Contains(t, bob.Slash("help").Answer().Text(), "This server has asked a lot")
	require.NotContains(t, bob.Privately().Slash("help").Answer().Text(), "a lot", "the server's limit is not his")
}

func TestAnswererThatNeverReturns(t *testing.T) {
	t.Parallel()
	s := overHTTP(t, func(c *Config) { c.Timeout = 700 * time.Millisecond })
	s.oracle.do = func(context.Context, commands.Question) (commands.Answer, bool) { select {} }
	require.Contains(t, s.Human("ann").Slash("mem", option{Name: "model", Value: "llama-7b"}).Answer().Text(), "too long")
}
