package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/bot/discord/discordtest"
	"membot/commands"
	"membot/hfhub/hubtest"
	"membot/hfhub/leaktest"
)

// servingConfig is a model nobody's catalogue has.
const servingConfig = `{"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":64,"num_hidden_layers":2,
"num_attention_heads":4,"num_key_value_heads":2,"intermediate_size":128,"vocab_size":1000,"max_position_embeddings":2048,"torch_dtype":"bfloat16"}`

func addModel(hub *hubtest.Hub, id string, options ...hubtest.Option) {
	weights := hubtest.Safetensors(nil, hubtest.Tensor{Name: "model.embed_tokens.weight", DType: "BF16", Shape: []int64{1000, 64}})
	hub.Add(id, map[string][]byte{"config.json": []byte(servingConfig)}, append(options, hubtest.With("model.safetensors", weights))...)
}

// sink is a log or another output that is read while it is written.
type sink struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	leaktest.Saw("a log or an answer", p)
	return s.buf.Write(p)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// running is a membot that serves, in this process.
type running struct {
	t       *testing.T
	p       *process
	log     *sink
	ops     string // URL
	http    string // URL of interactions
	stop    context.CancelFunc
	stopped chan error
}

const (
	testAsk     = leaktest.Ask
	testHF      = leaktest.Hub
	testDiscord = leaktest.Discord
)

// startServing runs serve with settings as they would be typed, until the test
// ends.
func startServing(t *testing.T, vars map[string]string) *running {
	t.Helper()
	return startServingAt(t, time.Now, vars)
}

// startServingAt is a membot whose clients of the Hub have another clock.
func startServingAt(t *testing.T, now func() time.Time, vars map[string]string) *running {
	t.Helper()
	all := map[string]string{
		"MEMBOT_ADDR": "127.0.0.1:0", "MEMBOT_OPS_ADDR": "127.0.0.1:0", "MEMBOT_STORE": "memory:", "MEMBOT_ASK_TOKEN": testAsk,
		"MEMBOT_LOG": "debug", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
	}
	maps.Copy(all, vars)
	flags := Flags{
		HFEndpoint: all["HF_ENDPOINT"], DiscordAppID: all["DISCORD_APP_ID"], DiscordKey: all["DISCORD_PUBLIC_KEY"],
		DiscordAPIURL: all["DISCORD_API_URL"], Addr: all["MEMBOT_ADDR"], OpsAddr: all["MEMBOT_OPS_ADDR"], Store: all["MEMBOT_STORE"],
		Log: all["MEMBOT_LOG"], Limit: all["MEMBOT_LIMIT"], Shards: all["MEMBOT_SHARDS"],
	}
	s, err := flags.Settings(fakeEnv(all, nil))
	require.NoError(t, err)
	s.HFHubCache = t.TempDir()
	r := &running{t: t, log: &sink{}, stopped: make(chan error, 1)}
	r.p, err = newProcess(s, newLogger(s.Log, streams{err: r.log}), now)
	require.NoError(t, err)
	r.p.ask = shown{r.p.ask}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		r.stopped <- r.p.run(ctx, time.Now())
	}()
	t.Cleanup(func() {
		leaktest.Saw("the settings", s)
		page := httptest.NewRecorder()
		r.p.metrics.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
		leaktest.Saw("the metrics", page.Body.Bytes())
		stop()
		select { // so that nothing is sent to a Discord that is gone
		case <-finished:
		case <-time.After(10 * time.Second):
		}
		r.p.close()
	})
	require.Eventually(t, func() bool { return strings.Contains(r.log.String(), `"msg":"serving"`) }, time.Minute, time.Millisecond)
	for _, m := range regexp.MustCompile(`"on":"(ops|interactions) ([^"]+)"`).FindAllStringSubmatch(r.log.String(), -1) {
		if m[1] == "ops" {
			r.ops = "http://" + m[2]
		} else {
			r.http = "http://" + m[2]
		}
	}
	return r
}

// shown is answers that are looked at.
type shown struct{ commands.Answerer }

