package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"membot/estimator"
	"membot/hfhub"
)

// The codes of refusals that do not come from reading the line, as programs
// read them.
const (
	ModelNotFound           = "model_not_found"
	ModelGated              = "model_gated"
	ModelPrivate            = "model_private"
	RevisionNotFound        = "revision_not_found"
	NoConfig                = "no_config"
	UnsupportedArchitecture = "unsupported_architecture"
	BadMetadata             = "bad_metadata"
	HubRateLimited          = "hub_rate_limited"
	HubUnreachable          = "hub_unreachable"
	HubError                = "hub_error"
	Timeout                 = "timeout"
	Internal                = "internal"
)

// failure is one row of the table of what can go wrong: the error, the code
// that programs read, and the id of what happened, below "failure.". What to do
// stands below "advice." by code.
type failure struct {
	kind error
	code string
	id   string
}

// failures are searched from the top; the first that matches words the refusal.
var failures = []failure{
	{hfhub.ErrBadID, ModelNotFound, "bad_id"},
	{hfhub.ErrMissingOrPrivate, ModelNotFound, "missing_or_private"},
	{hfhub.ErrMissing, ModelNotFound, "missing"},
	{hfhub.ErrGated, ModelGated, "gated"},
	{hfhub.ErrForbidden, ModelPrivate, "forbidden"},
	{hfhub.ErrBadToken, ModelPrivate, "bad_token"},
	{hfhub.ErrNoRevision, RevisionNotFound, "no_revision"},
	{hfhub.ErrNoFile, NoConfig, "no_file"},
	{hfhub.ErrNoVariant, BadValue, "no_variant"},
	{hfhub.ErrDisabled, ModelNotFound, "disabled"},
	{hfhub.ErrRateLimited, HubRateLimited, "rate_limited"},
	{hfhub.ErrTimeout, Timeout, "timed_out"},
	{hfhub.ErrUnavailable, HubError, "unavailable"},
	{hfhub.ErrBroken, BadMetadata, "broken"},
	{hfhub.ErrRefused, HubError, "refused"},
	{hfhub.ErrOffline, HubUnreachable, "offline"},
	{hfhub.ErrUnreachable, HubUnreachable, "unreachable"},
	{hfhub.ErrNoConfig, NoConfig, "no_config"},
	{hfhub.ErrBadMetadata, BadMetadata, "bad_config"},
	{estimator.ErrShape, BadMetadata, "bad_config"},
	{context.DeadlineExceeded, Timeout, "timeout"},
	{context.Canceled, Timeout, "timeout"},
}

// Advise words an error that is no [Refused]: what happened, then what to do.
// Nothing of the error's own text is shown. Now is when "retry after" counts
// from. An error nobody knows is "internal"; the caller logs it.
func Advise(w *Wording, err error, now time.Time) *Refusal {
	said := subject(w, err, now)
	row := failure{nil, Internal, "internal"}
	for _, f := range failures {
		if errors.Is(err, f.kind) {
			row = f
			break
		}
	}
	if errors.Is(err, hfhub.ErrOffline) && !strings.Contains(said.model, "/") {
		row = failure{nil, ModelNotFound, "no_nickname"}
	}
	r := &Refusal{Code: row.code, DidYouMean: []string{}}
	r.Text = w.Text("failure."+row.id, "model", said.model, "revision", said.revision, "file", said.file)
	if u := new(hfhub.UnsupportedError); errors.As(err, &u) {
		r.Code, r.Text = UnsupportedArchitecture, unsupported(w, u, said.model)
	}
	if bad := new(hfhub.ShapeError); errors.As(err, &bad) {
		id := "failure.bad_key"
		if bad.Value == "" {
			id = "failure.lacks_key"
		}
		r.Text = w.Text(id, "model", said.model, "file", bad.File, "key", shorten(bad.Key), "value", shorten(bad.Value))
	}
	r.Advice = w.Text("advice."+adviceFor(r.Code, err), "when", said.when)
	return r
}

// adapterBase is the key under which an adapter names its base.
const adapterBase = "base_model_name_or_path"

// adviceFor is the id of what to do: that of the code, but for an adapter whose
// base is to be named.
func adviceFor(code string, err error) string {
	if u := new(hfhub.UnsupportedError); errors.As(err, &u) && u.Key == adapterBase {
		return NoConfig
	}
	return code
}

// about is what a failure is about, in words.
type about struct{ model, revision, file, when string }

func subject(w *Wording, err error, now time.Time) about {
	said := about{model: w.Text("failure.this_model"), file: "config.json", when: w.Text("advice.later")}
	e := new(hfhub.Error)
	if !errors.As(err, &e) {
		return said
	}
	said.model, said.file, said.revision = orElse(e.ID, said.model), orElse(e.Path, said.file), e.Revision
	if wait := e.RetryAt.Sub(now); !e.RetryAt.IsZero() && wait > 0 {
		said.when = w.Text("advice.seconds", "seconds", strconv.Itoa(int(wait/time.Second)+1))
	}
	return said
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// blocking names what a reader does not know: the key and what it says, on one
// short line; the class or type where that is what is new.
func blocking(u *hfhub.UnsupportedError) string {
	value := shorten(strings.Join(strings.Fields(orElse(u.Kind, u.ModelType)), " "))
	if u.Key == "" || strings.HasSuffix(u.Key, "model_type") || u.Key == "architectures" || value == "" {
		return value
	}
	return u.Key + ": " + value
}

// unsupported says which part of a shape is new, and the weights as a floor
// where they are known.
func unsupported(w *Wording, u *hfhub.UnsupportedError, model string) string {
	if u.Key == adapterBase {
		return w.Text("failure.adapter", "base", orElse(shorten(u.Kind), "-"))
	}
	text := w.Text("failure.unsupported", "model", model, "kind", blocking(u))
	if u.Floor > 0 {
		text += w.Text("failure.floor", "bytes", u.Floor.String())
	}
	return text
}
