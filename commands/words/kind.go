package words

import "slices"

// aboutMemory says that the question speaks of memory or of fitting.
func (s *scan) aboutMemory() bool {
	return s.asks("memory") || s.asks("gpu") || s.asks("gpus") || s.asks("seq") || s.asks("batch") || s.fitsSurely()
}

// fitsSurely says that fitting is asked in words that mean nothing else.
func (s *scan) fitsSurely() bool {
	return slices.ContainsFunc(s.marks, func(f found) bool {
		return f.tag == tag{"ask", "fit"} && (!weakFit[s.atoms[f.from].text] || s.atoms[f.to-1].is("fit"))
	})
}

// weakFit begin phrases that ask for anything.
var weakFit = map[string]bool{"can": true, "cannot": true, "could": true, "will": true, "would": true, "is": true, "possible": true, "does": true, "able": true, "能": true, "可": true, "是": true, "必": true, "超": true, "够": false}

// kindOf tells which command answers a question about models.
func (s *scan) kindOf(names []string, p plan) string {
	twoCards := len(s.cards) > 1 && s.has("alt", "yes")
	hardware := len(s.cards) > 0 || len(s.unknown) > 0
	switch {
	case len(names) > 1 && !twoCards:
		return Compare
	case s.asks("seq") && hardware, hardware && p.values["tp"] != "" && s.asks("why") && s.asks("seq"):
		return Fit
	case hardware && s.fitsSurely() && !s.whyWord():
		return Fit
	case s.asks("why") && !s.askedAmount():
		return Explain
	case s.asks("facts") && !hardware && !s.aboutMemory():
		return Mem
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
	amount := s.asks("quantity") || s.asks("gpu") || s.asks("memory") && !s.asks("why")
	return (s.asks("what") || s.asks("why")) && (!amount || s.asks("save")) && len(s.cards) == 0
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
