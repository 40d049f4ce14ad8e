package discord

import (
	"context"
	"strconv"
	"time"

	"membot/commands"
)

// chosenWithin is how long a question waits for what its asker has set; the
// store answers in well under a millisecond, or is down.
const chosenWithin = 250 * time.Millisecond

// Permissions of a member that let them change a server's settings.
const (
	permissionAdministrator = 1 << 3
	permissionManageGuild   = 1 << 5
)

// from is who asks, as /settings knows them.
func (i *Interaction) from() commands.Asker {
	who := commands.Asker{User: i.asker(), Guild: i.GuildID}
	if i.Member != nil {
		bits, err := strconv.ParseUint(i.Member.Permissions, 10, 64)
		who.Manages = err == nil && bits&(permissionAdministrator|permissionManageGuild) != 0
	}
	return who
}

// choose reads what the asker has set, once for each interaction: before its
// budget starts to run, so that "thinking…" is shown to those who will see the
// answer.
func (b *Bot) choose(ctx context.Context, i *Interaction) {
	if i.chosen == nil && (i.Type == kindCommand || i.Type == kindComponent) {
		c := b.chosenBy(ctx, i.from())
		i.chosen = &c
	}
}

func (b *Bot) chosenBy(ctx context.Context, who commands.Asker) commands.Chosen {
	ctx, cancel := context.WithTimeout(ctx, chosenWithin)
	defer cancel()
	return commands.ChosenBy(ctx, b.cfg.Preferences, who)
}

// question is a question of the asker of an interaction, with what they have
// set in the place of what it leaves out.
func (i *Interaction) question(text string) commands.Question {
	q := commands.Question{Text: text, Lang: i.lang(), Asker: i.from()}
	if i.chosen != nil {
		q.Defaults = i.chosen.Defaults
	}
	return q
}

// quiet reports whether answers here are private unless asked otherwise.
func (b *Bot) quiet(i *Interaction) bool {
	if i.chosen != nil && i.chosen.Private != "" {
		return i.chosen.Private == "on" && i.place() != inBotDM
	}
	return b.cfg.Quiet && i.place() == inGuild
}
