package commands

import (
	"context"
	"slices"
	"strings"

	"membot/commands/words"
)

// sizeBeside adds what the other hardware that was named holds: the question as
// it stands on each, and, where that does not fit or more was asked, what would.
func (s *Service) sizeBeside(ctx context.Context, q Question, reading words.Reading, stands map[string]string, a *Answer, w *Wording) {
	if a.Kind != "fit" || a.GPU == nil {
		return
	}
	fit, short := []Option{}, []Option{}
	for _, line := range reading.Beside {
		b := s.withDefaults(ctx, q.of(replaced(line, stands)), w)
		if b.Error != nil || b.GPU == nil || b.PerGPU == nil {
			continue
		}
		more := b.onItsCard(reading.Wants)
		if more[0].Fits {
			fit = append(fit, more...)
		} else {
			short = append(short, more...)
		}
	}
	a.Options = a.placed(fit, short)
}

// leastOwn is how many of its own options an answer keeps where others stand
// beside them, and mostListed how many are listed in all.
const (
	leastOwn   = 3
	mostListed = 10
)

// placed lists an answer's own options and those of other hardware: what fits as
// asked stands first.
func (a *Answer) placed(fit, short []Option) []Option {
	own := a.Options[:min(len(a.Options), max(leastOwn, mostListed-len(fit)-len(short)))]
	if a.GPU.Fits || len(fit) == 0 {
		return slices.Concat(own, fit, short)
	}
	if !own[0].Fits {
		own, short = nil, append(short, own...)
	}
	return slices.Concat(fit, own, short)
}

// onItsCard are the options of an answer that stand beside another's: as asked;
// the best change where that does not fit; the largest of what is wanted.
func (a *Answer) onItsCard(wanted string) []Option {
	_, rest, _ := strings.Cut(a.Question, " ")
	list := []Option{{Question: "/mem " + rest, Model: a.Model.ID, Total: a.PerGPU.Total, Fits: a.GPU.Fits, Headroom: a.GPU.Headroom}}
	for _, o := range a.Options {
		best := !a.GPU.Fits && o.Fits && len(list) == 1
		if best || o.Fits && wanted != "" && strings.Contains(o.Question, " "+wanted+":") && a.GPU.Fits {
			list = append(list, o)
		}
	}
	return list
}
