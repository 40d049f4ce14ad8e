package commands

import (
	"strings"

	"membot/estimator"
)

// Request is one typed question, understood but not yet answered.
type Request struct {
	Command   *Command
	Models    []string // as typed
	Mode      estimator.Mode
	ModeGiven bool
	Settings  []Setting // what was given, in the order of the table
	Custom    []Setting // the shape of a custom model
	Plan      estimator.Plan
	Rest      string // what follows a command that takes free words
	Config    []byte // an attached config.json

	wordless bool // the model reads no tokens: a pipeline of parts
	Asker    Asker
}

// Setting is one option as given, in canonical form.
type Setting struct {
	Key, Value string
}

// Given says whether the option was typed.
func (r *Request) Given(key string) bool {
	for _, s := range r.Settings {
		if s.Key == key {
			return true
		}
	}
	return false
}

// Line is the request in canonical form, without defaults: what
// [Parse] reads back to the same request.
func (r *Request) Line() string { return r.line(r.Settings) }

func (r *Request) line(settings []Setting) string {
	words := []string{"/" + r.Command.Name}
	words = append(words, r.Models...)
	if r.Command.Mode {
		words = append(words, r.Mode.String())
	}
	for _, s := range append(append([]Setting{}, r.Custom...), settings...) {
		words = append(words, s.Key+":"+s.Value)
	}
	if r.Rest != "" {
		words = append(words, r.Rest)
	}
	return strings.Join(words, " ")
}

// Canonical is the request with every default that mattered, as a resolved plan
// has it.
func (r *Request) Canonical(resolved estimator.Plan) string {
	var settings []Setting
	for i := range options {
		o := &options[i]
		if value, given := r.setting(o.Key); given {
			settings = append(settings, Setting{o.Key, value})
			continue
		}
		if value, ok := o.matters(r.Mode, &resolved); ok && (o.Key != "seq" || !r.wordless) {
			settings = append(settings, Setting{o.Key, value})
		}
	}
	return r.line(settings)
}

func (r *Request) setting(key string) (string, bool) {
	for _, s := range r.Settings {
		if s.Key == key {
			return s.Value, true
		}
	}
	return "", false
}

// matters gives the default of an option where it is worth writing out.
func (o *OptionRow) matters(m estimator.Mode, p *estimator.Plan) (string, bool) {
	if !o.Default || !o.means(m, p) || o.Key == "seq" && ownLength(m, p) {
		return "", false
	}
	if textbook := p.Train.Stack == estimator.Textbook; o.Key == "stack" && m == estimator.Infer && !textbook || o.Key == "engine" && textbook {
		return "", false
	}
	value := valueText(o.show(p))
	return value, value != ""
}

// ownLength says whether an engine prepares for the model's own length because
// none was named: to write the default out would name one.
func ownLength(m estimator.Mode, p *estimator.Plan) bool {
	return m == estimator.Infer && p.Serve.ModelLength && scheduled.holds(p)
}

// With is the request with one setting put in place of what it said, or added.
func (r *Request) With(key, value string) string {
	settings := make([]Setting, 0, len(r.Settings)+1)
	for i := range options {
		o := &options[i]
		switch old, given := r.setting(o.Key); {
		case o.Key == key:
			settings = append(settings, Setting{key, value})
		case given:
			settings = append(settings, Setting{o.Key, old})
		}
	}
	return r.line(settings)
}

// sortSettings puts the settings in the order of the table; of two for a key
// the later stays.
func (r *Request) sortSettings() {
	last := map[string]string{}
	for _, s := range r.Settings {
		last[s.Key] = s.Value
	}
	r.Settings = r.Settings[:0:0]
	for i := range options {
		if value, ok := last[options[i].Key]; ok {
			r.Settings = append(r.Settings, Setting{options[i].Key, value})
		}
	}
}
