package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"membot/hfhub/leaktest"
)

// fakeEnv is an environment of variables and files, with a home of /home/u.
func fakeEnv(vars, files map[string]string) Environment {
	return Environment{
		Get: func(name string) string { return vars[name] },
		Read: func(path string) ([]byte, error) {
			if data, ok := files[path]; ok {
				return []byte(data), nil
			}
			return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
		},
		Home: func() (string, error) { return "/home/u", nil },
	}
}

func TestSettingsDefaults(t *testing.T) {
	s, err := Flags{}.Settings(fakeEnv(nil, nil))
	require.NoError(t, err)
	require.Equal(t, "https://huggingface.co", s.HFEndpoint.Reveal())
	require.Equal(t, "/home/u/.cache/huggingface", s.HFHome)
	require.Equal(t, "/home/u/.cache/huggingface/hub", s.HFHubCache)
	require.Equal(t, ":8080", s.Addr)
	require.Equal(t, "127.0.0.1:9090", s.OpsAddr)
	require.Equal(t, "bolt:/home/u/.local/state/membot/membot.db", s.Store.Reveal())
	require.Equal(t, Limit{20, 60e9}, s.UserLimit)
	require.Equal(t, Limit{200, 60e9}, s.GuildLimit)
	require.Equal(t, "en", s.Lang)
	require.False(t, s.RefusePrivate)
	require.Error(t, s.Serve(), "nobody could ask")
}

func TestEveryWrongSettingIsReportedAtOnce(t *testing.T) {
	flags := Flags{
		HFEndpoint: "ftp://x", DiscordAppID: "membot", DiscordKey: "abc", DiscordAPIURL: "discord",
		Addr: "8080", OpsAddr: "localhost:99999", Private: "public", Store: "mysql://u:S3CR3T@h/db",
		Shards: "5/4", Limit: "many", Lang: "fr", Log: "loud",
	}
	_, err := flags.Settings(fakeEnv(map[string]string{"DISCORD_TOKEN": "two words", "MEMBOT_ASK_TOKEN": "tab\tbed", "HF_TOKEN": "hf_ü"}, nil))
	require.Error(t, err)
	for _, name := range []string{
		"HF_TOKEN", "HF_ENDPOINT", "DISCORD_TOKEN", "DISCORD_APP_ID", "DISCORD_PUBLIC_KEY", "DISCORD_API_URL", "MEMBOT_ADDR",
		"MEMBOT_OPS_ADDR", "MEMBOT_ASK_TOKEN", "MEMBOT_PRIVATE", "MEMBOT_STORE", "MEMBOT_SHARDS", "MEMBOT_LIMIT", "MEMBOT_LANG", "MEMBOT_LOG",
	} {
		require.Regexp(t, `(?m)^`+name+`: `, err.Error())
	}
	for _, secret := range []string{"S3CR3T", "two words", "bed", "hf_ü"} {
		require.NotContains(t, err.Error(), secret)
	}
}

func TestWhereSecretsComeFrom(t *testing.T) {
	rows := []struct {
		name  string
		vars  map[string]string
		files map[string]string
		want  string
	}{
		{"variable first", map[string]string{"HF_TOKEN": " hf_S3CR3Ta\n", "CREDENTIALS_DIRECTORY": "/c"}, map[string]string{"/c/HF_TOKEN": "hf_S3CR3Tb"}, "hf_S3CR3Ta"},
		{"systemd credential", map[string]string{"CREDENTIALS_DIRECTORY": "/c"}, map[string]string{"/c/HF_TOKEN": "hf_S3CR3Tb\n"}, "hf_S3CR3Tb"},
		{"older variable", map[string]string{"HUGGING_FACE_HUB_TOKEN": "hf_S3CR3Tc"}, nil, "hf_S3CR3Tc"},
		{"file under HF_HOME", map[string]string{"HF_HOME": "~/hf"}, map[string]string{"/home/u/hf/token": "hf_S3CR3Td\n"}, "hf_S3CR3Td"},
		{"file by path", map[string]string{"HF_TOKEN_PATH": "$X/t", "X": "/s"}, map[string]string{"/s/t": "hf_S3CR3Te"}, "hf_S3CR3Te"},
		{"implicit token refused", map[string]string{"HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}, map[string]string{"/home/u/.cache/huggingface/token": "hf_S3CR3Tf"}, ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s, err := Flags{}.Settings(fakeEnv(row.vars, row.files))
			require.NoError(t, err)
			require.Equal(t, row.want, s.HFToken.Reveal())
		})
	}
}