// Answer implements [commands.Answerer].
func (s shown) Answer(ctx context.Context, q commands.Question) commands.Answer {
	a := s.Answerer.Answer(ctx, q)
	leaktest.Saw("an answer", a, commands.Text(a, commands.TextOptions{}))
	return a
}

// get reads a page of the operations address.
func (r *running) get(path string) string {
	r.t.Helper()
	res, err := http.Get(r.ops + path)
	require.NoError(r.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	leaktest.Saw(path, data)
	return string(data)
}

// question asks POST /ask and returns the answer and its text.
func (r *running) question(line string) (a commands.Answer, text string) {
	req, err := http.NewRequest(http.MethodPost, r.ops+"/ask", strings.NewReader(line))
	if err != nil {
		return a, err.Error()
	}
	req.Header.Set("Authorization", "Bearer "+testAsk)
	req.Header.Set("Content-Type", "text/plain")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, err.Error()
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body)
	leaktest.Saw("an answer", data, res.Header)
	_ = json.Unmarshal(data, &a)
	return a, string(data)
}

// TestBurstOnColdModelAsksOnce: a thousand questions, one set of requests.
func TestBurstOnColdModelAsksOnce(t *testing.T) {
	hub := hubtest.New(t)
	addModel(hub, "acme/cold")
	addModel(hub, "acme/first")
	r := startServing(t, map[string]string{"HF_ENDPOINT": hub.URL()})
	a, text := r.question("/mem acme/first")
	require.Nil(t, a.Error, text)
	one := hub.Count("")

	var askers sync.WaitGroup
	for range 1000 {
		askers.Go(func() {
			a := r.p.ask.Answer(context.Background(), commands.Question{Text: "/mem acme/cold"})
			if a.Error != nil {
				t.Errorf("refused: %+v", a.Error)
			}
		})
	}
	askers.Wait()
	require.Equal(t, 2*one, hub.Count(""), "the thousand cost what one costs")
}

// TestHubDown: what was asked before is answered from the store, marked, by a
// process that never reached the Hub; what was not is refused with the reason.
func TestHubDown(t *testing.T) {
	hub := hubtest.New(t)
	addModel(hub, "acme/known")
	addModel(hub, "acme/unknown")
	db := "bolt:" + t.TempDir() + "/membot.db"
	before := startServing(t, map[string]string{"HF_ENDPOINT": hub.URL(), "MEMBOT_STORE": db})
	fresh, text := before.question("/mem acme/known")
	require.Nil(t, fresh.Error, text)
	require.Equal(t, "hub", fresh.Model.Source)
	before.stop()
	require.NoError(t, <-before.stopped)
	require.NoError(t, before.p.store.Close())

	hub.Break("hub", "", -1, hubtest.Drop())
	later := func() time.Time { return time.Now().Add(time.Hour) } // a branch is no longer believed
	after := startServingAt(t, later, map[string]string{"HF_ENDPOINT": hub.URL(), "MEMBOT_STORE": db})
	for _, line := range []string{"/mem acme/known", "/mem acme/unknown", "/mem acme/known", "/mem llama-7b"} {
		began := time.Now()
		a, text := after.question(line)
		require.Less(t, time.Since(began), 60*time.Second, "%s: the wait is bounded", line)
		if line == "/mem acme/unknown" {
			require.NotNil(t, a.Error)
			require.Equal(t, "hub_unreachable", a.Error.Code, text)
			continue
		}
		require.Nil(t, a.Error, "%s: %s", line, text)
		require.NotEqual(t, "hub", a.Model.Source, "%s", line)
		require.Equal(t, line == "/mem acme/known", strings.Contains(text, `"code":"stale"`), "%s: %s", line, text)
	}
}

