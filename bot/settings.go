package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Flags are the settings as they are typed: each has an environment variable
// and a flag of the same name, and all are strings, so that every wrong one can
// be reported at once. The zero value of a field means its default. Secrets have
// no flag, for a command line is seen by everyone on the machine.
type Flags struct {
	HFEndpoint    string `name:"hf-endpoint" env:"HF_ENDPOINT" placeholder:"URL" help:"The Hub. Default: https://huggingface.co."`
	HFHome        string `name:"hf-home" env:"HF_HOME" placeholder:"DIR" help:"Where huggingface_hub keeps its token and cache. Default: ~/.cache/huggingface."`
	HFHubCache    string `name:"hf-hub-cache" env:"HF_HUB_CACHE" placeholder:"DIR" help:"The Hub's cache of files, read and never written. Default: hub under HF_HOME."`
	HFHubOffline  string `name:"hf-hub-offline" env:"HF_HUB_OFFLINE" placeholder:"1" help:"1, on, yes or true: never ask the Hub."`
	DiscordAppID  string `name:"discord-app-id" env:"DISCORD_APP_ID" placeholder:"ID" help:"The application's id."`
	DiscordKey    string `name:"discord-public-key" env:"DISCORD_PUBLIC_KEY" placeholder:"HEX" help:"The application's public key: commands arrive over HTTP."`
	DiscordAPIURL string `name:"discord-api-url" env:"DISCORD_API_URL" placeholder:"URL" help:"Discord's REST API. Default: https://discord.com/api/v10."`
	Addr          string `name:"membot-addr" aliases:"addr" env:"MEMBOT_ADDR" placeholder:"HOST:PORT" help:"Where /interactions listens. Default: :8080."`
	OpsAddr       string `name:"membot-ops-addr" aliases:"ops-addr" env:"MEMBOT_OPS_ADDR" placeholder:"HOST:PORT" help:"Where /healthz, /readyz, /metrics and POST /ask listen. Default: 127.0.0.1:9090."`
	Private       string `name:"membot-private" aliases:"private-models" env:"MEMBOT_PRIVATE" placeholder:"MODE" help:"Models only HF_TOKEN can read: ephemeral (shown to the asker alone) or refuse. Default: ephemeral."`
	Store         string `name:"membot-store" aliases:"store" env:"MEMBOT_STORE" placeholder:"STORE" help:"bolt:PATH, valkey://host:6379/0 or memory:. Default: bolt in the state folder."`
	Shards        string `name:"membot-shards" aliases:"shards" env:"MEMBOT_SHARDS" placeholder:"SHARDS" help:"auto, a count (4), or a range of it (0-1/4). Default: auto."`
	Limit         string `name:"membot-limit" aliases:"limit" env:"MEMBOT_LIMIT" placeholder:"LIMIT" help:"Questions for each user, then each server: 20/1m,200/1m, or off. Default: 20/1m,200/1m."`
	Lang          string `name:"membot-lang" aliases:"default-lang" env:"MEMBOT_LANG" placeholder:"LANG" help:"The language when the asker's is unknown: en or zh-CN. Default: en."`
	Log           string `name:"membot-log" aliases:"log" env:"MEMBOT_LOG" placeholder:"LEVEL" help:"debug, info, warn or error; with ,text for lines a person reads. Default: info."`
}

// Settings is how membot runs, checked.
type Settings struct {
	HFToken          Secret
	HFEndpoint       Address
	HFHome           string
	HFHubCache       string
	HFHubOffline     bool
	DiscordToken     Secret
	DiscordAppID     string
	DiscordPublicKey []byte // Ed25519, 32 bytes; nil when unset
	DiscordAPIURL    Address
	Addr             string // host:port
	OpsAddr          string // host:port
	AskToken         Secret
	RefusePrivate    bool
	Store            Address
	Shards           Shards
	UserLimit        Limit
	GuildLimit       Limit
	Lang             string
	Log              LogSetting
}

// Environment is where settings come from besides the flags; tests fill in
// their own.
type Environment struct {
	Get  func(name string) string
	Read func(path string) ([]byte, error)
	Home func() (string, error)
}

// OS is the environment of this process.
func OS() Environment {
	return Environment{Get: os.Getenv, Read: os.ReadFile, Home: os.UserHomeDir}
}

// Settings reads the secrets, checks every setting and returns all that is
// wrong at once; no error holds a secret.
func (f Flags) Settings(env Environment) (Settings, error) {
	var (
		s     Settings
		wrong []error
	)
	given := f.byName()
	for _, row := range settingTable {
		text := strings.TrimSpace(given[row.name])
		if row.secret {
			secret, err := env.secret(row.name)
			if err != nil {
				wrong = append(wrong, err)
				continue
			}
			text = secret
		}
		if text == "" {
			text = row.standard
		}
		if err := row.set(&s, text, env); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", row.name, err))
		}
	}
	return s, errors.Join(wrong...)
}

// Serve reports what a bot lacks that is to answer anyone at all.
func (s Settings) Serve() error {
	if s.DiscordToken == "" && s.DiscordPublicKey == nil && s.AskToken == "" {
		return errors.New("none of DISCORD_TOKEN (gateway), DISCORD_PUBLIC_KEY (HTTP interactions) and MEMBOT_ASK_TOKEN (POST /ask) is set: nobody could ask")
	}
	return nil
}

// byName maps each flag's environment variable to what was typed or set.
func (f Flags) byName() map[string]string {
	byName := make(map[string]string, len(settingTable))
	for field, value := range reflect.ValueOf(f).Fields() {
		byName[field.Tag.Get("env")] = value.String()
	}
	return byName
}

// secret reads a secret from its variable, else from the file of its name in
// the folder that systemd's LoadCredential (or a mounted Kubernetes or compose
// secret) gives.
func (e Environment) secret(name string) (string, error) {
	if value := strings.TrimSpace(e.Get(name)); value != "" {
		return value, nil
	}
	dir := e.Get("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return "", nil
	}
	data, err := e.Read(filepath.Join(dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: read its file in CREDENTIALS_DIRECTORY: %w", name, errors.Unwrap(err))
	}
	return strings.TrimSpace(string(data)), nil
}
