package words

import (
	"slices"

	"membot/estimator"
)

// settleSizes reads the memory of cards that is not said right beside them: a
// part of a card, what is free of it, the size it is not, its size said later.
func (s *scan) settleSizes() {
	s.sizesByTotal()
	for k := range s.cards {
		c := &s.cards[k]
		s.sizeByProfile(c)
		s.sizeByPart(c)
		s.sizeElsewhere(c)
		s.sizeRefused(c)
		s.inLaptop(c)
	}
	s.sizesFree()
}

// profileAt reads the profile of a slice of a card at i: 3g.40gb has 40 GB.
func (s *scan) profileAt(i int) (end int, gb float64) {
	if i+3 >= len(s.atoms) || s.atoms[i].kind != number || !s.atoms[i+1].is("g") || !s.atoms[i+2].tight() || s.atoms[i+2].kind != number || memoryUnits[s.atoms[i+3].text] != 1 {
		return i, 0
	}
	return i + 4, s.atoms[i+2].value
}

// sizeByProfile gives a card that is cut into slices the memory of one.
func (s *scan) sizeByProfile(c *card) {
	sliced := s.has("slice", "yes")
	for i := range s.atoms {
		end, gb := s.profileAt(i)
		if end == i && sliced {
			end, gb = s.memoryAt(i)
		}
		if end > i && sane(gb) && s.free(i) && (c.gb == 0 || sliced) {
			c.gb, c.part = gb, true
			s.claim(i, end)
			return
		}
	}
}

// sizeByPart reads "half an A100", of which that part of its memory is there,
// and "half of our 8 A100s", which are 4.
func (s *scan) sizeByPart(c *card) {
	for at := max(0, c.from-3); at <= min(c.to, len(s.atoms)-1); at++ {
		end, value, ok := s.heldAt(at, "part")
		if !ok || at < c.to && (end < c.from-1 || end > c.from) {
			continue
		}
		n := atoi(value)
		switch {
		case c.count > 1 && c.count%n == 0:
			c.count /= n
		case c.count <= 1:
			c.gb, c.part = float64(s.memoryOfCard(*c)/estimator.GiB/estimator.Bytes(n)), true
			c.count, c.one = 0, false
		}
		return
	}
}

// memoryOfCard is a card's memory as it is sold.
func (s *scan) memoryOfCard(c card) estimator.Bytes { return s.gpuOf(c).Memory }

// gpuOf is the row of the table that a card is; an empty one where none is.
func (s *scan) gpuOf(c card) estimator.GPU {
	name, _ := s.r.cards.name(c)
	g, _ := estimator.FindGPU(name)
	return g
}

// sizeElsewhere reads which of its sizes a card has where that is said apart:
// "a 1060, the 3GB version".
func (s *scan) sizeElsewhere(c *card) {
	row := s.r.cards.rows[c.base]
	if row == nil || c.gb > 0 || len(row.sizes) < 2 {
		return
	}
	for i := c.to; i < len(s.atoms) && i < c.to+8; i++ {
		end, gb := s.memoryAt(i)
		if end == i || !slices.Contains(row.sizes, int64(gb)) || s.otherThan(i, end) {
			continue
		}
		c.gb = gb
		s.claim(i, end)
		return
	}
}

// otherSizes reads the further sizes of a card that has several: "V100 16 or
// 32GB", "A100 40G/80G".
func (s *scan) otherSizes(c *card) []float64 {
	row := s.r.cards.rows[c.base]
	if row == nil || c.gb == 0 || len(row.sizes) < 2 {
		return nil
	}
	if end, gb := s.ownSizeAt(row, c.to+1); gb > 0 && choiceMarks[s.atoms[c.to].text] && gb != c.gb {
		c.to = end
		return []float64{gb}
	}
	for back := 1; back <= 2; back++ {
		if at := c.from - 1 - back; at >= 0 && choiceMarks[s.atoms[c.from-1].text] {
			if end, gb := s.ownSizeAt(row, at); gb > 0 && end == c.from-1 && gb != c.gb {
				c.from = at
				return []float64{gb}
			}
		}
	}
	return nil
}

// ownSizeAt reads one of a card's sizes at i, with its unit or without.
func (s *scan) ownSizeAt(row *cardRow, i int) (int, float64) {
	if !s.free(i) || s.atoms[i].kind != number || !slices.Contains(row.sizes, int64(s.atoms[i].value)) {
		return i, 0
	}
	if end, gb := s.memoryAt(i); end > i {
		return end, gb
	}
	return i + 1, s.atoms[i].value
}

// otherThan says that the memory at from..to is something else's than a card's,
// or what the card has not.
func (s *scan) otherThan(from, to int) bool {
	return s.taggedBefore(from, "measure") || s.taggedBefore(from, "approx") || s.refusedAt(from) ||
		s.taggedAt(to, "bulk") || s.taggedAt(to, "hostword") || s.taggedBefore(from, "hostword") || s.taggedAt(to, "freeword") || s.taggedAt(to, "modelword")
}

// refusedAt says that "not the" or the like ends right before i.
func (s *scan) refusedAt(i int) bool {
	return s.taggedBefore(i, "refused") || s.taggedBefore(i, "neg") || i > 1 && s.taggedBefore(i-1, "refused")
}

// sizeRefused takes another size of a card where its usual one is refused: "not
// the 80GB one".
func (s *scan) sizeRefused(c *card) {
	row := s.r.cards.rows[c.base]
	if row == nil || len(row.sizes) < 2 {
		return
	}
	for i := range s.atoms {
		end, gb := s.memoryAt(i)
		at := slices.Index(row.sizes, int64(gb))
		if end == i || at < 0 || !s.refusedAt(i) || c.gb > 0 && c.gb != gb {
			continue
		}
		c.gb = float64(row.sizes[(at+1)%len(row.sizes)])
		s.claim(i, end)
		return
	}
}

// leastFree is the share of a card below which what is free of it is no size to
// plan with, but a line of an error.
const leastFree = 0.4

// sizesFree gives the card that is asked about what is free of it, where that was
// said: "my 24GB card has 20GB free".
func (s *scan) sizesFree() {
	if len(s.cards) == 0 || s.has("ask", "why") {
		return
	}
	for i := range s.atoms {
		end, gb := s.memoryAt(i)
		taken := end > i && (s.taggedAt(end, "takenword") || s.taggedBefore(i, "takenbefore"))
		if end == i || !sane(gb) || !taken && !s.freeAt(i, end) {
			continue
		}
		k := s.cardBefore(i)
		has := float64(s.memoryOfCard(s.cards[k])) / float64(estimator.GiB)
		if taken {
			gb = has - gb
		}
		if gb >= has || gb < leastFree*has {
			continue
		}
		s.cards[k].gb, s.cards[k].part = gb, true
		s.claim(i, end)
		return
	}
}

// freeAt says that the memory at from..to is what is left of a card.
func (s *scan) freeAt(from, to int) bool {
	for _, at := range []int{to, s.skip(to, 2)} {
		if s.taggedAt(at, "freeword") {
			return true
		}
	}
	return s.taggedBefore(from, "freebefore")
}

// cardBefore is the last card that is named before i, or the first.
func (s *scan) cardBefore(i int) int {
	at := 0
	for k, c := range s.cards {
		if c.from <= i {
			at = k
		}
	}
	return at
}

// totalAt says that the memory at from..to is that of all cards together.
func (s *scan) totalAt(from, to int) bool {
	at := s.skip(to, 3)
	return s.taggedAt(to, "total") || s.taggedAt(at, "total") || s.taggedBefore(from, "total") || s.endsAt(s.skipBack(from, 3), "total")
}