// TestNoSecretAnywhere asks in every way, right and wrong, and greps all that
// came out: log at its loudest, metrics, pages, answers and what Discord was sent.
func TestNoSecretAnywhere(t *testing.T) {
	hub := hubtest.New(t)
	addModel(hub, "acme/open")
	addModel(hub, "acme/closed", hubtest.Private())
	hub.Allow(testHF, "acme/closed")
	d := discordtest.New(t)
	d.Token = testDiscord
	r := startServing(t, map[string]string{
		"HF_ENDPOINT": hub.URL(), "HF_TOKEN": testHF, "DISCORD_TOKEN": testDiscord, "DISCORD_APP_ID": d.AppID,
		"DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey), "DISCORD_API_URL": d.URL,
		"MEMBOT_STORE": "valkey://:store-S3CR3T@127.0.0.1:1/0",
	})
	d.UseHTTP(r.http + "/interactions")
	out := &sink{}
	for _, line := range []string{"/mem acme/open", "/mem acme/closed", "/mem acme/none", "/mem a b c", "/about", "/privacy", "/help"} {
		_, text := r.question(line)
		fmt.Fprintln(out, text)
	}
	a, _ := r.question("/mem acme/closed")
	require.NotNil(t, a.Error, "POST /ask never answers from a private model")

	human := d.Human("ann")
	for _, model := range []string{"acme/open", "acme/closed", "acme/none"} {
		m := human.Slash("mem", discordtest.Option{Name: "model", Value: model}).Answer()
		fmt.Fprintln(out, m.Text())
		// On a slow machine "thinking…" is shown to all before the answer is known;
		// what follows in its place then says nothing of a private model.
		if model == "acme/open" {
			require.False(t, m.Ephemeral(), model)
		} else if !m.Ephemeral() {
			require.NotContains(t, m.Text(), "GiB", "%s: a private model is for the asker alone", model)
		}
	}
	for _, f := range []hubtest.Mode{hubtest.Status(401, "Invalid credentials in Authorization header"), hubtest.Status(500, "no"), hubtest.Drop(), hubtest.Text("{")} {
		hub.Break("hub", "", 3, f)
		_, text := r.question("/mem acme/open@main")
		fmt.Fprintln(out, text)
		hub.Mend()
	}
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		fmt.Fprintln(out, r.get(path))
	}
	r.stop()
	require.NoError(t, <-r.stopped)
	log := r.log.String()
	require.Contains(t, log, `"request_id"`)
	require.Contains(t, log, "store fails; answering without it")
	for _, secret := range []string{testHF, testDiscord, testAsk, "store-S3CR3T", leaktest.Mark} {
		require.NotContains(t, log, secret)
		require.NotContains(t, out.String(), secret)
	}
}

func TestServeNeedsSomebodyWhoCouldAsk(t *testing.T) {
	s, err := Flags{Store: "memory:"}.Settings(fakeEnv(nil, nil))
	require.NoError(t, err)
	err = serveCommand{}.Run(t.Context(), streams{err: io.Discard}, s)
	require.ErrorContains(t, err, "nobody could ask")
}

// TestRequestIDFromReceiptToHub: one id in the lines of one question.
func TestRequestIDFromReceiptToHub(t *testing.T) {
	hub := hubtest.New(t)
	addModel(hub, "acme/traced")
	d := discordtest.New(t)
	r := startServing(t, map[string]string{
		"HF_ENDPOINT": hub.URL(), "DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey), "DISCORD_API_URL": d.URL, "DISCORD_APP_ID": d.AppID,
	})
	d.UseHTTP(r.http + "/interactions")
	d.Human("bob").Slash("mem", discordtest.Option{Name: "model", Value: "acme/traced"}).Answer()
	require.Eventually(t, func() bool { return strings.Contains(r.log.String(), `"msg":"served"`) }, time.Minute, time.Millisecond)
	ids := map[string]map[string]bool{}
	for line := range strings.Lines(r.log.String()) {
		var l struct {
			Msg string `json:"msg"`
			ID  string `json:"request_id"`
		}
		if json.Unmarshal([]byte(line), &l) == nil && l.ID != "" {
			if ids[l.ID] == nil {
				ids[l.ID] = map[string]bool{}
			}
			ids[l.ID][l.Msg] = true
		}
	}
	require.Len(t, ids, 1)
	for _, said := range ids {
		require.True(t, said["asked the Hub"] && said["answered"] && said["served"], "%v", said)
	}
}
