package words

import (
	"slices"
	"strings"

	"membot/estimator"
)

// decide settles what is asked and builds the line.
func (s *scan) decide() Reading {
	p := s.facts()
	out := Reading{Lang: s.lang}
	if len(s.models) == 0 {
		return s.withoutModel(out, p)
	}
	if off, sure := s.offTopic(); off != "" && !s.aboutMemory() && (sure && off != "smalltalk" || off == "quality" && len(s.cards) == 0) {
		out.Kind, out.Topic = OffTopic, off
		return out
	}
	if topic, score := s.topicOf(); score >= conceptAt && s.sizeInPassing(topic) {
		out.Kind, out.Topic = Concept, topic
		return out
	}
	return s.withModel(out, p)
}

// sizeInPassing says that a size alone stands beside a notion named outright:
// "how many GB is a 1B model on disk".
func (s *scan) sizeInPassing(topic string) bool {
	return s.namedOutright(topic) && len(s.cards) == 0 && len(s.all("mode")) == 0 && !s.asks("memory") && !slices.ContainsFunc(s.models, (*model).full)
}

// aboutMemory says that the question speaks of memory or of fitting.
func (s *scan) aboutMemory() bool {
	return s.asks("memory") || s.asks("gpu") || s.asks("gpus") || s.asks("seq") || s.asks("batch") || s.fitsSurely()
}

// fitsSurely says that fitting is asked in words that mean nothing else.
func (s *scan) fitsSurely() bool {
	return slices.ContainsFunc(s.marks, func(f found) bool {
		return f.tag == tag{"ask", "fit"} && !weakFit[s.atoms[f.from].text]
	})
}

// weakFit begin phrases that ask for anything.
var weakFit = map[string]bool{"can": true, "could": true, "will": true, "would": true, "is": true, "possible": true, "does": true, "able": true, "能": true, "可": true, "是": true, "必": true, "超": true, "够": false}

// withoutModel answers a question that names no model.
func (s *scan) withoutModel(out Reading, p plan) Reading {
	topic, score := s.topicOf()
	off, sure := s.offTopic()
	hardware := len(s.cards) > 0
	switch {
	case sure && off == "smalltalk" && !hardware && score < conceptAt && !s.asks("memory"):
		out.Kind, out.Topic = OffTopic, off
	case sure && score < conceptSure && (!s.aboutMemory() || (off == "other" || off == "install") && !hardware):
		out.Kind, out.Topic = OffTopic, off
	case score > conceptAt || score == conceptAt && !hardware && (!s.asks("quantity") || s.asks("save") || s.namedOutright(topic)):
		out.Kind, out.Topic = Concept, topic
	case hardware && s.aboutCard(p):
		out.Kind, out.Line = GPUs, "/gpus "+s.cardOnly()
	case hardware:
		out.Kind, out.Line = Models, typed("/models", nil, p)
		if !s.asks("models") {
			out.Ask = "model"
		}
	case s.asks("models"):
		out.Kind, out.Ask = Unclear, "gpu"
		out.Choices = []string{"/models " + p.mode + " gpu:24g", "/models " + p.mode + " gpu:a100-80g", "/models " + p.mode + " gpu:8g"}
	case s.wantsSizing(p):
		out.Kind, out.Ask, out.Choices = Unclear, "model", s.suggest(p)
	case off != "":
		out.Kind, out.Topic = OffTopic, off
	case len(s.atoms) > 5:
		out.Kind, out.Topic = OffTopic, "other"
	default:
		out.Kind, out.Ask, out.Choices = Unclear, "model", s.suggest(p)
	}
	s.assumeCard(&out)
	return out
}

// wantsSizing says that the question is about running or training something.
func (s *scan) wantsSizing(p plan) bool {
	return s.aboutMemory() || len(p.values) > 0 || len(s.all("mode")) > 0 || s.asks("need") || s.asks("fit")
}

