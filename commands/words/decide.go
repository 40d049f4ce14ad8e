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
	if off, sure := s.offTopic(); off != "" && !s.aboutMemory() && !s.inPassing(off, p) && (sure && off != "smalltalk" || (off == "quality" || off == "other") && len(s.cards) == 0) {
		out.Kind, out.Topic = OffTopic, off
		return out
	}
	if topic, score := s.topicOf(); score >= conceptAt && s.sizeInPassing(topic) {
		out.Kind, out.Topic = Concept, topic
		return out
	}
	if s.asksLargest() {
		out.Kind, out.Line = Models, typed("/models", nil, p)
		s.assumeCard(&out)
		s.beside(&out, nil, p)
		return out
	}
	return s.withModel(out, p)
}

// inPassing says that a word of something else came beside a setup that was told
// whole ("in docker, num_ctx 131072 on a T4"), or beside what something takes
// ("works good, but takes 16G").
func (s *scan) inPassing(off string, p plan) bool {
	if off == "other" && len(s.cards) > 0 && len(p.values) > 1 {
		return true
	}
	if off == "speed" && !s.asksSpeed() && s.asks("need") && len(s.all("mode")) > 0 {
		return true // "what is needed to train it? the speed is low now"
	}
	return s.said("strong", off) == 0 && s.amounts > 0 && s.asks("need")
}

// asksSpeed says that speed is asked for, and not told.
func (s *scan) asksSpeed() bool {
	return slices.ContainsFunc(s.marks, func(f found) bool {
		return f.tag == tag{"strong", "speed"} && speedQuestions[s.atoms[f.from].text]
	})
}

// speedQuestions begin the phrases that ask for speed, or compare it.
var speedQuestions = map[string]bool{"how": true, "slower": true, "faster": true, "多": true, "几": true, "更": true, "还": true, "变": true, "耗": true}

// asksLargest says that the card is named and the model's size is what is asked
// for: "biggest qwen2.5 for a free colab", "what size llama can it run".
func (s *scan) asksLargest() bool {
	sized := slices.ContainsFunc(s.models, func(m *model) bool { return len(m.sizes) > 0 || m.id != "" || !s.name(m).vague })
	return len(s.cards) > 0 && !sized && !s.asks("seq") && !s.asks("batch") && (s.has("size", "largest") || s.asks("models"))
}

// sizeInPassing says that a size alone stands beside a notion named outright:
// "how many GB is a 1B model on disk".
func (s *scan) sizeInPassing(topic string) bool {
	return s.namedOutright(topic) && len(s.cards) == 0 && len(s.all("mode")) == 0 && !s.asks("memory") && !slices.ContainsFunc(s.models, (*model).full)
}

// withoutModel answers a question that names no model.
func (s *scan) withoutModel(out Reading, p plan) Reading {
	topic, score := s.topicOf()
	off, sure := s.offTopic()
	hardware := len(s.cards) > 0
	training := hardware && len(s.verbs("train")) > 0
	switch {
	case sure && off == "smalltalk" && !hardware && score < conceptAt && !s.asks("memory"):
		out.Kind, out.Topic = OffTopic, off
	case sure && off == "speed" && !s.asks("memory") && !s.fitsSurely() && !s.namedOutright(topic),
		sure && score < conceptSure && (!s.aboutMemory() && (!training || off != "other") || (off == "other" || off == "install") && !hardware):
		out.Kind, out.Topic = OffTopic, off
	case hardware && s.fitsSurely() && p.told() && !s.whyWord():
		s.modelsFor(&out, p)
	case score > conceptAt || score == conceptAt && !hardware && (!s.asks("quantity") || s.asks("save") || s.asks("why") || s.namedOutright(topic)):
		out.Kind, out.Topic = Concept, topic
	case off == "other" && !training && !s.aboutMemory() && !s.asks("capacity") && !s.asks("models"):
		out.Kind, out.Topic = OffTopic, off
	case hardware && s.aboutCard(p):
		out.Kind, out.Line = GPUs, "/gpus "+s.cardOnly()
	case hardware:
		s.modelsFor(&out, p)
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
	if out.Kind == Models {
		s.beside(&out, nil, p)
	}
	return out
}

// modelsFor answers with what the card holds, and asks for the model.
func (s *scan) modelsFor(out *Reading, p plan) {
	out.Kind, out.Line = Models, typed("/models", nil, p)
	if !s.asks("models") {
		out.Ask = "model"
	}
}

// told says that a setup was told and not merely a card and a word: its batch,
// its length, its stage.
func (p plan) told() bool {
	n := 0
	for key := range p.values {
		if key != "gpu" && key != "gpus" {
			n++
		}
	}
	return n > 1
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
	if _, known := estimator.FindGPU(c.base); !known && c.base != plainMac {
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
	s.beside(&out, names, p)
	s.offer(&out, names, p)
	if s.unsure(p) {
		out.Choices = []string{out.Line, typed("/mem", names[:1], p.flipped())}
		out.Kind, out.Line, out.Ask, out.Also = Unclear, "", "question", nil
	}
	return out
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
