package hfhub

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"membot/hfhub/hubtest"

	"github.com/stretchr/testify/require"
)

const tinyConfig = `{"architectures":["Qwen2ForCausalLM"],"model_type":"qwen2","hidden_size":64}`

// clock is a time that only waiting moves.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	waited []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(_ context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waited = append(c.waited, d)
	return nil
}

func (c *clock) total() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var sum time.Duration
	for _, d := range c.waited {
		sum += d
	}
	return sum
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

// dial makes a client of the hub, on a clock of its own.
func dial(t *testing.T, hub *hubtest.Hub, change ...func(*Settings)) (*Client, *clock) {
	t.Helper()
	time := newClock()
	s := Settings{Endpoint: hub.URL(), Now: time.Now, Sleep: time.Sleep, Jitter: func() float64 { return 0.5 }}
	for _, c := range change {
		c(&s)
	}
	client, err := New(s)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client, time
}

func withToken(token string) func(*Settings) { return func(s *Settings) { s.Token = token } }

func TestInfoAndConfigAreTwoQuestions(t *testing.T) {
	hub := hubtest.New(t)
	repo := hub.Add("Qwen/Tiny", map[string][]byte{"config.json": []byte(tinyConfig)},
		hubtest.With("model.safetensors", hubtest.Safetensors(nil, hubtest.Tensor{Name: "w", DType: "BF16", Shape: []int64{64, 64}})))
	client, _ := dial(t, hub)
	for range 2 { // the second time nothing is asked
		info, err := client.Info(t.Context(), "Qwen/Tiny", "")
		require.NoError(t, err)
		require.Equal(t, repo.Commit(), info.Commit)
		require.Equal(t, "qwen2", info.ModelType)
		require.Equal(t, map[string]int64{"BF16": 4096}, info.Summary.Parameters)
		require.Equal(t, FromHub, info.Origin)
		weights, found := info.File("model.safetensors")
		require.True(t, found)
		require.Greater(t, weights.Size, int64(8192))
		file, err := client.File(t.Context(), info.ID, info.Commit, "config.json", 1<<20)
		require.NoError(t, err)
		require.Equal(t, tinyConfig, string(file.Data))
	}
	require.Equal(t, 3, hub.Count(""), "info, and config.json with its redirect")
	require.Equal(t, 499, client.Limits()["api"].Left)
	require.Equal(t, 500, client.Limits()["resolvers"].Quota)
}

func TestRefusals(t *testing.T) {
	hub := hubtest.New(t)
	files := map[string][]byte{"config.json": []byte(tinyConfig)}
	hub.Add("org/open", files)
	hub.Add("org/gated", files, hubtest.Gated("manual"))
	hub.Add("org/private", files, hubtest.Private())
	hub.Add("org/disabled", files, hubtest.Disabled())
	hub.Allow("hf_S3CR3Tmember", "org/gated", "org/private")
	hub.Allow("hf_S3CR3Tstranger")
	for _, row := range []struct {
		name, token, id, revision, path string
		want                            error
	}{
		{"open", "", "org/open", "", "config.json", nil},
		{"missing, anonymous", "", "org/none", "", "", ErrMissingOrPrivate},
		{"missing, with token", "hf_S3CR3Tstranger", "org/none", "", "", ErrMissing},
		{"private, anonymous", "", "org/private", "", "", ErrMissingOrPrivate},
		{"private to others", "hf_S3CR3Tstranger", "org/private", "", "", ErrMissing},
		{"private, own", "hf_S3CR3Tmember", "org/private", "", "config.json", nil},
		{"gated, anonymous", "", "org/gated", "", "config.json", ErrGated},
		{"gated, not on the list", "hf_S3CR3Tstranger", "org/gated", "", "config.json", ErrGated},
		{"gated, on the list", "hf_S3CR3Tmember", "org/gated", "", "config.json", nil},
		{"gated, info alone", "", "org/gated", "", "", nil},
		{"bad token", "hf_S3CR3Twrong", "org/open", "", "", ErrBadToken},
		{"no revision", "", "org/open", "v9", "", ErrNoRevision},
		{"no file", "", "org/open", "", "params.json", ErrNoFile},
		{"disabled, info", "", "org/disabled", "", "", nil},
		{"disabled, file", "", "org/disabled", "", "config.json", ErrDisabled},
		{"bad id", "", "../etc", "", "", ErrBadID},
		{"bad revision", "", "org/open", "a..b", "", ErrBadID},
		{"bad path", "", "org/open", "", "%2e%2e/%2e%2e/x", ErrBadID},
	} {
		t.Run(row.name, func(t *testing.T) {
			client, clock := dial(t, hub, withToken(row.token))
			info, err := client.Info(t.Context(), row.id, row.revision)
			if err == nil && row.path != "" {
				_, err = client.File(t.Context(), row.id, info.Commit, row.path, 1<<20)
			}
			require.Zero(t, clock.total(), "a refusal is not asked again")
			if row.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, row.want)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.NotContains(t, err.Error(), "hf_", "no token in an error")
			require.NotContains(t, err.Error(), "http://127", "no address in an error")
		})
	}
}

