package discord

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"membot/bot/discord/discordtest"
	"membot/commands"

	"github.com/stretchr/testify/require"
)

type option = discordtest.Option

func TestTheReadmesQuestionsAreAnswered(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		ann := s.Human("ann")
		m := ann.Slash("mem", option{Name: "model", Value: "Qwen/Qwen2-0.5B-Instruct"}, option{Name: "mode", Value: "infer"}, option{Name: "seq", Value: 4096}).Shown()
		require.Equal(t, "/mem Qwen/Qwen2-0.5B-Instruct infer seq:4096", m.Footer())
		require.Contains(t, m.Text(), "15.5 GiB a GPU")
		_, err := png.Decode(bytes.NewReader(m.Picture()))
		require.NoError(t, err)
		require.Contains(t, m.Attachments[0].Description, "weights 12.6")

		m = ann.Slash("mem", option{Name: "model", Value: "llama-7b"}, option{Name: "mode", Value: "train"}, option{Name: "gpus", Value: "8"}, option{Name: "zero", Value: "2"}).Shown()
		require.Equal(t, "/mem llama-7b train gpus:8 zero:2", m.Footer())
		require.Contains(t, m.Text(), "🟥 Does not fit · 44.6 GiB a GPU · a100-40g has 42.0 · ZeRO-2 × 8")
		require.Equal(t, colourRed, m.Embeds[0].Color)
		if os.Getenv("SHOW") != "" {
			t.Log("\n" + m.Text())
		}

		m = ann.Choose(m, "v1|?zero", "zero:3").Redrawn(m.Edits)
		require.Equal(t, "/mem llama-7b train gpus:8 zero:3", m.Footer())
		require.Len(t, m.Attachments, 1, "the old picture must go")
		m = ann.Click(m, "v1|!infer").Edited(m.Edits)
		require.Equal(t, "/mem llama-7b infer gpus:8", m.Footer())
	})
}

func TestFormulasAreForTheAskerAlone(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		ann := s.Human("ann")
		m := ann.Slash("mem", option{Name: "model", Value: "llama-7b"}).Answer()
		e := ann.Click(m, "v1|!formulas").Answer()
		require.True(t, e.Ephemeral())
		require.Contains(t, e.Text(), "`2*Phi`")
		require.Equal(t, "/explain llama-7b", e.Footer())
	})
}

func TestAnotherUsersButtonGivesTheirOwnCopy(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		m := s.Human("ann").Slash("mem", option{Name: "model", Value: "llama-7b"}).Shown()
		copied := s.Human("bob").Choose(m, "v1|?size", "batch:8").Answer()
		require.True(t, copied.Ephemeral())
		require.Equal(t, "/mem llama-7b batch:8", copied.Footer())
		require.NotEqual(t, m.ID, copied.ID)
	})
}

func TestAPrivateAnswerIsSharedOnlyByItsButton(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		ann := s.Human("ann")
		m := ann.Slash("mem", option{Name: "model", Value: "llama-7b"}, option{Name: "private", Value: true}).Answer()
		require.True(t, m.Ephemeral())
		require.Contains(t, m.IDs(), "v1|!share")
		shared := ann.Click(m, "v1|!share").Shown()
		require.False(t, shared.Ephemeral())
		require.Equal(t, m.Footer(), shared.Footer())
	})
}

func TestAModelOnlyTheTokenReadsStaysPrivate(t *testing.T) {
	t.Parallel()
	secretly := func(slow time.Duration) func(context.Context, commands.Question) (commands.Answer, bool) {
		return func(_ context.Context, q commands.Question) (commands.Answer, bool) {
			time.Sleep(slow)
			a := madeUp(q)
			a.Private = true
			return a, true
		}
	}
	for name, slow := range map[string]time.Duration{"at once": 0, "deferred": 700 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := overHTTP(t)
			s.oracle.do = secretly(slow)
			ann := s.Human("ann")
			asked := ann.Slash("mem", option{Name: "model", Value: "our/secret"})
			m := asked.Answer()
			if slow > 0 {
				require.NotContains(t, m.Text(), "15.5")
				m = asked.FollowUp(0)
			}
			require.True(t, m.Ephemeral())
			require.Contains(t, m.Text(), "15.5 GiB")
			require.Contains(t, m.Text(), "Only you see this")
			require.NotContains(t, m.IDs(), "v1|!share")
			forged := ann.Click(m, "v1|!share")
			require.Contains(t, forged.Answer().Text(), "cannot be shared")
		})
	}
	t.Run("refused", func(t *testing.T) {
		s := overHTTP(t, func(c *Config) { c.RefusePrivate = true })
		s.oracle.do = secretly(0)
		m := s.Human("ann").Slash("mem", option{Name: "model", Value: "our/secret"}).Answer()
		require.True(t, m.Ephemeral())
		require.NotContains(t, m.Text(), "15.5")
		require.Contains(t, m.Text(), "turned such answers off")
	})
	t.Run("mention", func(t *testing.T) {
		s := overGateway(t)
		s.oracle.do = secretly(0)
		ann := s.Human("ann")
		require.NotContains(t, ann.Mention("/mem our/secret").Text(), "15.5")
		require.Contains(t, ann.Privately().Say("/mem our/secret").Text(), "15.5")
	})
}

