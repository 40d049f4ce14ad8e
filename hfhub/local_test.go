package hfhub

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
)

const cachedCommit = "0123456789abcdef0123456789abcdef01234567"

// cacheDir lays out a cache as huggingface_hub does: refs, blobs, and snapshots of links.
func cacheDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	repo := filepath.Join(dir, "models--org--m")
	snapshot := filepath.Join(repo, "snapshots", cachedCommit)
	for _, d := range []string{snapshot, filepath.Join(repo, "refs"), filepath.Join(repo, "blobs")} {
		require.NoError(t, os.MkdirAll(d, 0o755))
	}
	write := func(path string, data []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(repo, path), data, 0o644))
	}
	write("refs/main", []byte(cachedCommit))
	write("blobs/aaa", []byte(tinyConfig))
	weights := hubtest.Safetensors(nil, tensor("w", "BF16", 4, 4))
	write("blobs/bbb", append(weights.Head, make([]byte, 32)...))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600))
	for name, to := range map[string]string{"config.json": "../../blobs/aaa", "model.safetensors": "../../blobs/bbb", "leak.json": "../../../secret"} {
		require.NoError(t, os.Symlink(to, filepath.Join(snapshot, name)))
	}
	then := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(filepath.Join(repo, "refs/main"), then, then))
	require.NoError(t, os.Chtimes(filepath.Join(repo, "blobs/aaa"), then, then))
	return dir
}

func TestLocalCacheOffline(t *testing.T) {
	client, err := New(Settings{CacheDir: cacheDir(t), Offline: true})
	require.NoError(t, err)
	defer client.Close()
	info, err := client.Info(t.Context(), "org/m", "")
	require.NoError(t, err)
	require.Equal(t, cachedCommit, info.Commit)
	require.Equal(t, FromCache, info.Origin)
	require.True(t, info.Stale)
	require.Equal(t, 2026, info.FetchedAt.Year())
	file, err := client.File(t.Context(), "org/m", info.Commit, "config.json", 1<<20)
	require.NoError(t, err)
	require.Equal(t, tinyConfig, string(file.Data))
	require.Equal(t, FromCache, file.Origin)
	require.Equal(t, time.January, file.FetchedAt.Month())
	w, err := client.Tensors(t.Context(), info, TensorOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(16), w.Parameters)
	require.Equal(t, int64(32), w.Stored)

	_, err = client.File(t.Context(), "org/m", info.Commit, "leak.json", 1<<20)
	require.ErrorIs(t, err, ErrOffline, "a link that leads out of the repository is not followed")
	_, err = client.File(t.Context(), "org/m", info.Commit, "config.json", 3)
	require.ErrorIs(t, err, ErrOffline, "too large to read is as good as absent")
	for _, id := range []string{"org/other", "other"} {
		_, err = client.Info(t.Context(), id, "")
		require.ErrorIs(t, err, ErrOffline)
	}
	pinned, err := client.Info(t.Context(), "org/m", cachedCommit)
	require.NoError(t, err)
	require.False(t, pinned.Stale, "a commit does not go stale")
}

func TestLocalCacheWhenTheHubIsDown(t *testing.T) {
	hub := hubtest.New(t)
	hub.Break("hub", "", -1, hubtest.Status(503, "down"))
	client, _ := dial(t, hub, func(s *Settings) { s.CacheDir = cacheDir(t) })
	info, err := client.Info(t.Context(), "org/m", "")
	require.NoError(t, err)
	require.Equal(t, FromCache, info.Origin)

	hub.Mend()
	_, err = client.Info(t.Context(), "org/m", "v2")
	require.ErrorIs(t, err, ErrMissingOrPrivate, "a refusal is not answered from the cache")
}

func TestFromEnv(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".cache/huggingface"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(home, ".cache/huggingface/token"), []byte(" hf_S3CR3Tfile\r\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(home, "other"), []byte("hf_S3CR3Tother\n"), 0o600))
	env := func(pairs ...string) func(string) string {
		values := map[string]string{"HOME": home}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = pairs[i+1]
		}
		return func(name string) string { return values[name] }
	}
	for _, row := range []struct {
		name string
		env  []string
		want Settings
	}{
		{"nothing set", nil, Settings{Token: "hf_S3CR3Tfile", CacheDir: home + "/.cache/huggingface/hub"}},
		{"token", []string{"HF_TOKEN", " hf_S3CR3Tenv\n"}, Settings{Token: "hf_S3CR3Tenv", CacheDir: home + "/.cache/huggingface/hub"}},
		{"old token name", []string{"HF_TOKEN", " ", "HUGGING_FACE_HUB_TOKEN", "hf_S3CR3Told"}, Settings{Token: "hf_S3CR3Told", CacheDir: home + "/.cache/huggingface/hub"}},
		{"token path", []string{"HF_TOKEN_PATH", "~/other"}, Settings{Token: "hf_S3CR3Tother", CacheDir: home + "/.cache/huggingface/hub"}},
		{"no implicit token", []string{"HF_HUB_DISABLE_IMPLICIT_TOKEN", "true"}, Settings{CacheDir: home + "/.cache/huggingface/hub"}},
		{"home", []string{"HF_HOME", "$HOME/hf"}, Settings{CacheDir: home + "/hf/hub"}},
		{"xdg", []string{"XDG_CACHE_HOME", "/x"}, Settings{CacheDir: "/x/huggingface/hub"}},
		{"cache", []string{"HF_HUB_CACHE", "/c", "HUGGINGFACE_HUB_CACHE", "/d"}, Settings{Token: "hf_S3CR3Tfile", CacheDir: "/c"}},
		{"old cache name", []string{"HUGGINGFACE_HUB_CACHE", "/d"}, Settings{Token: "hf_S3CR3Tfile", CacheDir: "/d"}},
		{"endpoint", []string{"HF_ENDPOINT", "https://mirror.example/"}, Settings{Token: "hf_S3CR3Tfile", CacheDir: home + "/.cache/huggingface/hub", Endpoint: "https://mirror.example"}},
		{"offline", []string{"HF_HUB_OFFLINE", "yes"}, Settings{Token: "hf_S3CR3Tfile", CacheDir: home + "/.cache/huggingface/hub", Offline: true}},
		{"offline by transformers", []string{"TRANSFORMERS_OFFLINE", "1", "HF_HUB_OFFLINE", "0"}, Settings{Token: "hf_S3CR3Tfile", CacheDir: home + "/.cache/huggingface/hub", Offline: true}},
	} {
		require.Equal(t, row.want, FromEnv(env(row.env...)), row.name)
	}
}

func TestEndpoints(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"": true, "https://mirror.example": true, "https://mirror.example/hf": true, "http://127.0.0.1:8080": true, "http://localhost": true,
		"http://mirror.example": false, "ftp://mirror.example": false, "mirror.example": false, "https://user:S3CR3T@mirror.example": false, "https://m?x": false, "::": false,
	} {
		_, err := New(Settings{Endpoint: endpoint, Token: "hf_S3CR3Tx"})
		require.Equal(t, ok, err == nil, endpoint)
	}
	_, err := New(Settings{Endpoint: "http://mirror.example"})
	require.NoError(t, err, "without a token there is nothing to lose")
}
