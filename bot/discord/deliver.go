package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"membot/hfhub"
)

// An opening sends the first response to an interaction: over REST, or inside
// an HTTP reply, which cannot carry files.
type opening struct {
	send  func(ctx context.Context, r Response) error
	files bool
}

// Time left for a first response to reach Discord, from the receipt.
const answerBefore = 2900 * time.Millisecond

// take counts one piece of work in, or reports that there is no room for it.
func (b *Bot) take() bool {
	select {
	case b.slots <- struct{}{}:
		b.inflight.Add(1)
		return true
	default:
		return false
	}
}

// done counts out what take counted in.
func (b *Bot) done() {
	<-b.slots
	b.inflight.Done()
}

// spawn runs work that take counted in, and contains its panics.
func (b *Bot) spawn(work func()) {
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				b.log.Error("panic while serving", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			}
			b.done()
		}()
		work()
	}()
}

// serve answers an interaction: at once if the answer is there within the
// budget, else "thinking…" first and the answer when it comes.
func (b *Bot) serve(i *Interaction, received time.Time, open opening) {
	ctx, cancel := context.WithDeadline(b.tagged(i.ID), received.Add(tokenLife))
	defer cancel()
	b.prepare(ctx, i)
	done := make(chan Response, 1)
	go func() {
		r := b.Handle(ctx, i)
		if open.files {
			b.attach(ctx, r.Message)
		}
		done <- r
	}()
	timer := time.NewTimer(b.budget() - time.Since(received))
	defer timer.Stop()
	outcome := "deferred"
	select {
	case r := <-done:
		outcome = r.outcome
		b.first(ctx, i, received, open, r)
	case <-timer.C:
		waiting := b.deferral(i)
		firstCtx, stop := context.WithDeadline(ctx, received.Add(answerBefore))
		err := open.send(firstCtx, waiting)
		stop()
		b.complain(ctx, "acknowledge", err)
		kept := b.promise(ctx, i, waiting)
		if r := <-done; waiting.Type != respondAutocomplete && waiting.Type != respondPong {
			b.later(ctx, i, waiting, r)
		}
		kept()
	}
	b.served(ctx, i, outcome, received)
}

// serveReady answers an interaction with what is kept for it.
func (b *Bot) serveReady(ctx context.Context, i *Interaction, received time.Time, send func(Response)) Response {
	if b.cfg.Tag != nil {
		ctx = b.cfg.Tag(ctx, i.ID)
	}
	r := b.Handle(ctx, i)
	send(r)
	b.served(ctx, i, r.outcome, received)
	return r
}

func (b *Bot) served(ctx context.Context, i *Interaction, outcome string, received time.Time) {
	took := time.Since(received)
	b.cfg.Metrics.Interaction(kindNames[i.Type], outcome, took)
	b.log.InfoContext(ctx, "served", "kind", kindNames[i.Type], "outcome", outcome, "took_ms", took.Milliseconds())
}

var kindNames = map[int]string{
	kindPing: "ping", kindCommand: "command", kindComponent: "component", kindAutocomplete: "autocomplete", kindModal: "modal",
}

// first sends the answer itself as the first response. If Discord says it did
// not take, it may have all the same, so the work is not done again: the answer
// is tried once more as an edit.
func (b *Bot) first(ctx context.Context, i *Interaction, received time.Time, open opening, r Response) {
	sent := r
	if !open.files && r.Message != nil {
		sent.Message = r.Message.bare()
	}
	firstCtx, stop := context.WithDeadline(ctx, received.Add(answerBefore))
	err := open.send(firstCtx, sent)
	stop()
	if r.Message == nil {
		b.complain(ctx, "respond", err)
		return
	}
	if err == nil && (open.files || !r.Message.brings()) {
		return
	}
	b.complain(ctx, "respond", err)
	b.attach(ctx, r.Message)
	b.edit(ctx, i, r.Message)
}

// later delivers an answer after "thinking…".
func (b *Bot) later(ctx context.Context, i *Interaction, waiting, r Response) {
	m := r.Message
	if m == nil {
		return
	}
	b.attach(ctx, m)
	switch {
	case waiting.Type == respondDeferUpdate && r.Type != respondUpdate:
		b.complain(ctx, "follow up", b.rest.followUp(ctx, i, m))
	case waiting.Type == respondDefer && m.secret && !waiting.ephemeral() && i.place() != inBotDM:
		notice := note("🔒 " + wordPrivate.in(i.lang()))
		notice.Flags = 0
		b.edit(ctx, i, notice)
		b.complain(ctx, "follow up", b.rest.followUp(ctx, i, m))
	default:
		m.Flags = 0 // an edit cannot change who sees the message
		b.edit(ctx, i, m)
	}
}

// edit changes the first response. Inside an HTTP reply that response may not
// have reached Discord yet, so an unknown one is tried again for a moment.
func (b *Bot) edit(ctx context.Context, i *Interaction, m *Message) {
	m.Flags = 0
	var err error
	for attempt := range 5 {
		if err = b.rest.edit(ctx, i, m); err == nil {
			return
		}
		refused, ok := asAPIError(err)
		if !ok || refused.Status != http.StatusNotFound || hfhub.Sleep(ctx, 150*time.Millisecond<<attempt) != nil {
			break
		}
	}
	b.complain(ctx, "edit", err)
}

// complain logs what Discord refused; acknowledged twice is not a failure.
func (b *Bot) complain(ctx context.Context, what string, err error) {
	if refused, ok := asAPIError(err); ok && refused.Code == codeAcknowledged {
		return
	}
	if err != nil {
		b.log.WarnContext(ctx, "cannot "+what, "error", err)
	}
}

func asAPIError(err error) (*APIError, bool) {
	return errors.AsType[*APIError](err)
}