// aboutCard says that the card itself is asked about.
func (s *scan) aboutCard(p plan) bool {
	if s.asks("usable") {
		return true
	}
	if s.asks("models") || p.mode == "train" {
		return false
	}
	if s.asks("capacity") {
		return true
	}
	busy := s.fitsSurely() || len(s.all("mode")) > 0 || len(p.values) > 2 || s.asks("fit") || s.asks("pick")
	return !busy && s.cards[0].base != ""
}

// cardOnly names a card for /gpus: with its size where that was said and the
// table has it so.
func (s *scan) cardOnly() string {
	c := s.cards[0]
	name, _ := s.r.cards.name(c)
	if known, ok := estimator.FindGPU(name); c.base == "" || c.gb > 0 && ok && known.Vendor != "" {
		return name
	}
	return c.base
}

// suggested are the models offered when none was named.
var suggested = []string{"llama-3.1-8b", "qwen2.5-7b", "7b"}

// suggest gives the question with models to pick from.
func (s *scan) suggest(p plan) []string {
	var list []string
	for _, name := range suggested {
		list = append(list, typed("/mem", []string{name}, p))
	}
	return list
}

// withModel answers a question that names one model or several.
func (s *scan) withModel(out Reading, p plan) Reading {
	names, first := s.names()
	kind := s.kindOf(names, p)
	topic, score := s.topicOf()
	if topic != "" && (kind == Explain || score >= conceptAt && s.asksConcept() && len(p.also) == 0) && kind != Compare && s.topicFits(topic) {
		out.Topic = topic
		if kind == Mem {
			kind = Explain
		}
	}
	if first.vague && !s.detailed(p) && len(names) == 1 {
		out.Kind, out.Ask = Unclear, "model"
		for _, name := range append([]string{first.line}, first.others...) {
			if len(out.Choices) < maxChoices {
				out.Choices = append(out.Choices, typed("/mem", []string{name}, p))
			}
		}
		return out
	}
	if kind != Compare {
		names = names[:1]
	}
	if p.mode == "train" && p.values["method"] == "" && strings.Contains(strings.ToLower(names[0]), "bnb-4bit") {
		p.values["method"] = "qlora" // nothing else trains a base of 4 bits
	}
	out.Kind, out.Wants = kind, s.wants()
	out.Line = typed("/"+kind, names, p)
	out.Stands = s.stands(names)
	s.assumeModel(&out, first, p)
	s.assumeCard(&out)
	s.offer(&out, names, p)
	if s.unsure(p) {
		out.Choices = []string{out.Line, typed("/mem", names[:1], p.flipped())}
		out.Kind, out.Line, out.Ask, out.Also = Unclear, "", "question", nil
	}
	return out
}

// names lists the models as the line names them.
func (s *scan) names() ([]string, named) {
	if s.asks("sizes") && len(s.models) == 1 && s.models[0].family != nil {
		return s.everySize()
	}
	var names []string
	var first named
	for i, m := range s.subjects() {
		n := s.name(m)
		if i == 0 {
			first = n
		}
		if !slices.Contains(names, n.line) && len(names) < maxCompared {
			names = append(names, n.line)
		}
	}
	return names, first
}

// subjects are the mentions that are asked about: a family named in passing
// beside a model ("bge does not") is none.
func (s *scan) subjects() []*model {
	alone := func(m *model) bool { return m.family != nil && len(m.typed) == 0 }
	if s.asks("compare") || !slices.ContainsFunc(s.models, func(m *model) bool { return !alone(m) }) {
		return s.models
	}
	return slices.DeleteFunc(slices.Clone(s.models), alone)
}

// stands lists what to size in place of each model that is not found.
func (s *scan) stands(names []string) map[string][]string {
	list := map[string][]string{}
	for _, m := range s.models {
		if n := s.name(m); slices.Contains(names, n.line) && len(n.stands) > 0 {
			list[n.line] = n.stands
		}
	}
	return list
}

