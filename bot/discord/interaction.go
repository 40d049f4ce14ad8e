package discord

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"membot/commands"
)

// Interaction is one command, button, menu or keystroke, as Discord sends it.
// Only what the bot uses is decoded, so that a new kind of component elsewhere
// in the payload cannot break it.
type Interaction struct {
	ID            string           `json:"id"`
	ApplicationID string           `json:"application_id"`
	Type          int              `json:"type"`
	Token         string           `json:"token"`
	GuildID       string           `json:"guild_id"`
	ChannelID     string           `json:"channel_id"`
	Locale        string           `json:"locale"`
	GuildLocale   string           `json:"guild_locale"`
	Context       *int             `json:"context"`
	Member        *Member          `json:"member"`
	User          *User            `json:"user"`
	Data          *Data            `json:"data"`
	Message       *ReceivedMessage `json:"message"`
	MaxFileBytes  int64            `json:"attachment_size_limit"`

	chosen *commands.Chosen // what the asker has set; nil until read
	filled *filled          // the options as a typed line; nil until read
	kept   *keptAnswer      // the answer, if it is there already
}

// Kinds of interaction.
const (
	kindPing         = 1
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5
)

// Places an interaction can happen in.
const (
	inGuild   = 0
	inBotDM   = 1
	inPrivate = 2 // a group, or a DM between others
)

// Member is a user in a server.
type Member struct {
	User        *User  `json:"user"`
	Permissions string `json:"permissions"` // here, as a number
}

// User is who asked.
type User struct {
	ID  string `json:"id"`
	Bot bool   `json:"bot"`
}

// Data is what was called or pressed.
type Data struct {
	Name     string        `json:"name"`
	Type     int           `json:"type"`
	Options  []OptionValue `json:"options"`
	TargetID string        `json:"target_id"`
	Resolved *Resolved     `json:"resolved"`
	CustomID string        `json:"custom_id"`
	Values   []string      `json:"values"`
}

// Resolved holds the message that a message command was called on.
type Resolved struct {
	Messages    map[string]ReceivedMessage `json:"messages"`
	Attachments map[string]ReceivedFile    `json:"attachments"`
}

// OptionValue is one option as the user filled it in; the value's type is the
// user's claim and is checked where it is read.
type OptionValue struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
}

// ReceivedMessage is a message as Discord shows it to the bot.
type ReceivedMessage struct {
	ID          string           `json:"id"`
	ChannelID   string           `json:"channel_id"`
	GuildID     string           `json:"guild_id"`
	Content     string           `json:"content"`
	Author      *User            `json:"author"`
	WebhookID   string           `json:"webhook_id"`
	Type        int              `json:"type"`
	Flags       int              `json:"flags"`
	Mentions    []User           `json:"mentions"`
	Embeds      []ReceivedEmbed  `json:"embeds"`
	Attachments []ReceivedFile   `json:"attachments"`
	Referenced  *ReceivedMessage `json:"referenced_message"`
	AskedBy     *struct {
		User *User `json:"user"`
	} `json:"interaction_metadata"`
}

// ReceivedEmbed is the part of an embed that carries state.
type ReceivedEmbed struct {
	Footer *struct {
		Text string `json:"text"`
	} `json:"footer"`
	Fields []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"fields"`
}

// ReceivedFile is a file somebody attached.
type ReceivedFile struct {
	ID    string `json:"id"`
	Name  string `json:"filename"`
	Bytes int64  `json:"size"`
	URL   string `json:"url"`
}

// asker is who caused the interaction: Discord sets member in a server and user
// elsewhere; a payload with neither has no asker.
func (i *Interaction) asker() string {
	if i.Member != nil && i.Member.User != nil {
		return i.Member.User.ID
	}
	if i.User != nil {
		return i.User.ID
	}
	return ""
}

// place is where the interaction happened; old payloads do not say.
func (i *Interaction) place() int {
	if i.Context != nil {
		return *i.Context
	}
	if i.GuildID != "" {
		return inGuild
	}
	return inBotDM
}

// lang is the asker's language, of those the bot speaks: the one they have set,
// else that of their Discord.
func (i *Interaction) lang() string {
	if i.chosen != nil && i.chosen.Lang != "" {
		return i.chosen.Lang
	}
	return speak(i.Locale)
}

// speak maps a Discord locale to a language of the bot: any Chinese is
// answered in Simplified Chinese, everything else in English.
func speak(locale string) string {
	if strings.HasPrefix(strings.ToLower(locale), "zh") {
		return langZH
	}
	return langEN
}

// owner is whose answer a message is; "" where the message does not say.
func (m *ReceivedMessage) owner() string {
	if m.AskedBy != nil && m.AskedBy.User != nil {
		return m.AskedBy.User.ID
	}
	if m.Referenced != nil && m.Referenced.Author != nil {
		return m.Referenced.Author.ID
	}
	rest, ok := strings.CutPrefix(m.Content, "<@")
	id, _, closed := strings.Cut(rest, ">")
	if ok && closed && isID(id) {
		return id
	}
	return ""
}

// state is the canonical question that an answer of the bot carries in its
// footer; "" for any other message.
func (m *ReceivedMessage) state() string {
	for _, e := range m.Embeds {
		if e.Footer != nil && strings.HasPrefix(e.Footer.Text, "/") && len(e.Footer.Text) <= maxFooter {
			return e.Footer.Text
		}
	}
	return ""
}

// choice is the n-th line that an answer offered, counted from 1; "" where
// there is none.
func (m *ReceivedMessage) choice(n int) string {
	for _, e := range m.Embeds {
		for _, f := range e.Fields {
			if line := strings.Trim(f.Value, "`"); f.Name == strconv.Itoa(n) && strings.HasPrefix(line, "/") {
				return line
			}
		}
	}
	return ""
}

// isID reports whether text is a Discord id: what reaches a URL must be one.
func isID(text string) bool {
	return text != "" && len(text) <= 20 && !slices.ContainsFunc([]byte(text), func(c byte) bool { return c < '0' || c > '9' })
}
