package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// wireCommand is a command as it is registered.
type wireCommand struct {
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Type         int               `json:"type"`
	Options      []wireOption      `json:"options,omitempty"`
	Integrations []int             `json:"integration_types"`
	Contexts     []int             `json:"contexts"`
}

type wireOption struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Required     bool              `json:"required,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	MaxLength    int               `json:"max_length,omitempty"`
	Choices      []Choice          `json:"choices,omitempty"`
}

// Register makes Discord know the commands: cfg's and the message command. It
// reads what is there and writes only if that differs, all in one call, so that
// nothing is ever missing in between. A guild, if given, gets them at once and
// for itself; else they are global. It reports whether it wrote.
func Register(ctx context.Context, cfg Config, guild string) (changed bool, err error) {
	b := New(cfg)
	defer b.rest.close()
	want := wireCommands(b.cfg.Commands)
	list, put := routeCommands, routePutCommands
	params := map[string]string{"app": cfg.AppID}
	if guild != "" {
		list, put, params["guild"] = routeGuildCommands, routePutGuild, guild
	}
	query := map[string]string{"with_localizations": "true"}
	b.rest.http.SetQueryParams(query)
	var have []json.RawMessage
	if err := b.rest.call(ctx, list, "commands", params, body{}, &have); err != nil {
		return false, err
	}
	b.rest.http.QueryParam.Del("with_localizations")
	if same(want, have) {
		b.log.Info("commands are as they should be", slog.Int("count", len(want)))
		return false, nil
	}
	sent, err := jsonBody(want)
	if err != nil {
		return false, err
	}
	if err := b.rest.call(ctx, put, "commands", params, sent, nil); err != nil {
		return false, err
	}
	b.log.Info("commands registered", slog.Int("count", len(want)))
	return true, nil
}

func wireCommands(commands []Command) []wireCommand {
	var out []wireCommand
	everywhere := wireCommand{Integrations: []int{0, 1}, Contexts: []int{inGuild, inBotDM, inPrivate}}
	for _, c := range commands {
		w := everywhere
		w.Type, w.Name, w.Names = commandSlash, c.Name, localName(c.Name, c.LocalName)
		w.Description, w.Descriptions = localText(c.Description)
		for _, o := range c.Options {
			w.Options = append(w.Options, o.wire())
		}
		out = append(out, w)
	}
	menu := everywhere
	menu.Type, menu.Name, menu.Names = commandMessage, messageCommand.EN, map[string]string{langZH: messageCommand.ZH}
	return append(out, menu)
}

func (o Option) wire() wireOption {
	w := wireOption{Type: o.Type, Name: o.Name, Names: localName(o.Name, o.LocalName), Required: o.Required, Autocomplete: o.Autocomplete}
	w.Description, w.Descriptions = localText(o.Description)
	if w.Type == 0 {
		w.Type = OptionString
	}
	if w.Type == OptionString && len(o.Choices) == 0 {
		w.MaxLength = o.MaxLength
		if w.MaxLength == 0 {
			w.MaxLength = 200
		}
	}
	for _, c := range o.Choices[:min(len(o.Choices), maxSuggestions)] {
		w.Choices = append(w.Choices, Choice{Name: c, Value: c})
	}
	if len(w.Choices) > 0 {
		w.Autocomplete = false // Discord takes one or the other
	}
	return w
}

func localName(name string, local Text) map[string]string {
	if local.ZH == "" || local.ZH == name {
		return nil
	}
	return map[string]string{langZH: strings.ToLower(local.ZH)}
}

func localText(t Text) (string, map[string]string) {
	english := clip(t.EN, maxOptionText)
	if t.ZH == "" {
		return english, nil
	}
	return english, map[string]string{langZH: clip(t.ZH, maxOptionText)}
}

// same reports whether what is registered is what is wanted, in whatever order
// and with whatever Discord adds (ids, versions, defaults).
func same(want []wireCommand, have []json.RawMessage) bool {
	if len(want) != len(have) {
		return false
	}
	registered := map[string]wireCommand{}
	for _, raw := range have {
		var w wireCommand
		if json.Unmarshal(raw, &w) != nil {
			return false
		}
		registered[fmt.Sprint(w.Type, w.Name)] = w.settled()
	}
	for _, w := range want {
		if got, ok := registered[fmt.Sprint(w.Type, w.Name)]; !ok || !reflect.DeepEqual(got, w.settled()) {
			return false
		}
	}
	return true
}

// settled is a command with nothing and empty made the same.
func (w wireCommand) settled() wireCommand {
	w.Names, w.Descriptions = settle(w.Names), settle(w.Descriptions)
	options := make([]wireOption, 0, len(w.Options))
	for _, o := range w.Options {
		o.Names, o.Descriptions = settle(o.Names), settle(o.Descriptions)
		if len(o.Choices) == 0 {
			o.Choices = nil
		}
		options = append(options, o)
	}
	w.Options = options
	return w
}

func settle(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return m
}
