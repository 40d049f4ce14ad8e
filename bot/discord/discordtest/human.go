package discordtest

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"membot/hfhub/leaktest"
)

// Human is somebody in front of Discord.
type Human struct {
	ID     string
	Name   string
	Locale string // "en-US" if empty
	Guild  string // "" for direct messages
	Room   string // the channel
	May    string // permissions in the server, "0" if empty

	d *Discord
}

// patience is how long a human waits before the test is over.
const patience = 60 * time.Second

// Human makes somebody who talks to the bot in a server's channel.
func (d *Discord) Human(name string) *Human {
	return &Human{ID: d.id(), Name: name, Guild: d.Gateway.guild, Room: d.Gateway.channel, d: d}
}

// Privately is the same person in direct messages with the bot.
func (h *Human) Privately() *Human {
	c := *h
	c.Guild, c.Room = "", d26(h.ID)
	return &c
}

// d26 makes a channel id that belongs to one person.
func d26(id string) string { return "9" + id[1:] }

// Speaking is the same person with another language.
func (h *Human) Speaking(locale string) *Human {
	c := *h
	c.Locale = locale
	return &c
}

func (h *Human) channel() string { return h.Room }

func (h *Human) user() map[string]any {
	return map[string]any{"id": h.ID, "username": h.Name, "discriminator": "0", "avatar": nil, "global_name": h.Name}
}

// Option is one option of a command, as the human fills it in.
type Option struct {
	Name    string
	Value   any
	Focused bool
}

// optionType is the type Discord would give a value.
func optionType(v any) int {
	switch v.(type) {
	case bool:
		return 5
	case int, int64:
		return 4
	case float64:
		return 10
	}
	return 3
}

func wireOptions(options []Option) []map[string]any {
	out := []map[string]any{}
	for _, o := range options {
		one := map[string]any{"name": o.Name, "type": optionType(o.Value), "value": o.Value}
		if o.Focused {
			one["focused"] = true
		}
		out = append(out, one)
	}
	return out
}

// Slash uses a command and waits for nothing.
func (h *Human) Slash(name string, options ...Option) *Asked {
	return h.Send(2, map[string]any{"id": h.d.id(), "name": name, "type": 1, "options": wireOptions(options)}, nil)
}

// Type types into an option and returns what is offered.
func (h *Human) Type(command string, options ...Option) []string {
	a := h.Send(4, map[string]any{"id": h.d.id(), "name": command, "type": 1, "options": wireOptions(options)}, nil)
	if !h.d.until(func() bool { return a.ack != 0 }) {
		h.d.t.Errorf("discordtest: no autocomplete for /%s", command)
	}
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	return a.choices
}

// Click presses a button.
func (h *Human) Click(m *Message, customID string) *Asked {
	return h.Send(3, map[string]any{"custom_id": customID, "component_type": 2}, m)
}

// Choose picks a value of a menu.
func (h *Human) Choose(m *Message, customID string, values ...string) *Asked {
	return h.Send(3, map[string]any{"custom_id": customID, "component_type": 3, "values": values}, m)
}

// OnMessage uses a command of a message's menu.
func (h *Human) OnMessage(name string, content string, files ...Attachment) *Asked {
	id := h.d.id()
	message := map[string]any{"id": id, "channel_id": h.Room, "content": content, "author": h.user(), "attachments": files, "embeds": []any{}, "type": 0, "flags": 0}
	return h.Send(2, map[string]any{
		"id": h.d.id(), "name": name, "type": 3, "target_id": id,
		"resolved": map[string]any{"messages": map[string]any{id: message}},
	}, nil)
}

// Send starts any interaction; data may be as wrong as a test likes.
func (h *Human) Send(kind int, data any, under *Message) *Asked {
	a, payload := h.prepare(kind, data, under)
	h.d.deliver(a, payload)
	return a
}

// Prepare makes an interaction without delivering it, for tests that deliver
// it themselves.
func (h *Human) Prepare(kind int, data any, under *Message) (*Asked, []byte) {
	a, payload := h.prepare(kind, data, under)
	raw, err := json.Marshal(payload)
	if err != nil {
		h.d.t.Errorf("discordtest: encode an interaction: %v", err)
	}
	return a, raw
}

