package discord

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/bot/discord/discordtest"
)

// TestTheGatewayRecovers goes through what breaks a connection and asks after
// each.
func TestTheGatewayRecovers(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(g *discordtest.Gateway){
		"reconnect":                func(g *discordtest.Gateway) { g.Reconnect() },
		"op 7 as the first packet": func(g *discordtest.Gateway) { g.Meet("op7", "op7"); g.Break() },
		"refused resume":           func(g *discordtest.Gateway) { g.RefuseResumes(true); g.Break() },
		"op 9, resumable":          func(g *discordtest.Gateway) { g.Invalidate(true) },
		"op 9 twice at first":      func(g *discordtest.Gateway) { g.Meet("op9resumable", "op9"); g.Break() },
		"broken connection":        func(g *discordtest.Gateway) { g.Break() },
		"close 4000":               func(g *discordtest.Gateway) { g.CloseAll(4000) },
		"close 4007":               func(g *discordtest.Gateway) { g.CloseAll(4007) },
		"close 4009":               func(g *discordtest.Gateway) { g.CloseAll(4009) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := overGateway(t)
			before := s.Gateway.Stats()
			breaks(s.Gateway)
			require.True(t, s.Gateway.Live(before.Identifies+before.Resumes+1, time.Minute), "the bot did not come back: %+v", s.Gateway.Stats())
			require.Eventually(t, s.bot.Ready, time.Minute, time.Millisecond)
			s.answers(t)
			require.NoError(t, s.stop())
		})
	}
	t.Run("op 9, over", func(t *testing.T) {
		t.Parallel()
		s := overGateway(t)
		s.Gateway.Invalidate(false)
		require.True(t, s.Gateway.Live(2, time.Minute))
		s.answers(t)
	})
	t.Run("op 7 before any session", func(t *testing.T) {
		t.Parallel()
		s := &stage{Discord: discordtest.New(t), oracle: &oracle{}}
		s.Gateway.Meet("op7", "op9", "op7")
		s.start(t)
		require.Eventually(t, s.bot.Ready, time.Minute, 5*time.Millisecond)
		s.answers(t)
	})
	t.Run("resumed where Discord wants it", func(t *testing.T) {
		t.Parallel()
		s := overGateway(t)
		s.resumesThereTwice(t)
		s.answers(t)
	})
	t.Run("resumed elsewhere where nobody is there", func(t *testing.T) {
		t.Parallel()
		s := &stage{Discord: discordtest.New(t), oracle: &oracle{}}
		s.Gateway.ResumeAt("ws://127.0.0.1:1/")
		s.start(t)
		require.True(t, s.Gateway.Live(1, time.Minute))
		s.Gateway.Break()
		require.True(t, s.Gateway.Live(2, time.Minute))
		stats := s.Gateway.Stats()
		require.Equal(t, 1, stats.Resumes, "%+v", stats)
		require.Equal(t, 0, stats.ResumedThere)
		s.answers(t)
	})
	t.Run("over TLS, resumed where Discord wants it", func(t *testing.T) {
		t.Parallel()
		s := &stage{Discord: discordtest.New(t), oracle: &oracle{}}
		s.roots = s.Secure()
		s.start(t)
		require.True(t, s.Gateway.Live(1, time.Minute))
		s.answers(t)
		stats := s.resumesThereTwice(t)
		require.Equal(t, 1, stats.Identifies)
		s.answers(t)
		require.NoError(t, s.stop())
	})
	t.Run("over TLS, a stranger in Discord's place hears no token", func(t *testing.T) {
		t.Parallel()
		s := &stage{Discord: discordtest.New(t), oracle: &oracle{}}
		s.Secure()
		s.roots = x509.NewCertPool()
		s.start(t)
		require.False(t, s.Gateway.Live(1, 300*time.Millisecond))
		require.Zero(t, s.Gateway.Stats().Connections)
	})
	t.Run("missed events are replayed once", func(t *testing.T) {
		t.Parallel()
		s := overGateway(t)
		s.Gateway.Break()
		asked := s.Human("ann").Slash("mem", option{Name: "model", Value: "llama-7b"})
		require.Contains(t, asked.Answer().Text(), "15.5")
		require.Len(t, s.oracle.lines(), 1)
	})
	t.Run("zombie", func(t *testing.T) {
		t.Parallel()
		s := &stage{Discord: discordtest.New(t), oracle: &oracle{}}
		s.Gateway.Mute(true, 100*time.Millisecond)
		s.start(t)
		require.True(t, s.Gateway.Live(1, time.Minute))
		s.Gateway.Mute(false, 100*time.Millisecond)
		s.Gateway.Mute(true, 30*time.Second)
		require.Eventually(t, func() bool { return s.Gateway.Stats().Resumes > 0 }, time.Minute, 10*time.Millisecond)
	})
}

