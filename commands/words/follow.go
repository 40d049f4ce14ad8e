package words

import (
	"regexp"
	"slices"
	"strings"
)

// former is a canonical line taken apart.
type former struct {
	command string
	models  []string
	plan    plan
}

// sizeInName is the size in a model's name.
var sizeInName = regexp.MustCompile(`(?i)(^|[-_/ ])(\d+(?:\.\d+)?b)\b`)

// canonical is a word of a line that membot writes.
var canonical = regexp.MustCompile(`^[\w./@,:-]*[\w./@,-]$`)

// formerOf takes a canonical line apart; false when it is none.
func formerOf(line string) (former, bool) {
	fields := strings.Fields(line)
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "/") || len(line) > 2000 {
		return former{}, false
	}
	f := former{command: fields[0], plan: plan{mode: "infer", values: map[string]string{}}}
	seen := map[string]bool{}
	for _, field := range fields[1:] {
		key, value, option := strings.Cut(field, ":")
		if !canonical.MatchString(field) || option && seen[key] {
			return former{}, false
		}
		seen[key] = option
		switch {
		case field == "infer" || field == "train":
			f.plan.mode = field
		case option && slices.Contains(order, key):
			f.plan.values[key] = value
		case option:
			f.plan.also = append(f.plan.also, change{key, value}) // kept as it is
		default:
			f.models = append(f.models, field)
		}
	}
	return f, true
}

// line writes the former question again.
func (f former) line() string {
	parts := []string{typed(f.command, f.models, f.plan)}
	for _, kept := range f.plan.also {
		if f.plan.mode == "train" && inferKeys[kept.key] || f.plan.mode == "infer" && trainKeys[kept.key] {
			continue
		}
		parts = append(parts, kept.key+":"+kept.value)
	}
	return strings.Join(parts, " ")
}

// followUp reads "and with zero 3?" as a change of the line before.
func (s *scan) followUp(previous string) (Reading, bool) {
	f, ok := formerOf(previous)
	s.countAlone(f)
	if !ok || f.command == "/gpus" || !s.follows(f) {
		return Reading{}, false
	}
	mode := s.newMode(f)
	if mode != f.plan.mode {
		f.plan = f.plan.inMode(mode)
	}
	p := s.factsFor(mode == "train")
	s.swapModels(&f)
	s.change(&f, p)
	s.reask(&f, p)
	out := Reading{Kind: strings.TrimPrefix(f.command, "/"), Line: f.line(), Lang: s.lang, Wants: s.wants()}
	out.Stands = s.r.standsFor(f.models)
	s.assumeCard(&out)
	return out, true
}

// countAlone reads a number that stands alone as that of the cards, where the line
// before had several: "how about 4".
func (s *scan) countAlone(f former) {
	if f.plan.values["gpus"] == "" || len(s.atoms) > 5 || len(s.cards)+len(s.models)+len(s.numbers)+len(s.counts) > 0 {
		return
	}
	at := -1
	for i, a := range s.atoms {
		switch {
		case a.kind == number && at < 0 && s.free(i):
			at = i
		case a.kind == number || a.gap == glued && a.kind == letters:
			return
		}
	}
	if at < 0 {
		return
	}
	if _, n, ok := s.numeralAt(at); ok && n <= maxAlone {
		s.counts = append(s.counts, n)
	}
}

// maxAlone is the largest number that alone counts cards.
const maxAlone = 64

// standsFor lists what to size in place of models that are named in a line.
func (r *Reader) standsFor(names []string) map[string][]string {
	list := map[string][]string{}
	for _, name := range names {
		t := r.scan(name[strings.IndexByte(name, '/')+1:])
		t.findModels()
		if len(t.models) == 1 {
			list[name] = t.name(t.models[0]).stands
		}
		if size := sizeIn(name); len(list[name]) == 0 && size != "" {
			list[name] = []string{size}
		}
	}
	return list
}

