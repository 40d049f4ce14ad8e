package words

import "strings"

// learnInstances reads the table of rented machines: their names, then the card
// in them, its memory in GB, how many, and "?" where that is only the usual one.
func (c *cards) learnInstances(table string) {
	lines(table, func(left string, right []string) {
		fields := strings.Fields(right[0])
		if len(fields) < 3 {
			return
		}
		c.rented[left] = card{base: fields[0], gb: float64(atoi(fields[1])), count: atoi(fields[2]), weak: len(fields) > 3}
		for name := range strings.SplitSeq(left, " | ") {
			c.instances.add(name, tag{"instance", left})
		}
	})
}

// instanceAt reads a rented machine, and how many of it: "p4d.24xlarge",
// "a3-highgpu-8g x 2".
func (s *scan) instanceAt(i int) (card, bool) {
	if !s.free(i) {
		return card{}, false
	}
	end, tags := s.r.cards.instances.longest(s.atoms, i, s.free)
	if end == i || end < len(s.atoms) && s.atoms[end].gap == glued && s.atoms[end].kind == letters {
		return card{}, false
	}
	found := s.r.cards.rented[tags[0].value]
	name, _, _ := strings.Cut(tags[0].value, " | ")
	c := card{from: i, to: end, base: found.base, rented: name, inside: found.count, weak: found.weak}
	s.claim(i, end)
	s.countOfCard(&c)
	c.gb, c.count, c.one = found.gb, max(1, c.count)*found.count, false
	return c, true
}

// chipAt reads a chip of Apple's that has no surname ("m4", "M2 16GB"), where a
// Mac or its memory is named too: "m1" alone may be a moment.
func (s *scan) chipAt(i int) (card, bool) {
	if !s.free(i) || !s.free(i+1) || !s.atoms[i].is("m") || !chips[s.atoms[i+1].text] || s.atoms[i+1].gap != glued {
		return card{}, false
	}
	end := i + 2
	if end < len(s.atoms) && s.atoms[end].gap == glued && s.atoms[end].kind != mark && s.atoms[end].kind != han {
		return card{}, false
	}
	base := "m" + s.atoms[i+1].text
	if s.free(end) && surnames[s.atoms[end].text] {
		base, end = base+"-"+s.atoms[end].text, end+1
	}
	if !s.namesMac() && !s.memoryFollows(end) {
		return card{}, false
	}
	return card{from: i, to: end, base: base}, s.r.cards.rows[base] != nil
}

// namesMac says that a word of the text means a Mac.
func (s *scan) namesMac() bool {
	if s.mac == nil {
		mac := s.findsMac()
		s.mac = &mac
	}
	return *s.mac
}

func (s *scan) findsMac() bool {
	for i := range s.atoms {
		if end, tags := s.r.cards.names.longest(s.atoms, i, func(int) bool { return true }); end > i && tags[0].value == plainMac {
			return true
		}
	}
	return false
}

// chips are Apple's, and surnames their larger brothers.
var (
	chips    = map[string]bool{"1": true, "2": true, "3": true, "4": true, "5": true}
	surnames = map[string]bool{"pro": true, "max": true, "ultra": true}
)

// isChip says that a card is one of Apple's chips: m2-ultra, and not m40.
func isChip(base string) bool {
	name, _, _ := strings.Cut(base, "-")
	digits, ok := strings.CutPrefix(name, "m")
	return ok && chips[digits]
}
