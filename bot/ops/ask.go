package ops

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"membot/commands"
)

const (
	maxAskBody   = 512 << 10 // bytes: a question and perhaps a config.json
	maxQuestion  = 4000      // characters, as in Discord
	askTimeout   = 60 * time.Second
	askAtOnce    = 64 // questions; one more is told to come back
	bearerPrefix = "bearer "
)

// AskBody is what POST /ask reads.
type AskBody struct {
	Question string          `json:"question"`
	Lang     string          `json:"lang"`     // en or zh-CN
	Previous string          `json:"previous"` // the canonical line this follows up on
	Config   json.RawMessage `json:"config"`   // a config.json to size instead of a model on the Hub
}

// Ask is POST /ask: a question in, the answer's JSON out, for whoever has the
// token. It never answers from a private model.
type Ask struct {
	answerer commands.Answerer
	token    [sha256.Size]byte
	slots    chan struct{}
	metrics  *Metrics
}

// NewAsk returns the handler, or nil without a token: then /ask is off.
func NewAsk(answerer commands.Answerer, token string, m *Metrics) http.Handler {
	if token == "" {
		return nil
	}
	return &Ask{answerer: answerer, token: sha256.Sum256([]byte(token)), slots: make(chan struct{}, askAtOnce), metrics: m}
}

// ServeHTTP implements [http.Handler]. The cheap checks come first.
func (h *Ask) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "Ask with POST.")
		return
	}
	if !h.authorized(r) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="membot"`)
		refuse(w, http.StatusUnauthorized, "The token of MEMBOT_ASK_TOKEN is missing or wrong.")
		return
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		h.metrics.Limited("ask")
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "Too many questions at once.")
		return
	}
	q, status, why := readQuestion(w, r)
	if why != "" {
		refuse(w, status, why)
		return
	}
	ctx, cancel := context.WithTimeout(WithRequest(r.Context(), requestName(r)), askTimeout)
	defer cancel()
	w.Header().Set("X-Request-Id", RequestID(ctx))
	a := h.answerer.Answer(ctx, q)
	if isPrivate(a) {
		a = privateRefusal(q.Lang)
	}
	write(w, statusOf(a), a)
}

// authorized compares digests in constant time: neither the token's bytes nor
// its length can be timed.
func (h *Ask) authorized(r *http.Request) bool {
	given := r.Header.Get("Authorization")
	if len(given) < len(bearerPrefix) || !strings.EqualFold(given[:len(bearerPrefix)], bearerPrefix) {
		return false
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(given[len(bearerPrefix):])))
	return subtle.ConstantTimeCompare(sum[:], h.token[:]) == 1
}

// requestName is the caller's own id if it is a sane one.
func requestName(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	sane := func(c rune) bool {
		return c == '-' || c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	if id == "" || len(id) > 64 || strings.ContainsFunc(id, func(c rune) bool { return !sane(c) }) {
		return NewRequestID()
	}
	return id
}

// readQuestion reads JSON, or the bare line as text/plain; why is "" when it could.
func readQuestion(w http.ResponseWriter, r *http.Request) (q commands.Question, status int, why string) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAskBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return q, http.StatusRequestEntityTooLarge, "The body is larger than 512 KiB."
	}
	if err != nil {
		return q, http.StatusBadRequest, "The body could not be read."
	}
	body := AskBody{Question: string(data)}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "text/plain" {
		body = AskBody{}
		if json.Unmarshal(data, &body) != nil {
			return q, http.StatusBadRequest, `The body is not JSON such as {"question": "/mem llama-7b"}; or send the line as text/plain.`
		}
	}
	if why := body.wrong(); why != "" {
		return q, http.StatusBadRequest, why
	}
	q = commands.Question{Text: body.Question, Lang: body.Lang, Previous: body.Previous}
	if len(body.Config) > 0 && string(body.Config) != "null" {
		q.Config = body.Config
	}
	return q, 0, ""
}

func (b AskBody) wrong() string {
	if strings.TrimSpace(b.Question) == "" {
		return "The question is empty."
	}
	if len([]rune(b.Question)) > maxQuestion || len([]rune(b.Previous)) > maxQuestion {
		return "The question is longer than 4,000 characters."
	}
	if !slices.Contains([]string{"", "en", "zh-CN"}, b.Lang) {
		return "lang is en or zh-CN."
	}
	return ""
}

// isPrivate looks into comparisons too: one private model makes all of it so.
func isPrivate(a commands.Answer) bool { return a.Private || slices.ContainsFunc(a.Answers, isPrivate) }

var privateWords = map[string][2]string{
	"":      {"This model is private.", "It is never answered here; ask in chat, where the answer is shown to the asker alone."},
	"zh-CN": {"这是私有模型。", "此接口从不回答私有模型；请在聊天中提问，答案只有提问者可见。"},
}

func privateRefusal(lang string) commands.Answer {
	words, ok := privateWords[lang]
	if !ok {
		words = privateWords[""]
	}
	return commands.Answer{Error: &commands.Refusal{Code: "model_private", Text: words[0], Advice: words[1], DidYouMean: []string{}}}
}

// statuses maps a refusal to HTTP; anything else is 422: understood, but no
// answer.
var statuses = map[string]int{
	"bad_request": http.StatusBadRequest, "unknown_option": http.StatusBadRequest, "bad_value": http.StatusBadRequest,
	"model_not_found": http.StatusNotFound, "revision_not_found": http.StatusNotFound,
	"model_gated": http.StatusForbidden, "model_private": http.StatusForbidden,
	"hub_rate_limited": http.StatusServiceUnavailable, "hub_unreachable": http.StatusBadGateway, "hub_error": http.StatusBadGateway,
	"timeout": http.StatusGatewayTimeout, "internal": http.StatusInternalServerError,
}

func statusOf(a commands.Answer) int {
	if a.Error == nil {
		return http.StatusOK
	}
	if status, ok := statuses[a.Error.Code]; ok {
		return status
	}
	return http.StatusUnprocessableEntity
}

func refuse(w http.ResponseWriter, status int, text string) {
	write(w, status, commands.Answer{Error: &commands.Refusal{Code: "bad_request", Text: text, DidYouMean: []string{}}})
}

func write(w http.ResponseWriter, status int, a commands.Answer) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(a)
}