func TestMentionsAndDirectMessages(t *testing.T) {
	t.Parallel()
	s := overGateway(t)
	ann := s.Human("ann")
	m := ann.Mention("/mem llama-7b train zero:2 gpus:8")
	require.Equal(t, "/mem llama-7b train zero:2 gpus:8", m.Footer())
	require.NotEmpty(t, m.Picture())
	require.Equal(t, "/mem llama-7b train", ann.Mention("mem llama-7b train").Footer(), "the slash may be missing")

	ann.ReplyTo(m, "and with zero 3?")
	q := s.oracle.last()
	require.Equal(t, "and with zero 3?", q.Text)
	require.Equal(t, "/mem llama-7b train zero:2 gpus:8", q.Previous)

	ann.Privately().Say("能在 4090 上跑 llama-7b 吗？")
	require.Equal(t, langZH, s.oracle.last().Lang)
	require.Equal(t, "能在 4090 上跑 llama-7b 吗？", s.oracle.last().Text)
	require.Contains(t, ann.Mention("").Text(), "/mem")

	copied := s.Human("bob").Choose(m, "v1|?zero", "zero:3").Answer()
	require.True(t, copied.Ephemeral(), "a mention's answer belongs to whoever mentioned")
	require.Equal(t, m.ID, ann.Choose(m, "v1|?zero", "zero:3").Edited(0).ID)

	before := len(s.oracle.lines())
	ann.Mutter("nothing for the bot /mem llama-7b")
	ann.Mention("/mem sentinel")
	require.Len(t, s.oracle.lines(), before+1)
}

func TestAnAttachedConfigIsTheModel(t *testing.T) {
	t.Parallel()
	s := overGateway(t)
	ann := s.Human("ann")
	config := []byte(`{"model_type":"llama","hidden_size":4096}`)
	m := ann.Mention("/mem config.json train", s.Attach("config.json", config))
	require.Equal(t, config, s.oracle.last().Config)
	require.Equal(t, config, m.Files["config.json"], "the answer keeps the file for its buttons")

	m = ann.Choose(m, "v1|?size", "batch:8").Edited(m.Edits)
	require.Equal(t, config, s.oracle.last().Config)
	require.Equal(t, config, m.Files["config.json"])
	require.Len(t, m.Attachments, 2)

	e := ann.OnMessage("How much memory?", "", s.Attach("config.json", config)).Answer()
	require.True(t, e.Ephemeral())
	require.Equal(t, config, s.oracle.last().Config)

	require.Contains(t, ann.Mention("/mem", s.Attach("config.json", bytes.Repeat([]byte(" "), 2<<20))).Text(), "larger than 1 MiB")
	require.Contains(t, ann.Mention("/mem", s.Attach("config.json", []byte("not json"))).Text(), "is not JSON")
	away := discordtest.Attachment{ID: "1", Filename: "config.json", URL: "http://127.0.0.1:1/config.json"}
	require.Contains(t, ann.Mention("/mem", away).Text(), "could not be fetched")
}

func TestTheMessageCommandFindsTheModel(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		ann := s.Human("ann")
		for text, want := range map[string]string{
			"look: https://huggingface.co/Qwen/Qwen2-7B/tree/main!":  "/mem Qwen/Qwen2-7B",
			"has anybody tried meta-llama/Llama-3.1-8B? it is good":  "/mem meta-llama/Llama-3.1-8B",
			"can I LoRA llama-3-8b on a 4090":                        "can I LoRA llama-3-8b on a 4090",
			"https://huggingface.co/datasets/x/y and/or Qwen/Qwen2.": "/mem Qwen/Qwen2",
		} {
			require.True(t, ann.OnMessage("How much memory?", text).Answer().Ephemeral())
			require.Equal(t, want, s.oracle.last().Text)
		}
		require.Contains(t, ann.OnMessage("How much memory?", "").Answer().Text(), "names no model")
	})
}

