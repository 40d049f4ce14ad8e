package discordtest

import (
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"membot/hfhub/leaktest"
)

// Fault is one thing that goes wrong with a route.
type Fault struct {
	Status     int           // of the refusal; 0: none
	Code       int           // Discord's own
	RetryAfter float64       // seconds; with 429
	Global     bool          // the 429 is for the whole bot
	Delay      time.Duration // before anything
	Applied    bool          // the request takes effect all the same
	Hang       bool          // no reply, until the client gives up
	Exhausted  float64       // seconds: the request is served, and its bucket is then empty for so long
}

// Fail lines up faults for the next requests of a route: "callback", "edit",
// "followup", "message", "commands", "gateway".
func (d *Discord) Fail(route string, faults ...Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults[route] = append(d.faults[route], faults...)
}

// Slow makes every request of a route take a time.
func (d *Discord) Slow(route string, by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.slow[route] = by
}

// A request is one REST request, read and checked.
type request struct {
	route string
	json  []byte // the payload, of whatever form
	files map[string]file
}

type file struct {
	name string
	data []byte
}

// maxRequest is Discord's limit for a request with its files, in bytes.
const maxRequest = 25 << 20

// route wraps a handler with what holds for all of them: the count, the faults,
// the token, and the user agent.
func (d *Discord) route(name string, serve func(http.ResponseWriter, *http.Request, *request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fault, slow := d.begin(name)
		time.Sleep(slow + fault.Delay)
		req, err := d.read(name, r)
		leaktest.Header("a header for Discord", r.Header)
		if err != nil && d.over.Load() {
			return // this Discord hung up
		}
		if err != nil {
			d.violate("%s: cannot read the request: %v", name, err)
			refuse(w, http.StatusBadRequest, 50035, "Invalid Form Body")
			return
		}
		leaktest.Saw("what Discord was sent", req.json)
		if !d.authorised(w, r, name) {
			return
		}
		if fault.Hang {
			<-r.Context().Done()
			return
		}
		if fault.Exhausted > 0 {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset-After", jsonNumber(fault.Exhausted))
		}
		if fault.Status == 0 {
			serve(w, r, req)
			return
		}
		if fault.Applied {
			serve(&discard{header: http.Header{}}, r, req)
		}
		fault.answer(w)
	}
}

func jsonNumber(x float64) string {
	data, _ := json.Marshal(x) // a float of a test's own
	return string(data)
}

func (f Fault) answer(w http.ResponseWriter) {
	if f.Status != http.StatusTooManyRequests {
		refuse(w, f.Status, f.Code, http.StatusText(f.Status))
		return
	}
	w.Header().Set("Retry-After", jsonNumber(f.RetryAfter))
	if f.Global {
		w.Header().Set("X-RateLimit-Global", "true")
	}
	reply(w, f.Status, map[string]any{"message": "You are being rate limited.", "retry_after": f.RetryAfter, "global": f.Global})
}

func (d *Discord) begin(route string) (Fault, time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts[route]++
	var fault Fault
	if waiting := d.faults[route]; len(waiting) > 0 {
		fault, d.faults[route] = waiting[0], waiting[1:]
	}
	return fault, d.slow[route]
}

// public are the routes that need no bot token.
var public = map[string]bool{"callback": true, "edit": true, "original": true, "followup": true, "attachment": true}

func (d *Discord) authorised(w http.ResponseWriter, r *http.Request, route string) bool {
	if !strings.HasPrefix(r.UserAgent(), "DiscordBot (") && !public[route] {
		d.violate("%s: user agent %q is not DiscordBot (url, version)", route, r.UserAgent())
	}
	needs := !public[route] && !strings.HasSuffix(r.URL.Path, "/gateway")
	if needs && r.Header.Get("Authorization") != "Bot "+d.Token {
		refuse(w, http.StatusUnauthorized, 0, "401: Unauthorized")
		return false
	}
	return true
}

// read takes a request apart: plain JSON, or payload_json with files[n].
func (d *Discord) read(route string, r *http.Request) (*request, error) {
	req := &request{route: route, files: map[string]file{}}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	limited := http.MaxBytesReader(nil, r.Body, maxRequest)
	if kind != "multipart/form-data" {
		data, err := io.ReadAll(limited)
		req.json = data
		if len(data) > 0 && kind != "application/json" {
			d.violate("%s: content type %q", route, kind)
		}
		return req, err
	}
	form := multipart.NewReader(limited, params["boundary"])
	for {
		part, err := form.NextPart()
		if err == io.EOF { //nolint:errorlint // documented to be returned as it is
			return req, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FormName() == "payload_json" {
			req.json = data
			continue
		}
		if len(data) > 10<<20 {
			d.violate("%s: file %s is larger than 10 MiB", route, part.FileName())
		}
		req.files[part.FormName()] = file{name: part.FileName(), data: data}
	}
}

// discard is a response nobody sees.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