// follows says that the text changes the line before instead of asking anew.
func (s *scan) follows(f former) bool {
	if off, sure := s.offTopic(); sure && off != "smalltalk" && !s.aboutMemory() {
		return false
	}
	begins := s.begins()
	if len(s.models) > 0 {
		bare := !slices.ContainsFunc(s.models, (*model).full)
		return len(f.models) > 0 && begins && len(s.models) == 1 && (bare || !s.asks("quantity") && !s.asks("memory"))
	}
	if topic, score := s.topicOf(); topic != "" && score > conceptAt && len(s.cards) == 0 && !begins {
		return false
	}
	p := s.factsFor(s.newMode(f) == "train")
	changed := len(p.values) > 0 || len(s.all("mode")) > 0 || s.has("double", "yes") || s.has("half", "yes") || len(s.numbers) > 0
	asks := s.asks("why") || s.asks("gpu") || s.asks("gpus") || s.asks("fit") || s.asks("seq") || s.asks("batch")
	return (changed || asks) && (begins || len(s.atoms) < 24) && !s.asks("models")
}

// begins says that the text begins as a follow-up does.
func (s *scan) begins() bool {
	return len(s.atoms) > 0 && slices.ContainsFunc(s.marks, func(f found) bool {
		return f.tag.key == "follow" && f.from <= 2 || f.tag.key == "follow" && f.to >= len(s.atoms)-1
	})
}

// newMode tells the mode that the text asks for: the one before, unless it says
// another.
func (s *scan) newMode(f former) string {
	switch {
	case s.has("mode", "serve") && !s.has("mode", "train"):
		return "infer"
	case s.trains():
		return "train"
	}
	return f.plan.mode
}

// inMode drops what means nothing in the other mode.
func (p plan) inMode(mode string) plan {
	gone := inferKeys
	if mode == "infer" {
		gone = trainKeys
	}
	q := plan{mode: mode, values: map[string]string{}, also: p.also}
	for key, value := range p.values {
		if !gone[key] && key != "tp" && key != "pp" && (key != "dtype" || mode == "infer") {
			q.values[key] = value
		}
	}
	return q
}

// swapModels puts another model, or another size of the same, in place.
func (s *scan) swapModels(f *former) {
	if len(s.models) == 0 || len(f.models) == 0 {
		return
	}
	m := s.models[0]
	if m.full() {
		if f.command == "/compare" {
			f.models = append(f.models, s.name(m).line)
			return
		}
		f.models = []string{s.name(m).line}
		return
	}
	size := m.sizes[0]
	if old := f.models[0]; sizeInName.MatchString(old) && s.r.knownSize(old, size) {
		f.models = []string{sizeInName.ReplaceAllString(old, "${1}"+size)}
		return
	}
	f.models = []string{size}
}

// knownSize says that the family of a name has a model of that size.
func (r *Reader) knownSize(name, size string) bool {
	t := r.scan(sizeInName.ReplaceAllString(name[strings.IndexByte(name, '/')+1:], "${1}"+size))
	t.findModels()
	return len(t.models) == 1 && t.models[0].family != nil && len(t.models[0].family.candidates(t.models[0])) > 0 || r.inCatalogue(sizeInName.ReplaceAllString(name, "${1}"+size))
}

// inCatalogue says that the catalogue holds the Hub id.
func (r *Reader) inCatalogue(id string) bool {
	atoms := r.words.atomize(id[strings.IndexByte(id, '/')+1:], nil)
	end, _ := r.names.longest(atoms, 0, func(i int) bool { return i < len(atoms) })
	return end > 0 && end == len(atoms)
}

// reask changes the command where the text asks something else.
func (s *scan) reask(f *former, p plan) {
	if f.command != "/mem" && f.command != "/fit" && f.command != "/explain" {
		return
	}
	switch {
	case s.asks("why"):
		f.command = "/explain"
	case s.asks("gpu") && p.values["gpu"] == "":
		f.command = "/fit"
		delete(f.plan.values, "gpu")
	case s.asks("gpus") && p.values["gpus"] == "":
		f.command = "/fit"
		delete(f.plan.values, "gpus")
	case p.values["gpu"] != "" && s.asks("fit"):
		f.command = "/fit"
	}
}
