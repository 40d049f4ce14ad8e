package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"membot/bot/discord/discordtest"
	"membot/commands"
)

// BenchmarkHTTP is the rate at which one core answers cached questions over
// HTTP, beside the rate at which it only verifies their signatures. The answers
// are rendered in full; the pictures, which follow over REST, are not sent.
func BenchmarkHTTP(b *testing.B) {
	d := discordtest.New(b)
	cached := map[string]commands.Answer{}
	for name, line := range map[string]string{"gpus": "/gpus", "mem": "/mem llama-7b train zero:2 gpus:8"} {
		cached[name] = real().Answer(b.Context(), commands.Question{Text: line})
	}
	cfg := configFor(d, nil)
	cfg.PublicKey = d.PublicKey
	body, header := signedMem(d)

	b.Run("verify", func(b *testing.B) {
		bot := New(cfg)
		for b.Loop() {
			if !bot.signed(header, body, time.Now()) {
				b.Fatal("signature")
			}
		}
	})
	for name, a := range cached {
		b.Run(name, func(b *testing.B) {
			cfg.Answerer = constant(a)
			cfg.Dedupe = forgetful{}
			bot := New(cfg)
			bot.noPictures = true
			handler := bot.HTTPHandler()
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/interactions", bytes.NewReader(body))
				r.Header = header
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"type":4`) {
					b.Fatal(w.Code, w.Body.String())
				}
			}
			bot.inflight.Wait()
		})
	}
}

func signedMem(d *discordtest.Discord) ([]byte, http.Header) {
	_, body := d.Human("ann").Prepare(2, map[string]any{"name": "mem", "type": 1, "options": []any{map[string]any{"name": "model", "type": 3, "value": "llama-7b"}}}, nil)
	return body, d.Sign(body, time.Now())
}

// constant is an answerer that has the answer; without numbers, so that no
// picture is drawn and sent after it.
type constant commands.Answer

func (c constant) Answer(context.Context, commands.Question) commands.Answer {
	return commands.Answer(c)
}

// forgetful lets the same interaction through again.
type forgetful struct{}

func (forgetful) Claim(context.Context, string, time.Duration) (bool, []byte, error) {
	return true, nil, nil
}
func (forgetful) Store(context.Context, string, []byte, time.Duration) error { return nil }

// BenchmarkRender is one answer made into a message.
func BenchmarkRender(b *testing.B) {
	a := real().Answer(b.Context(), commands.Question{Text: "/mem llama-7b train zero:2 gpus:8"})
	for b.Loop() {
		m := render(a, scene{lang: langEN})
		if _, err := json.Marshal(m.bare()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify is bare Ed25519 over a body of the usual size.
func BenchmarkVerify(b *testing.B) {
	public, private, _ := ed25519.GenerateKey(nil)
	message := bytes.Repeat([]byte("x"), 1200)
	signature := ed25519.Sign(private, message)
	for b.Loop() {
		if !ed25519.Verify(public, message, signature) {
			b.Fatal("signature")
		}
	}
}