func TestUnreadableCredentialIsReportedWithoutItsValue(t *testing.T) {
	env := fakeEnv(map[string]string{"CREDENTIALS_DIRECTORY": "/c"}, nil)
	env.Read = func(path string) ([]byte, error) {
		return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrPermission}
	}
	_, err := Flags{}.Settings(env)
	require.ErrorContains(t, err, "DISCORD_TOKEN: read its file in CREDENTIALS_DIRECTORY: permission denied")
}

func TestShardsAndLimits(t *testing.T) {
	for text, want := range map[string]Shards{
		"auto": {}, "1": {0, 0, 1}, "4": {0, 3, 4}, "0-1/4": {0, 1, 4}, "3/4": {3, 3, 4},
	} {
		got, err := ParseShards(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "0", "4/4", "2-1/4", "-1", "a", "0-4/4", "99999"} {
		_, err := ParseShards(text)
		require.Error(t, err, text)
	}
	for _, text := range []string{"", "5", "0/1m", "5/1ms", "5/48h", "x/1m", "5/"} {
		_, err := ParseLimit(text)
		require.Error(t, err, text)
	}
	got, err := ParseLimit("5/h")
	require.NoError(t, err)
	require.Equal(t, Limit{5, 3600e9}, got)
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	const token, password = "hf_S3CR3Tverysecret", "S3CR3T"
	vars := map[string]string{"HF_TOKEN": token, "DISCORD_TOKEN": "Bot " + token, "MEMBOT_ASK_TOKEN": token}
	s, err := Flags{Store: "valkey://bot:" + password + "@cache:6379/0?x=" + password}.Settings(fakeEnv(vars, nil))
	require.NoError(t, err)
	require.Equal(t, token, s.DiscordToken.Reveal())

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+" "+verb+"\n", s.HFToken, s.Store)
	}
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("start", "settings", s, "token", s.HFToken, "store", s.Store)
	}
	require.NoError(t, json.NewEncoder(&out).Encode(s))
	leaktest.Saw("settings", out.String(), s)
	for _, form := range []string{token, password, fmt.Sprintf("%x", token), fmt.Sprintf("%x", password)} {
		require.NotContains(t, out.String(), form)
	}
	require.Contains(t, out.String(), redacted)
}

// TestFlagsAreTheSettings holds the flags, the table and env.example equal.
func TestFlagsAreTheSettings(t *testing.T) {
	flags := map[string]bool{}
	for field := range reflect.TypeFor[Flags]().Fields() {
		tag := field.Tag
		require.Equal(t, strings.ToLower(strings.ReplaceAll(tag.Get("env"), "_", "-")), tag.Get("name"), "a flag of the same name")
		flags[tag.Get("env")] = true
	}
	var names []string
	for _, row := range settingTable {
		require.NotEqual(t, row.secret, flags[row.name], "%s: a secret has no flag, every other setting has one", row.name)
		names = append(names, row.name)
	}
	data, err := os.ReadFile("../deploy/env.example")
	require.NoError(t, err)
	var listed []string
	for _, m := range regexp.MustCompile(`(?m)^#?([A-Z_]+)=(.*)$`).FindAllStringSubmatch(string(data), -1) {
		listed = append(listed, m[1])
		row := settingTable[min(len(listed), len(settingTable))-1]
		if row.standard != "" {
			require.Equal(t, row.standard, m[2], "%s: env.example shows the default", m[1])
		}
	}
	require.Equal(t, names, listed, "deploy/env.example lists every setting, in order, and nothing else")
}

func TestKongReadsFlagsAndEnvironment(t *testing.T) {
	for _, row := range settingTable {
		t.Setenv(row.name, "") // nothing of whoever runs the tests
	}
	t.Setenv("MEMBOT_ADDR", "127.0.0.1:1")
	t.Setenv("MEMBOT_LANG", "zh")
	var cli struct{ Flags }
	parser, err := kong.New(&cli)
	require.NoError(t, err)
	_, err = parser.Parse([]string{"--membot-store=memory:", "--addr=127.0.0.1:2"})
	require.NoError(t, err)
	s, err := cli.Settings(fakeEnv(nil, nil))
	require.NoError(t, err)
	require.Equal(t, "memory:", s.Store.Reveal())
	require.Equal(t, "127.0.0.1:2", s.Addr, "a flag wins over the variable")
	require.Equal(t, "zh-CN", s.Lang)
}
