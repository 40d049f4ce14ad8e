package words

import (
	"fmt"
	"slices"
	"strings"
)

// brands begin the names of cards.
var brands = map[string]bool{"rtx": true, "gtx": true, "gt": true, "rx": true, "radeon": true, "quadro": true, "geforce": true, "tesla": true, "arc": true, "firepro": true, "mtt": true, "mlu": true, "instinct": true, "tpu": true}

// strangerAt reads the name of a card that no table knows: a brand with a number
// of three digits or more, or with a letter and a number.
func (s *scan) strangerAt(i int) (card, bool) {
	if !s.free(i) || !brands[s.atoms[i].text] {
		return card{}, false
	}
	at := i + 1
	for s.free(at) && (brands[s.atoms[at].text] || s.atoms[at].is("amd")) {
		at++
	}
	if s.cardStarts(i) || s.cardStarts(at) {
		return card{}, false
	}
	if s.free(at) && s.free(at+1) && s.atoms[at].kind == letters && len(s.atoms[at].text) <= 2 && s.atoms[at+1].gap == glued {
		at++
	}
	if !s.free(at) || s.atoms[at].kind != number || s.atoms[at].value < 100 && s.atoms[at].gap != glued || s.atoms[at].value != float64(int64(s.atoms[at].value)) {
		return card{}, false
	}
	for end := at + 1; ; end++ {
		if !s.free(end) || s.atoms[end].kind != letters || !suffixes[s.atoms[end].text] {
			return card{from: i, to: end}, true
		}
	}
}

// suffixes end the names of cards.
var suffixes = map[string]bool{"ti": true, "super": true, "xt": true, "xtx": true, "m": true, "d": true, "gre": true, "x": true, "s": true, "ada": true, "pro": true, "laptop": true, "blackwell": true}

// meet takes a card that no table knows by its memory, and where that was not
// said remembers its name.
func (s *scan) meet(c card) {
	s.claim(c.from, c.to)
	named := c
	s.sizeOfCard(&c)
	if c.gb == 0 {
		s.unknown = append(s.unknown, s.spelled(named.from, named.to))
		return
	}
	s.countOfCard(&c)
	s.claim(c.from, c.to)
	s.addCard(c)
}

// spelled writes atoms again.
func (s *scan) spelled(from, to int) string {
	var b strings.Builder
	for i, a := range s.atoms[from:to] {
		switch {
		case i == 0 || a.gap == glued:
		case a.gap == hyphen:
			b.WriteByte('-')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(strings.ToUpper(a.text))
	}
	return b.String()
}

// assumeHost says what stands in for a card: an unknown one's memory is to be
// said, and where there is none it is the RAM that counts.
func (s *scan) assumeHost(out *Reading) {
	if out.Line == "" || out.Kind == GPUs {
		return
	}
	for _, name := range s.unknown {
		out.Assumed = append(out.Assumed, Assumption{"gpu", fmt.Sprintf(s.r.word(s.lang, "unread"), name)})
		if len(s.cards) == 0 {
			out.Ask = "gpu"
		}
	}
	switch {
	case len(s.rigs) > 0 && s.rigs[0].card >= 0 && s.cards[s.rigs[0].card].host:
		out.Assumed = append(out.Assumed, Assumption{"gpu", fmt.Sprintf(s.r.word(s.lang, "host"), s.rigs[0].gpu)})
	case len(s.cards) == 0 && s.has("nogpu", "yes"):
		out.Assumed = append(out.Assumed, Assumption{"gpu", s.r.word(s.lang, "nogpu")})
	}
}

// hostMemory takes the system's memory in the place of a card's where there is
// no card: "no GPU, 32GB of RAM".
func (s *scan) hostMemory() {
	if len(s.cards) > 0 || !s.has("nogpu", "yes") {
		return
	}
	for i := range s.atoms {
		end, gb := s.memoryAt(i)
		if end == i || !sane(gb) || s.taggedAt(end, "bulk") || s.taggedAt(end, "modelword") || s.endsAt(i, "measure") && !s.endsAt(i, "on") {
			continue
		}
		s.cards = append(s.cards, card{from: i, to: end, gb: gb, host: true})
		s.claim(i, end)
		return
	}
}

// nearLaptop is how many words may stand between a laptop and its card.
const nearLaptop = 5

// inLaptop takes the laptop's card of a name, which has less memory than the
// desktop's, where a laptop is spoken of beside it.
func (s *scan) inLaptop(c *card) {
	row := s.r.cards.rows[c.base+"-laptop"]
	if row == nil || c.count > 1 || c.gb > 0 && !slices.Contains(row.sizes, int64(c.gb)) {
		return
	}
	for k := c.from - 1; k >= max(0, c.from-nearLaptop) && !s.parted(k); k-- {
		if s.laptopAt(k) {
			if !s.refusedAt(k) {
				c.base = row.base
			}
			return
		}
	}
	for k := c.to; k < min(len(s.atoms), c.to+nearLaptop-1) && !s.parted(k); k++ {
		if s.laptopAt(k) {
			if !s.refusedAt(k) {
				c.base = row.base
			}
			return
		}
	}
}

// laptopAt says that a word for a laptop begins at i.
func (s *scan) laptopAt(i int) bool {
	_, _, ok := s.heldAt(i, "laptop")
	return ok
}

// parted says that atom i parts what is said before it from what follows: a
// mark, another card, a desktop.
func (s *scan) parted(i int) bool {
	a := s.atoms[i]
	return a.kind == mark && !a.is("(") && !a.is(")") && !a.is(":") || partingWords[a.text] || slices.ContainsFunc(s.cards, func(c card) bool { return i >= c.from && i < c.to })
}

// partingWords begin what is said of another machine.
var partingWords = map[string]bool{"desktop": true, "pc": true, "server": true, "workstation": true, "tower": true, "or": true, "and": true, "vs": true, "台": true, "还": true, "公": true}
