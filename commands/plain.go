package commands

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"membot/commands/words"
	"membot/hfhub"
)

// read understands plain words. The reader is made for the first of them.
func (s *Service) read(q Question) words.Reading {
	s.once.Do(func() {
		var ids []string
		for _, e := range hfhub.Catalogue().All() {
			ids = append(ids, e.ID)
		}
		s.reader = words.New(ids)
	})
	return s.reader.Read(q.Text, q.Previous, q.Lang)
}

// readable says that a rune is part of a word or a number.
func readable(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// readEnds understands plain words by their beginning and, where there are more
// than are read and that asks nothing, by their end: the question below a log.
// False when neither asks anything.
func (s *Service) readEnds(q Question) (words.Reading, bool) {
	reading := s.read(q)
	if len(q.Text) <= words.MaxRunes || reading.Line != "" {
		return reading, true
	}
	runes := []rune(q.Text)
	if len(runes) <= words.MaxRunes {
		return reading, true
	}
	end := s.read(q.of(string(runes[len(runes)-words.MaxRunes:])))
	return end, end.Line != ""
}

// plain answers plain words: the line they were understood to ask, what was
// assumed to get there, and what else they may have meant.
func (s *Service) plain(ctx context.Context, q Question, w *Wording) Answer {
	if !strings.ContainsFunc(q.Text, readable) {
		return s.refusal(w, refuse(BadRequest, "empty").meant("/mem llama-7b", "/help"))
	}
	reading, whole := s.readEnds(q)
	reading = onOwnCard(reading, q.Defaults)
	if q.Lang == "" {
		w = Words(reading.Lang)
	}
	if !whole {
		return s.refusal(w, refuse(BadRequest, "no_question", "max", words.MaxRunes))
	}
	q.Lang, q.Previous = w.Lang(), ""
	var a Answer
	switch {
	case q.Config != nil && reading.Kind == words.Unclear && reading.Ask == "model":
		a = s.withDefaults(ctx, q.of("/mem config.json"), w)
	case reading.Kind == words.Concept:
		a = s.concept(ctx, reading.Topic, w)
	case reading.Line == "":
		a = Answer{Kind: reading.Kind, Topic: reading.Topic, Ask: reading.Ask, Text: w.Text("plain." + reading.Kind + "_" + either(reading.Topic, reading.Ask))}
	default:
		a = s.understood(ctx, q, reading, w)
	}
	a.Understood = words.Quote(q.Text)
	a.Choices = offered(reading, a.Question)
	return a
}

// of is the question with another text.
func (q Question) of(text string) Question {
	q.Text = text
	return q
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// lost are the refusals of a model that was not found, for which its family or
// its size can stand in.
var lost = []string{"model_not_found", "hub_unreachable", "hub_rate_limited", "hub_error", "no_config", "model_gated", "model_private"}

// understood answers the line that was read, or, where a model of it is not
// found, what stands in for it, and says so. The question shown stays the one
// that was asked.
func (s *Service) understood(ctx context.Context, q Question, reading words.Reading, w *Wording) Answer {
	a := s.withDefaults(ctx, q.of(reading.Line), w)
	stands := map[string]string{}
	assumed := []Assumption{}
	if a.Error != nil && slices.Contains(lost, a.Error.Code) && len(reading.Stands) > 0 {
		stands = s.standIns(ctx, reading)
		if b := s.withDefaults(ctx, q.of(replaced(reading.Line, stands)), w); b.Error == nil {
			a, a.Question = b, reading.Line
			for _, name := range slices.Sorted(maps.Keys(stands)) {
				stand := stands[name]
				assumed = append(assumed, Assumption{Key: "model", Text: w.Text("plain.base", "name", name, "stand", stand)})
			}
		}
	}
	a.Kind, a.Question = either(a.Kind, reading.Kind), either(a.Question, reading.Line)
	if a.Error != nil {
		return a
	}
	for _, taken := range reading.Assumed {
		assumed = append(assumed, Assumption{Key: taken.Key, Text: taken.Why})
		if taken.Key == "method" && a.PerGPU != nil {
			assumed[len(assumed)-1].Text = s.methodsBeside(ctx, q.of(replaced(reading.Line, stands)), &a, w)
		}
	}
	s.sizeBeside(ctx, q, reading, stands, &a, w)
	a.Assumptions = append(assumed, a.Assumptions...)
	a.Ask = reading.Ask
	if reading.Topic != "" {
		s.explainTopic(ctx, &a, reading.Topic, w)
	}
	return a
}

// methodsBeside says what full fine-tuning, LoRA and QLoRA take of the same
// line, for an asker who named none of them.
func (s *Service) methodsBeside(ctx context.Context, q Question, a *Answer, w *Wording) string {
	_, rest, _ := strings.Cut(q.Text, " ")
	says := []any{"full", memory(a.PerGPU.Total)}
	for _, method := range []string{"lora", "qlora"} {
		other := s.withDefaults(ctx, Question{Text: "/mem " + rest + " method:" + method, Defaults: q.Defaults}, w)
		if other.Error != nil || other.PerGPU == nil {
			return w.Text("plain.method")
		}
		says = append(says, method, memory(other.PerGPU.Total))
	}
	return w.Text("plain.methods", says...)
}

// standIns are the models of a line that are not found, each with the first of
// its stand-ins that is.
func (s *Service) standIns(ctx context.Context, reading words.Reading) map[string]string {
	found := map[string]string{}
	for name := range strings.FieldsSeq(reading.Line) {
		if reading.Stands[name] == nil || s.knows(ctx, name) {
			continue
		}
		if i := slices.IndexFunc(reading.Stands[name], func(stand string) bool { return s.knows(ctx, stand) }); i >= 0 {
			found[name] = reading.Stands[name][i]
		}
	}
	return found
}

// replaced is a line with some of its words replaced.
func replaced(line string, words map[string]string) string {
	fields := strings.Fields(line)
	for i, word := range fields {
		fields[i] = either(words[word], word)
	}
	return strings.Join(fields, " ")
}

// knows says that a model can be read.
func (s *Service) knows(ctx context.Context, name string) bool {
	_, err := s.find(ctx, &Request{}, name)
	return err == nil
}

// offered are the lines to pick from: close readings first, then what else is
// worth asking; at most three, without the one that was answered.
func offered(reading words.Reading, question string) []string {
	var list []string
	for _, line := range slices.Concat(reading.Choices, reading.Also) {
		if len(list) < 3 && line != question && line != reading.Line && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}
