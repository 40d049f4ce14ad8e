package words

import "slices"

// dropRefused leaves out the cards that are not meant where others are: "rather
// than A100s, four 3090s".
func (s *scan) dropRefused() {
	meant := slices.DeleteFunc(slices.Clone(s.cards), s.cardRefused)
	if len(meant) > 0 {
		s.cards = meant
	}
	if k := slices.IndexFunc(s.cards, func(c card) bool {
		return s.endsBefore(c.from, "onlyuse") || c.last > 0 && s.endsBefore(c.last, "onlyuse")
	}); k >= 0 {
		s.cards = s.cards[k : k+1]
	}
}

// wantedAt says that the card at i is what one may change to: "upgrade to a",
// "from 1x3090 to 2x3090", "swap my 3070 for a 5070".
func (s *scan) wantedAt(i int) bool {
	if s.endsBefore(i, "wanted") {
		return true
	}
	at := i
	for n := 0; n < 2 && at > 0 && changeWords[s.atoms[at-1].text] == nil; n++ {
		at--
	}
	if at == 0 {
		return false
	}
	begins := changeWords[s.atoms[at-1].text]
	return slices.ContainsFunc(s.atoms[max(0, at-11):at-1], func(a atom) bool { return slices.Contains(begins, a.text) })
}

// changeWords stand before what one changes to, and what words begin the change.
var changeWords = map[string][]string{
	"to":   {"from"},
	"for":  {"swap", "swapping", "swapped", "trade", "trading", "exchange", "exchanging", "sell", "selling"},
	"with": {"replace", "replacing", "replaced", "swap", "swapping"},
	"by":   {"replace", "replaced"},
}

// cardRefused says that a card is not meant: "not on the 4090", "forget the
// A100s".
func (s *scan) cardRefused(c card) bool {
	if s.negated(found{from: c.from, to: c.to}) || s.endsBefore(c.from, "past") && !s.saysBe(c.from) {
		return true
	}
	for at := c.to; at <= c.to+maxBehind && at < len(s.atoms) && !s.endsClause(at); at++ {
		if s.standsAt(at, "refusedbehind") {
			return true // "A100s are hard to get, will four 4090s do"
		}
	}
	for at := c.from; at > 0 && c.from-at <= 3; at-- {
		if s.endsAt(at, "refused") || s.endsAt(at, "neg") {
			return true
		}
		if word := s.atoms[at-1].text; !refusedWords[word] {
			return false
		}
	}
	return false
}

// saysBe says that a "be" stands just before i: "can it be fine-tuned on".
func (s *scan) saysBe(i int) bool {
	return slices.ContainsFunc(s.atoms[max(0, i-5):i], func(a atom) bool { return a.is("be") })
}

// maxBehind is how far behind a card a word refuses it.
const maxBehind = 3

// refusedWords may stand between a "not" and the card.
var refusedWords = map[string]bool{"on": true, "the": true, "my": true, "our": true, "a": true, "an": true, "with": true, "about": true, "for": true, "in": true, "those": true, "these": true, "that": true, "在": true, "那": true, "张": true}