// resumesThereTwice breaks a connection, then has it asked to connect anew: both
// times it resumes where Discord wants it.
func (s *stage) resumesThereTwice(t *testing.T) discordtest.Stats {
	t.Helper()
	s.Gateway.Break()
	require.True(t, s.Gateway.Live(2, time.Minute))
	s.Gateway.Reconnect()
	require.True(t, s.Gateway.Live(3, time.Minute))
	stats := s.Gateway.Stats()
	require.Equal(t, 2, stats.ResumedThere, "%+v", stats)
	return stats
}

func TestFatalCloseCodesEndTheBot(t *testing.T) {
	t.Parallel()
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		t.Run(itoa(code), func(t *testing.T) {
			t.Parallel()
			s := &stage{Discord: discordtest.New(t), oracle: &oracle{}}
			s.Gateway.RefuseIdentify(code)
			cfg := configFor(s.Discord, s.oracle)
			cfg.Token = s.Token
			b := New(cfg)
			b.pace = brisk()
			err := b.Run(t.Context())
			fatal, ok := errors.AsType[*FatalError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, code, fatal.Code)
			require.Equal(t, 1, s.Gateway.Stats().Connections)
		})
	}
	t.Run("in a session", func(t *testing.T) {
		t.Parallel()
		s := overGateway(t)
		s.Gateway.CloseAll(4014)
		require.Eventually(t, func() bool { return !s.bot.Ready() }, time.Minute, time.Millisecond)
		time.Sleep(100 * time.Millisecond)
		_, ok := errors.AsType[*FatalError](s.stop())
		require.True(t, ok)
		require.Equal(t, 1, s.Gateway.Stats().Connections)
	})
	t.Run("a token Discord does not know", func(t *testing.T) {
		t.Parallel()
		d := discordtest.New(t)
		err := New(Config{Token: "S3CR3Twrong", AppID: d.AppID, APIURL: d.URL, Answerer: &oracle{}}).Run(t.Context())
		_, ok := errors.AsType[*FatalError](err)
		require.True(t, ok, "%v", err)
		require.NotContains(t, err.Error(), "wrong")
	})
}

func TestNothingHangsOnASilentGateway(t *testing.T) {
	t.Parallel()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"url":"ws://` + silent.Addr().String() + `","shards":1}`))
	}))
	t.Cleanup(api.Close)
	b := New(Config{Token: "S3CR3Tx", AppID: "1", APIURL: api.URL, Answerer: &oracle{}})
	b.pace = brisk()
	b.pace.open, b.pace.patience = 200*time.Millisecond, 4*time.Second
	start := time.Now()
	require.ErrorContains(t, b.Run(t.Context()), "no gateway session")
	require.Less(t, time.Since(start), 20*time.Second)

	b = New(Config{Token: "S3CR3Tx", AppID: "1", APIURL: api.URL, Answerer: &oracle{}})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start = time.Now()
	require.NoError(t, b.Run(ctx))
	require.Less(t, time.Since(start), 20*time.Second)
}
