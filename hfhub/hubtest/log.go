package hubtest

import (
	"net/http"
	"time"

	"membot/hfhub/leaktest"
)

// Request is one request that reached the Hub or its CDN.
type Request struct {
	Server string // "hub" or "cdn"
	Method string
	Path   string // escaped, as it came
	Query  string
	Header http.Header
	Status int
	Bytes  int64 // of body written
}

// Requests gives all requests so far, in the order in which they came. Status and
// Bytes of one that is still being answered are 0.
func (h *Hub) Requests() []Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]Request, 0, len(h.log))
	for _, r := range h.log {
		list = append(list, *r)
	}
	return list
}

// Count is how many requests a server ("hub", "cdn", or "" for both) got.
func (h *Hub) Count(server string) int {
	n := 0
	for _, r := range h.Requests() {
		if server == "" || r.Server == server {
			n++
		}
	}
	return n
}

// Bytes is how many bytes of bodies both servers wrote.
func (h *Hub) Bytes() int64 {
	var n int64
	for _, r := range h.Requests() {
		n += r.Bytes
	}
	return n
}

// Most is how many requests were being answered at once, at most.
func (h *Hub) Most() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.most
}

// Reset forgets the requests so far.
func (h *Hub) Reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.log, h.most = nil, h.now
}

// counter is a ResponseWriter that remembers what was written.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// logged waits the latency, lets faults answer first, and writes the log.
func (h *Hub) logged(server string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &counter{ResponseWriter: w, status: http.StatusOK}
		entry := &Request{Server: server, Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone()}
		defer func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			entry.Status, entry.Bytes = c.status, c.bytes
			h.now--
		}()
		leaktest.Saw("the address asked of the "+server, r.URL.String())
		leaktest.Header("a header for the "+server, r.Header)
		h.mu.Lock()
		h.log = append(h.log, entry)
		h.now++
		h.most = max(h.most, h.now)
		wait := h.latency
		h.mu.Unlock()
		if !h.pause(r, wait) {
			return
		}
		if fault := h.fault(server, r); fault != nil {
			fault.answer(h, c, r)
			return
		}
		next.ServeHTTP(c, r)
	})
}

// pause waits, unless the asker or the Hub goes first.
func (h *Hub) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-h.stop:
	}
	return false
}
