package discord

import (
	"context"
	"regexp"
	"strings"
	"unicode"
)

// messageCommand is the name of the command in a message's menu.
var messageCommand = Text{"How much memory?", "需要多少显存？"}

// A model's name in running text: a page of the Hub, or owner/name.
var (
	hubPage = regexp.MustCompile(`https?://(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com)/([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)`)
	hubName = regexp.MustCompile(`^[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}$`)
	notHub  = regexp.MustCompile(`(?i)^(?:datasets|spaces|docs|blog|models|papers|collections|and|or|w|n|src|bin|tmp|usr|he|km|tokens?)/|\.(?:go|py|md|json|sh|txt|ya?ml|js|ts|rs|c|cc|cpp|h|com|org|net|io)$`)
)

// modelIn finds the model that a message names; "" if none.
func modelIn(text string) string {
	for _, m := range hubPage.FindAllStringSubmatch(text, 8) {
		if name := strings.TrimRight(m[1], ".-_"); !notHub.MatchString(name) {
			return name
		}
	}
	for word := range strings.FieldsFuncSeq(text, between) {
		if name := strings.TrimRight(word, ".-_"); hubName.MatchString(name) && !notHub.MatchString(name) {
			return name
		}
	}
	return ""
}

// between is what may stand around a name.
func between(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\"'`()<>[]*,，。：:;；！？!?、“”", r)
}

// handleMessageCommand sizes the model that a message names or brings. Only
// the asker sees the answer, because nobody asked in the channel.
func (b *Bot) handleMessageCommand(ctx context.Context, i *Interaction) Response {
	lang := i.lang()
	var target ReceivedMessage
	found := false
	if i.Data.Resolved != nil {
		target, found = i.Data.Resolved.Messages[i.Data.TargetID]
	}
	if !found {
		return b.say(i, wordNoText.in(lang), "refused")
	}
	if wait, ok := b.allow(ctx, i.asker(), i.GuildID); !ok {
		return b.say(i, wait.words(lang), "limited")
	}
	q := i.question("")
	_, problem := b.attachedConfig(ctx, target.Attachments, &q)
	if problem != (phrase{}) {
		return b.say(i, problem.in(lang), "refused")
	}
	switch text := strings.TrimSpace(target.Content); {
	case q.Config != nil:
		q.Text = configLine
	case modelIn(text) != "":
		q.Text = "/mem " + modelIn(text)
	case text != "":
		q.Text = clip(text, maxContent)
	default:
		return b.say(i, wordNoText.in(lang), "refused")
	}
	if lacksConfig(q) {
		return b.say(i, wordNoConfig.in(lang), "refused")
	}
	r := b.respond(i, b.ask(ctx, q), true)
	keepConfig(r.Message, q.Config)
	return r
}
