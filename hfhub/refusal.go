package hfhub

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"
)

const maxMessage = 300 // runes of the Hub's own words that are kept

// codes are the kinds that X-Error-Code names.
var codes = map[string]error{
	"RevisionNotFound": ErrNoRevision,
	"EntryNotFound":    ErrNoFile,
	"GatedRepo":        ErrGated,
	"RepoNotFound":     ErrMissing,
}

// refusal names the kind of an answer that is not the thing asked for. Headers
// count before bodies, as huggingface_hub reads them. A token that the Hub, or
// what stands before it, says back is struck out.
func refusal(status int, header http.Header, body []byte, token string, now time.Time) *Error {
	message := oneLine(hidden(refusalMessage(header, body), token))
	e := &Error{
		Kind:      refusalKind(status, header.Get("X-Error-Code"), message, token != ""),
		Message:   message,
		Status:    status,
		RequestID: oneLine(hidden(requestID(header), token)),
	}
	if errors.Is(e.Kind, ErrRateLimited) || status == http.StatusServiceUnavailable {
		e.RetryAt = retryAt(header, now)
	}
	return e
}

func refusalKind(status int, code, message string, hasToken bool) error {
	if kind, known := codes[code]; known {
		if errors.Is(kind, ErrMissing) && !hasToken {
			return ErrMissingOrPrivate
		}
		return kind
	}
	lower := strings.ToLower(message)
	switch {
	case strings.HasPrefix(lower, "access to this resource is disabled"):
		return ErrDisabled
	case status == http.StatusUnauthorized && (strings.Contains(lower, "invalid credentials") || hasToken && strings.Contains(lower, "token")):
		return ErrBadToken
	case status == http.StatusUnauthorized && hasToken:
		return ErrMissing
	case status == http.StatusUnauthorized:
		return ErrMissingOrPrivate
	case status == http.StatusForbidden:
		return ErrForbidden
	case status == http.StatusNotFound && hasToken:
		return ErrMissing
	case status == http.StatusNotFound:
		return ErrMissingOrPrivate
	case status == http.StatusTooManyRequests:
		return ErrRateLimited
	case status == http.StatusRequestTimeout, status >= 500:
		return ErrUnavailable
	case status == http.StatusRequestedRangeNotSatisfiable:
		return ErrBroken
	}
	return ErrRefused
}

// refusalMessage finds the words in X-Error-Message or in the body's shapes.
func refusalMessage(header http.Header, body []byte) string {
	if text := header.Get("X-Error-Message"); text != "" {
		return text
	}
	if validJSON(body) != nil {
		return ""
	}
	for _, path := range []string{"error_description", "error.0", "error", "errors.0.message", "message"} {
		if found := gjson.GetBytes(body, path); found.Type == gjson.String {
			return found.Str
		}
	}
	return ""
}

func hidden(text, token string) string {
	if token == "" {
		return text
	}
	return strings.ReplaceAll(text, token, "[redacted]")
}

// oneLine makes foreign words fit to show: printable, single-spaced, short.
func oneLine(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	runes := []rune(strings.Join(strings.Fields(clean), " "))
	if len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return string(runes)
}

func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "X-Amzn-Trace-Id", "X-Amz-Cf-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}
