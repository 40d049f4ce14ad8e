package ops

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/commands"
	"membot/hfhub/leaktest"
)

const token = leaktest.Ask

// scripted answers by what the question says.
type scripted struct{ asked []commands.Question }

func (s *scripted) Answer(ctx context.Context, q commands.Question) commands.Answer {
	s.asked = append(s.asked, q)
	answers := map[string]commands.Answer{
		"private":  {Kind: "mem", Private: true, Question: "/mem secret-org/model"},
		"compare":  {Kind: "compare", Answers: []commands.Answer{{Kind: "mem"}, {Kind: "mem", Private: true}}},
		"missing":  {Error: &commands.Refusal{Code: "model_not_found", Text: "no"}},
		"hostile":  {Kind: `mem"} 1\n`, Error: &commands.Refusal{Code: "x\ny"}},
		"unusual":  {Error: &commands.Refusal{Code: "no_config", Text: "no"}},
		"requests": {Kind: "about", Text: RequestID(ctx)},
	}
	if q.Text == "panic" {
		panic("boom")
	}
	if a, ok := answers[q.Text]; ok {
		return a
	}
	return commands.Answer{Kind: "mem", Question: q.Text}
}

type rig struct {
	*httptest.Server
	answers *scripted
	health  *Health
	metrics *Metrics
	log     *bytes.Buffer
}

func newRig(t *testing.T) rig {
	t.Helper()
	r := rig{answers: &scripted{}, health: &Health{}, metrics: NewMetrics("v1"), log: &bytes.Buffer{}}
	log := slog.New(LogHandler(slog.NewJSONHandler(io.MultiWriter(r.log, leaktest.Writer("a log")), nil)))
	ask := NewAsk(Observe(r.answers, r.metrics, log), token, r.metrics)
	r.Server = httptest.NewServer(Pages{Health: r.health, Metrics: r.metrics, Ask: ask}.Handler())
	t.Cleanup(r.Close)
	return r
}

func (r rig) do(t *testing.T, method, path, auth, kind, body string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	req.Header.Set("Content-Type", kind)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	leaktest.Saw(path, data, res.Header)
	return res.StatusCode, string(data), res.Header
}

func TestAsk(t *testing.T) {
	r := newRig(t)
	rows := []struct {
		name, method, auth, kind, body string
		status                         int
		has                            string
	}{
		{"a question", "POST", "Bearer " + token, "application/json", `{"question":"/mem a"}`, 200, `"question":"/mem a"`},
		{"plain text", "POST", "bearer " + token, "text/plain; charset=utf-8", `/mem b`, 200, `"question":"/mem b"`},
		{"curl's default type with JSON", "POST", "Bearer " + token, "application/x-www-form-urlencoded", `{"question":"/mem c"}`, 200, `/mem c`},
		{"with GET", "GET", "Bearer " + token, "", "", 405, "POST"},
		{"no token", "POST", "", "application/json", `{"question":"/mem a"}`, 401, "token"},
		{"wrong token", "POST", "Bearer " + leaktest.Stranger, "application/json", `{"question":"/mem a"}`, 401, "token"},
		{"token's beginning", "POST", "Bearer " + token[:10], "application/json", `{"question":"/mem a"}`, 401, "token"},
		{"another scheme", "POST", "Basic " + token, "application/json", `{"question":"/mem a"}`, 401, "token"},
		{"not JSON", "POST", "Bearer " + token, "application/json", `/mem a`, 400, "JSON"},
		{"empty", "POST", "Bearer " + token, "application/json", `{}`, 400, "empty"},
		{"too long", "POST", "Bearer " + token, "text/plain", strings.Repeat("x", 4001), 400, "4,000"},
		{"too large", "POST", "Bearer " + token, "text/plain", strings.Repeat("x", maxAskBody+1), 413, "512 KiB"},
		{"unknown language", "POST", "Bearer " + token, "application/json", `{"question":"q","lang":"xx"}`, 400, "zh-CN"},
		{"private model", "POST", "Bearer " + token, "text/plain", `private`, 403, "model_private"},
		{"comparison with a private model", "POST", "Bearer " + token, "application/json", `{"question":"compare","lang":"zh-CN"}`, 403, "私有"},
		{"no such model", "POST", "Bearer " + token, "text/plain", `missing`, 404, "model_not_found"},
		{"no answer", "POST", "Bearer " + token, "text/plain", `unusual`, 422, "no_config"},
		{"a panic", "POST", "Bearer " + token, "text/plain", `panic`, 500, "internal"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			status, body, header := r.do(t, row.method, "/ask", row.auth, row.kind, row.body)
			require.Equal(t, row.status, status, body)
			require.Contains(t, body, row.has)
			require.Equal(t, "application/json; charset=utf-8", header.Get("Content-Type"))
			require.NotContains(t, body, "secret-org")
			var a commands.Answer
			require.NoError(t, json.Unmarshal([]byte(body), &a), "every reply is an answer's JSON")
		})
	}
	require.NotContains(t, r.log.String(), token)
	_, metrics, _ := r.do(t, "GET", "/metrics", "", "", "")
	require.NotContains(t, metrics, token)
}

