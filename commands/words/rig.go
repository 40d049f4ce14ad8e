package words

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// rig is hardware that the question is asked for: a card, and how many of it.
type rig struct {
	card  int    // which of the cards; -1: only a number of GPUs
	gpu   string // as the typed line says it
	count int64  // 0: not said
	one   bool   // one, said outright
	pool  []int  // cards of one machine, of which the smallest decides
}

// findRigs settles what hardware is asked about, what the answer is for first:
// cards that stand in one machine together, and else each by itself.
func (s *scan) findRigs() {
	s.rigs = nil
	if len(s.cards) == 0 {
		for _, n := range s.counts {
			s.rigs = append(s.rigs, rig{card: -1, count: n, one: n == 1})
		}
		return
	}
	asked := s.askedCard()
	pool := s.pooled(asked)
	if len(pool) > 1 {
		s.rigs = append(s.rigs, s.pool(pool))
	} else {
		s.addRigs(asked)
	}
	for i := range s.cards {
		if i != asked || len(pool) > 1 {
			s.addRigs(i)
		}
	}
}

// addRigs adds a card by itself, once for each number of it that was said.
func (s *scan) addRigs(i int) {
	c := &s.cards[i]
	name, _ := s.r.cards.name(*c)
	s.rigs = append(s.rigs, rig{card: i, gpu: name, count: c.count, one: c.one})
	others := c.others
	if c.count == 0 && i == s.askedCard() {
		others = s.counts[min(1, len(s.counts)):]
	}
	for _, n := range others {
		s.rigs = append(s.rigs, rig{card: i, gpu: name, count: n, one: n == 1})
	}
}

// pool makes one rig of cards that share a machine: each holds an equal share,
// so the smallest decides.
func (s *scan) pool(members []int) rig {
	least, all := members[0], int64(0)
	for _, i := range members {
		all += max(1, s.cards[i].count)
		if s.memoryOfCard(s.cards[i]) < s.memoryOfCard(s.cards[least]) {
			least = i
		}
	}
	name, _ := s.r.cards.name(s.cards[least])
	return rig{card: least, gpu: name, count: all, pool: members}
}

// pooled lists the cards that stand in one machine with card i: those that "and"
// or a plus joins to it.
func (s *scan) pooled(i int) []int {
	if s.has("apart", "yes") || s.asks("compare") {
		return nil
	}
	from, to, joined := i, i, false
	for from > 0 && s.joins(from-1) != "" {
		from--
		joined = joined || s.joins(from) == "and"
	}
	for to+1 < len(s.cards) && s.joins(to) != "" {
		joined = joined || s.joins(to) == "and"
		to++
	}
	for k := from; k <= to; k++ {
		joined = joined && !s.cards[k].wanted // "replaced our V100s with H100s"
	}
	if !joined || s.taggedBefore(s.cards[from].from, "between") {
		return nil
	}
	var members []int
	for k := from; k <= to; k++ {
		members = append(members, k)
	}
	return members
}

// joins tells how card i is joined to the next one: "and", "list" for a comma
// alone, or not at all.
func (s *scan) joins(i int) string {
	a, b := s.cards[i], s.cards[i+1]
	if a.to > b.from || a.rented != "" || b.rented != "" || !s.sameMaker(i, i+1) {
		return ""
	}
	how := ""
	if a.to == b.from && a.count > 0 && b.count > 0 && s.atoms[b.from].kind == han {
		how = "and" // 一张3090一张2080ti
	}
	for k := a.to; k < b.from; {
		end, _, ok := s.joinAt(k)
		switch {
		case ok:
			how, k = "and", end
		case s.atoms[k].is(",") || s.atoms[k].is(";"):
			how, k = cmp.Or(how, "list"), k+1
		case s.betweenCards(k):
			k++
		default:
			return ""
		}
	}
	if how == "and" && !s.owned(a) && !s.owned(b) && !s.plusBetween(a.to, b.from) {
		return "" // "on 3090 and 4090" asks for each
	}
	return how
}

