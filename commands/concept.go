package commands

import "context"

// concept answers what a notion means, with the numbers of a model.
func (s *Service) concept(_ context.Context, topic, _ string, w *Wording) Answer {
	return Answer{Kind: "concept", Topic: topic, Text: w.Text("concept." + topic)}
}

// explainTopic adds to an explanation the notion that was asked about.
func (s *Service) explainTopic(_ context.Context, a *Answer, topic string, _ *Wording) {
	a.Topic = topic
}
