package commands

import (
	"context"
	"errors"
	"strconv"
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
	{hfhub.ErrDisabled, ModelNotFound, "disabled"},
	{hfhub.ErrRateLimited, HubRateLimited, "rate_limited"},
	{hfhub.ErrTimeout, Timeout, "timed_out"},
	{hfhub.ErrUnavailable, HubError, "unavailable"},
	{hfhub.ErrBroken, BadMetadata, "broken"},
	{hfhub.ErrRefused, HubError, "refused"},
	{hfhub.ErrOffline, HubUnreachable, "offline"},
	{context.DeadlineExceeded, Timeout, "timeout"},
	{context.Canceled, Timeout, "timeout"},
	{hfhub.ErrUnreachable, HubUnreachable, "unreachable"},
	{estimator.ErrShape, BadMetadata, "bad_config"},
}

// Advise words an error that is no [Refused]: what happened, then what to do.
// Nothing of the error's own text is shown. Now is when "retry after" counts
// from. An error nobody knows is "internal"; the caller logs it.
func Advise(w *Wording, err error, now time.Time) *Refusal {
	about := struct{ model, revision, file string }{"", "", "config.json"}
	when := w.Text("advice.later")
	if e := new(hfhub.Error); errors.As(err, &e) {
		about.model, about.revision = e.ID, e.Revision
		if e.Path != "" {
			about.file = e.Path
		}
		if wait := e.RetryAt.Sub(now); !e.RetryAt.IsZero() && wait > 0 {
			when = w.Text("advice.seconds", "seconds", strconv.Itoa(int(wait/time.Second)+1))
		}
	}
	row := failure{nil, Internal, "internal"}
	for _, f := range failures {
		if errors.Is(err, f.kind) {
			row = f
			break
		}
	}
	return &Refusal{
		Code:       row.code,
		Text:       w.Text("failure."+row.id, "model", about.model, "revision", about.revision, "file", about.file),
		Advice:     w.Text("advice."+row.code, "when", when),
		DidYouMean: []string{},
	}
}
