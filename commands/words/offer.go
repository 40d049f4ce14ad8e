package words

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// with gives the plan with one option changed.
func (p plan) with(key, value string) plan {
	q := p
	q.values = maps.Clone(p.values)
	q.values[key] = value
	if key == "method" && value != "lora" && value != "qlora" {
		delete(q.values, "rank")
		delete(q.values, "targets")
	}
	return q
}

// flipped gives the plan in the other mode.
func (p plan) flipped() plan {
	q := p
	q.values = maps.Clone(p.values)
	gone := trainKeys
	if q.mode = "train"; p.mode == "train" {
		q.mode = "infer"
	} else {
		gone = inferKeys
	}
	for key := range q.values {
		if gone[key] || key == "dtype" && q.mode == "train" {
			delete(q.values, key)
		}
	}
	return q
}

// offer adds the lines worth offering beside the answer.
func (s *scan) offer(out *Reading, names []string, p plan) {
	command := "/" + out.Kind
	add := func(q plan) {
		if line := typed(command, names, q); line != out.Line && !slices.Contains(out.Also, line) {
			out.Also = append(out.Also, line)
		}
	}
	for _, c := range p.also {
		add(p.with(c.key, c.value))
	}
	for _, r := range s.rigs[min(1, len(s.rigs)):] {
		add(p.on(r))
	}
	if s.has("bpw", "yes") && p.values["dtype"] != "" {
		out.Assumed = append(out.Assumed, Assumption{"dtype", fmt.Sprintf(s.r.word(s.lang, "bpw"), p.values["dtype"])})
	}
	if s.said("strong", "speed") > 0 {
		out.Assumed = append(out.Assumed, Assumption{"speed", s.r.word(s.lang, "speed")})
	}
	switch {
	case p.mode == "train" && p.values["method"] == "" && out.Kind != Explain:
		out.Assumed = append(out.Assumed, Assumption{"method", s.r.word(s.lang, "method")})
		add(p.with("method", "lora"))
		add(p.with("method", "qlora"))
	case len(s.all("mode")) == 0 && p.mode == "infer":
		out.Assumed = append(out.Assumed, Assumption{"mode", s.r.word(s.lang, "mode")})
		add(p.flipped())
	case s.has("mode", "train") && s.has("mode", "serve"):
		add(p.flipped())
	}
	if s.most > 1 && len(s.rigs) < 2 && p.values["gpus"] != text(float64(s.most)) {
		add(p.with("gpus", text(float64(s.most))))
	}
}

// assumeModel says which model was taken where the question left it open, and
// offers the others.
func (s *scan) assumeModel(out *Reading, n named, p plan) {
	if n.taken == "" || out.Kind == Compare && !n.vague {
		return
	}
	if n.taken == "only" {
		out.Assumed = append(out.Assumed, Assumption{"model", fmt.Sprintf(s.r.word(s.lang, "only"), n.line)})
		return
	}
	others := n.others[:min(maxChoices-1, len(n.others))]
	out.Assumed = append(out.Assumed, Assumption{"model", fmt.Sprintf(s.r.word(s.lang, "model"), n.line, strings.Join(others, ", "))})
	for _, name := range others {
		if out.Kind == Compare {
			break
		}
		out.Choices = append(out.Choices, typed("/"+out.Kind, []string{name}, p))
	}
}

// assumeCard says what was taken for the hardware that was named.
func (s *scan) assumeCard(out *Reading) {
	s.assumeHost(out)
	if len(s.cards) == 0 || len(s.rigs) == 0 || out.Kind == GPUs || out.Kind == Concept || out.Kind == OffTopic {
		return
	}
	seen := map[int]bool{}
	for _, r := range s.rigs[:min(len(s.rigs), maxBeside)] {
		if !seen[r.card] {
			s.assumeSize(out, s.cards[r.card])
		}
		seen[r.card] = true
	}
}

// assumeSize says what is in a rented machine, and which size of a card was
// taken.
func (s *scan) assumeSize(out *Reading, c card) {
	name, sizes := s.r.cards.name(c)
	if c.rented != "" {
		out.Assumed = append(out.Assumed, Assumption{"gpu", fmt.Sprintf(s.r.word(s.lang, "instance"), c.rented, c.inside, name)})
	}
	if len(sizes) < 2 {
		return
	}
	said := make([]string, len(sizes))
	for i, gb := range sizes {
		said[i] = fmt.Sprintf("%d", gb)
	}
	out.Assumed = append(out.Assumed, Assumption{"gpu", fmt.Sprintf(s.r.word(s.lang, "gpu"), strings.ToUpper(c.base), strings.Join(said, "/"), name)})
}

// word gives the wording of a code in a language.
func (r *Reader) word(lang, code string) string {
	if text := r.say[lang][code]; text != "" {
		return text
	}
	return r.say["en"][code]
}
