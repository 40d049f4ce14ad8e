package ops

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"membot/commands"
)

// Observe returns an answerer that counts and logs each question and contains a
// panic of the one it wraps. The question itself is logged at debug only: it is
// the asker's.
func Observe(next commands.Answerer, m *Metrics, log *slog.Logger) commands.Answerer {
	return observer{next: next, metrics: m, log: log}
}

type observer struct {
	next    commands.Answerer
	metrics *Metrics
	log     *slog.Logger
}

// Answer implements [commands.Answerer].
func (o observer) Answer(ctx context.Context, q commands.Question) commands.Answer {
	if RequestID(ctx) == "" {
		ctx = WithRequest(ctx, NewRequestID())
	}
	began := time.Now()
	o.metrics.inFlight.Inc()
	a := o.contained(ctx, q)
	o.metrics.inFlight.Dec()
	took := time.Since(began)
	command, outcome := labels(a)
	o.metrics.Answered(command, outcome, took)
	attrs := []any{"command", command, "outcome", outcome, "took_ms", took.Milliseconds()}
	if a.Model != nil {
		attrs = append(attrs, "source", a.Model.Source)
	}
	o.log.InfoContext(ctx, "answered", attrs...)
	o.log.DebugContext(ctx, "question", "text", q.Text, "canonical", a.Question)
	return a
}

func (o observer) contained(ctx context.Context, q commands.Question) (a commands.Answer) {
	defer func() {
		if r := recover(); r != nil {
			o.log.ErrorContext(ctx, "panic while answering", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			a = commands.Answer{Error: &commands.Refusal{
				Code: "internal", Text: "Something went wrong inside membot.",
				Advice:     "Ask again; if it happens again, tell the operator: request " + RequestID(ctx) + ".",
				DidYouMean: []string{},
			}}
		}
	}()
	return o.next.Answer(ctx, q)
}

// Label values that answers may have; anything else counts as other.
var (
	kinds = []string{"mem", "fit", "models", "compare", "explain", "gpus", "concept", "unclear", "off_topic", "help", "about", "privacy", "settings"}
	codes = []string{
		"bad_request", "unknown_option", "bad_value", "model_not_found", "model_gated", "model_private", "revision_not_found", "no_config",
		"unsupported_architecture", "bad_metadata", "hub_rate_limited", "hub_unreachable", "hub_error", "timeout", "internal",
	}
)

func labels(a commands.Answer) (command, outcome string) {
	command, outcome = "other", "ok"
	if slices.Contains(kinds, a.Kind) {
		command = a.Kind
	}
	if a.Error == nil {
		return command, outcome
	}
	if slices.Contains(codes, a.Error.Code) {
		return command, a.Error.Code
	}
	return command, "other"
}