func TestGatedRelaysTheHubsWords(t *testing.T) {
	hub := hubtest.New(t)
	repo := hub.Add("org/gated", map[string][]byte{"config.json": nil}, hubtest.Gated("auto"))
	hub.Allow("hf_S3CR3Tstranger")
	client, _ := dial(t, hub, withToken("hf_S3CR3Tstranger"))
	_, err := client.File(t.Context(), "org/gated", repo.Commit(), "config.json", 1<<20)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.Message, "ask for access")
	require.Equal(t, http.StatusForbidden, e.Status)
	require.Equal(t, "Root=1-hubtest", e.RequestID)
}

func TestRenamedModelIsFollowedAndNamed(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("gpt2", map[string][]byte{"config.json": []byte(tinyConfig)})
	hub.Rename("gpt2", "openai-community/gpt2")
	client, _ := dial(t, hub)
	info, err := client.Info(t.Context(), "gpt2", "")
	require.NoError(t, err)
	require.True(t, info.Renamed())
	require.Equal(t, "openai-community/gpt2", info.ID)
	file, err := client.File(t.Context(), "gpt2", info.Commit, "config.json", 1<<20)
	require.NoError(t, err)
	require.Equal(t, tinyConfig, string(file.Data))
}

func TestBranches(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", nil, hubtest.Branch("refs/pr/1", map[string][]byte{"config.json": []byte("{}")}))
	client, _ := dial(t, hub)
	info, err := client.Info(t.Context(), "org/m", "refs/pr/1")
	require.NoError(t, err)
	require.Len(t, info.Files, 1)
	require.Contains(t, hub.Requests()[0].Path, "/revision/refs%2Fpr%2F1")
}

func TestTokenStaysWithItsOrigin(t *testing.T) {
	var seen []http.Header
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Clone())
		w.Write([]byte(tinyConfig))
	}))
	defer elsewhere.Close()
	hub := hubtest.New(t)
	hub.Allow("hf_S3CR3Tsecret")
	repo := hub.Add("org/m", map[string][]byte{"config.json": []byte(tinyConfig), "big.bin": []byte("12345678")})
	client, _ := dial(t, hub, withToken("hf_S3CR3Tsecret"))

	_, err := client.Range(t.Context(), "org/m", repo.Commit(), "big.bin", 2, 3)
	require.NoError(t, err)
	hub.Break("hub", "config.json", -1, hubtest.Redirect(302, elsewhere.URL+"/x"))
	_, err = client.File(t.Context(), "org/m", repo.Commit(), "config.json", 1<<20)
	require.NoError(t, err)
	hub.Break("hub", "other.json", -1, hubtest.Redirect(302, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)))
	_, err = client.File(t.Context(), "org/m", repo.Commit(), "other.json", 1<<20)
	require.NoError(t, err)

	require.Len(t, seen, 2)
	for _, header := range seen {
		for name, values := range header {
			require.NotContains(t, strings.Join(values, " "), "hf_S3CR3Tsecret", name)
		}
	}
	for _, r := range hub.Requests() {
		require.Equal(t, r.Server == "hub", r.Header.Get("Authorization") != "", r.Path)
	}
}

func TestRateLimit(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", nil)
	t.Run("far off: say when", func(t *testing.T) {
		hub.Limit("api", 0, 200)
		defer hub.Unlimit("api")
		client, clock := dial(t, hub)
		_, err := client.Info(t.Context(), "org/m", "")
		require.ErrorIs(t, err, ErrRateLimited)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, clock.now.Add(201*time.Second), e.RetryAt)
		require.Zero(t, clock.total())
		before := hub.Count("")
		_, err = client.Info(t.Context(), "org/m", "")
		require.ErrorIs(t, err, ErrRateLimited)
		require.Equal(t, before, hub.Count(""), "an empty bucket is not asked again")
	})
	t.Run("near: wait", func(t *testing.T) {
		hub.Break("hub", "/api/models", 1, hubtest.Status(429, "slow down", "Retry-After", "3"))
		client, clock := dial(t, hub)
		_, err := client.Info(t.Context(), "org/m", "")
		require.NoError(t, err)
		require.Equal(t, 3*time.Second, clock.total())
	})
}

