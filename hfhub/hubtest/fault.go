package hubtest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault is a way in which the Hub misbehaves.
type Fault struct {
	server string
	match  string // part of the path; empty for all
	times  int    // answers left; negative for all
	answer func(*Hub, http.ResponseWriter, *http.Request)
}

// Break makes answers to paths that contain match misbehave: the next so many of
// them, or all if times is negative. server is "hub" or "cdn".
func (h *Hub) Break(server, match string, times int, mode Mode) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, &Fault{server: server, match: match, times: times, answer: mode})
}

// Mend ends all misbehaviour.
func (h *Hub) Mend() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = nil
}

// fault finds what should answer in the Hub's place.
func (h *Hub) fault(server string, r *http.Request) *Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.faults {
		if f.server == server && f.times != 0 && strings.Contains(r.URL.Path, f.match) {
			f.times--
			return f
		}
	}
	return nil
}

// Mode is one kind of misbehaviour.
type Mode func(*Hub, http.ResponseWriter, *http.Request)

// Status answers with a status and a message; header pairs may follow.
func Status(status int, message string, header ...string) Mode {
	return func(_ *Hub, w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		refuse(w, status, "", message)
	}
}

// Text answers 200 with this body.
func Text(body string) Mode {
	return func(_ *Hub, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
	}
}

// Endless answers with spaces for ever, after a prefix.
func Endless(prefix string) Mode {
	return func(h *Hub, w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(prefix))
		chunk := bytes.Repeat([]byte(" "), 64<<10)
		for r.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
}

// GzipBomb answers with a small body that inflates to so many bytes of spaces.
func GzipBomb(size int) Mode {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	chunk := bytes.Repeat([]byte(" "), 64<<10)
	for written := 0; written < size; written += len(chunk) {
		_, _ = z.Write(chunk)
	}
	_ = z.Close()
	return func(_ *Hub, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}
}

// Deep answers with so many open brackets.
func Deep(n int) Mode { return Text(strings.Repeat("[", n)) }

// Cut promises more bytes than it sends, then drops the connection.
func Cut(body string) Mode {
	return func(_ *Hub, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)+1<<20))
		_, _ = w.Write([]byte(body))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// Drop closes the connection without an answer.
func Drop() Mode {
	return func(*Hub, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
}

// Slow sends one byte of the body each pause.
func Slow(body string, each time.Duration) Mode {
	return func(h *Hub, w http.ResponseWriter, r *http.Request) {
		for i := range body {
			_, _ = w.Write([]byte{body[i]})
			_ = http.NewResponseController(w).Flush()
			if !h.pause(r, each) {
				return
			}
		}
	}
}

// Silent never answers.
func Silent() Mode {
	return func(h *Hub, _ http.ResponseWriter, r *http.Request) { h.pause(r, time.Hour) }
}

// Redirect sends the asker elsewhere.
func Redirect(status int, location string) Mode {
	return func(_ *Hub, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}
}

// Loop redirects to the address asked for.
func Loop() Mode {
	return func(_ *Hub, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.String())
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
}

// NoRanges answers ranges with the whole file, as some mirrors do.
func NoRanges(c Content) Mode {
	return func(_ *Hub, w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Range")
		serveContent(w, r, c)
	}
}
