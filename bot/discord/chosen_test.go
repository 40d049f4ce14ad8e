package discord

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"membot/commands"

	"github.com/stretchr/testify/require"
)

// settingsKept keeps settings in memory; broken, it fails.
type settingsKept struct {
	mu     sync.Mutex
	sets   map[commands.Holder]map[string]string
	broken bool
}

func (k *settingsKept) Preferences(_ context.Context, h commands.Holder) (map[string]string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken {
		return nil, errors.New("read settings: down")
	}
	return maps.Clone(k.sets[h]), nil
}

func (k *settingsKept) SetPreferences(_ context.Context, h commands.Holder, set map[string]string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sets[h] = set
	return nil
}

func TestSettingsInAConversation(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]time.Duration{"at once": 0, "deferred": 700 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := &settingsKept{sets: map[commands.Holder]map[string]string{}}
			answerer := &commands.Service{Library: commands.Shelf{}, Preferences: k}
			s := overHTTP(t, func(c *Config) { c.Preferences = k })
			s.oracle.do = func(ctx context.Context, q commands.Question) (commands.Answer, bool) {
				time.Sleep(slow)
				return answerer.Answer(ctx, q), true
			}
			ann, boss := s.Human("ann"), s.Human("boss")
			boss.May = "32"

			m := ann.Slash("settings", option{Name: "gpu", Value: "4090"}, option{Name: "gpus", Value: "2"}, option{Name: "private", Value: "on"}).Answer()
			require.True(t, m.Ephemeral())
			require.Contains(t, m.Text(), "/settings gpu:4090 gpus:2 private:on")

			m = ann.Slash("mem", option{Name: "model", Value: "llama-7b"}).Answer()
			require.True(t, m.Ephemeral(), "answers are private as set")
			require.Contains(t, m.Footer(), "gpus:2 gpu:4090")
			require.False(t, ann.Slash("mem", option{Name: "model", Value: "llama-7b"}, option{Name: "private", Value: false}).Answer().Ephemeral())

			refused := ann.Slash("settings", option{Name: "scope", Value: "server"}, option{Name: "lang", Value: "zh-CN"}).Answer()
			require.Contains(t, refused.Text(), "may manage this server")
			boss.Slash("settings", option{Name: "scope", Value: "server"}, option{Name: "lang", Value: "zh-CN"}).Answer()
			m = s.Human("eve").Slash("mem", option{Name: "model", Value: "llama-7b"}).Answer()
			require.False(t, m.Ephemeral())
			require.NotContains(t, m.Footer(), "4090")
			require.Contains(t, m.Text(), "参数", "the server speaks Chinese")

			m = ann.Slash("settings", option{Name: "reset", Value: "reset"}).Answer()
			require.True(t, m.Ephemeral())
			require.NotContains(t, ann.Slash("mem", option{Name: "model", Value: "llama-7b"}).Answer().Footer(), "4090")

			k.mu.Lock()
			k.broken = true
			k.mu.Unlock()
			m = ann.Slash("mem", option{Name: "model", Value: "llama-7b"}).Answer()
			require.True(t, strings.HasPrefix(m.Footer(), "/mem "), "answers go on without settings")
		})
	}
}
