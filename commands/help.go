package commands

import (
	"slices"
	"strings"
)

// helpText is the help in a language: of everything where the topic is empty,
// else of a command or an option. It is made from the tables that the parser
// reads, so that it cannot say what is not so. The error is a [*Refused].
func helpText(w *Wording, topic string) (string, error) {
	topic = strings.ToLower(strings.TrimLeft(strings.TrimSpace(topic), "/"))
	topic = strings.TrimRight(topic, ":")
	if topic == "" {
		return generalHelp(w), nil
	}
	if topic == "options" {
		return optionsHelp(w), nil
	}
	if c, ok := findCommand(topic); ok {
		return commandHelp(w, c), nil
	}
	if o, ok := findOption(topic); ok {
		return optionHelp(w, o), nil
	}
	refused := refuse(BadRequest, "no_help", "word", shorten(topic))
	if near := nearest(topic, append(commandNames(), allKeys()...)); near != "" {
		refused = refused.meant("/help " + near)
	}
	return "", refused.meant("/help")
}

// in picks the words of the language.
func (w *Wording) in(english, chinese string) string {
	if w.lang == Chinese {
		return chinese
	}
	return english
}

func allKeys() []string {
	var keys []string
	for _, o := range Options() {
		keys = append(keys, o.Key)
	}
	return keys
}

// generalHelp is the commands, what a model is, and the names of the options.
func generalHelp(w *Wording) string {
	lines := []string{w.Text("text.usage")}
	for _, c := range Commands() {
		lines = append(lines, "  "+c.Usage, "      "+w.in(c.English, c.Chinese))
	}
	lines = append(lines, "", strings.TrimSpace(w.Text("text.models_help")), "", w.Text("text.options"))
	for _, s := range scopes {
		lines = append(lines, "  "+w.Text(s.id), "      "+strings.Join(keysOf(s.scope), " "))
	}
	return strings.Join(append(lines, "", w.Text("text.more_help")), "\n")
}

// scopes are the groups of options, with what they are called.
var scopes = []struct {
	scope Scope
	id    string
}{{Both, "text.options_both"}, {Serving, "text.options_infer"}, {Training, "text.options_train"}}

func keysOf(s Scope) []string {
	var keys []string
	for _, o := range Options() {
		if o.Scope == s {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// optionsHelp lists what each option does.
func optionsHelp(w *Wording) string {
	lines := []string{w.Text("text.options")}
	columns := 0
	for _, key := range allKeys() {
		columns = max(columns, len(key))
	}
	for _, s := range scopes {
		lines = append(lines, "", w.Text(s.id))
		for _, o := range Options() {
			if o.Scope == s.scope {
				lines = append(lines, "  "+pad(o.Key, columns)+"  "+w.in(o.English, o.Chinese))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// commandHelp is one command: its usage, what it gives, and an example.
func commandHelp(w *Wording, c *Command) string {
	lines := []string{c.Usage, w.in(c.English, c.Chinese)}
	if c.Mode {
		lines = append(lines, "", strings.TrimSpace(w.Text("text.models_help")), "", w.Text("text.options"))
		for _, s := range scopes {
			lines = append(lines, "  "+w.Text(s.id), "      "+strings.Join(keysOf(s.scope), " "))
		}
	}
	if c.Name == "settings" {
		lines = append(lines, settingsHelp(w)...)
	}
	if example := examples[c.Name]; example != "" {
		lines = append(lines, "", w.Text("text.example"), "  "+example)
	}
	return strings.Join(lines, "\n")
}

// examples are lines that answer, one for each command that takes more than its
// name.
var examples = map[string]string{
	"mem":      "/mem llama-7b train zero:2 gpus:8",
	"fit":      "/fit llama-3.1-8b train method:qlora gpu:4090",
	"models":   "/models infer gpu:4090 seq:8192",
	"compare":  "/compare llama-7b qwen2.5-7b infer seq:8192",
	"explain":  "/explain llama-7b train stack:textbook",
	"gpus":     "/gpus h100",
	"ask":      "/ask can I LoRA llama-3-8b on a 4090?",
	"help":     "/help zero",
	"settings": "/settings gpu:4090 gpus:2",
}

// optionHelp is one option: what it does, its values, where it means something.
func optionHelp(w *Wording, o *OptionRow) string {
	lines := []string{o.Key + ": " + w.in(o.English, o.Chinese)}
	switch {
	case o.Number:
		lines = append(lines, w.Text("text.number", "key", o.Key))
	case len(o.Values) > 0:
		values := slices.Compact(slices.Clone(o.Values))
		lines = append(lines, w.Text("text.values", "key", o.Key, "values", strings.Join(values, ", ")))
	}
	if o.Scope != Both {
		lines = append(lines, w.Text("text.only", "mode", map[Scope]string{Serving: "infer", Training: "train"}[o.Scope]))
	}
	if o.needs != nil {
		lines = append(lines, w.Text("text.needs", "wants", o.needs.wants))
	}
	return strings.Join(lines, "\n")
}