// joinAt reads a word that joins cards, also where other phrases begin with it.
func (s *scan) joinAt(i int) (int, string, bool) {
	if s.atoms[i].is("+") || s.atoms[i].is("&") {
		return i + 1, "yes", true
	}
	return s.heldAt(i, "join")
}

// heldAt reads the phrase of a kind at i, taken or not.
func (s *scan) heldAt(i int, key string) (int, string, bool) {
	end, tags := s.r.phrases.longest(s.atoms, i, func(k int) bool { return k < len(s.atoms) })
	at := slices.IndexFunc(tags, func(t tag) bool { return t.key == key })
	if at < 0 {
		return i, "", false
	}
	return end, tags[at].value, true
}

// betweenCards says that an atom says nothing between two cards.
func (s *scan) betweenCards(i int) bool {
	return s.atoms[i].is(")") || ownWords[s.atoms[i].text] || skipWords[s.atoms[i].text] || measureWords[s.atoms[i].text]
}

// ownWords stand before a card that is there, or may be bought.
var ownWords = map[string]bool{"a": true, "an": true, "the": true, "my": true, "our": true, "old": true, "older": true, "used": true, "spare": true, "second": true, "new": true, "extra": true, "also": true, "有": true, "我": true}

// plusBetween says that a plus stands there.
func (s *scan) plusBetween(from, to int) bool {
	return slices.ContainsFunc(s.atoms[from:to], func(a atom) bool { return a.is("+") || a.is("plus") || a.is("加") })
}

// owned says that a card is counted, or spoken of as one that is there: "a 3090",
// "my 3090", "two 3090s".
func (s *scan) owned(c card) bool {
	if at := s.skipBack(c.from, 2); c.count > 0 || at > 0 && ownWords[s.atoms[at-1].text] {
		return true
	}
	return s.endsAt(s.skipBack(c.from, 2), "has")
}

// sameMaker says that two cards may work on one model together.
func (s *scan) sameMaker(i, k int) bool {
	a, b := s.gpuOf(s.cards[i]).Vendor, s.gpuOf(s.cards[k]).Vendor
	return a != "Apple" && b != "Apple" && (a == b || a == "" || b == "")
}

// on gives the plan on a rig.
func (p plan) on(r rig) plan {
	q := p
	if r.gpu != "" {
		q = p.with("gpu", r.gpu)
	}
	q = q.with("gpus", text(float64(r.count)))
	if r.count <= 1 && !r.one {
		delete(q.values, "gpus")
	}
	return q
}

// says words a rig: 3090, 2 × 3090.
func (r rig) says() string {
	switch {
	case r.gpu == "":
		return fmt.Sprintf("%d GPUs", r.count)
	case r.count > 1:
		return fmt.Sprintf("%d × %s", r.count, r.gpu)
	}
	return r.gpu
}

// beside adds the same question on the other hardware that was named, and says
// which of it the answer is for.
func (s *scan) beside(out *Reading, names []string, p plan) {
	if len(s.rigs) < 2 {
		return
	}
	var others []string
	for _, r := range s.rigs[1:] {
		line := typed("/"+out.Kind, names, p.on(r))
		if line == out.Line || slices.Contains(out.Beside, line) || len(out.Beside) == maxBeside {
			continue
		}
		out.Beside = append(out.Beside, line)
		others = append(others, r.says())
		if out.Kind == Models && len(out.Choices) < maxChoices {
			out.Choices = append(out.Choices, line)
		}
	}
	first := s.rigs[0]
	if len(first.pool) > 0 {
		out.Assumed = append(out.Assumed, Assumption{"gpus", fmt.Sprintf(s.r.word(s.lang, "pool"), first.count, first.gpu)})
	}
	if len(others) > 0 {
		out.Assumed = append(out.Assumed, Assumption{"gpu", fmt.Sprintf(s.r.word(s.lang, "beside"), first.says(), strings.Join(others, ", "))})
	}
}

// maxBeside is how many other rigs an answer sizes.
const maxBeside = 4
