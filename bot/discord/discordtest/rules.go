package discordtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// check holds a request that creates or changes a message against the schema
// and against the rules that the schema does not have.
func (d *Discord) check(path, method string, req *request, files bool) {
	if d.schema != nil {
		if err := d.schema.validate(path, method, req.json); err != nil {
			d.violate("%s: schema: %v", req.route, err)
		}
	}
	for _, broken := range messageRules(req.json, req.files, files) {
		d.violate("%s: %s", req.route, broken)
	}
}

// checkCallback is check for a first response.
func (d *Discord) checkCallback(req *request) {
	if d.schema != nil {
		if err := d.schema.validate("/interactions/{interaction_id}/{interaction_token}/callback", "post", req.json); err != nil {
			d.violate("%s: schema: %v", req.route, err)
		}
	}
	var said struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(req.json, &said) != nil {
		d.violate("%s: not JSON", req.route)
		return
	}
	switch said.Type {
	case 4, 7:
		for _, broken := range messageRules(said.Data, req.files, true) {
			d.violate("%s: %s", req.route, broken)
		}
	case 5:
		var data map[string]any
		_ = json.Unmarshal(said.Data, &data) // may be absent
		for key, value := range data {
			if key != "flags" || (value != float64(1<<6) && value != 0.0) {
				d.violate("%s: a deferral carries %s: %v", req.route, key, value)
			}
		}
	case 8:
		d.checkChoices(req.route, said.Data)
	}
}

func (d *Discord) checkChoices(route string, data json.RawMessage) {
	var said struct {
		Choices []struct{ Name, Value string } `json:"choices"`
	}
	if json.Unmarshal(data, &said) != nil || said.Choices == nil || len(said.Choices) > 25 {
		d.violate("%s: autocomplete without a list of at most 25 choices: %s", route, data)
	}
	for _, c := range said.Choices {
		if length(c.Name) < 1 || length(c.Name) > 100 || length(c.Value) > 100 {
			d.violate("%s: a choice of %d characters", route, length(c.Name))
		}
	}
}

// Broken returns the rules that a message, as it would be sent without files,
// breaks.
func Broken(message []byte) []string { return messageRules(message, nil, false) }

// ruled is what the rules look at of a message.
type ruled struct {
	Content    string `json:"content"`
	Components []struct {
		Type       int             `json:"type"`
		Components []ruledControls `json:"components"`
	} `json:"components"`
	Embeds          []ruledEmbed      `json:"embeds"`
	Attachments     []Attachment      `json:"attachments"`
	AllowedMentions *ruledMentions    `json:"allowed_mentions"`
	Nonce           *string           `json:"nonce"`
	Raw             map[string]string `json:"-"`
}

type ruledMentions struct {
	Parse []string `json:"parse"`
}

type ruledEmbed struct {
	Title, Description string
	Fields             []struct{ Name, Value string }
	Footer             struct{ Text string }
	Author             struct{ Name string }
	Image              struct{ URL string }
}

type ruledControls struct {
	Type        int    `json:"type"`
	CustomID    string `json:"custom_id"`
	Label       string `json:"label"`
	Placeholder string `json:"placeholder"`
	Options     []struct{ Label, Value, Description string }
}

