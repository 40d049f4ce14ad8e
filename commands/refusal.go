package commands

import (
	"errors"
	"slices"
	"time"
)

// errInternal is a fault of our own.
var errInternal = errors.New("internal")

// refusal words why there is no answer.
func (s *Service) refusal(w *Wording, err error) Answer {
	if refused, ok := errors.AsType[*Refused](err); ok {
		return Answer{Error: refused.say(w)}
	}
	said := Advise(w, err, time.Now())
	if said.Code == Internal {
		s.log("a question failed", "error", err)
	}
	return Answer{Error: said}
}

// say words a refusal: what is wrong, then what to do.
func (r *Refused) say(w *Wording) *Refusal {
	lines := r.DidYouMean
	if lines == nil {
		lines = []string{}
	}
	advice := w.Text("advice." + r.Code)
	pairs := slices.Clone(r.Pairs)
	for i := 0; i+1 < len(pairs); i += 2 {
		if text, ok := pairs[i+1].(string); ok && pairs[i] == "want" {
			pairs[i+1] = w.wanted(text)
		}
	}
	return &Refusal{Code: r.Code, Text: w.Text("refused."+r.ID, pairs...), Advice: advice, DidYouMean: lines}
}