func TestAutocomplete(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		ann := s.Human("ann")
		offered := func(command, name, typed, want string) (found []string) {
			require.Eventually(t, func() bool { // on a busy machine the bot may give up, and offers at the next keystroke
				found = ann.Type(command, option{Name: name, Value: typed, Focused: true})
				return slices.Contains(found, want)
			}, time.Minute, time.Millisecond, "%s", want)
			return found
		}
		offered("mem", "model", "", "llama-7b")
		offered("mem", "gpu", "a100", "a100-80g")
		ann.Slash("mem", option{Name: "model", Value: "llama-7b"}).Answer()
		require.Equal(t, "huggyllama/llama-7b", offered("fit", "model", "huggy", "huggyllama/llama-7b")[0], "what was asked before comes first")
		require.Empty(t, ann.Type("mem", option{Name: "seq", Value: "1", Focused: true}))
		offered("compare", "model2", "deep", "deepseek-v3")
	})
}

type stuckSuggester struct{}

func (stuckSuggester) Suggest(ctx context.Context, _, _, _ string) []string {
	<-ctx.Done()
	time.Sleep(50 * time.Millisecond)
	return []string{"late"}
}

func TestAutocompleteNeverWaitsForASlowHub(t *testing.T) {
	s := overHTTP(t, func(c *Config) { c.Suggester = stuckSuggester{} })
	require.Empty(t, s.Human("ann").Type("mem", option{Name: "model", Value: "zz", Focused: true}))
	best := time.Hour
	for range 5 { // the best of a few is the bot's own time, whatever else runs here
		start := time.Now()
		s.bot.suggest(t.Context(), "mem", "model", "zz")
		best = min(best, time.Since(start))
	}
	require.Less(t, best, 50*time.Millisecond)
	best = time.Hour
	for range 5 {
		start := time.Now()
		require.NotEmpty(t, s.bot.suggest(t.Context(), "mem", "gpu", ""))
		best = min(best, time.Since(start))
	}
	require.Less(t, best, 10*time.Millisecond, "nothing typed is answered at once")
}

func TestChoicesOfAnUnclearQuestion(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		s.oracle.do = func(_ context.Context, q commands.Question) (commands.Answer, bool) {
			if strings.HasPrefix(q.Text, "/mem") {
				return commands.Answer{}, false
			}
			return commands.Answer{Kind: "unclear", Ask: "Which model?", Choices: []string{"/mem llama-7b", "/mem llama-13b " + strings.Repeat("x", 200), "/mem a/b", "/mem c/d"}}, true
		}
		ann := s.Human("ann")
		m := ann.Slash("ask", option{Name: "question", Value: "how much for llama?"}).Answer()
		require.Equal(t, []string{"v1|!choice.1", "v1|!choice.2", "v1|!choice.3"}, m.IDs())
		m = ann.Click(m, "v1|!choice.1").Edited(m.Edits)
		require.Equal(t, "/mem llama-7b", m.Footer())
	})
}

func TestARefusalLeavesTheMessageAsItWas(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		ann := s.Human("ann")
		m := ann.Slash("mem", option{Name: "model", Value: "llama-7b"}).Shown()
		s.oracle.do = func(context.Context, commands.Question) (commands.Answer, bool) {
			return commands.Answer{Error: &commands.Refusal{Code: "bad_value", Text: "dtype:fp9 is none", Advice: "say fp8", DidYouMean: []string{"/mem llama-7b dtype:fp8"}}}, true
		}
		e := ann.Choose(m, "v1|?dtype", "dtype:fp9").Answer()
		require.True(t, e.Ephemeral())
		require.Contains(t, e.Text(), "dtype:fp9 is none")
		require.Equal(t, []string{"v1|!choice.1"}, e.IDs())
	})
}

func TestButtonsSurviveARestart(t *testing.T) {
	t.Parallel()
	first := overGateway(t)
	m := first.Human("ann").Slash("mem", option{Name: "model", Value: "llama-7b"}).Shown()
	ann := first.Human("ann2")
	require.NoError(t, first.stop())
	first.start(t)
	require.True(t, first.Gateway.Live(2, time.Minute))
	e := ann.Choose(m, "v1|?size", "batch:8").Answer()
	require.Equal(t, "/mem llama-7b batch:8", e.Footer())
}

func TestChineseSpeaksChinese(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		m := s.Human("王").Speaking("zh-CN").Slash("mem", option{Name: "model", Value: "llama-7b"}, option{Name: "mode", Value: "train"}).Shown()
		require.Contains(t, m.Text(), "放不下")
		require.Contains(t, m.Text(), "优化器状态")
		require.Contains(t, m.Attachments[0].Description, "激活值")
		require.Equal(t, langZH, s.oracle.last().Lang)
	})
}
