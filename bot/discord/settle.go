package discord

import (
	"context"
	"slices"
	"strings"

	"membot/commands"
)

// maxRivals bounds the words that are tried as what contradicts a change.
const maxRivals = 40

// settle answers what a press leads to. Where its change contradicts what was
// typed, the change holds and as little else as possible is left out; the words
// left out are returned.
func (b *Bot) settle(ctx context.Context, p press, q commands.Question) (a commands.Answer, left []string) {
	ask := func(line string) commands.Answer {
		q.Text = line
		return b.ask(ctx, q)
	}
	a = ask(p.line)
	if p.changed == "" || !contradicts(a) {
		return a, p.left
	}
	rivals := rivalsOf(p.line, p.changed)
	for _, w := range rivals {
		if one := ask(dropWords(p.line, w)); one.Error == nil {
			return one, append(p.left, w)
		}
	}
	return settleMany(ask, p, rivals, a)
}

// settleMany leaves out all that the change often contradicts, and takes back
// whatever goes with it after all.
func settleMany(ask func(string) commands.Answer, p press, rivals []string, refused commands.Answer) (commands.Answer, []string) {
	out := slices.DeleteFunc(slices.Clone(rivals), func(w string) bool {
		key, _, _ := strings.Cut(w, ":")
		return !slices.Contains(orphans[p.changed], key)
	})
	best := ask(dropWords(p.line, out...))
	if best.Error != nil {
		return refused, nil
	}
	for _, w := range slices.Clone(out) {
		fewer := slices.DeleteFunc(slices.Clone(out), func(o string) bool { return o == w })
		if a := ask(dropWords(p.line, fewer...)); a.Error == nil {
			best, out = a, fewer
		}
	}
	return best, append(p.left, out...)
}

// contradicts reports whether a line was refused for its own words.
func contradicts(a commands.Answer) bool {
	return a.Error != nil && slices.Contains([]string{"bad_value", "bad_request", "unknown_option"}, a.Error.Code)
}

// rivalsOf are the words that may contradict the changed key, likeliest first.
func rivalsOf(line, changed string) []string {
	var first, then []string
	for w := range strings.FieldsSeq(line) {
		switch key, _, ok := strings.Cut(w, ":"); {
		case !ok || key == changed:
		case slices.Contains(orphans[changed], key):
			first = append(first, w)
		default:
			then = append(then, w)
		}
	}
	rivals := slices.Concat(first, then)
	return rivals[:min(len(rivals), maxRivals)]
}

func dropWords(line string, drop ...string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(line), func(w string) bool { return slices.Contains(drop, w) }), " ")
}

// sayLeft says what of a question a press has left out, and why.
func (m *Message) sayLeft(p press, left []string) {
	if len(left) == 0 {
		return
	}
	e := &m.Embeds[0]
	text := "⚠ " + wordLeftOut.in(p.lang, code(clip(p.because, 100)), code(clip(strings.Join(left, " "), 300)))
	e.Description = clip(text+"\n"+e.Description, maxDescription-8)
	m.trim()
}