func TestFlakyHub(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", nil)
	client, clock := dial(t, hub)
	hub.Break("hub", "", 2, hubtest.Status(503, "busy"))
	_, err := client.Info(t.Context(), "org/m", "")
	require.NoError(t, err)
	require.Len(t, clock.waited, 2)

	hub.Break("hub", "", -1, hubtest.Status(502, "bad gateway"))
	_, err = client.Info(t.Context(), "org/other", "")
	require.ErrorIs(t, err, ErrUnavailable)
	require.LessOrEqual(t, clock.total(), 15*time.Second)
}

func TestEqualQuestionsAreAskedOnce(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", nil)
	hub.SetLatency(50 * time.Millisecond)
	client, _ := dial(t, hub)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			_, err := client.Info(t.Context(), "org/m", "")
			require.NoError(t, err)
		})
	}
	wait.Wait()
	require.Equal(t, 1, hub.Count(""))
}

// shelf is a Store in memory.
type shelf struct {
	mu   sync.Mutex
	data map[string][]byte
}

func (s *shelf) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data[key], nil
}

func (s *shelf) Put(_ context.Context, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data[key] = value
	return nil
}

func TestStoreAnswersWhenTheHubIsDown(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", nil)
	store := &shelf{data: map[string][]byte{}}
	withStore := func(s *Settings) { s.Store = store }
	client, clock := dial(t, hub, withStore, withToken(""))
	fresh, err := client.Info(t.Context(), "org/m", "")
	require.NoError(t, err)

	hub.Break("hub", "", -1, hubtest.Drop())
	later, err := New(Settings{Endpoint: hub.URL(), Store: store, Sleep: clock.Sleep, Now: func() time.Time { return clock.now.Add(time.Hour) }})
	require.NoError(t, err)
	defer later.Close()
	info, err := later.Info(t.Context(), "org/m", "")
	require.NoError(t, err)
	require.True(t, info.Stale)
	require.Equal(t, FromCache, info.Origin)
	require.True(t, info.FetchedAt.Equal(fresh.FetchedAt))

	other, err := New(Settings{Endpoint: hub.URL(), Store: store, Token: "hf_S3CR3Tx", Sleep: clock.Sleep})
	require.NoError(t, err)
	defer other.Close()
	_, err = other.Info(t.Context(), "org/m", "")
	require.ErrorIs(t, err, ErrUnreachable, "another reader's copy is not shown")
	for key := range store.data {
		require.NotContains(t, key, "hf_")
	}
}

func TestOffline(t *testing.T) {
	hub := hubtest.New(t)
	client, _ := dial(t, hub, func(s *Settings) { s.Offline = true })
	_, err := client.Info(t.Context(), "org/m", "")
	require.ErrorIs(t, err, ErrOffline)
	require.Zero(t, hub.Count(""))
}

func TestUnreachable(t *testing.T) {
	hub := hubtest.Start()
	client, _ := dial(t, hub)
	hub.Close()
	_, err := client.Info(t.Context(), "org/m", "")
	require.ErrorIs(t, err, ErrUnreachable)
}

func TestCanceled(t *testing.T) {
	hub := hubtest.New(t)
	hub.Break("hub", "", -1, hubtest.Silent())
	client, _ := dial(t, hub)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := client.Info(ctx, "org/m", "")
	require.ErrorIs(t, err, ErrTimeout)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client.Info(gone, "org/m", "")
	require.True(t, errors.Is(err, context.Canceled))
}

func TestSearch(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("a/llama-7b", nil, hubtest.Downloads(5))
	hub.Add("b/llama-13b", nil, hubtest.Downloads(9), hubtest.Gated("auto"))
	hub.Add("c/mistral", nil)
	client, _ := dial(t, hub)
	found, err := client.Search(t.Context(), "LLaMA", 10)
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Equal(t, "b/llama-13b", found[0].ID)
	require.Equal(t, "auto", found[0].Gated)
}

func TestRefusalsAreRepeatedForAWhile(t *testing.T) {
	hub := hubtest.New(t)
	client, clock := dial(t, hub)
	for range 3 {
		_, err := client.Info(t.Context(), "org/new", "")
		require.ErrorIs(t, err, ErrMissingOrPrivate)
	}
	require.Equal(t, 1, hub.Count(""))
	hub.Add("org/new", nil)
	require.NoError(t, clock.Sleep(t.Context(), time.Minute))
	_, err := client.Info(t.Context(), "org/new", "")
	require.NoError(t, err)
}
