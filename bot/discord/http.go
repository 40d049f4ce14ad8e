package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

const (
	maxBody    = 1 << 20         // bytes of an interaction
	clockSkew  = 5 * time.Minute // a signature older or newer is refused
	pathPrefix = "/interactions"
)

// HTTPHandler serves POST /interactions. Without a public key it refuses
// everything, since nothing could be verified.
func (b *Bot) HTTPHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+pathPrefix, b.serveHTTP)
	return mux
}

func (b *Bot) serveHTTP(w http.ResponseWriter, r *http.Request) {
	received := b.now()
	var read bytes.Buffer
	read.Grow(int(min(max(r.ContentLength, 0), 1<<14)) + bytes.MinRead)
	_, err := read.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	body := read.Bytes()
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(w, "cannot read the body", http.StatusBadRequest)
		return
	}
	if !b.signed(r.Header, body, received) {
		http.Error(w, "invalid request signature", http.StatusUnauthorized)
		return
	}
	var i Interaction
	if json.Unmarshal(body, &i) != nil {
		http.Error(w, "not an interaction", http.StatusBadRequest)
		return
	}
	if i.Type == kindPing {
		_ = writeJSON(w, []byte(`{"type":1}`)) // Discord asks again
		return
	}
	if !b.addressed(&i) {
		http.Error(w, "not an interaction of this application", http.StatusBadRequest)
		return
	}
	b.answerHTTP(w, r, &i, time.Now())
}

// signed verifies Discord's signature over the timestamp and the raw body.
func (b *Bot) signed(h http.Header, body []byte, now time.Time) bool {
	if len(b.cfg.PublicKey) != ed25519.PublicKeySize {
		return false
	}
	stamp := h.Get("X-Signature-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > clockSkew {
		return false
	}
	signature, err := hex.DecodeString(h.Get("X-Signature-Ed25519"))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return false
	}
	message := make([]byte, 0, len(stamp)+len(body))
	return ed25519.Verify(b.cfg.PublicKey, append(append(message, stamp...), body...), signature)
}

// addressed reports whether an interaction is whole enough to answer, and ours.
func (b *Bot) addressed(i *Interaction) bool {
	ours := b.cfg.AppID == "" || i.ApplicationID == b.cfg.AppID
	return ours && isID(i.ID) && isID(i.ApplicationID) && i.Token != "" && len(i.Token) < 1024
}

// answerHTTP answers inside the HTTP reply; what takes longer, and files,
// follow over REST.
func (b *Bot) answerHTTP(w http.ResponseWriter, r *http.Request, i *Interaction, received time.Time) {
	if b.closing.Load() {
		b.write(w, b.turnedAway(i, wordClosing))
		return
	}
	answered := make(chan struct{})
	if before, running := b.pending.LoadOrStore(i.ID, answered); running {
		b.answerAgain(w, r, i, before.(chan struct{})) //nolint:errcheck // the map holds nothing else
		return
	}
	defer func() {
		b.pending.Delete(i.ID)
		close(answered)
	}()
	free, stored, err := b.cfg.Dedupe.Claim(r.Context(), "i:"+i.ID, claimFor)
	if err != nil {
		b.log.Warn("cannot check for duplicates", "error", err) // answered twice is better than not at all
	}
	if err == nil && !free {
		b.writeStored(w, i, stored)
		return
	}
	if !b.take() {
		b.cfg.Metrics.Interaction(kindNames[i.Type], "busy", time.Since(received))
		b.write(w, b.turnedAway(i, wordBusy))
		return
	}
	if b.ready(r.Context(), i) {
		b.answerReady(w, r, i, received)
		return
	}
	first, written := make(chan Response, 1), make(chan error, 1)
	b.spawn(func() {
		b.serve(i, received, opening{send: func(_ context.Context, r Response) error {
			first <- r
			return <-written
		}})
	})
	data := encode(<-first)
	written <- writeJSON(w, data)
	b.store(r.Context(), i, data)
}

// answerReady writes an answer that is there already; only its picture is work
// for later.
func (b *Bot) answerReady(w http.ResponseWriter, r *http.Request, i *Interaction, received time.Time) {
	var sent error
	answer := b.serveReady(r.Context(), i, received, func(answer Response) {
		data := encode(answer)
		sent = writeJSON(w, data)
		b.store(r.Context(), i, data)
	})
	if sent == nil && !answer.Message.brings() {
		b.done()
		return
	}
	b.spawn(func() {
		ctx, cancel := context.WithDeadline(b.tagged(i.ID), received.Add(tokenLife))
		defer cancel()
		b.complain(ctx, "respond", sent)
		b.attach(ctx, answer.Message)
		b.edit(ctx, i, answer.Message)
	})
}

// store keeps what an interaction was answered with, for whoever sends it again.
func (b *Bot) store(ctx context.Context, i *Interaction, data []byte) {
	if err := b.cfg.Dedupe.Store(context.WithoutCancel(ctx), "i:"+i.ID, data, claimFor); err != nil {
		b.log.Warn("cannot keep a response", "error", err)
	}
}

// answerAgain answers a duplicate that arrived while the first is being worked
// on: with the same response if it is there soon.
func (b *Bot) answerAgain(w http.ResponseWriter, r *http.Request, i *Interaction, before chan struct{}) {
	select {
	case <-before:
	case <-time.After(2 * ackAfter):
	case <-r.Context().Done():
	}
	_, stored, err := b.cfg.Dedupe.Claim(r.Context(), "i:"+i.ID, claimFor)
	if err != nil {
		b.log.Warn("cannot check for duplicates", "error", err)
	}
	b.writeStored(w, i, stored)
}

// writeStored replays a response, or acknowledges in the type's own way where
// none is known: the first answer, wherever it is worked on, will show.
func (b *Bot) writeStored(w http.ResponseWriter, i *Interaction, stored []byte) {
	b.cfg.Metrics.Interaction(kindNames[i.Type], "duplicate", 0)
	if stored == nil {
		stored = encode(b.deferral(i))
	}
	_ = writeJSON(w, stored) // whoever asked twice may be gone
}

// turnedAway is the answer to what cannot be taken on now.
func (b *Bot) turnedAway(i *Interaction, why phrase) Response {
	if i.Type == kindAutocomplete {
		return Response{Type: respondAutocomplete}
	}
	return b.say(i, why.in(i.lang()), "busy")
}

func (b *Bot) write(w http.ResponseWriter, r Response) { _ = writeJSON(w, encode(r)) }

func encode(r Response) []byte {
	if r.inline != nil {
		return r.inline
	}
	data, err := json.Marshal(r.wire())
	if err != nil { // nothing in a response can fail to encode
		return []byte(`{"type":6}`)
	}
	return data
}

// writeJSON writes and flushes, so that an error of the connection shows.
func writeJSON(w http.ResponseWriter, data []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := http.NewResponseController(w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
