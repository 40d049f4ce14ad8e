package commands

import "context"

// plain answers plain words: the line they were understood to ask.
func (s *Service) plain(_ context.Context, q Question, w *Wording) Answer {
	return Answer{Kind: "unclear", Understood: q.Text, Ask: "model", Text: w.Text("plain.ask"), Choices: []string{"/mem llama-7b", "/help"}}
}
