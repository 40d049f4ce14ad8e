package discordtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Message is a message in a channel, as everybody who may sees it.
type Message struct {
	ID          string          `json:"id"`
	ChannelID   string          `json:"channel_id"`
	Content     string          `json:"content"`
	Embeds      []Embed         `json:"embeds"`
	Components  []Row           `json:"components"`
	Attachments []Attachment    `json:"attachments"`
	Flags       int             `json:"flags"`
	Nonce       json.RawMessage `json:"nonce,omitempty"`
	Reference   *struct {
		MessageID string `json:"message_id"`
	} `json:"message_reference,omitempty"`

	Edits    int               `json:"-"`
	Files    map[string][]byte `json:"-"` // by name
	thinking bool
	asker    *Human // of the interaction it answers
	replyTo  string
}

// Embed is the part of an embed that tests look at.
type Embed struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Color       int    `json:"color"`
	Fields      []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"fields"`
	Image *struct {
		URL string `json:"url"`
	} `json:"image"`
	Footer *struct {
		Text string `json:"text"`
	} `json:"footer"`
}

// Row is a line of components.
type Row struct {
	Type       int         `json:"type"`
	Components []Component `json:"components"`
}

// Component is a button or a menu.
type Component struct {
	Type     int    `json:"type"`
	CustomID string `json:"custom_id"`
	Label    string `json:"label"`
	Options  []struct {
		Label string `json:"label"`
		Value string `json:"value"`
	} `json:"options"`
}

// Attachment is a file of a message.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
}

// Ephemeral reports whether only one person sees the message.
func (m *Message) Ephemeral() bool { return m.Flags&(1<<6) != 0 }

// Text is everything the message says.
func (m *Message) Text() string {
	said := []string{m.Content}
	for _, e := range m.Embeds {
		said = append(said, e.Title, e.Description)
		for _, f := range e.Fields {
			said = append(said, f.Name, f.Value)
		}
	}
	return strings.Join(said, "\n")
}

// Footer is the text of the first embed's footer.
func (m *Message) Footer() string {
	if len(m.Embeds) == 0 || m.Embeds[0].Footer == nil {
		return ""
	}
	return m.Embeds[0].Footer.Text
}

// IDs are the custom ids of the message's components.
func (m *Message) IDs() []string {
	var ids []string
	for _, row := range m.Components {
		for _, c := range row.Components {
			ids = append(ids, c.CustomID)
		}
	}
	return ids
}

// Picture is the PNG the message shows; nil if none.
func (m *Message) Picture() []byte {
	for _, a := range m.Attachments {
		if strings.HasSuffix(a.Filename, ".png") {
			return m.Files[a.Filename]
		}
	}
	return nil
}

// write applies a payload to the message, its files included.
func (d *Discord) write(m *Message, req *request) error {
	fresh := Message{}
	if err := json.Unmarshal(req.json, &fresh); err != nil {
		return err
	}
	before := m.Attachments
	m.Content, m.Embeds, m.Components = fresh.Content, fresh.Embeds, fresh.Components
	m.Nonce, m.Reference = fresh.Nonce, fresh.Reference
	m.Attachments = nil
	kept := map[string][]byte{}
	for _, a := range fresh.Attachments {
		if sent, ok := req.files["files["+a.ID+"]"]; ok {
			a.Filename, a.ID, a.Size = sent.name, d.id(), len(sent.data)
			d.files[a.ID+"-"+sent.name] = sent.data
			a.URL = d.URL + "/attachments/" + a.ID + "-" + sent.name
			kept[sent.name] = sent.data
			m.Attachments = append(m.Attachments, a)
			continue
		}
		at := slices.IndexFunc(before, func(b Attachment) bool { return b.ID == a.ID })
		if at < 0 {
			return fmt.Errorf("attachment %s is neither sent nor there", a.ID)
		}
		kept[before[at].Filename] = m.Files[before[at].Filename]
		m.Attachments = append(m.Attachments, before[at])
	}
	m.Files = kept
	return nil
}

// seen is a copy that later edits do not change.
func (m *Message) seen() *Message {
	c := *m
	c.Files = maps.Clone(m.Files)
	c.Attachments, c.Embeds, c.Components = slices.Clone(m.Attachments), slices.Clone(m.Embeds), slices.Clone(m.Components)
	return &c
}

// payload is the message as the bot sees it in an interaction.
func (m *Message) payload(d *Discord) map[string]any {
	data, _ := json.Marshal(m) // made of plain values
	var out map[string]any
	_ = json.Unmarshal(data, &out) // as above
	for _, list := range []string{"embeds", "components", "attachments"} {
		if out[list] == nil {
			out[list] = []any{}
		}
	}
	delete(out, "nonce")
	out["author"] = d.botUser()
	out["type"], out["timestamp"], out["edited_timestamp"], out["tts"], out["pinned"] = 0, "2026-01-01T00:00:00+00:00", nil, false, false
	out["mentions"], out["mention_roles"], out["mention_everyone"] = []any{}, []any{}, false
	if m.asker != nil {
		out["type"] = 20
		out["interaction_metadata"] = map[string]any{"id": d.id(), "type": 2, "user": m.asker.user(), "authorizing_integration_owners": map[string]string{"1": m.asker.ID}}
	}
	return out
}

// postMessage creates a message in a channel; a nonce makes it once.
func (d *Discord) postMessage(w http.ResponseWriter, r *http.Request, req *request) {
	d.check("/channels/{channel_id}/messages", "post", req, true)
	m := &Message{ID: d.id(), ChannelID: r.PathValue("channel")}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.write(m, req); err != nil {
		refuse(w, http.StatusBadRequest, 50035, err.Error())
		return
	}
	if key := m.ChannelID + "/" + string(m.Nonce); len(m.Nonce) > 2 {
		if had, ok := d.nonces[key]; ok {
			reply(w, http.StatusOK, d.messages[had].payload(d))
			return
		}
		d.nonces[key] = m.ID
	}
	if m.Reference != nil {
		m.replyTo = m.Reference.MessageID
	}
	d.messages[m.ID] = m
	d.changedLocked()
	reply(w, http.StatusOK, m.payload(d))
}