// maxCompared bounds a comparison.
const maxCompared = 6

// everySize lists the sizes of the version that was named.
func (s *scan) everySize() ([]string, named) {
	n := s.name(s.models[0])
	names := []string{n.line}
	for _, e := range s.models[0].family.candidates(s.models[0]) {
		if !slices.Contains(names, e.id) && len(names) < maxCompared {
			names = append(names, e.id)
		}
	}
	n.vague = false
	return names, n
}

// kindOf tells which command answers a question about models.
func (s *scan) kindOf(names []string, p plan) string {
	twoCards := len(s.cards) > 1 && s.has("alt", "yes")
	hardware := len(s.cards) > 0
	switch {
	case len(names) > 1 && !twoCards:
		return Compare
	case s.asks("seq") && hardware, hardware && p.values["tp"] != "" && s.asks("why") && s.asks("seq"):
		return Fit
	case hardware && s.fitsSurely() && !s.whyWord():
		return Fit
	case s.asks("why") && !s.askedAmount():
		return Explain
	case hardware, s.asks("gpu"), s.asks("gpus"), s.fitsSurely() && !s.asks("memory"), s.asks("fit") && !s.asks("memory") && !s.asks("need"):
		return Fit
	}
	return Mem
}

// askedAmount says that "why" or "formula" came beside a plain question of how
// much, which is answered first.
func (s *scan) askedAmount() bool {
	return s.asks("quantity") && s.asks("memory") && !s.whyWord()
}

// whyWord says that the reason itself is asked for, not a formula.
func (s *scan) whyWord() bool {
	return slices.ContainsFunc(s.marks, func(f found) bool {
		return f.tag == tag{"ask", "why"} && !formulaWords[s.atoms[f.from].text]
	})
}

// formulaWords begin the phrases that ask for a formula.
var formulaWords = map[string]bool{"formula": true, "公": true, "计": true, "show": true, "breakdown": true, "break": true, "where": true, "is": true, "normal": true, "how": true, "怎": true, "正": true}

// asksConcept says that a notion is asked about and not an amount.
func (s *scan) asksConcept() bool {
	return (s.asks("what") || s.asks("why")) && (!s.asks("quantity") || s.asks("save")) && len(s.cards) == 0
}

// topicFits says that the topic is a notion, and not merely a format that the
// model is asked for in.
func (s *scan) topicFits(topic string) bool {
	return topic != "units" && topic != "oom" || s.asks("why")
}

// detailed says that enough was said to answer for a model of unsaid size.
func (s *scan) detailed(p plan) bool {
	return len(s.cards) > 0 || p.mode == "train" && len(p.values) > 1 || s.hasAny("size", "smallest", "largest")
}

// wants is what the question leaves for the answer to find.
func (s *scan) wants() string {
	for _, what := range []string{"gpus", "gpu", "seq", "batch"} {
		if s.asks(what) {
			return what
		}
	}
	return ""
}

// unsure says that a model was named and nothing that membot answers was
// asked, in a sentence that says something else.
func (s *scan) unsure(p plan) bool {
	if len(s.cards) > 0 || len(p.values) > 0 || s.aboutMemory() || s.asks("need") || s.asks("fit") || len(s.all("mode")) > 0 || s.asks("why") || s.asks("what") || s.asks("compare") || s.amounts > 0 {
		return false
	}
	words := 0
	for i, a := range s.atoms {
		if s.free(i) && (a.kind == letters && len(a.text) > 1 || a.kind == han) {
			words++
		}
	}
	return words > 4
}

// typed writes a line: command, models, mode, options in their order.
func typed(command string, models []string, p plan) string {
	parts := append(append([]string{command}, models...), p.mode)
	for _, key := range order {
		if value := p.values[key]; value != "" {
			parts = append(parts, key+":"+value)
		}
	}
	return strings.Join(parts, " ")
}
