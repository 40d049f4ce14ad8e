package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Shards says which gateway shards this process runs: First to Last of Total.
// A Total of 0 means as many as Discord advises, taken as leases allow.
type Shards struct {
	First, Last, Total int
}

var shardShape = regexp.MustCompile(`^(?:(\d{1,5})(?:-(\d{1,5}))?/)?(\d{1,5})$`)

// maxShards is far above any bot of this kind: 2,500 servers each.
const maxShards = 4096

// ParseShards reads auto, a count (4) or a range of a count (0-1/4, 3/4).
func ParseShards(text string) (Shards, error) {
	if strings.EqualFold(text, "auto") {
		return Shards{}, nil
	}
	m := shardShape.FindStringSubmatch(text)
	if m == nil {
		return Shards{}, fmt.Errorf("%q is not auto, a count such as 4, or a range of it such as 0-1/4", text)
	}
	total, _ := strconv.Atoi(m[3])
	s := Shards{Last: total - 1, Total: total}
	if m[1] != "" {
		s.First, _ = strconv.Atoi(m[1])
		s.Last = s.First
	}
	if m[2] != "" {
		s.Last, _ = strconv.Atoi(m[2])
	}
	if total < 1 || total > maxShards || s.First > s.Last || s.Last >= total {
		return Shards{}, fmt.Errorf("%q: shards are numbered from 0 to one below the count, of 1 to %d", text, maxShards)
	}
	return s, nil
}

// Limit is so many questions in so long; the zero value is no limit.
type Limit struct {
	Count int
	Per   time.Duration
}

// ParseLimit reads 20/1m (or 20/min, 5/h, 1/s).
func ParseLimit(text string) (Limit, error) {
	count, per, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(count)
	if !ok || err != nil || n < 1 {
		return Limit{}, fmt.Errorf("%q is not a limit such as 20/1m", text)
	}
	words := map[string]string{"s": "1s", "sec": "1s", "m": "1m", "min": "1m", "h": "1h", "hour": "1h"}
	if full, ok := words[per]; ok {
		per = full
	}
	d, err := time.ParseDuration(per)
	if err != nil || d < time.Second || d > 24*time.Hour {
		return Limit{}, fmt.Errorf("%q: want a time from 1s to 24h after the slash, such as 20/1m", text)
	}
	return Limit{Count: n, Per: d}, nil
}

func setLimit(s *Settings, text string, _ Environment) error {
	if strings.EqualFold(text, "off") || text == "0" {
		return nil
	}
	user, guild, both := strings.Cut(strings.ReplaceAll(text, " ", ""), ",")
	var errUser, errGuild error
	s.UserLimit, errUser = ParseLimit(user)
	s.GuildLimit = Limit{Count: 10 * s.UserLimit.Count, Per: s.UserLimit.Per}
	if both {
		s.GuildLimit, errGuild = ParseLimit(guild)
	}
	return errors.Join(errUser, errGuild)
}

// LogSetting is how much is logged, and whether for a program (JSON) or a person.
type LogSetting struct {
	Level slog.Level
	Text  bool
}

func setLog(s *Settings, text string, _ Environment) error {
	level, form, _ := strings.Cut(strings.ToLower(text), ",")
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo,
		"warn": slog.LevelWarn, "warning": slog.LevelWarn, "error": slog.LevelError,
	}
	forms := map[string]bool{"": false, "json": false, "text": true}
	l, known := levels[level]
	asText, formKnown := forms[strings.TrimSpace(form)]
	if !known || !formKnown {
		return fmt.Errorf("%q is not debug, info, warn or error, with ,text or ,json after it if wanted", text)
	}
	s.Log = LogSetting{Level: l, Text: asText}
	return nil
}

func setStore(s *Settings, text string, env Environment) error {
	if text == "" {
		dir, err := env.stateDir()
		if err != nil {
			return err
		}
		text = "bolt:" + filepath.Join(dir, "membot.db")
	}
	scheme, rest, _ := strings.Cut(text, ":")
	check, ok := storeSchemes[strings.ToLower(scheme)]
	if !ok {
		return errors.New("want bolt:PATH, valkey://host:6379/0 or memory: (the value is not shown: it may hold a password)")
	}
	if err := check(rest); err != nil {
		return err
	}
	if strings.EqualFold(scheme, "bolt") {
		rest = env.expand(rest)
	}
	s.Store = Address(strings.ToLower(scheme) + ":" + rest)
	return nil
}

// storeSchemes checks what follows the colon of MEMBOT_STORE.
var storeSchemes = map[string]func(rest string) error{
	"bolt": func(rest string) error {
		if rest == "" {
			return errors.New("bolt: needs the path of a file after it")
		}
		return nil
	},
	"memory":  checkMemoryStore,
	"valkey":  checkServerStore,
	"valkeys": checkServerStore,
	"redis":   checkServerStore,
	"rediss":  checkServerStore,
}

func checkMemoryStore(rest string) error {
	if rest != "" && rest != "//" {
		return errors.New("memory: takes nothing after the colon")
	}
	return nil
}

func checkServerStore(rest string) error {
	u, err := url.Parse("valkey:" + rest)
	if err != nil || u.Hostname() == "" {
		return errors.New("want valkey://[user:password@]host:6379/0 (the value is not shown: it may hold a password)")
	}
	if db := strings.Trim(u.Path, "/"); db != "" {
		if _, err := strconv.ParseUint(db, 10, 16); err != nil {
			return errors.New("the database after the host must be a number, such as /0")
		}
	}
	return nil
}

// stateDir is systemd's state folder, else XDG's, else the usual one at home.
func (e Environment) stateDir() (string, error) {
	if dir, _, _ := strings.Cut(e.Get("STATE_DIRECTORY"), ":"); dir != "" {
		return dir, nil
	}
	if dir := e.Get("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "membot"), nil
	}
	home, err := e.Home()
	if err != nil {
		return "", errors.New("there is no home folder to keep state in: set MEMBOT_STORE or STATE_DIRECTORY")
	}
	return filepath.Join(home, ".local", "state", "membot"), nil
}

// hfHome is HF_HOME as given, else huggingface_hub's default; "" without a home.
func (e Environment) hfHome(given string) string {
	if given != "" {
		return e.expand(given)
	}
	if cache := e.Get("XDG_CACHE_HOME"); cache != "" {
		return filepath.Join(e.expand(cache), "huggingface")
	}
	return e.expand("~/.cache/huggingface")
}

// expand replaces a leading ~ and $VARIABLES, as huggingface_hub does.
func (e Environment) expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		if home, err := e.Home(); err == nil {
			path = home + rest
		}
	}
	return os.Expand(path, e.Get)
}
