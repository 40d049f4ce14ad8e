package discord

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/bot/discord/discordtest"
	"membot/commands"
)

func TestRegisterSendsOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t)
	cfg := Config{AppID: d.AppID, Token: d.Token, APIURL: d.URL, Answerer: &oracle{}}
	for _, guild := range []string{"", "123456"} {
		_, before := d.Commands(guild)
		changed, err := Register(t.Context(), cfg, guild)
		require.NoError(t, err)
		require.True(t, changed)
		for range 2 {
			changed, err = Register(t.Context(), cfg, guild)
			require.NoError(t, err)
			require.False(t, changed, "nothing has changed")
		}
		_, after := d.Commands(guild)
		require.Equal(t, before+1, after)
	}
	fewer := cfg
	fewer.Commands = DefaultCommands()
	fewer.Commands[0].Options[0].Description.ZH += "。"
	changed, err := Register(t.Context(), fewer, "")
	require.NoError(t, err)
	require.True(t, changed, "one word in Chinese is a change")

	wrong := cfg
	wrong.Token = "secret-wrong-token"
	_, err = Register(t.Context(), wrong, "")
	require.ErrorContains(t, err, "401")
	require.NotContains(t, err.Error(), "secret-wrong-token")
}

func TestTheCommandsAreThoseOfTheLanguage(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t)
	_, err := Register(t.Context(), Config{AppID: d.AppID, Token: d.Token, APIURL: d.URL, Answerer: &oracle{}}, "")
	require.NoError(t, err)
	stored, _ := d.Commands("")
	options := map[string][]string{}
	for _, raw := range stored {
		var c wireCommand
		require.NoError(t, json.Unmarshal(raw, &c))
		require.NotEmpty(t, c.Names[langZH], c.Name)
		require.Equal(t, []int{0, 1}, c.Integrations)
		require.Equal(t, []int{0, 1, 2}, c.Contexts)
		options[c.Name] = []string{}
		for _, o := range c.Options {
			options[c.Name] = append(options[c.Name], o.Name)
			require.NotEmpty(t, o.Descriptions[langZH], c.Name+" "+o.Name)
		}
	}
	require.Equal(t, []string{
		"model", "mode", "seq", "out", "batch", "dtype", "gpu", "gpus", "engine", "method", "rank", "optimizer",
		"zero", "offload", "recompute", "stack", "more", "private",
	}, options["mem"])
	for _, name := range []string{"mem", "fit", "models", "compare", "explain", "ask", "gpus", "help", "about", "privacy", "settings", "How much memory?"} {
		require.Contains(t, options, name)
	}
}

// TestASlashCommandIsReadAsItsTypedLine fills in every option of every command
// and has the language read the line.
func TestASlashCommandIsReadAsItsTypedLine(t *testing.T) {
	t.Parallel()
	byName := map[string]Command{}
	for _, c := range DefaultCommands() {
		byName[c.Name] = c
	}
	values := func(pairs ...any) []OptionValue {
		var out []OptionValue
		for i := 0; i+1 < len(pairs); i += 2 {
			raw, err := json.Marshal(pairs[i+1])
			require.NoError(t, err)
			out = append(out, OptionValue{Name: pairs[i].(string), Value: raw})
		}
		return out
	}
	for _, row := range []struct {
		command string
		given   []OptionValue
		want    string
	}{
		{"mem", values("model", "llama-7b", "mode", "train", "gpus", 8, "zero", "2"), "/mem llama-7b train gpus:8 zero:2"},
		{"mem", values("more", "tp:2  util:0.8", "model", "a/b", "seq", "32k"), "/mem a/b seq:32k tp:2  util:0.8"},
		{"compare", values("model", "a/b", "model2", "c/d", "gpu", " h100 80g "), "/compare a/b c/d gpu:h10080g"},
		{"ask", values("question", "can I\nrun it?"), "/ask can I run it?"},
		{"gpus", values("name", "h100"), "/gpus h100"},
		{"help", nil, "/help"},
		{"mem", values("model", "a/b", "nope", "x"), "/mem a/b"},
	} {
		f := byName[row.command].read(row.given)
		require.Empty(t, f.bad)
		require.Equal(t, row.want, f.line)
	}
	for _, bad := range []OptionValue{
		{Name: "model", Value: json.RawMessage(`{}`)},
		{Name: "model", Value: json.RawMessage(`["x"]`)},
		{Name: "seq", Value: json.RawMessage(`null`)},
		{Name: "seq", Value: json.RawMessage(`true`)},
		{Name: "private", Value: json.RawMessage(`"true"`)},
		{Name: "private", Value: json.RawMessage(`1`)},
		{Name: "more", Value: json.RawMessage(`7`)},
		{Name: "model"},
	} {
		require.Equal(t, bad.Name, byName["mem"].read([]OptionValue{bad}).bad)
	}
	for _, row := range commands.Options() {
		if row.Slash {
			require.Contains(t, keyOrder, row.Key, "say where /mem's option %s stands", row.Key)
		}
	}
}
