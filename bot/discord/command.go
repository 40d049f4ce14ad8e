package discord

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Kinds of command and of option.
const (
	commandSlash   = 1
	commandMessage = 3

	// OptionString, OptionInteger and OptionBoolean are Discord's numbers for
	// the types of an option.
	OptionString  = 3
	OptionInteger = 4
	OptionBoolean = 5
)

// A Text is wording in both languages; an empty ZH means the English one.
type Text struct{ EN, ZH string }

// Command is one slash command as the bot registers and reads it.
type Command struct {
	Name        string
	LocalName   Text // shown instead of Name; empty: Name
	Description Text
	Private     bool // only the asker ever sees the answer
	Options     []Option
}

// Option is one option of a slash command. Where it goes in the typed line is
// said by its place: a word of its own, or key:value.
type Option struct {
	Name         string
	LocalName    Text
	Description  Text
	Type         int // OptionString, OptionInteger or OptionBoolean; 0: OptionString
	Required     bool
	Choices      []string
	Autocomplete bool
	Place        Place
	MaxLength    int // of a string, 0: 200
}

// Place says how an option's value enters the typed line.
type Place int

// Places of a value.
const (
	AsKey     Place = iota // key:value
	AsWord                 // the value alone, before the keys
	AsText                 // the value alone, after the keys, spaces kept
	AsPrivate              // not in the line: only the asker sees the answer
)

// filled is what a user filled in: the typed line, or why it cannot be read.
type filled struct {
	line    string
	private bool
	said    bool   // whether private was filled in, or is the command's own
	bad     string // an option whose value has the wrong type
}

// read turns an invocation into the typed line.
func (c Command) read(values []OptionValue) filled {
	f := filled{private: c.Private, said: c.Private}
	words, keys, texts := []string{"/" + c.Name}, []string{}, []string{}
	for _, o := range c.Options {
		at := slices.IndexFunc(values, func(v OptionValue) bool { return v.Name == o.Name })
		if at < 0 {
			continue
		}
		text, ok := o.text(values[at].Value)
		switch {
		case !ok:
			f.bad = o.Name
		case o.Place == AsPrivate:
			f.private, f.said = text == "true", true
		case text == "":
		case o.Place == AsWord:
			words = append(words, strings.Fields(text)...)
		case o.Place == AsText:
			texts = append(texts, oneLine(text))
		default:
			keys = append(keys, o.Name+":"+strings.Join(strings.Fields(text), ""))
		}
	}
	f.line = strings.Join(append(append(words, keys...), texts...), " ")
	return f
}

// text is a value as it would be typed. A number may come as an integer or as
// text; anything but a scalar of the right kind is refused.
func (o Option) text(raw json.RawMessage) (string, bool) {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return "", false
	}
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(oneLine(v)), o.Place != AsPrivate
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), o.Place != AsPrivate && o.Place != AsText
	case bool:
		return strconv.FormatBool(v), o.Place == AsPrivate || o.Type == OptionBoolean
	}
	return "", false
}
