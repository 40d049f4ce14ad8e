package hubtest

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer, string(body)
}

func TestLoadFromArchive(t *testing.T) {
	hub := New(t)
	hub.Load([]byte("a comment\n-- hub/org/m/config.json --\n{\"model_type\":\"llama\"}\n-- other.txt --\nx\n"))
	answer, body := get(t, hub.URL()+"/api/models/org/m?blobs=true")
	require.Equal(t, 200, answer.StatusCode)
	require.Contains(t, body, `"rfilename":"config.json"`)
	require.Contains(t, body, `"size":23`)
	require.Contains(t, answer.Header.Get("Ratelimit"), `"api";r=`)
}

func TestRedirectsAsTheHubMakesThem(t *testing.T) {
	hub := New(t)
	hub.Add("org/m", map[string][]byte{"config.json": []byte("{}")}, With("model.safetensors", Content{Head: []byte("head"), Size: 1 << 40}))
	small, _ := get(t, hub.URL()+"/org/m/resolve/main/config.json")
	require.Equal(t, 307, small.StatusCode)
	require.Regexp(t, `^/api/resolve-cache/models/org/m/[0-9a-f]{40}/config.json\?`, small.Header.Get("Location"))
	_, body := get(t, hub.URL()+small.Header.Get("Location"))
	require.Equal(t, "{}", body)

	large, _ := get(t, hub.URL()+"/org/m/resolve/main/model.safetensors", "Range", "bytes=2-5")
	require.Equal(t, 302, large.StatusCode)
	require.Equal(t, "1099511627776", large.Header.Get("X-Linked-Size"))
	piece, body := get(t, large.Header.Get("Location"), "Range", "bytes=2-5")
	require.Equal(t, 206, piece.StatusCode)
	require.Equal(t, "ad\x00\x00", body)
	require.Equal(t, "bytes 2-5/1099511627776", piece.Header.Get("Content-Range"))
	refused, _ := get(t, large.Header.Get("Location"), "Authorization", "Bearer x")
	require.Equal(t, 403, refused.StatusCode)
	beyond, _ := get(t, large.Header.Get("Location"), "Range", "bytes=1099511627776-")
	require.Equal(t, 416, beyond.StatusCode)

	pointer, body := get(t, hub.URL()+"/org/m/raw/main/model.safetensors")
	require.Equal(t, 200, pointer.StatusCode)
	require.Contains(t, body, "version https://git-lfs")
	both, _ := get(t, hub.URL()+"/api/models/org/m?blobs=true&expand=sha")
	require.Equal(t, 400, both.StatusCode)
	case1, _ := get(t, hub.URL()+"/api/models/ORG/m?blobs=true")
	require.Equal(t, "/api/models/org/m?blobs=true", case1.Header.Get("Location"))
	branch, _ := get(t, hub.URL()+"/api/resolve-cache/models/org/m/main/config.json")
	require.Equal(t, 400, branch.StatusCode)
}
