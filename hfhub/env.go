package hfhub

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const maxTokenFile = 64 << 10 // bytes

// FromEnv reads the settings that huggingface_hub reads, by its rules: HF_TOKEN,
// HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN,
// HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HUB_OFFLINE and
// TRANSFORMERS_OFFLINE. getenv is os.Getenv, or a test's.
func FromEnv(getenv func(string) string) Settings {
	home := hubHome(getenv)
	return Settings{
		Endpoint: strings.TrimRight(strings.TrimSpace(getenv("HF_ENDPOINT")), "/"),
		Token:    tokenFrom(getenv, home),
		CacheDir: hubCache(getenv, home),
		Offline:  isTrue(getenv("HF_HUB_OFFLINE")) || isTrue(getenv("TRANSFORMERS_OFFLINE")),
	}
}

// tokenFrom finds the token: environment first, then the file that a login left.
func tokenFrom(getenv func(string) string, home string) string {
	for _, name := range []string{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"} {
		if token := cleanToken(getenv(name)); token != "" {
			return token
		}
	}
	if isTrue(getenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
		return ""
	}
	path := expand(getenv("HF_TOKEN_PATH"), getenv)
	if path == "" && home != "" {
		path = filepath.Join(home, "token")
	}
	if path == "" {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxTokenFile))
	if err != nil {
		return ""
	}
	return cleanToken(string(text))
}

func cleanToken(text string) string {
	return strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(text))
}

func hubHome(getenv func(string) string) string {
	if home := expand(getenv("HF_HOME"), getenv); home != "" {
		return home
	}
	cache := expand(getenv("XDG_CACHE_HOME"), getenv)
	if cache == "" {
		user := getenv("HOME")
		if user == "" {
			return ""
		}
		cache = filepath.Join(user, ".cache")
	}
	return filepath.Join(cache, "huggingface")
}

func hubCache(getenv func(string) string, home string) string {
	for _, name := range []string{"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"} {
		if dir := expand(getenv(name), getenv); dir != "" {
			return dir
		}
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, "hub")
}

// expand replaces a leading ~ and every $VAR.
func expand(path string, getenv func(string) string) string {
	if path == "~" || strings.HasPrefix(path, "~/") {
		path = getenv("HOME") + path[1:]
	}
	return os.Expand(path, getenv)
}

func isTrue(value string) bool {
	return slices.Contains([]string{"1", "ON", "YES", "TRUE"}, strings.ToUpper(strings.TrimSpace(value)))
}
