package discord

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"membot/commands"
)

// keptFor is how long a public answer is given again as it was made. It is
// short beside the age that the facts behind it may have, and long beside the
// time in which a popular question comes back.
const keptFor = 30 * time.Second

// maxKept bounds the answers of one generation; two are held.
const maxKept = 128

// keptKinds are the answers that say the same to whoever asks the same.
var keptKinds = map[string]bool{
	"mem": true, "fit": true, "models": true, "compare": true, "explain": true, "gpus": true, "concept": true,
	"unclear": true, "off_topic": true, "help": true, "about": true, "privacy": true,
}

// kept holds the latest public answers as messages, rendered and encoded, so
// that what many ask at once is made once.
type kept struct {
	mu         sync.Mutex
	young, old map[string]*keptAnswer
}

// keptAnswer is one answer ready to send. It is shared, and never changed.
type keptAnswer struct {
	message *Message
	inline  []byte // the response without files, as JSON
	made    time.Time
}

func newKept() *kept { return &kept{young: map[string]*keptAnswer{}} }

func (k *kept) get(key string, now time.Time) *keptAnswer {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.young[key]
	if !ok {
		a = k.old[key]
	}
	if a == nil || now.Sub(a.made) > keptFor {
		return nil
	}
	return a
}

func (k *kept) put(key string, a *keptAnswer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.young) >= maxKept {
		k.old, k.young = k.young, map[string]*keptAnswer{}
	}
	k.young[key] = a
}

// keptKey is everything that the message of a slash command depends on.
func keptKey(q commands.Question, private bool) string {
	var key strings.Builder
	key.Grow(len(q.Lang) + len(q.Text) + 2 + 16*len(q.Defaults))
	key.WriteString(q.Lang)
	if private {
		key.WriteByte('!')
	}
	for _, d := range q.Defaults {
		key.WriteByte('\n')
		key.WriteString(d.Key)
		key.WriteByte(':')
		key.WriteString(d.Value)
	}
	key.WriteByte('\n')
	key.WriteString(q.Text)
	return key.String()
}

// retain keeps a response, unless it is one person's, a refusal, or made of
// facts that the Hub may bring up to date any moment.
func (b *Bot) retain(key string, a commands.Answer, r Response) {
	dated := slices.ContainsFunc(a.Warnings, func(w commands.Warning) bool { return w.Code == "stale" })
	if a.Error != nil || a.Private || dated || !keptKinds[a.Kind] {
		return
	}
	bare := r
	bare.Message = r.Message.bare()
	b.kept.put(key, &keptAnswer{message: r.Message.copied(), inline: encode(bare), made: b.now()})
}

// response is a kept answer as a response of its own.
func (a *keptAnswer) response() Response {
	return Response{Type: respondMessage, Message: a.message.copied(), inline: a.inline, outcome: "answered"}
}

// copied is a copy whose picture can be attached without touching the original.
func (m *Message) copied() *Message {
	c := *m
	c.Embeds, c.Attachments, c.files = slices.Clone(m.Embeds), slices.Clone(m.Attachments), slices.Clone(m.files)
	return &c
}

// ready finds the kept answer to an interaction, which needs no time to give.
func (b *Bot) ready(ctx context.Context, i *Interaction) bool {
	if i.Type != kindCommand || i.Data == nil || i.Data.Type == commandMessage {
		return false
	}
	b.prepare(ctx, i)
	f := i.filled
	if f.bad != "" || f.line == "" {
		return false
	}
	i.kept = b.kept.get(keptKey(i.question(f.line), b.privately(i, *f)), b.now())
	return i.kept != nil
}

// prepare reads what an interaction is about, before its budget starts to run and
// before several look at it.
func (b *Bot) prepare(ctx context.Context, i *Interaction) {
	b.choose(ctx, i)
	if i.Type == kindCommand && i.Data != nil {
		b.fill(i)
	}
}

// fill reads the options of a slash command, once for each interaction.
func (b *Bot) fill(i *Interaction) *filled {
	if i.filled == nil {
		f := b.commands[i.Data.Name].read(i.Data.Options)
		i.filled = &f
	}
	return i.filled
}
