// Package discordtest is a Discord for tests: its REST interface, its gateway,
// HTTP delivery of interactions, and humans to drive them. It goes wrong on
// request, and it holds every request it receives against Discord's limits and,
// where it is there, against Discord's own OpenAPI file.
package discordtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"membot/hfhub/leaktest"
)

// Discord is a Discord. Its exported fields are what a bot needs to log in.
type Discord struct {
	URL       string // of the REST interface, with its /api/v10
	Token     string
	AppID     string
	BotID     string
	PublicKey ed25519.PublicKey

	// Gateway is the other way in.
	Gateway *Gateway

	t       testing.TB
	server  *httptest.Server
	sockets *httptest.Server // the gateway's address
	resumes *httptest.Server // and its other one
	key     ed25519.PrivateKey
	schema  *schema
	nextID  atomic.Int64
	ran     atomic.Int64 // nanoseconds that this process has run

	mu           sync.Mutex
	changed      chan struct{} // closed and replaced whenever something changes
	interactions map[string]*Asked
	messages     map[string]*Message
	nonces       map[string]string // channel/nonce → message
	files        map[string][]byte
	commands     map[string][]json.RawMessage // guild, "" for global
	puts         int
	violations   []string
	faults       map[string][]Fault
	slow         map[string]time.Duration
	counts       map[string]int
	endpoint     string      // of HTTP interactions; "" for the gateway
	over         atomic.Bool // the test is
	forget       bool        // interactions are dropped once answered
}

// New starts a Discord that stops with the test, which fails if a request broke
// one of Discord's rules.
func New(t testing.TB) *Discord {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatalf("discordtest: make a key: %v", err)
	}
	d := &Discord{
		Token: leaktest.Discord, PublicKey: public, key: private, t: t,
		changed: make(chan struct{}), interactions: map[string]*Asked{}, messages: map[string]*Message{}, nonces: map[string]string{},
		files: map[string][]byte{}, commands: map[string][]json.RawMessage{}, faults: map[string][]Fault{},
		slow: map[string]time.Duration{}, counts: map[string]int{},
	}
	d.nextID.Store(1_100_000_000_000_000_000)
	d.AppID, d.BotID = d.id(), d.id()
	d.schema = loadSchema(t)
	d.Gateway = newGateway(d)
	d.server = httptest.NewServer(d.routes())
	resumes := httptest.NewServer(http.HandlerFunc(d.Gateway.serve))
	d.sockets, d.resumes = d.server, resumes
	d.URL = d.server.URL + "/api/v10"
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		d.run(stop)
	}()
	t.Cleanup(func() {
		d.over.Store(true)
		close(stop)
		<-stopped
		d.Gateway.stop()
		d.server.CloseClientConnections()
		d.server.Close()
		resumes.CloseClientConnections()
		resumes.Close()
		for _, v := range d.Violations() {
			t.Errorf("discordtest: a rule of Discord's was broken: %s", v)
		}
	})
	return d
}

// UseHTTP delivers interactions to an endpoint, signed, instead of over the
// gateway, as Discord does once an application has one.
func (d *Discord) UseHTTP(endpoint string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.endpoint = endpoint
}

// Forget makes Discord drop what is answered, and hold nothing against its
// rules, for tests that ask very often.
func (d *Discord) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget, d.schema = true, nil
}

// Violations returns what rules were broken since the last call.
func (d *Discord) Violations() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	broken := d.violations
	d.violations = nil
	return broken
}

// Count is how many requests a route has received.
func (d *Discord) Count(route string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counts[route]
}

// Commands are the registered commands of a guild, "" for the global ones, and
// how often commands were overwritten.
func (d *Discord) Commands(guild string) (commands []json.RawMessage, overwritten int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.commands[guild], d.puts
}

func (d *Discord) violate(format string, values ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.violations) < 20 {
		d.violations = append(d.violations, fmt.Sprintf(format, values...))
	}
}

func (d *Discord) id() string { return fmt.Sprint(d.nextID.Add(4096)) }

// changedLocked wakes whoever waits; d.mu is held.
func (d *Discord) changedLocked() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// until waits for a condition, which is checked under the lock whenever
// something changes.
func (d *Discord) until(met func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		d.mu.Lock()
		ok, changed := met(), d.changed
		d.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-deadline.C:
			return false
		}
	}
}

// routes is the REST interface; v9 and v10 are the same here.
func (d *Discord) routes() http.Handler {
	mux := http.NewServeMux()
	add := func(method, path, name string, serve func(http.ResponseWriter, *http.Request, *request)) {
		handler := d.route(name, serve)
		mux.HandleFunc(method+" /api/v10"+path, handler)
		mux.HandleFunc(method+" /api/v9"+path, handler)
	}
	add("GET", "/gateway", "gateway", d.getGateway)
	add("GET", "/gateway/bot", "gateway", d.getGateway)
	add("GET", "/applications/{app}/commands", "commands", d.getCommands)
	add("PUT", "/applications/{app}/commands", "commands", d.putCommands)
	add("GET", "/applications/{app}/guilds/{guild}/commands", "commands", d.getCommands)
	add("PUT", "/applications/{app}/guilds/{guild}/commands", "commands", d.putCommands)
	add("POST", "/interactions/{id}/{token}/callback", "callback", d.postCallback)
	add("PATCH", "/webhooks/{app}/{token}/messages/@original", "edit", d.patchOriginal)
	add("GET", "/webhooks/{app}/{token}/messages/@original", "original", d.getOriginal)
	add("POST", "/webhooks/{app}/{token}", "followup", d.postFollowUp)
	add("POST", "/channels/{channel}/messages", "message", d.postMessage)
	add("POST", "/channels/{channel}/typing", "typing", func(w http.ResponseWriter, _ *http.Request, _ *request) { w.WriteHeader(http.StatusNoContent) })
	add("GET", "/users/@me", "me", func(w http.ResponseWriter, _ *http.Request, _ *request) { reply(w, 200, d.botUser()) })
	add("GET", "/attachments/{name}", "attachment", d.getAttachment)
	mux.HandleFunc("/gateway-socket/", d.Gateway.serve)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		d.violate("%s %s: no such route", r.Method, r.URL.Path)
		refuse(w, http.StatusNotFound, 0, "404: Not Found")
	})
	return mux
}

func (d *Discord) botUser() map[string]any {
	return map[string]any{"id": d.BotID, "username": "membot", "discriminator": "0000", "avatar": nil, "bot": true, "global_name": nil, "flags": 0, "public_flags": 0}
}

func (d *Discord) getGateway(w http.ResponseWriter, r *http.Request, _ *request) {
	d.mu.Lock()
	said := map[string]any{"url": "ws" + strings.TrimPrefix(d.sockets.URL, "http") + "/gateway-socket/"}
	d.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/bot") {
		said["shards"] = 1
		said["session_start_limit"] = map[string]any{"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
	}
	reply(w, http.StatusOK, said)
}

func (d *Discord) getAttachment(w http.ResponseWriter, r *http.Request, _ *request) {
	d.mu.Lock()
	data, ok := d.files[r.PathValue("name")]
	d.mu.Unlock()
	if !ok {
		refuse(w, http.StatusNotFound, 0, "no such file")
		return
	}
	_, _ = w.Write(data) // the reader may have gone
}

// reply sends JSON.
func reply(w http.ResponseWriter, status int, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the reader may have gone
}

// refuse sends an error as Discord does.
func refuse(w http.ResponseWriter, status, code int, message string) {
	reply(w, status, map[string]any{"code": code, "message": message})
}
