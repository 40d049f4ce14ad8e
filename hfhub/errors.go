package hfhub

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The kinds of failure. An [Error] is one of them, as errors.Is tells.
var (
	// ErrBadID says that the text is not the id of a model; nothing was asked.
	ErrBadID = errors.New("not a model id")
	// ErrMissing says that the repository does not exist, or that the token may not know of it.
	ErrMissing = errors.New("model not found")
	// ErrMissingOrPrivate says that, without a token, missing and private look the same.
	ErrMissingOrPrivate = errors.New("model not found or private")
	// ErrGated says that the files need an agreement that the reader does not have.
	ErrGated = errors.New("model is gated")
	// ErrForbidden says that the token lacks the permission.
	ErrForbidden = errors.New("token lacks permission")
	// ErrBadToken says that the Hub does not know the token.
	ErrBadToken = errors.New("token is not valid")
	// ErrNoRevision says that the repository has no such branch, tag or commit.
	ErrNoRevision = errors.New("revision not found")
	// ErrNoFile says that the repository has no such file.
	ErrNoFile = errors.New("file not found")
	// ErrNoVariant says that the repository has weights, but none of the name asked
	// for; Error.Variants lists those that it has.
	ErrNoVariant = errors.New("no such weights")
	// ErrDisabled says that the Hub took the repository down.
	ErrDisabled = errors.New("model is disabled")
	// ErrRateLimited says that the Hub wants a pause; Error.RetryAt says until when.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnreachable says that no whole answer came: no connection, or one cut short.
	ErrUnreachable = errors.New("hub unreachable")
	// ErrTimeout says that the answer did not come in time.
	ErrTimeout = errors.New("hub timed out")
	// ErrUnavailable says that the Hub answered with a failure of its own (5xx).
	ErrUnavailable = errors.New("hub failed")
	// ErrBroken says that the answer cannot be true or is too large to read.
	ErrBroken = errors.New("answer is broken")
	// ErrRefused says that the Hub refused for a reason of no other kind.
	ErrRefused = errors.New("hub refused")
	// ErrOffline says that the client may not ask the Hub and has no copy.
	ErrOffline = errors.New("offline")
)

// Error is a failure to read something from the Hub.
type Error struct {
	Kind      error     // one of the Err values
	ID        string    // owner/name
	Revision  string    // as asked; empty for the default branch
	Path      string    // file inside the repository; empty for the repository itself
	Message   string    // what the Hub said, one line; may be empty
	Status    int       // HTTP status; 0 if no answer came
	RequestID string    // the Hub's name for the request; may be empty
	RetryAt   time.Time // when to ask again; zero if unknown
	Cause     error     // what failed underneath; may be nil
	Variants  []string  // names of the weights that there are, for ErrNoVariant
}

// Error says what was read, and what went wrong. It holds no URL and no token.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("read ")
	b.WriteString(e.subject())
	b.WriteString(": ")
	b.WriteString(e.Kind.Error())
	switch {
	case e.Message != "":
		fmt.Fprintf(&b, ": %s", e.Message)
	case e.Cause != nil:
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

func (e *Error) subject() string {
	subject := e.ID
	if subject == "" {
		subject = "hub"
	}
	if e.Revision != "" {
		subject += "@" + e.Revision
	}
	if e.Path != "" {
		subject += " " + e.Path
	}
	return subject
}

// Unwrap gives the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// broken is an error of kind ErrBroken with the reason in words.
func broken(format string, a ...any) *Error {
	return &Error{Kind: ErrBroken, Message: fmt.Sprintf(format, a...)}
}

// about fills in what the error is about, where it does not say so itself.
func about(err error, id, revision, path string) error {
	var e *Error
	if !errors.As(err, &e) || e.ID != "" {
		return err
	}
	named := *e
	named.ID, named.Revision, named.Path = id, revision, path
	return &named
}

// down says that the Hub could not be asked, so that an older answer may do.
func down(err error) bool {
	for _, kind := range []error{ErrUnreachable, ErrTimeout, ErrUnavailable, ErrRateLimited, ErrOffline} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
