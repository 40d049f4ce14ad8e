package discord

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"membot/commands"
)

// ask has the question answered. However the answerer behaves (slow, stuck,
// panicking), there is an answer when the time for one is over.
func (b *Bot) ask(ctx context.Context, q commands.Question) commands.Answer {
	ctx, cancel := context.WithTimeout(ctx, b.cfg.Timeout)
	defer cancel()
	done := make(chan commands.Answer, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				b.log.Error("panic while answering", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
				done <- refusal("internal", wordBroken.in(q.Lang))
			}
		}()
		done <- b.cfg.Answerer.Answer(ctx, q)
	}()
	select {
	case a := <-done:
		b.remember(a)
		return a
	case <-ctx.Done():
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return refusal("timeout", wordClosing.in(q.Lang))
	}
	return refusal("timeout", wordSlow.in(q.Lang))
}

func refusal(code, text string) commands.Answer {
	return commands.Answer{Error: &commands.Refusal{Code: code, Text: text}}
}

// remember keeps a model's name for autocomplete, unless it is private.
func (b *Bot) remember(a commands.Answer) {
	if a.Error == nil && !a.Private && a.Model != nil && a.Model.Source != "file" && a.Model.Source != "custom" {
		b.recent.add(a.Model.ID)
	}
}

// show renders an answer for a scene, and keeps what is private private: the
// message is for the asker alone, or there is none at all.
func (b *Bot) show(a commands.Answer, sc scene) *Message {
	if !a.Private {
		m := render(a, sc)
		if b.noPictures {
			m.draw = nil
		}
		return m
	}
	if b.cfg.RefusePrivate {
		sc.private = true
		m := render(refusal("model_private", wordRefused.in(sc.lang)), sc)
		m.secret = true
		return m
	}
	sc.private = true
	m := render(a, sc)
	e := &m.Embeds[0]
	e.Description = clip("🔒 "+wordPrivate.in(sc.lang)+"\n"+e.Description, maxDescription-8)
	m.trim()
	return m
}