func (h *Human) prepare(kind int, data any, under *Message) (*Asked, map[string]any) {
	d := h.d
	a := &Asked{ID: d.id(), Token: leaktest.Mark + "-" + d.id(), d: d, by: h, kind: kind, sent: time.Now(), sentAt: d.ran.Load()}
	locale := h.Locale
	if locale == "" {
		locale = "en-US"
	}
	payload := map[string]any{
		"id": a.ID, "application_id": d.AppID, "type": kind, "token": a.Token, "version": 1, "channel_id": h.Room,
		"locale": locale, "data": data, "attachment_size_limit": 10 << 20, "entitlements": []any{}, "app_permissions": "0",
		"authorizing_integration_owners": map[string]string{"1": h.ID},
	}
	if h.Guild != "" {
		payload["guild_id"], payload["guild_locale"], payload["context"] = h.Guild, "en-US", 0
		payload["member"] = map[string]any{"user": h.user(), "roles": []any{}, "permissions": cmp.Or(h.May, "0"), "joined_at": "2020-01-01T00:00:00Z", "flags": 0, "deaf": false, "mute": false}
	} else {
		payload["user"], payload["context"] = h.user(), 1
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if under != nil {
		a.under = d.messages[under.ID]
		shown := under
		if a.under != nil {
			shown = a.under
		} else {
			a.under = under
		}
		payload["message"] = shown.payload(d)
	}
	d.interactions[a.Token] = a
	return a, payload
}

// Say writes a message in the human's channel; Mention puts the bot's name in
// front. Both wait for the bot's reply.
func (h *Human) Say(text string, files ...Attachment) *Message { return h.say(text, nil, false, files) }

// Mention writes to the bot by name.
func (h *Human) Mention(text string, files ...Attachment) *Message {
	return h.say("<@"+h.d.BotID+"> "+text, nil, true, files)
}

// ReplyTo answers a message of the bot's, with the ping on.
func (h *Human) ReplyTo(m *Message, text string) *Message { return h.say(text, m, true, nil) }

// Mutter writes a message and waits for nothing; it returns its id.
func (h *Human) Mutter(text string) string { return h.send(text, nil, false, nil) }

func (h *Human) say(text string, to *Message, mention bool, files []Attachment) *Message {
	id := h.send(text, to, mention, files)
	var found *Message
	ok := h.d.until(func() bool {
		for _, m := range h.d.messages {
			if m.replyTo == id {
				found = m.seen()
				return true
			}
		}
		return false
	})
	if !ok {
		h.d.t.Errorf("discordtest: no reply to %q", text)
		return &Message{}
	}
	return found
}

func (h *Human) send(text string, to *Message, mention bool, files []Attachment) string {
	d := h.d
	id := d.id()
	if files == nil {
		files = []Attachment{}
	}
	event := map[string]any{
		"id": id, "channel_id": h.Room, "author": h.user(), "content": text, "type": 0, "flags": 0, "attachments": files,
		"embeds": []any{}, "mentions": []any{}, "mention_roles": []any{}, "timestamp": time.Now().UTC().Format(time.RFC3339), "tts": false,
	}
	if h.Guild != "" {
		event["guild_id"] = h.Guild
		if !mention && !strings.Contains(text, "<@"+d.BotID+">") {
			event["content"] = "" // the intent for others' words is privileged
		}
	}
	if mention || strings.Contains(text, "<@"+d.BotID+">") {
		event["mentions"] = []any{d.botUser()}
	}
	if to != nil {
		event["type"] = 19
		event["referenced_message"] = to.payload(d)
		event["message_reference"] = map[string]any{"message_id": to.ID, "channel_id": h.Room}
	}
	d.Gateway.Dispatch("MESSAGE_CREATE", event)
	return id
}

// Attach puts a file where attachments are kept.
func (d *Discord) Attach(name string, data []byte) Attachment {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.id()
	d.files[id+"-"+name] = data
	return Attachment{ID: id, Filename: name, Size: len(data), URL: d.URL + "/attachments/" + id + "-" + name}
}