func TestAskPassesConfigAndPrevious(t *testing.T) {
	r := newRig(t)
	status, _, _ := r.do(t, "POST", "/ask", "Bearer "+token, "application/json", `{"question":"q","previous":"/mem a","config":{"model_type":"llama"},"lang":"en"}`)
	require.Equal(t, 200, status)
	require.Equal(t, commands.Question{Text: "q", Lang: "en", Previous: "/mem a", Config: []byte(`{"model_type":"llama"}`)}, r.answers.asked[0])
}

func TestAskIsOffWithoutToken(t *testing.T) {
	m := NewMetrics("v1")
	require.Nil(t, NewAsk(&scripted{}, "", m))
	w := httptest.NewRecorder()
	Pages{Health: &Health{}, Metrics: m}.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/ask", nil))
	require.Equal(t, 404, w.Code)
}

func TestRequestIDFromReceiptToLog(t *testing.T) {
	r := newRig(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL+"/ask", strings.NewReader("requests"))
	require.NoError(t, err)
	req.Header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"text/plain"}, "X-Request-Id": {"caller-7"}}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	require.Equal(t, "caller-7", res.Header.Get("X-Request-Id"))
	require.Contains(t, string(body), "caller-7")
	require.Contains(t, r.log.String(), `"request_id":"caller-7"`)
	req.Header.Set("X-Request-Id", "bad id\t")
	require.NotEqual(t, "bad id\t", requestName(req))
}

func TestHealthPages(t *testing.T) {
	r := newRig(t)
	page := func(path string) (int, string) {
		status, body, _ := r.do(t, "GET", path, "", "", "")
		return status, body
	}
	status, _ := page("/healthz")
	require.Equal(t, 200, status)
	status, body := page("/readyz")
	require.Equal(t, 503, status)
	require.Contains(t, body, "start")
	r.health.Started()
	status, _ = page("/readyz")
	require.Equal(t, 200, status)

	var gateway error
	r.health.NeedToAnswer("gateway", func() error { return gateway })
	r.health.NeedToLive("gateway", func() error { return gateway })
	gateway = errors.New("no heartbeat for 2m")
	for _, path := range []string{"/healthz", "/readyz"} {
		status, body = page(path)
		require.Equal(t, 503, status)
		require.Contains(t, body, "no heartbeat for 2m")
	}
	gateway = nil
	r.health.Drain()
	status, body = page("/readyz")
	require.Equal(t, 503, status)
	require.Contains(t, body, "stopping")
	status, _ = page("/healthz")
	require.Equal(t, 200, status)
}

func TestMetrics(t *testing.T) {
	r := newRig(t)
	for _, question := range []string{"/mem a", "missing", "hostile"} {
		r.do(t, "POST", "/ask", "Bearer "+token, "text/plain", question)
	}
	r.metrics.HubCall("api", 200, time.Second)
	r.metrics.HubCall("api", 99999, time.Second)
	r.metrics.HubQuota("api", 17)
	r.metrics.HubQuota("made-up", 17)
	r.metrics.CacheRead("store", "hit")
	r.metrics.Gateway("ready", 2)
	r.metrics.Waited("rest", time.Second)
	r.metrics.StoreError("get")
	r.metrics.StoreUp(true)
	_, body, _ := r.do(t, "GET", "/metrics", "", "", "")
	for _, line := range []string{
		`membot_requests_total{command="mem",outcome="ok"} 1`,
		`membot_requests_total{command="other",outcome="model_not_found"} 1`,
		`membot_requests_total{command="other",outcome="other"} 1`,
		`membot_request_seconds_count{command="mem",outcome="ok"} 1`,
		`membot_hub_calls_total{class="api",status="200"} 1`,
		`membot_hub_calls_total{class="api",status="other"} 1`,
		`membot_hub_quota_remaining{class="api"} 17`,
		`membot_cache_reads_total{layer="store",outcome="hit"} 1`,
		`membot_gateway_shards{state="ready"} 2`,
		`membot_limiter_wait_seconds_count{limiter="rest"} 1`,
		`membot_store_errors_total{op="get"} 1`,
		`membot_store_up 1`,
		`membot_build_info{version="v1"} 1`,
		"go_goroutines ", "process_resident_memory_bytes ",
	} {
		require.Contains(t, body, line)
	}
	require.NotContains(t, body, "made-up")
}

func TestServeDrains(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	began, end := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-end
		_, _ = io.WriteString(w, "finished")
	})
	addr, served := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		served <- Serve(ctx, "127.0.0.1:0", NewServer(slow, leaktest.Log()), 5*time.Second, func(a net.Addr) { addr <- a })
	}()
	url := "http://" + (<-addr).String()
	got := make(chan string, 1)
	go func() {
		res, err := http.Get(url)
		if err != nil {
			got <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		got <- string(body)
	}()
	<-began
	cancel()
	close(end)
	require.Equal(t, "finished", <-got)
	require.NoError(t, <-served)
	require.Error(t, Serve(t.Context(), "127.0.0.1:-1", NewServer(slow, leaktest.Log()), time.Second, nil))
}
