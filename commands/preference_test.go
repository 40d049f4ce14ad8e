package commands

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// kept keeps settings in memory; broken, it fails.
type kept struct {
	sets   map[Holder]map[string]string
	broken bool
}

func (k *kept) Preferences(_ context.Context, h Holder) (map[string]string, error) {
	if k.broken {
		return nil, errors.New("read settings: down")
	}
	return maps.Clone(k.sets[h]), nil
}

func (k *kept) SetPreferences(_ context.Context, h Holder, set map[string]string) error {
	if k.broken {
		return errors.New("keep settings: down")
	}
	k.sets[h] = set
	return nil
}

func withSettings() (*Service, *kept) {
	k := &kept{sets: map[Holder]map[string]string{}}
	return &Service{Library: Shelf{}, Preferences: k}, k
}

// asks asks as the bot does: with what holds for the asker.
func asks(t *testing.T, s *Service, who Asker, text string) Answer {
	t.Helper()
	c := ChosenBy(t.Context(), s.Preferences, who)
	return s.Answer(t.Context(), Question{Text: text, Lang: either(c.Lang, Heard(text, English)), Asker: who, Defaults: c.Defaults})
}

func TestSettingsAreSetShownAndForgotten(t *testing.T) {
	s, k := withSettings()
	ann, boss := Asker{User: "1", Guild: "9"}, Asker{User: "2", Guild: "9", Manages: true}

	a := asks(t, s, ann, "/settings")
	require.Nil(t, a.Error)
	require.Equal(t, "settings", a.Kind)
	require.Equal(t, 2, strings.Count(a.Text, "nothing is set"))

	a = asks(t, s, ann, "/settings gpus=2 GPU:4090 Private:ON")
	require.Equal(t, "/settings gpu:4090 gpus:2 private:on", a.Question)
	require.Contains(t, a.Text, "  /settings gpu:4090 gpus:2 private:on")
	require.Equal(t, map[string]string{"gpu": "4090", "gpus": "2", "private": "on"}, k.sets[Holder{ID: "1"}])

	a = asks(t, s, boss, "/settings scope:server gpu:h100 lang:zh")
	require.Contains(t, a.Text, "  /settings scope:server gpu:h100")
	require.Contains(t, a.Text, "lang:zh-CN")
	require.Equal(t, Chosen{Lang: Chinese, Private: "on", Defaults: []Setting{{"gpu", "4090"}, {"gpus", "2"}}}, ChosenBy(t.Context(), k, ann))

	a = asks(t, s, ann, "/settings lang:en gpus:default")
	require.Contains(t, a.Text, "  /settings gpu:4090 lang:en private:on")
	require.Contains(t, asks(t, s, ann, "/settings lang:zh-CN").Text, "你的", "what was just chosen is spoken at once")

	asks(t, s, ann, "/settings reset")
	require.Empty(t, k.sets[Holder{ID: "1"}])
	require.NotEmpty(t, k.sets[Holder{"9", true}])
	asks(t, s, boss, "/settings reset scope:server")
	require.Empty(t, k.sets[Holder{"9", true}])
}

func TestSettingsRefuseWhatCannotBe(t *testing.T) {
	s, k := withSettings()
	ann := Asker{User: "1", Guild: "9"}
	for _, row := range []struct{ line, code, text, near string }{
		{"/settings gpuu:4090", UnknownOption, "gpuu is not a setting; there are gpu, gpus, lang, private.", "/settings gpu:4090"},
		{"/settings gpu:4009", BadValue, "gpu:4009", ""},
		{"/settings gpus:0", BadValue, "gpus:0 cannot be", "/settings gpus:1"},
		{"/settings gpus:9999999999", BadValue, "gpus:9999999999 cannot be", ""},
		{"/settings lang:zh-CM", BadValue, "en, zh-CN", "/settings lang:zh-CN"},
		{"/settings private:onn", BadValue, "on, off", "/settings private:on"},
		{"/settings gpu:4090 card:h100", BadValue, "gpu is given twice", "/settings gpu:4090"},
		{"/settings resett", BadRequest, "one word too many", "/settings reset"},
		{"/settings gpu:4090 reset", BadRequest, "reset forgets everything", "/settings reset"},
		{"/settings scope:serve gpu:4090", BadValue, "mine, server", "/settings scope:server gpu:4090"},
		{"/settings scope:server gpu:4090", BadRequest, "may manage this server", "/settings gpu:4090"},
	} {
		a := asks(t, s, ann, row.line)
		require.NotNil(t, a.Error, row.line)
		require.Equal(t, row.code, a.Error.Code, row.line)
		require.Contains(t, a.Error.Text, row.text)
		if row.near != "" {
			require.Contains(t, a.Error.DidYouMean, row.near)
		}
	}
	require.Empty(t, k.sets)
	require.Nil(t, asks(t, s, ann, "/settings scope:server").Error, "anybody may look")
	require.Contains(t, asks(t, s, Asker{User: "1", Manages: true}, "/settings scope:server gpu:4090").Error.Text, "no server")
	require.Contains(t, asks(t, s, Asker{}, "/settings gpu:4090").Error.Text, "kept in chat")
	require.Contains(t, (&Service{Library: Shelf{}}).Answer(t.Context(), Question{Text: "/settings", Asker: ann}).Error.Text, "kept in chat")
}

func TestSettingsFillWhatAQuestionLeavesOut(t *testing.T) {
	s, k := withSettings()
	ann := Asker{User: "1"}
	asks(t, s, ann, "/settings gpu:4090 gpus:2")

	a := asks(t, s, ann, "/mem llama-7b")
	require.Contains(t, a.Question, "gpus:2 gpu:4090")
	require.Equal(t, "4090", a.GPU.Name)
	from := map[string]string{}
	for _, one := range a.Assumptions {
		if strings.Contains(one.Text, "/settings") {
			from[one.Key] = one.Text
		}
	}
	require.Equal(t, map[string]string{"gpu": "gpu:4090 comes from /settings.", "gpus": "gpus:2 comes from /settings."}, from)

	require.Contains(t, asks(t, s, ann, "/mem llama-7b card:h100 gpus:1").Question, "gpus:1 gpu:h100")
	require.Equal(t, "4090", asks(t, s, ann, "/models").GPU.Name, "a command that needs a card has one")
	require.Contains(t, asks(t, s, ann, "how much memory does llama-7b need").Question, "gpu:4090")
	require.Equal(t, "4090", asks(t, s, ann, "which models can I run?").GPU.Name)

	a = asks(t, s, ann, "/mem llama-7b train stack:megatron tp:4 gpu:a100-80g")
	require.NotContains(t, a.Question, "gpus:2", "what does not go with the line is left out")
	require.Equal(t, s.Answer(t.Context(), Question{Text: "/mem llama-7b train stack:megatron tp:4 gpu:a100-80g"}), a)
	require.NotNil(t, asks(t, s, ann, "/mem llama-7b zero:9").Error)

	k.broken = true
	require.NotContains(t, asks(t, s, ann, "/mem llama-7b").Question, "4090", "answers go on without")
	down := asks(t, s, ann, "/settings gpu:h100")
	require.Equal(t, Internal, down.Error.Code)
	require.Contains(t, down.Error.Text, "nothing was changed")
}
