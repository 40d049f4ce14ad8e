package discordtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

func (d *Discord) getCommands(w http.ResponseWriter, r *http.Request, _ *request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	commands := d.commands[r.PathValue("guild")]
	if commands == nil {
		commands = []json.RawMessage{}
	}
	if r.URL.Query().Get("with_localizations") != "true" {
		commands = withoutLocalizations(commands)
	}
	reply(w, http.StatusOK, commands)
}

// withoutLocalizations is what Discord shows unless asked.
func withoutLocalizations(commands []json.RawMessage) []json.RawMessage {
	out := []json.RawMessage{}
	for _, raw := range commands {
		var c map[string]any
		_ = json.Unmarshal(raw, &c) // was encoded here
		strip(c)
		data, _ := json.Marshal(c) // as above
		out = append(out, data)
	}
	return out
}

func strip(value any) {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "name_localizations")
		delete(v, "description_localizations")
		for _, inner := range v {
			strip(inner)
		}
	case []any:
		for _, inner := range v {
			strip(inner)
		}
	}
}

// putCommands overwrites all commands at once, and adds what Discord adds.
func (d *Discord) putCommands(w http.ResponseWriter, r *http.Request, req *request) {
	guild := r.PathValue("guild")
	path := "/applications/{application_id}/commands"
	if guild != "" {
		path = "/applications/{application_id}/guilds/{guild_id}/commands"
	}
	if d.schema != nil {
		if err := d.schema.validate(path, "put", req.json); err != nil {
			d.violate("commands: schema: %v", err)
		}
	}
	for _, broken := range commandRules(req.json) {
		d.violate("commands: %s", broken)
	}
	var commands []map[string]any
	if json.Unmarshal(req.json, &commands) != nil {
		refuse(w, http.StatusBadRequest, 50035, "Invalid Form Body")
		return
	}
	var stored []json.RawMessage
	for _, c := range commands {
		c["id"], c["application_id"], c["version"], c["nsfw"] = d.id(), d.AppID, d.id(), false
		c["default_member_permissions"], c["dm_permission"] = nil, true
		data, _ := json.Marshal(c) // was decoded above
		stored = append(stored, data)
	}
	slices.Reverse(stored) // Discord promises no order
	d.mu.Lock()
	d.commands[guild] = stored
	d.puts++
	d.mu.Unlock()
	reply(w, http.StatusOK, stored)
}

var (
	commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)
	locales     = strings.Fields("id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko")
)

type ruledCommand struct {
	Name          string            `json:"name"`
	Names         map[string]string `json:"name_localizations"`
	Description   string            `json:"description"`
	Descriptions  map[string]string `json:"description_localizations"`
	Type          int               `json:"type"`
	Options       []ruledOption     `json:"options"`
	Contexts      []int             `json:"contexts"`
	Integrations  []int             `json:"integration_types"`
	Localizations map[string]string `json:"-"`
}

type ruledOption struct {
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations"`
	Required     bool              `json:"required"`
	Autocomplete bool              `json:"autocomplete"`
	Choices      []struct {
		Name  string `json:"name"`
		Value any    `json:"value"`
	} `json:"choices"`
}

// commandRules are the rules of commands that the schema does not have.
func commandRules(payload []byte) []string {
	var commands []ruledCommand
	if err := json.Unmarshal(payload, &commands); err != nil {
		return []string{"not a list of commands: " + err.Error()}
	}
	var broken []string
	say := func(wrong bool, format string, values ...any) {
		if wrong {
			broken = append(broken, fmt.Sprintf(format, values...))
		}
	}
	say(strings.Contains(string(payload), ":null"), "a null where Discord wants nothing")
	names := map[string]bool{}
	kinds := map[int]int{}
	for _, c := range commands {
		key := fmt.Sprint(c.Type, c.Name)
		say(names[key], "/%s twice", c.Name)
		names[key] = true
		kinds[c.Type]++
		c.rules(say)
	}
	say(kinds[1] > 100 || kinds[2] > 15 || kinds[3] > 15, "too many commands: %v", kinds)
	return broken
}

func (c ruledCommand) rules(say func(bool, string, ...any)) {
	if c.Type == 1 {
		nameRules(say, c.Name, c.Names)
		say(c.Description == "", "/%s has no description", c.Name)
	} else {
		say(c.Description != "", "%s: a menu command has a description", c.Name)
	}
	say(len(c.Options) > 25, "/%s has %d options", c.Name, len(c.Options))
	say(len(c.Contexts) == 0 || len(c.Integrations) == 0, "/%s does not say where it can be used", c.Name)
	size := longest(c.Name, c.Names) + longest(c.Description, c.Descriptions)
	optional := false
	local := map[string]map[string]bool{}
	for _, o := range c.Options {
		nameRules(say, o.Name, o.Names)
		say(o.Description == "", "/%s %s has no description", c.Name, o.Name)
		say(o.Required && optional, "/%s %s is required but comes after an optional one", c.Name, o.Name)
		optional = optional || !o.Required
		say(o.Autocomplete && len(o.Choices) > 0, "/%s %s has choices and autocomplete", c.Name, o.Name)
		say(len(o.Choices) > 25, "/%s %s has %d choices", c.Name, o.Name, len(o.Choices))
		size += longest(o.Name, o.Names) + longest(o.Description, o.Descriptions)
		for _, choice := range o.Choices {
			size += length(choice.Name) + length(fmt.Sprint(choice.Value))
		}
		shown := map[string]string{"": o.Name}
		maps.Copy(shown, o.Names)
		for locale, name := range shown {
			if local[locale] == nil {
				local[locale] = map[string]bool{}
			}
			say(local[locale][name], "/%s: two options are called %s in %q", c.Name, name, locale)
			local[locale][name] = true
		}
	}
	say(size > 8000, "/%s is %d characters in all", c.Name, size)
}

func nameRules(say func(bool, string, ...any), name string, local map[string]string) {
	all := map[string]string{"": name}
	for locale, n := range local {
		all[locale] = n
		say(!slices.Contains(locales, locale), "unknown locale %q", locale)
	}
	for _, n := range all {
		say(!commandName.MatchString(n) || strings.ToLower(n) != n, "%q is not a name for a command or an option", n)
	}
}

func longest(text string, local map[string]string) int {
	n := utf8.RuneCountInString(text)
	for _, l := range local {
		n = max(n, utf8.RuneCountInString(l))
	}
	return n
}
