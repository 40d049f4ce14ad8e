package discord

import (
	"context"
	"encoding/json"
	"time"

	"membot/hfhub"
)

// Promises remember which interactions have been told "thinking…" and wait for
// their answer, so that the askers of a process that died are told by another.
type Promises interface {
	// Promise keeps a note under an interaction's id until it is kept.
	Promise(ctx context.Context, id string, note []byte)
	// Kept removes it.
	Kept(ctx context.Context, id string, note []byte)
	// Orphans returns the notes of processes that are gone, each to one caller.
	Orphans(ctx context.Context) [][]byte
}

// promised is what another process needs to reach the asker.
type promised struct {
	ID     string `json:"id"`
	App    string `json:"app"`
	Token  string `json:"token"`
	Lang   string `json:"lang"`
	Follow bool   `json:"follow,omitempty"` // the first response is a message with an answer already
}

const orphansEvery = 10 * time.Second

// promise notes that an interaction waits for its answer; the function it returns
// says that the answer was given.
func (b *Bot) promise(ctx context.Context, i *Interaction, waiting Response) (kept func()) {
	if b.cfg.Promises == nil || (waiting.Type != respondDefer && waiting.Type != respondDeferUpdate) {
		return func() {}
	}
	note, err := json.Marshal(promised{
		ID: i.ID, App: i.ApplicationID, Token: i.Token, Lang: i.lang(), Follow: waiting.Type == respondDeferUpdate,
	})
	if err != nil {
		return func() {}
	}
	b.cfg.Promises.Promise(ctx, i.ID, note)
	return func() {
		if ctx.Err() == nil { // else nobody was told, and another process will
			b.cfg.Promises.Kept(ctx, i.ID, note)
		}
	}
}

// tellOrphans tells the askers of processes that died that their question was
// lost, until ctx ends.
func (b *Bot) tellOrphans(ctx context.Context) {
	if b.cfg.Promises == nil {
		return
	}
	for {
		for _, note := range b.cfg.Promises.Orphans(ctx) {
			var p promised
			if json.Unmarshal(note, &p) == nil {
				b.tellOrphan(ctx, p)
			}
		}
		if hfhub.Sleep(ctx, orphansEvery) != nil {
			return
		}
	}
}

func (b *Bot) tellOrphan(ctx context.Context, p promised) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if b.cfg.Tag != nil {
		ctx = b.cfg.Tag(ctx, p.ID)
	}
	i := &Interaction{ID: p.ID, ApplicationID: p.App, Token: p.Token}
	b.log.WarnContext(ctx, "telling the asker of a process that died")
	if p.Follow {
		b.complain(ctx, "follow up", b.rest.followUp(ctx, i, note(wordLost.in(p.Lang))))
		return
	}
	m := note(wordLost.in(p.Lang))
	m.Flags = 0 // an edit cannot change who sees the message
	b.edit(ctx, i, m)
}
