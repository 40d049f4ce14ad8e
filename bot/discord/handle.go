package discord

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"membot/commands"
)

// Handle answers one interaction. It never panics and always has a response of
// a type that the interaction allows; it knows nothing of transports, budgets
// or duplicates.
func (b *Bot) Handle(ctx context.Context, i *Interaction) (r Response) {
	defer func() {
		if cause := recover(); cause != nil {
			b.log.Error("panic while handling", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			r = b.oops(i)
		}
	}()
	handle, ok := handlers[i.Type]
	if !ok {
		return b.say(i, wordUnknown.in(i.lang()), "refused")
	}
	b.choose(ctx, i)
	return handle(b, ctx, i)
}

// handlers is what is done with each kind of interaction.
var handlers = map[int]func(*Bot, context.Context, *Interaction) Response{
	kindPing:         func(*Bot, context.Context, *Interaction) Response { return Response{Type: respondPong} },
	kindCommand:      (*Bot).handleCommand,
	kindComponent:    (*Bot).handleComponent,
	kindAutocomplete: (*Bot).handleAutocomplete,
}

// oops is the answer when the bot itself is at fault.
func (b *Bot) oops(i *Interaction) Response {
	if i.Type == kindAutocomplete {
		return Response{Type: respondAutocomplete, outcome: "failed"}
	}
	return b.say(i, wordBroken.in(i.lang()), "failed")
}

// say answers with a note that only the asker sees.
func (b *Bot) say(_ *Interaction, text, outcome string) Response {
	return Response{Type: respondMessage, Message: note(text), outcome: outcome}
}

func (b *Bot) handleCommand(ctx context.Context, i *Interaction) Response {
	if i.Data == nil {
		return b.say(i, wordUnknown.in(i.lang()), "refused")
	}
	if i.Data.Type == commandMessage {
		return b.handleMessageCommand(ctx, i)
	}
	if _, ok := b.commands[i.Data.Name]; !ok || (i.Data.Type != commandSlash && i.Data.Type != 0) {
		return b.say(i, wordUnknown.in(i.lang()), "refused")
	}
	f := b.fill(i)
	if f.bad != "" {
		return b.say(i, wordBadOption.in(i.lang(), code(f.bad)), "refused")
	}
	if wait, ok := b.allow(ctx, i.asker(), i.GuildID); !ok {
		return b.say(i, wait.words(i.lang()), "limited")
	}
	q, private := i.question(f.line), b.privately(i, *f)
	if lacksConfig(q) {
		return b.say(i, wordNoConfig.in(i.lang()), "refused")
	}
	key := keptKey(q, private)
	if i.kept == nil {
		i.kept = b.kept.get(key, b.now())
	}
	if i.kept != nil {
		return i.kept.response()
	}
	a := b.ask(ctx, q)
	r := b.respond(i, a, private)
	b.retain(key, a, r)
	return r
}

// privately reports whether a command's answer is for the asker alone: as its
// option says, else as they have set.
func (b *Bot) privately(i *Interaction, f filled) bool {
	if f.said {
		return f.private
	}
	return b.quiet(i)
}

// respond makes a new message of an answer.
func (b *Bot) respond(i *Interaction, a commands.Answer, private bool) Response {
	sc := scene{lang: i.lang(), private: private || (a.Error != nil && i.place() != inBotDM), now: b.now()}
	return Response{Type: respondMessage, Message: b.show(a, sc), outcome: outcomeOf(a)}
}

func outcomeOf(a commands.Answer) string {
	if a.Error != nil {
		return "refused"
	}
	return "answered"
}

// deferral is how an interaction is acknowledged when its answer takes longer:
// the type its response will need, visible to those who will see the response.
func (b *Bot) deferral(i *Interaction) Response {
	switch i.Type {
	case kindComponent:
		if b.updates(i) {
			return Response{Type: respondDeferUpdate}
		}
		if i.Data != nil && i.Data.CustomID == idPrefix+actShare {
			return Response{Type: respondDefer}
		}
		return Response{Type: respondDefer, Message: note("")}
	case kindAutocomplete:
		return Response{Type: respondAutocomplete}
	case kindPing:
		return Response{Type: respondPong}
	}
	if b.asksPrivately(i) {
		return Response{Type: respondDefer, Message: note("")}
	}
	return Response{Type: respondDefer}
}

// asksPrivately reports whether a command's answer is for the asker alone.
func (b *Bot) asksPrivately(i *Interaction) bool {
	if i.Data == nil {
		return b.quiet(i)
	}
	return i.Data.Type == commandMessage || b.privately(i, *b.fill(i))
}

// words say how long to wait, politely.
func (w limitWait) words(lang string) string {
	text := wordLimitUser
	if w.guild {
		text = wordLimitGuild
	}
	seconds := int(w.wait/time.Second) + 1
	return text.in(lang, wordSeconds.in(lang, seconds))
}
