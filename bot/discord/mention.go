package discord

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"membot/commands"
)

// serveMessage answers a direct message, or one that mentions the bot. It needs
// no privileged intent: the content of both is there without.
func (b *Bot) serveMessage(m *ReceivedMessage, botID string, received time.Time) {
	ctx, cancel := context.WithDeadline(b.tagged(m.ID), received.Add(tokenLife))
	defer cancel()
	who := commands.Asker{User: m.Author.ID, Guild: m.GuildID}
	chosen := b.chosenBy(ctx, who)
	lang := cmp.Or(chosen.Lang, b.langOf(m.Content))
	if wait, ok := b.allow(ctx, m.Author.ID, m.GuildID); !ok {
		b.reply(ctx, m, note(wait.words(lang)))
		b.cfg.Metrics.Interaction("message", "limited", time.Since(received))
		return
	}
	q := commands.Question{Text: b.asked(m.Content, botID), Lang: lang, Asker: who, Defaults: chosen.Defaults}
	if r := m.Referenced; r != nil && r.Author != nil && r.Author.ID == botID {
		q.Previous = r.state()
	}
	files := m.Attachments
	if len(files) == 0 && m.Referenced != nil {
		files = m.Referenced.Attachments
	}
	_, problem := b.attachedConfig(ctx, files, &q)
	if q.Config != nil {
		q.Text = withConfig(q.Text)
	}
	if problem == (phrase{}) && lacksConfig(q) {
		problem = wordNoConfig
	}
	switch {
	case problem != (phrase{}):
		b.reply(ctx, m, note(problem.in(lang)))
	case q.Text == "" && q.Config == nil:
		b.reply(ctx, m, note(wordAskMe.in(lang)))
	default:
		stop := b.typing(ctx, m.ChannelID)
		a := b.ask(ctx, q)
		stop()
		b.reply(ctx, m, b.publicly(m, a, lang, q.Config))
		b.cfg.Metrics.Interaction("message", outcomeOf(a), time.Since(received))
	}
}

// publicly renders an answer for a channel, where nothing can be shown to one
// person only: a private model is answered in a direct message or not at all.
func (b *Bot) publicly(m *ReceivedMessage, a commands.Answer, lang string, config []byte) *Message {
	if a.Private && m.GuildID != "" && !b.cfg.RefusePrivate {
		return note("🔒 " + wordPrivateHere.in(lang))
	}
	shown := b.show(a, scene{lang: lang, now: b.now()})
	keepConfig(shown, config)
	return shown
}

// typing shows that the bot is at work, if it takes longer than a moment.
func (b *Bot) typing(ctx context.Context, channel string) (stop func()) {
	timer := time.AfterFunc(ackAfter, func() {
		b.complain(ctx, "show typing", b.rest.typing(ctx, channel))
	})
	return func() { timer.Stop() }
}

// reply answers a message in its channel. The nonce makes a second attempt, or
// a second process, answer once.
func (b *Bot) reply(ctx context.Context, to *ReceivedMessage, m *Message) {
	b.attach(ctx, m)
	m.Flags = 0 // a channel message cannot be for one person
	m.Nonce, m.EnforceNonce = to.ID, true
	m.Reference = &Reference{MessageID: to.ID}
	if to.GuildID != "" {
		m.Content = "<@" + to.Author.ID + ">" // whose answer it is; it pings nobody
	}
	b.complain(ctx, "reply", b.rest.createMessage(ctx, to.ChannelID, m))
}

// wanted reports whether a message is for the bot.
func wanted(m *ReceivedMessage, botID string) bool {
	const plainMessage, reply = 0, 19
	if m.Author == nil || m.Author.Bot || m.Author.ID == botID || m.WebhookID != "" || !isID(m.ID) || !isID(m.ChannelID) {
		return false
	}
	if m.Type != plainMessage && m.Type != reply {
		return false
	}
	return m.GuildID == "" || slices.ContainsFunc(m.Mentions, func(u User) bool { return u.ID == botID })
}

// langOf guesses the language of a message by its letters; Discord does not
// say a message's locale.
func (b *Bot) langOf(text string) string {
	words := mentions.ReplaceAllString(text, " ")
	for _, r := range words {
		if unicode.Is(unicode.Han, r) {
			return langZH
		}
	}
	if strings.ContainsFunc(words, unicode.IsLetter) && !strings.HasPrefix(strings.TrimSpace(words), "/") {
		return langEN
	}
	return b.cfg.Lang
}

var mentions = regexp.MustCompile(`<@[!&]?\d+>`)

// asked is the message without the mention, as a typed line where it is one.
func (b *Bot) asked(text, botID string) string {
	text = strings.NewReplacer("<@"+botID+">", " ", "<@!"+botID+">", " ").Replace(text)
	text = strings.TrimSpace(text)
	text = strings.TrimSpace(strings.Trim(text, "`"))
	if b.typed(text) {
		return "/" + text
	}
	return text
}

// typed reports whether a message is a typed line that lacks its slash: one
// the language reads, or one that is close enough to be told what is wrong.
func (b *Bot) typed(text string) bool {
	if text == "" || strings.HasPrefix(text, "/") {
		return false
	}
	if commands.Typed(text) {
		return true
	}
	words := strings.Fields(text)
	c, known := b.commands[strings.ToLower(words[0])]
	if !known {
		return false
	}
	return slices.ContainsFunc(words[1:], func(w string) bool {
		key, _, ok := strings.Cut(strings.Replace(w, "=", ":", 1), ":")
		return ok && slices.ContainsFunc(c.Options, func(o Option) bool { return o.Place == AsKey && o.Name == strings.ToLower(key) })
	})
}
