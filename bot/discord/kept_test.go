package discord

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/commands"
)

func TestWhatManyAskIsMadeOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		var late atomic.Int64
		s.bot.now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
		asks := func() int { return len(s.oracle.lines()) }
		model := option{Name: "model", Value: "llama-7b"}
		ann, bob := s.Human("ann"), s.Human("bob")
		first := ann.Slash("mem", model).Shown()
		again := bob.Slash("mem", model).Shown()
		require.Equal(t, 1, asks())
		require.Equal(t, first.Text(), again.Text())
		require.Equal(t, first.Picture(), again.Picture(), "each brings its picture")
		require.NotEmpty(t, again.Picture())

		m := bob.Choose(again, "v1|?size", "batch:8").Redrawn(again.Edits)
		require.Equal(t, "/mem llama-7b batch:8", m.Footer())
		require.Equal(t, "/mem llama-7b", ann.Slash("mem", model).Shown().Footer(), "a button changes one message only")
		require.Equal(t, 2, asks())

		require.True(t, ann.Slash("mem", model, option{Name: "private", Value: true}).Answer().Ephemeral())
		require.Equal(t, 3, asks(), "for the asker alone is another message")
		require.Contains(t, ann.Speaking("zh-CN").Slash("mem", model).Shown().Text(), "每卡")
		require.Equal(t, 4, asks(), "another language is another message")

		late.Store(int64(keptFor + time.Second))
		ann.Slash("mem", model).Shown()
		require.Equal(t, 5, asks(), "facts may have changed since")
	})
}

func TestWhatIsPrivateOrRefusedIsAskedEachTime(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]commands.Answer{
		"private":  {Kind: "mem", Question: "/mem our/secret", PerGPU: serving(), Private: true},
		"refused":  {Error: &commands.Refusal{Code: "hub_unreachable", Text: "The Hub is away."}},
		"stale":    {Kind: "mem", Question: "/mem a/b", PerGPU: serving(), Warnings: []commands.Warning{{Code: "stale", Text: "old"}}},
		"settings": {Kind: "settings", Question: "/settings", Text: "yours"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := overHTTP(t)
			s.oracle.do = func(context.Context, commands.Question) (commands.Answer, bool) { return answer, true }
			for range 2 {
				s.Human("ann").Slash("mem", option{Name: "model", Value: "a/b"}).Answer()
			}
			require.Len(t, s.oracle.lines(), 2)
		})
	}
}

func TestAKeptAnswerIsPaidForLikeAnyOther(t *testing.T) {
	t.Parallel()
	s := overHTTP(t, func(c *Config) { c.Limits.User = Limit{Count: 2, Per: time.Hour} })
	ann := s.Human("ann")
	for range 2 {
		require.Contains(t, ann.Slash("mem", option{Name: "model", Value: "a/b"}).Answer().Text(), "15.5")
	}
	require.Contains(t, ann.Slash("mem", option{Name: "model", Value: "a/b"}).Answer().Text(), "You have asked a lot")
	require.Eventually(t, func() bool { return len(s.bot.slots) == 0 }, time.Minute, time.Millisecond, "every slot is given back")
}

func TestKeptAnswersAreBounded(t *testing.T) {
	t.Parallel()
	k, now := newKept(), time.Now()
	for n := range 10 * maxKept {
		k.put(string(rune(n+1)), &keptAnswer{made: now})
	}
	require.LessOrEqual(t, len(k.young)+len(k.old), 2*maxKept)
	require.NotNil(t, k.get(string(rune(10*maxKept)), now))
	require.Nil(t, k.get(string(rune(1)), now))
	require.Nil(t, k.get(string(rune(10*maxKept)), now.Add(keptFor+1)))
}
