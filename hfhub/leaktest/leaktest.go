// Package leaktest looks for tokens in all that tests bring forth. Every token,
// key and password that a test hands to membot holds [Mark]; whatever comes out
// (a line of a log, an error, a metric, an answer, what was sent to Discord, the
// address asked of the Hub, what the tests print) is shown to [Saw], and where one
// holds the mark the package's tests fail, whatever else they found.
package leaktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Mark is part of every secret of a test, and of nothing else.
const Mark = "S3CR3T"

// Secrets of the tests.
const (
	Hub      = "hf_" + Mark + "mine"
	Stranger = "hf_" + Mark + "stranger"
	Ask      = "ask-" + Mark + "-7d2f"
	Discord  = "discord-" + Mark + "-55ee"
	Password = "pass-" + Mark + "-word"
)

// Watch is what was seen of one run of tests. Its zero value is ready.
type Watch struct {
	mu    sync.Mutex
	found []string
	seen  int // things that were looked at
}

var all Watch //nolint:gochecknoglobals // one for the whole test binary

// Saw looks at things that came out: an error, text, bytes, or anything that
// prints or is written as JSON.
func Saw(where string, things ...any) { all.Saw(where, things...) }

// Header looks at a header, but for Authorization: that is where a token belongs.
func Header(where string, h http.Header) {
	h = h.Clone()
	h.Del("Authorization")
	all.Saw(where, h)
}

// Writer looks at what is written to it.
func Writer(where string) io.Writer { return all.Writer(where, io.Discard) }

// Log is a logger at its loudest, which is looked at and not kept.
func Log() *slog.Logger {
	return slog.New(slog.NewJSONHandler(Writer("log"), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Tests are a package's tests, as [testing.M] runs them.
type Tests interface{ Run() int }

// Watched runs tests, then fails if anything that was seen, or that they printed,
// holds a secret: for TestMain.
func Watched(m Tests) Tests { return watched{m, &all} }

type watched struct {
	tests Tests
	watch *Watch
}

// Run implements [Tests].
func (w watched) Run() int { return w.watch.Run(w.tests.Run) }

// Saw is [Saw] for one run.
func (w *Watch) Saw(where string, things ...any) {
	for _, thing := range things {
		text := shown(thing)
		w.mu.Lock()
		w.seen++
		if at := strings.Index(text, Mark); at >= 0 && len(w.found) < 20 {
			w.found = append(w.found, fmt.Sprintf("%s: …%s[secret]", where, text[max(0, at-200):at]))
		}
		w.mu.Unlock()
	}
}

// shown is a thing in every way in which it may be shown.
func shown(thing any) string {
	switch thing := thing.(type) {
	case nil:
		return ""
	case string:
		return thing
	case []byte:
		return string(thing)
	}
	text := fmt.Sprintf("%v\n%+v\n%#v", thing, thing, thing)
	if data, err := json.Marshal(thing); err == nil {
		text += "\n" + string(data)
	}
	return text
}

// Writer looks at what passes to another writer.
func (w *Watch) Writer(where string, to io.Writer) io.Writer {
	return &stream{watch: w, where: where, to: to}
}

type stream struct {
	watch *Watch
	where string
	to    io.Writer

	mu   sync.Mutex
	tail []byte // may be the beginning of a secret
}

// Write implements [io.Writer].
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	whole := slices.Concat(s.tail, p)
	s.watch.Saw(s.where, whole)
	keep := max(0, len(whole)-len(Mark)+1)
	if i := bytes.LastIndex(whole, []byte(Mark)); i >= 0 {
		keep = max(keep, i+len(Mark))
	}
	s.tail = bytes.Clone(whole[keep:])
	s.mu.Unlock()
	return s.to.Write(p)
}

// drained bounds the wait for what a process that is still running may print.
const drained = 5 * time.Second

// Run runs tests with their output looked at, and returns their exit code, or 1
// where something that was seen holds a secret.
func (w *Watch) Run(tests func() int) int {
	stdout, stderr := os.Stdout, os.Stderr
	closeOut, closeErr := w.tee("standard output", &os.Stdout), w.tee("standard error", &os.Stderr)
	log.SetOutput(os.Stderr)
	code := tests()
	closeOut()
	closeErr()
	log.SetOutput(stderr)
	os.Stdout, os.Stderr = stdout, stderr
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, found := range w.found {
		_, _ = fmt.Fprintln(stderr, "leaktest: a secret came out in", found)
		code = max(code, 1)
	}
	return code
}

// tee puts a pipe in the place of a file, and copies.
func (w *Watch) tee(where string, file **os.File) (finish func()) {
	out, in, err := os.Pipe()
	if err != nil {
		return func() {}
	}
	real, done := *file, make(chan struct{})
	*file = in
	go func() {
		defer close(done)
		_, _ = io.Copy(w.Writer(where, real), out)
	}()
	return func() {
		_ = in.Close()
		select {
		case <-done:
		case <-time.After(drained):
		}
	}
}
