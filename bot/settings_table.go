package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// settingRow is one setting: its variable, its default as it would be typed
// ("" when the default is worked out), and how its text becomes part of a
// [Settings]. The text arrives trimmed; what set returns never repeats a secret.
type settingRow struct {
	name     string
	standard string
	secret   bool
	set      func(s *Settings, text string, env Environment) error
}

// settingTable is every setting, in the order the documentation lists them.
var settingTable = []settingRow{
	{name: "HF_TOKEN", secret: true, set: setHFToken},
	{name: "HF_ENDPOINT", standard: "https://huggingface.co", set: func(s *Settings, text string, _ Environment) error {
		return parseURL(text, &s.HFEndpoint)
	}},
	{name: "HF_HOME", set: setHFHome},
	{name: "HF_HUB_CACHE", set: setHFCache},
	{name: "HF_HUB_OFFLINE", set: func(s *Settings, text string, env Environment) error {
		s.HFHubOffline = truthy(text) || truthy(env.Get("TRANSFORMERS_OFFLINE"))
		return nil
	}},
	{name: "DISCORD_TOKEN", secret: true, set: func(s *Settings, text string, _ Environment) error {
		return parseSecret(strings.TrimPrefix(text, "Bot "), &s.DiscordToken)
	}},
	{name: "DISCORD_APP_ID", set: setAppID},
	{name: "DISCORD_PUBLIC_KEY", set: setPublicKey},
	{name: "DISCORD_API_URL", standard: "https://discord.com/api/v10", set: func(s *Settings, text string, _ Environment) error {
		return parseURL(text, &s.DiscordAPIURL)
	}},
	{name: "MEMBOT_ADDR", standard: ":8080", set: func(s *Settings, text string, _ Environment) error {
		return parseListen(text, &s.Addr)
	}},
	{name: "MEMBOT_OPS_ADDR", standard: "127.0.0.1:9090", set: func(s *Settings, text string, _ Environment) error {
		return parseListen(text, &s.OpsAddr)
	}},
	{name: "MEMBOT_ASK_TOKEN", secret: true, set: func(s *Settings, text string, _ Environment) error {
		return parseSecret(text, &s.AskToken)
	}},
	{name: "MEMBOT_PRIVATE", standard: "ephemeral", set: setPrivate},
	{name: "MEMBOT_STORE", set: setStore},
	{name: "MEMBOT_SHARDS", standard: "auto", set: func(s *Settings, text string, _ Environment) (err error) {
		s.Shards, err = ParseShards(text)
		return err
	}},
	{name: "MEMBOT_LIMIT", standard: "20/1m,200/1m", set: setLimit},
	{name: "MEMBOT_LANG", standard: "en", set: setLang},
	{name: "MEMBOT_LOG", standard: "info", set: setLog},
}

// tokenShape is what an access token may hold; a header cannot carry anything
// else, and a space inside is a sign of a bad paste.
var tokenShape = regexp.MustCompile(`^[\x21-\x7e]*$`)

func parseSecret(text string, into *Secret) error {
	if !tokenShape.MatchString(text) {
		return errors.New("holds a space or a character no token has (its value is not shown)")
	}
	*into = Secret(text)
	return nil
}

// setHFToken follows huggingface_hub: HF_TOKEN, then HUGGING_FACE_HUB_TOKEN,
// then the file that HF_TOKEN_PATH or HF_HOME names.
func setHFToken(s *Settings, text string, env Environment) error {
	if text == "" {
		text = strings.TrimSpace(env.Get("HUGGING_FACE_HUB_TOKEN"))
	}
	if text == "" && !truthy(env.Get("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
		text = tokenFile(env)
	}
	return parseSecret(text, &s.HFToken)
}

func tokenFile(env Environment) string {
	path := env.expand(env.Get("HF_TOKEN_PATH"))
	if path == "" {
		path = filepath.Join(env.hfHome(env.Get("HF_HOME")), "token")
	}
	data, err := env.Read(path)
	if err != nil {
		return "" // no file is the usual case; an unreadable one means no token
	}
	return strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(string(data))
}

func setHFHome(s *Settings, text string, env Environment) error {
	s.HFHome = env.hfHome(text)
	return nil
}

func setHFCache(s *Settings, text string, env Environment) error {
	for _, candidate := range []string{text, env.Get("HUGGINGFACE_HUB_CACHE"), filepath.Join(s.HFHome, "hub")} {
		if candidate != "" {
			s.HFHubCache = env.expand(candidate)
			return nil
		}
	}
	return nil
}

var snowflake = regexp.MustCompile(`^\d{15,20}$`)

func setAppID(s *Settings, text string, _ Environment) error {
	if text != "" && !snowflake.MatchString(text) {
		return fmt.Errorf("%q is not an application id: 15 to 20 digits, from the developer portal", text)
	}
	s.DiscordAppID = text
	return nil
}

func setPublicKey(s *Settings, text string, _ Environment) error {
	if text == "" {
		return nil
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return fmt.Errorf("want the %d hex digits of the developer portal's public key, got %d characters", 2*ed25519.PublicKeySize, len(text))
	}
	s.DiscordPublicKey = key
	return nil
}

func setPrivate(s *Settings, text string, _ Environment) error {
	modes := []string{"ephemeral", "refuse"}
	text = strings.ToLower(text)
	s.RefusePrivate = text == "refuse"
	return oneOf(text, modes)
}

func setLang(s *Settings, text string, _ Environment) error {
	langs := map[string]string{"en": "en", "en-us": "en", "en-gb": "en", "zh": "zh-CN", "zh-cn": "zh-CN", "zh-hans": "zh-CN"}
	lang, ok := langs[strings.ToLower(text)]
	if !ok {
		return oneOf(text, []string{"en", "zh-CN"})
	}
	s.Lang = lang
	return nil
}

func oneOf(text string, allowed []string) error {
	if slices.Contains(allowed, text) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", text, strings.Join(allowed, ", "))
}

func parseURL(text string, into *Address) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("want a URL such as https://host/path")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s: a query or fragment has no place here", Address(text))
	}
	*into = Address(strings.TrimRight(text, "/"))
	return nil
}

func parseListen(text string, into *string) error {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return fmt.Errorf("%q is not host:port, such as 127.0.0.1:9090 or :8080", text)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > 65535 {
		return fmt.Errorf("port %q is not a number from 0 to 65535", port)
	}
	*into = text
	return nil
}

// truthy is huggingface_hub's reading of a switch.
func truthy(text string) bool {
	return slices.Contains([]string{"1", "ON", "YES", "TRUE"}, strings.ToUpper(strings.TrimSpace(text)))
}
