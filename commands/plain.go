package commands

import (
	"context"
	"slices"
	"strings"

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

// plain answers plain words: the line they were understood to ask, what was
// assumed to get there, and what else they may have meant.
func (s *Service) plain(ctx context.Context, q Question, w *Wording) Answer {
	reading := s.read(q)
	if q.Lang == "" {
		w = Words(reading.Lang)
	}
	q.Lang, q.Previous = w.Lang(), ""
	var a Answer
	switch {
	case q.Config != nil && reading.Kind == words.Unclear && reading.Ask == "model":
		a = s.typed(ctx, q.of("/mem config.json"), w)
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
	a := s.typed(ctx, q.of(reading.Line), w)
	assumed := []Assumption{}
	if a.Error != nil && slices.Contains(lost, a.Error.Code) && len(reading.Stands) > 0 {
		line, stood := s.standIn(ctx, reading, w)
		if b := s.typed(ctx, q.of(line), w); b.Error == nil {
			a, assumed = b, stood
			a.Question = reading.Line
		}
	}
	a.Kind, a.Question = either(a.Kind, reading.Kind), either(a.Question, reading.Line)
	if a.Error != nil {
		return a
	}
	for _, taken := range reading.Assumed {
		assumed = append(assumed, Assumption{Key: taken.Key, Text: taken.Why})
	}
	a.Assumptions = append(assumed, a.Assumptions...)
	a.Ask = reading.Ask
	if reading.Topic != "" {
		s.explainTopic(ctx, &a, reading.Topic, w)
	}
	return a
}

// standIn is the line with every model that is not found replaced by what
// stands in for it, and what to say of that.
func (s *Service) standIn(ctx context.Context, reading words.Reading, w *Wording) (string, []Assumption) {
	var said []Assumption
	fields := strings.Fields(reading.Line)
	for i, name := range fields {
		if reading.Stands[name] == nil || s.knows(ctx, name) {
			continue
		}
		for _, stand := range reading.Stands[name] {
			if s.knows(ctx, stand) {
				fields[i] = stand
				said = append(said, Assumption{Key: "model", Text: w.Text("plain.base", "name", name, "stand", stand)})
				break
			}
		}
	}
	return strings.Join(fields, " "), said
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
