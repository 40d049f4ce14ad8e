package discordtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"membot/hfhub/leaktest"
)

// deliver brings an interaction to the bot.
func (d *Discord) deliver(a *Asked, payload map[string]any) {
	d.mu.Lock()
	endpoint := d.endpoint
	d.mu.Unlock()
	if endpoint == "" {
		d.Gateway.Dispatch("INTERACTION_CREATE", payload)
		return
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		d.t.Errorf("discordtest: encode an interaction: %v", err)
		return
	}
	go d.Post(a, endpoint, raw)
}

// Sign signs a body as Discord does, for a moment.
func (d *Discord) Sign(body []byte, at time.Time) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	signature := ed25519.Sign(d.key, append([]byte(stamp), body...))
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("X-Signature-Timestamp", stamp)
	h.Set("X-Signature-Ed25519", hex.EncodeToString(signature))
	return h
}

// Post delivers one interaction over HTTP and applies the response.
func (d *Discord) Post(a *Asked, endpoint string, raw []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(raw))
	if err != nil {
		d.t.Errorf("discordtest: %v", err)
		return
	}
	r.Header = d.Sign(raw, time.Now())
	response, err := httpClient.Do(r)
	if err != nil {
		d.fail(a, -1)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		d.fail(a, response.StatusCode)
		return
	}
	leaktest.Saw("what Discord was answered", body)
	req := &request{route: "HTTP response", json: body, files: map[string]file{}}
	d.checkCallback(req)
	d.mu.Lock()
	defer d.mu.Unlock()
	if status, _, _ := d.accept(a, a.ID, req); status == http.StatusNotFound {
		a.refused = -1 // too late
		d.changedLocked()
	}
}

var httpClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 0}}

func (d *Discord) fail(a *Asked, status int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a.refused = status
	d.changedLocked()
}

// Answer waits for the answer: the response, or what replaced "thinking…".
func (a *Asked) Answer() *Message {
	return a.wait("an answer", func() *Message {
		if a.original == nil || a.original.thinking || (a.ack == 6 && a.original.Edits == 0 && len(a.follow) == 0) {
			return nil
		}
		return a.original
	})
}

// Edited waits until the message a component stands under was changed after so
// many edits.
func (a *Asked) Edited(before int) *Message {
	return a.wait("an edit", func() *Message {
		if a.original == nil || a.original.Edits <= before {
			return nil
		}
		return a.original
	})
}

// Redrawn is Edited for a message whose picture comes with the edit.
func (a *Asked) Redrawn(before int) *Message {
	return a.wait("a new picture", func() *Message {
		if a.original == nil || a.original.Edits <= before || a.original.Picture() == nil {
			return nil
		}
		return a.original
	})
}

// Shown waits for an answer with a picture.
func (a *Asked) Shown() *Message {
	return a.wait("a picture", func() *Message {
		if a.original == nil || a.original.Picture() == nil || a.original.thinking {
			return nil
		}
		return a.original
	})
}

// FollowUp waits for the n-th further message, counted from 0.
func (a *Asked) FollowUp(n int) *Message {
	return a.wait("a follow-up", func() *Message {
		if len(a.follow) <= n {
			return nil
		}
		return a.follow[n]
	})
}

func (a *Asked) wait(what string, found func() *Message) *Message {
	a.d.t.Helper()
	var m *Message
	ok := a.d.until(func() bool {
		if got := found(); got != nil {
			m = got.seen()
			return true
		}
		return a.refused != 0
	})
	if !ok || m == nil {
		a.d.mu.Lock()
		defer a.d.mu.Unlock()
		a.d.t.Errorf("discordtest: no %s (acknowledged with %d, endpoint said %d)", what, a.ack, a.refused)
		return &Message{Files: map[string][]byte{}}
	}
	return m
}

// Ack waits for the first response and returns its type and how long it took.
func (a *Asked) Ack() (kind int, took time.Duration) {
	a.d.until(func() bool { return a.ack != 0 || a.refused != 0 })
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	return a.ack, a.acked.Sub(a.sent)
}

// Refused is the HTTP status of an endpoint that did not take the interaction;
// 0 if it did, -1 if it gave no reply.
func (a *Asked) Refused() int {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	return a.refused
}
