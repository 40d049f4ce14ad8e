package discord

import (
	"context"
	"strconv"
	"strings"

	"membot/commands"
)

// press is what a button or a menu asks for, read from its id, its value and
// the message it stands under.
type press struct {
	line    string // the question it leads to
	lang    string
	update  bool // of the message it stands under, else a new one
	share   bool // for all to see
	run     bool // only what runs it
	problem phrase

	changed string   // the key, or the mode, that it changes; empty: none
	because string   // the change in full
	left    []string // words of the question that mean nothing any more
}

// handleComponent answers a button or a menu.
func (b *Bot) handleComponent(ctx context.Context, i *Interaction) Response {
	p := b.readPress(i)
	if p.problem != (phrase{}) {
		return b.say(i, p.problem.in(p.lang), "refused")
	}
	if wait, ok := b.allow(ctx, i.asker(), i.GuildID); !ok {
		return b.say(i, wait.words(p.lang), "limited")
	}
	q := commands.Question{Text: p.line, Lang: p.lang, Asker: i.from()} // the line is whole: nothing is left out
	kept, problem := b.attachedConfig(ctx, i.Message.Attachments, &q)
	if problem != (phrase{}) {
		return b.say(i, problem.in(p.lang), "refused")
	}
	if lacksConfig(q) {
		return b.say(i, wordNoConfig.in(p.lang), "refused")
	}
	a, left := b.settle(ctx, p, q)
	r := b.answerPress(i, p, a)
	if a.Error == nil && r.Message != nil {
		r.Message.sayLeft(p, left)
	}
	b.passConfig(&r, p, q, kept)
	return r
}

// passConfig hands the attached file on to where the answer goes next: the same
// message keeps it, another one that only the presser sees brings it. It is never
// made public, so that a shared answer has no controls, which would need it.
func (b *Bot) passConfig(r *Response, p press, q commands.Question, kept *ReceivedFile) {
	switch {
	case kept == nil || r.Message == nil:
	case r.Type == respondUpdate:
		r.Message.Attachments = append(r.Message.Attachments, Attachment{ID: kept.ID})
	case r.ephemeral():
		keepConfig(r.Message, q.Config)
	case p.share:
		r.Message.Components = []Row{}
	}
}

// answerPress shows the answer where it belongs. A refusal leaves the message
// as it was; what only the asker may see never replaces what others see.
func (b *Bot) answerPress(i *Interaction, p press, a commands.Answer) Response {
	ownView := i.Message.Flags&flagEphemeral != 0
	if p.share && a.Private {
		return b.say(i, wordNotShared.in(p.lang), "refused")
	}
	sc := scene{lang: p.lang, private: ownView || !p.update, now: b.now()}
	if p.share {
		sc.private = false
	}
	r := Response{Type: respondMessage, outcome: outcomeOf(a)}
	switch {
	case a.Error != nil:
		sc.private = true
	case p.update && (!a.Private || ownView || i.place() == inBotDM):
		r.Type = respondUpdate
	case p.update:
		sc.private = true
	}
	if p.run && a.Error == nil && (!a.Private || !b.cfg.RefusePrivate) {
		r.Message = renderRun(a, sc)
		return r
	}
	r.Message = b.show(a, sc)
	return r
}

// updates reports whether a press changes the message it stands under.
func (b *Bot) updates(i *Interaction) bool {
	p := b.readPress(i)
	return p.problem == (phrase{}) && p.update
}

// readPress reads a component. Ids and values come back from Discord as they
// were sent, but are checked as if anybody had typed them.
func (b *Bot) readPress(i *Interaction) press {
	p := press{lang: i.lang(), problem: wordUnknownID}
	if i.Data == nil || i.Message == nil {
		return p
	}
	id, ours := strings.CutPrefix(i.Data.CustomID, idPrefix)
	if !ours || len(i.Data.CustomID) > 4*maxCustomID {
		return p
	}
	id, keys, said := strings.Cut(id, typedMark)
	line := asTyped(i.Message.state(), keys, said)
	if isSettings(line) && !strings.HasPrefix(id, actChoice) {
		return p // what is set is changed by saying so
	}
	if menu, isMenu := strings.CutPrefix(id, "?"); isMenu {
		if len(i.Data.Values) != 1 {
			return p
		}
		return b.readMenu(i, p, line, menu, i.Data.Values[0])
	}
	if n, isChoice := strings.CutPrefix(id, actChoice); isChoice {
		at, err := strconv.Atoi(n)
		if p.line = i.Message.choice(at); err != nil || p.line == "" {
			return p
		}
		return p.on(i, b.mine(i))
	}
	return b.readAction(i, p, line, id)
}

func isSettings(line string) bool { return strings.HasPrefix(line+" ", "/settings ") }

func (b *Bot) readMenu(i *Interaction, p press, line, menu, value string) press {
	if menu == "open" {
		if units(value) > maxOptionText {
			return p
		}
		if p.line = oneLine(value); isSettings(p.line) {
			return p
		}
		if !strings.HasPrefix(value, "/") {
			var ok bool
			if p.line, ok = change(asCommand(i.Message.state(), "mem"), value); !ok {
				return p
			}
		}
		return p.on(i, false)
	}
	return b.readChange(i, p, line, value)
}

func (b *Bot) readChange(i *Interaction, p press, line, value string) press {
	if line == "" {
		p.problem = wordStale
		return p
	}
	changed, ok := change(line, value)
	if !ok {
		return p
	}
	p.line, p.because = changed, value
	p.changed, _, _ = strings.Cut(value, ":")
	return p.on(i, b.mine(i))
}

func (b *Bot) readAction(i *Interaction, p press, line, id string) press {
	act, known := actions[id]
	if !known {
		if strings.HasPrefix(id, "!") {
			return p
		}
		return b.readChange(i, p, line, id)
	}
	if line == "" {
		p.problem = wordStale
		return p
	}
	p.line, p.share, p.run = line, act.share, act.run
	if act.command != "" {
		p.line = asCommand(line, act.command)
	}
	if act.mode != "" {
		p.line, p.left = inMode(line, act.mode)
		p.changed, p.because = act.mode, act.mode
	}
	return p.on(i, act.update && b.mine(i))
}

// on completes a press that could be read.
func (p press) on(_ *Interaction, update bool) press {
	p.update, p.problem = update, phrase{}
	return p
}

// action is what a named button does to the question.
type action struct {
	command       string // the one it is asked under; empty: the same
	mode          string // infer or train; empty: the same
	update, share bool
	run           bool
}

var actions = map[string]action{
	actFormulas: {command: "explain"},
	actFit:      {command: "fit"},
	actRun:      {run: true},
	actShare:    {share: true},
	actTrain:    {mode: "train", update: true},
	actServe:    {mode: "infer", update: true},
}

// mine reports whether the message belongs to whoever pressed. In a direct
// message, and on a message only they see, it always does; anybody else gets a
// copy of their own instead of changing it.
func (b *Bot) mine(i *Interaction) bool {
	if i.Message.Flags&flagEphemeral != 0 || i.place() == inBotDM {
		return true
	}
	owner := i.Message.owner()
	return owner != "" && owner == i.asker()
}
