package commands

import (
	"context"
	"slices"
	"strings"

	"membot/commands/words"
)

// withDefaults answers a typed line with the settings of the asker in the place
// of the keys it leaves out. A setting never costs an answer: one that does not
// go with the line is left out, the last first.
func (s *Service) withDefaults(ctx context.Context, q Question, w *Wording) Answer {
	left := leftOut(q.Text, q.Defaults)
	for ; len(left) > 0; left = left[:len(left)-1] {
		filled := []string{q.Text}
		for _, d := range left {
			filled = append(filled, d.Key+":"+d.Value)
		}
		a := s.typed(ctx, q.of(strings.Join(filled, " ")), w)
		if a.Error != nil && (a.Error.Code == BadValue || a.Error.Code == BadRequest) {
			continue
		}
		for _, d := range left {
			if a.Error == nil {
				a.Assumptions = append(a.Assumptions, Assumption{d.Key, w.Text("note.from_settings", "key", d.Key, "value", d.Value)})
			}
		}
		return a
	}
	return s.typed(ctx, q, w)
}

// leftOut are the settings whose keys a line takes and does not say.
func leftOut(line string, defaults []Setting) []Setting {
	fields := strings.Fields(line)
	if len(defaults) == 0 || len(fields) == 0 || len(line) > maxLine {
		return nil
	}
	command, ok := findCommand(strings.ToLower(strings.TrimPrefix(fields[0], "/")))
	if !ok || !command.Mode {
		return nil
	}
	said := map[string]bool{}
	for _, word := range fields[1:] {
		if key, _, ok := cutOption(word); ok {
			said[either(keyAliases[key], key)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(defaults), func(d Setting) bool { return said[d.Key] })
}

// onOwnCard asks a question that lacks only a card about the asker's own.
func onOwnCard(r words.Reading, defaults []Setting) words.Reading {
	own := slices.ContainsFunc(defaults, func(d Setting) bool { return d.Key == "gpu" })
	if r.Kind != words.Unclear || r.Ask != "gpu" || !own || len(r.Choices) == 0 {
		return r
	}
	line := slices.DeleteFunc(strings.Fields(r.Choices[0]), func(word string) bool { return strings.HasPrefix(word, "gpu:") })
	r.Kind, r.Ask, r.Line = words.Models, "", strings.Join(line, " ")
	return r
}