// messageRules returns the rules a message breaks.
func messageRules(payload []byte, sent map[string]file, files bool) []string {
	var m ruled
	if err := json.Unmarshal(payload, &m); err != nil {
		return []string{"not a message: " + err.Error()}
	}
	var broken []string
	say := func(wrong bool, format string, values ...any) {
		if wrong {
			broken = append(broken, fmt.Sprintf(format, values...))
		}
	}
	say(length(m.Content) > 2000, "content of %d characters", length(m.Content))
	say(m.AllowedMentions == nil || m.AllowedMentions.Parse == nil || len(m.AllowedMentions.Parse) > 0, "mentions are not turned off")
	say(m.Content == "" && len(m.Embeds) == 0 && len(m.Attachments) == 0, "an empty message")
	say(len(m.Embeds) > 10, "%d embeds", len(m.Embeds))
	say(len(m.Attachments) > 10, "%d attachments", len(m.Attachments))
	total := 0
	for _, e := range m.Embeds {
		total += e.rules(say, m.Attachments, sent)
	}
	say(total > 6000, "embeds of %d characters in all", total)
	seen := map[string]bool{}
	say(len(m.Components) > 5, "%d rows of components", len(m.Components))
	for _, row := range m.Components {
		rowRules(say, row.Type, row.Components, seen)
	}
	for _, a := range m.Attachments {
		say(length(a.Description) > 1024, "alt text of %d characters", length(a.Description))
	}
	for name := range sent {
		say(!strings.HasPrefix(name, "files["), "a form field %s", name)
		say(!files, "files where none can be")
	}
	return broken
}

func (e ruledEmbed) rules(say func(bool, string, ...any), attachments []Attachment, sent map[string]file) (total int) {
	say(length(e.Title) > 256, "embed title of %d characters", length(e.Title))
	say(length(e.Description) > 4096, "embed description of %d characters", length(e.Description))
	say(length(e.Footer.Text) > 2048, "embed footer of %d characters", length(e.Footer.Text))
	say(len(e.Fields) > 25, "%d embed fields", len(e.Fields))
	say(strings.Count(e.Description, "```")%2 == 1, "a code block is left open")
	total = length(e.Title) + length(e.Description) + length(e.Footer.Text) + length(e.Author.Name)
	for _, f := range e.Fields {
		say(length(f.Name) < 1 || length(f.Name) > 256, "field name of %d characters", length(f.Name))
		say(length(f.Value) < 1 || length(f.Value) > 1024, "field value of %d characters", length(f.Value))
		total += length(f.Name) + length(f.Value)
	}
	if name, ok := strings.CutPrefix(e.Image.URL, "attachment://"); ok {
		found := false
		for _, a := range attachments {
			found = found || a.Filename == name
		}
		for _, f := range sent {
			found = found || f.name == name
		}
		say(!found, "an embed shows %s, which is not attached", name)
	}
	say(total == 0 && e.Image.URL == "", "an empty embed")
	return total
}

func rowRules(say func(bool, string, ...any), kind int, controls []ruledControls, seen map[string]bool) {
	say(kind != 1, "a row of type %d", kind)
	say(len(controls) == 0, "an empty row")
	buttons, menus := 0, 0
	for _, c := range controls {
		say(length(c.CustomID) < 1 || length(c.CustomID) > 100, "custom id of %d characters", length(c.CustomID))
		say(seen[c.CustomID], "custom id %s twice", c.CustomID)
		seen[c.CustomID] = true
		switch c.Type {
		case 2:
			buttons++
			say(length(c.Label) < 1 || length(c.Label) > 80, "button label of %d characters", length(c.Label))
		case 3:
			menus++
			say(length(c.Placeholder) > 150, "placeholder of %d characters", length(c.Placeholder))
			say(len(c.Options) < 1 || len(c.Options) > 25, "a menu of %d options", len(c.Options))
			values := map[string]bool{}
			for _, o := range c.Options {
				say(length(o.Label) < 1 || length(o.Label) > 100, "option label of %d characters", length(o.Label))
				say(length(o.Value) < 1 || length(o.Value) > 100, "option value of %d characters", length(o.Value))
				say(length(o.Description) > 100, "option description of %d characters", length(o.Description))
				say(values[o.Value], "option value %s twice", o.Value)
				values[o.Value] = true
			}
		default:
			say(true, "a component of type %d", c.Type)
		}
	}
	say(menus > 1 || (menus == 1 && buttons > 0) || buttons > 5, "a row of %d menus and %d buttons", menus, buttons)
}

// length counts characters as Discord's clients do.
func length(text string) int { return len(utf16.Encode([]rune(text))) }
