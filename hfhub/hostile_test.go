package hfhub

import (
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"membot/hfhub/hubtest"

	"github.com/stretchr/testify/require"
)

const goodInfo = `{"id":"org/m","sha":"0123456789012345678901234567890123456789"`

// TestHostileAnswers shows each lie ending in an error of the right kind, in
// time and without taking memory.
func TestHostileAnswers(t *testing.T) {
	for _, row := range []struct {
		name string
		mode hubtest.Mode
		want error
	}{
		{"endless body", hubtest.Endless(goodInfo), ErrBroken},
		{"gzip bomb", hubtest.GzipBomb(200 << 20), ErrBroken},
		{"deep nesting", hubtest.Deep(1_000_000), ErrBroken},
		{"deep nesting inside", hubtest.Text(goodInfo + `,"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}"), ErrBroken},
		{"not JSON", hubtest.Text("<html>hello</html>"), ErrBroken},
		{"empty", hubtest.Text(""), ErrBroken},
		{"cut JSON", hubtest.Text(goodInfo), ErrBroken},
		{"NaN", hubtest.Text(goodInfo + `,"x":NaN}`), ErrBroken},
		{"a list", hubtest.Text(`[1]`), ErrBroken},
		{"no commit", hubtest.Text(`{"id":"org/m"}`), ErrBroken},
		{"number for a commit", hubtest.Text(`{"id":"org/m","sha":12}`), ErrBroken},
		{"another kind of id", hubtest.Text(`{"id":"../../x","sha":"0123456789012345678901234567890123456789"}`), ErrBroken},
		{"gzip that is none", func(_ *hubtest.Hub, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte(goodInfo))
		}, ErrBroken},
		{"gzip that is garbled", func(_ *hubtest.Hub, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff"))
		}, ErrBroken},
		{"expired token, to one who has none", hubtest.Status(401, "User Access Token is expired"), ErrMissingOrPrivate},
		{"cut connection", hubtest.Cut(goodInfo), ErrUnreachable},
		{"no answer", hubtest.Drop(), ErrUnreachable},
		{"slow loris", hubtest.Slow(goodInfo+strings.Repeat(" ", 1000), 30*time.Millisecond), ErrTimeout},
		{"silence", hubtest.Silent(), ErrTimeout},
		{"redirect loop", hubtest.Loop(), ErrBroken},
		{"redirect to a file", hubtest.Redirect(302, "file:///etc/passwd"), ErrBroken},
		{"redirect with a password", hubtest.Redirect(302, "http://a:b@127.0.0.1/"), ErrBroken},
		{"redirect to nowhere", hubtest.Redirect(302, ""), ErrBroken},
		{"teapot", hubtest.Status(418, strings.Repeat("x", 5000)), ErrRefused},
		{"fine-grained token", hubtest.Status(403, "needs more"), ErrForbidden},
		{"500", hubtest.Status(500, "oops"), ErrUnavailable},
		{"no content", hubtest.Status(204, ""), ErrRefused},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hub := hubtest.New(t)
			hub.Break("hub", "", -1, row.mode)
			client, _ := dial(t, hub, hurried(row.want))
			start := time.Now()
			_, err := client.Info(t.Context(), "org/m", "")
			require.ErrorIs(t, err, row.want)
			require.Less(t, time.Since(start), 20*time.Second, "the deadline of 4 s ends it, on a busy machine too")
			require.Less(t, len(err.Error()), 600)
		})
	}
}

// hurried are the bounds of a client that is to run out of time; any other is not
// to, however busy the machine is.
func hurried(want error) func(*Settings) {
	return func(s *Settings) {
		if s.Timeout, s.Deadline = time.Minute, time.Minute; errors.Is(want, ErrTimeout) {
			s.Timeout, s.Deadline = time.Second/2, 4*time.Second
		}
	}
}

func TestWrongTypesAreUnknownNotZero(t *testing.T) {
	hub := hubtest.New(t)
	hub.Break("hub", "", -1, hubtest.Text(goodInfo+`,"gated":7,"private":"yes","siblings":[1,{"rfilename":"../x"},{"rfilename":"ok","size":-3},{"rfilename":"big","size":1e300}],
		"safetensors":{"parameters":{"BF16":"many","F32":1.5},"total":null},"gguf":[],"tags":"one","config":9,"lastModified":0}`))
	client, _ := dial(t, hub)
	info, err := client.Info(t.Context(), "org/m", "")
	require.NoError(t, err)
	require.Equal(t, []FileEntry{{"ok", -1}, {"big", -1}}, info.Files)
	require.Equal(t, int64(-1), info.Summary.Total, "not to be believed")
	require.Nil(t, info.GGUF)
}

func TestBodiesAreBoundedInMemory(t *testing.T) {
	hub := hubtest.New(t)
	repo := hub.Add("org/m", nil)
	client, _ := dial(t, hub)
	for name, mode := range map[string]hubtest.Mode{"endless": hubtest.Endless("{"), "bomb": hubtest.GzipBomb(300 << 20)} {
		hub.Mend()
		hub.Break("hub", "config.json", -1, mode)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := client.File(t.Context(), "org/m", repo.Commit(), "config.json", 2<<20)
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, ErrBroken, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(40<<20), name)
	}
}

func TestPointerIsNotTheFile(t *testing.T) {
	hub := hubtest.New(t)
	repo := hub.Add("org/m", map[string][]byte{"config.json": []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")})
	client, _ := dial(t, hub)
	_, err := client.File(t.Context(), "org/m", repo.Commit(), "config.json", 1<<20)
	require.ErrorIs(t, err, ErrBroken)
	require.ErrorContains(t, err, "LFS pointer")
}

func TestServerThatIgnoresRanges(t *testing.T) {
	hub := hubtest.New(t)
	whole := hubtest.Content{Head: []byte("0123456789"), Size: 5 << 30}
	repo := hub.Add("org/m", nil, hubtest.With("big.bin", whole))
	hub.Break("cdn", "big.bin", -1, hubtest.NoRanges(whole))
	client, _ := dial(t, hub)
	span, err := client.Range(t.Context(), "org/m", repo.Commit(), "big.bin", 3, 4)
	require.NoError(t, err)
	require.Equal(t, "3456", string(span.Data))
	require.Equal(t, int64(5<<30), span.Total)
}

// TestWhereARedirectMayLead is about hops that a test's own Hub cannot make.
func TestWhereARedirectMayLead(t *testing.T) {
	for _, row := range []struct{ endpoint, location, want string }{
		{"https://huggingface.co", "/api/models/a/b?x=1", "https://huggingface.co/api/models/a/b?x=1"},
		{"https://huggingface.co", "https://cdn.example/f?Signature=s", "https://cdn.example/f?Signature=s"},
		{"https://huggingface.co", "http://huggingface.co/x", ""},
		{"https://huggingface.co", "//cdn.example/x", "https://cdn.example/x"},
		{"https://huggingface.co", "https://127.0.0.1/x", ""},
		{"https://huggingface.co", "https://[::1]/x", ""},
		{"https://huggingface.co", "https://169.254.169.254/latest", ""},
		{"https://huggingface.co", "https://10.0.0.7/x", ""},
		{"https://huggingface.co", "https://localhost/x", ""},
		{"https://huggingface.co", "ftp://cdn.example/x", ""},
		{"https://huggingface.co", "javascript:alert(1)", ""},
		{"https://huggingface.co", ":", ""},
		{"https://mirror.example", "https://huggingface.co/a/b", "https://mirror.example/a/b"},
		{"http://127.0.0.1:80", "http://127.0.0.1:81/x", "http://127.0.0.1:81/x"},
	} {
		client, err := New(Settings{Endpoint: row.endpoint})
		require.NoError(t, err)
		at, err := url.Parse(row.endpoint + "/api/models/x")
		require.NoError(t, err)
		to, err := client.next(at, &http.Response{StatusCode: 302, Header: http.Header{"Location": {row.location}}})
		if row.want == "" {
			require.ErrorIs(t, err, ErrBroken, row.location)
			continue
		}
		require.NoError(t, err, row.location)
		require.Equal(t, row.want, to.String())
	}
}

func TestOriginsThatGetTheToken(t *testing.T) {
	home, err := url.Parse("https://huggingface.co")
	require.NoError(t, err)
	for address, want := range map[string]bool{
		"https://huggingface.co/x": true, "https://HuggingFace.co:443/x": true,
		"http://huggingface.co/x": false, "https://huggingface.co:444/x": false, "https://cdn-lfs.huggingface.co/x": false,
		"https://us.gcp.cdn.hf.co/x": false, "https://huggingface.co.evil.example/x": false,
	} {
		at, err := url.Parse(address)
		require.NoError(t, err)
		require.Equal(t, want, sameOrigin(at, home), address)
	}
}
