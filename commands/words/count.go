package words

import "slices"

// maxCount bounds a number of GPUs that has no "x" or "张" beside it.
const maxCount = 4096

// measureWords count cards.
var measureWords = map[string]bool{"张": true, "块": true, "卡": true, "台": true, "片": true, "颗": true, "个": true, "枚": true, "路": true}

// findCards finds every card, its size and how many of it.
func (s *scan) findCards() {
	for i := 0; i < len(s.atoms); i++ {
		if !s.free(i) {
			continue
		}
		if c, ok := s.instanceAt(i); ok {
			s.claim(c.from, c.to)
			s.addCard(c)
			i = max(i, c.to-1)
			continue
		}
		c, ok := s.chipAt(i)
		if end, base := s.cardAt(i); !ok && end > i {
			c, ok = card{from: i, to: end, base: base}, true
		}
		if !ok {
			if c, ok = s.strangerAt(i); ok {
				s.meet(c)
			}
			continue
		}
		s.claim(i, c.to)
		s.sizeOfCard(&c)
		sizes := s.otherSizes(&c)
		s.countOfCard(&c)
		s.claim(c.from, c.to)
		c.wanted = s.wantedAt(c.from)
		s.addCard(c)
		for _, gb := range sizes {
			c.gb = gb
			s.addCard(c)
		}
		i = max(i, c.to-1)
	}
	s.dropRefused()
	s.findSizedCards()
	s.hostMemory()
	s.settleSizes()
	s.countsBySize()
	s.findCounts()
	s.shareTotals()
}

// sizesByTotal gives cards that come in several sizes the one of which so many
// make the memory that was said elsewhere: "8x RTX 6000, 768GB of VRAM".
func (s *scan) sizesByTotal() {
	for k := range s.cards {
		c := &s.cards[k]
		row := s.r.cards.rows[c.base]
		if row == nil || c.gb > 0 {
			continue
		}
		for i := range s.atoms {
			_, gb := s.memoryAt(i)
			if gb == 0 || c.count < 2 && !s.taggedBefore(i, "gpuword") {
				continue // "1*A100, 显存: 40GB" tells one card by its memory
			}
			if at := slices.IndexFunc(row.sizes, func(size int64) bool { return gb == float64(max(1, c.count)*size) }); at > 0 {
				c.gb = float64(row.sizes[at])
			}
		}
	}
}

// stateWords tell between a number and a card what the cards are like.
var stateWords = map[string]bool{"used": true, "old": true, "older": true, "new": true, "spare": true, "refurbished": true, "secondhand": true, "cheap": true, "旧": true, "手": true}

// addCard keeps a card; one named twice is one.
func (s *scan) addCard(c card) {
	if row := s.r.cards.rows[c.base]; row != nil && c.count > 1 && !c.part && !slices.Contains(row.sizes, int64(c.gb)) {
		for i, size := range row.sizes {
			if c.gb != float64(c.count*size) {
				continue
			}
			if c.gb = float64(size); i == 0 {
				c.gb = 0 // "3 x 3090 (72GB)"
			}
			break // "4xA100 160GB" are four of 40
		}
	}
	s.soldSize(&c)
	s.most = max(s.most, c.count)
	for i := range s.cards {
		old := &s.cards[i]
		if old.base == c.base && (old.gb == c.gb || c.gb == 0 || old.gb == 0) {
			old.gb = max(old.gb, c.gb)
			c.wanted = c.wanted || old.count > 0 && c.count > 0 && old.count != c.count && s.failsOn(*old, c)
			old.mention(c)
			return
		}
	}
	s.cards = append(s.cards, c)
}

// soldSize gives a card whose memory was told as the driver shows it the size that
// it is sold with: an L40 of 45GB, a T4 of 15.
func (s *scan) soldSize(c *card) {
	row := s.r.cards.rows[c.base]
	if row == nil || c.part || slices.Contains(row.sizes, int64(c.gb)) {
		return
	}
	for _, size := range row.sizes {
		if full := float64(size); c.gb < full && c.gb > 0.93*full {
			c.gb = full
		}
	}
}

// mention adds what a further mention of a card says of its number.
func (c *card) mention(again card) {
	c.last = again.from
	switch {
	case c.count == 0:
		c.count, c.one, c.others = again.count, again.one, again.others
	case again.count > 0 && again.count != c.count && again.wanted:
		c.count, c.one, c.others = again.count, again.one, append(c.others, c.count)
	case again.count > 0 && again.count != c.count && !slices.Contains(c.others, again.count):
		c.others = append(c.others, again.count)
	}
}

// beingWords stand between a card and its size.
var beingWords = map[string]bool{"是": true, "有": true, "is": true, "are": true, "has": true, "have": true}

// sizeOfCard reads the memory behind a card's name ("A100 80G", "3090
// (24GB)", "A100 8x80G") or before it ("40G A100").
func (s *scan) sizeOfCard(c *card) {
	at := s.skip(c.to, 3)
	if end, _, ok := s.tagAt(at, "modded"); ok {
		at, c.part = s.skip(end, 2), true // 3080 modded to 20G
	}
	if row := s.r.cards.rows[c.base]; row != nil && s.free(at) && beingWords[s.atoms[at].text] {
		if _, gb := s.memoryAt(at + 1); slices.Contains(row.sizes, int64(gb)) {
			at++ // A100是40G的
		}
	}
	if end, _, ok := s.tagAt(at, "onlyhas"); ok {
		at = end // A100s but only 40GB each
	}
	if at < len(s.atoms) && s.atoms[at].kind == number && at+2 < len(s.atoms) && isTimes(s.atoms[at+1]) {
		if end, gb := s.memoryAt(at + 2); gb > 0 {
			c.count, c.gb, c.to = int64(s.atoms[at].value), gb, end
			return
		}
	}
	if numEnd, _, ok := s.numeralAt(c.to); ok { // H100一张96G
		if k := s.skipMeasure(numEnd); k > numEnd {
			if end, gb := s.memoryAt(k); sane(gb) {
				_, n, _ := s.numeralAt(c.to)
				c.count, c.one, c.gb, c.to = n, n == 1, gb, end
				return
			}
		}
	}
	if end, gb := s.memoryAt(at); sane(gb) {
		c.gb, c.to = gb, end
		return
	}
	if s.isOwnSize(c) {
		c.gb, c.to = s.atoms[c.to].value, c.to+1
		return
	}
	if s.bareSizeBefore(c) {
		return
	}
	at = s.behindSize(c)
	if at >= 2 {
		if end, gb := s.memoryAt(at - 2); end == at && sane(gb) {
			c.gb, c.from = gb, at-2
		}
	}
}

// bareSizeBefore reads one of the card's sizes, without a unit, between the count
// and the name: 三张24 3090.
func (s *scan) bareSizeBefore(c *card) bool {
	row, at := s.r.cards.rows[c.base], s.skipBack(c.from, 2)-1
	if row == nil || !s.free(at) || s.atoms[at].kind != number || s.atoms[at].value < 8 || !slices.Contains(row.sizes, int64(s.atoms[at].value)) {
		return false
	}
	k := at
	for s.free(k-1) && (measureWords[s.atoms[k-1].text] || isTimes(s.atoms[k-1])) {
		k--
	}
	if _, _, ok := s.numeralEnding(k); !ok || k == at {
		return false
	}
	c.gb, c.from = s.atoms[at].value, at
	return true
}

// behindSize steps back from a card's name to where its memory may end: "24GB
// RTX 3090", "60 GB of an H100", 16G内存的MacBook.
func (s *scan) behindSize(c *card) int {
	at := s.skipBack(c.from, 3)
	if k := c.from - 1; s.free(k) && s.free(k-1) && s.atoms[k-1].is("of") && !s.taggedBefore(k-3, "takenbefore") {
		if _, _, ok := s.heldAt(k, "article"); ok {
			return k - 1
		}
	}
	if c.base == plainMac || isChip(c.base) {
		for n := 0; n < 6 && s.free(at-1) && sharedWords[s.atoms[at-1].text]; n++ {
			at--
		}
	}
	return at
}

// sharedWords name the memory that a chip shares with the system.
var sharedWords = map[string]bool{"内": true, "存": true, "统": true, "一": true, "的": true, "unified": true, "memory": true, "ram": true, "apple": true, "of": true}

// isOwnSize says that a bare number behind a card is one of its sizes: A100-40.
func (s *scan) isOwnSize(c *card) bool {
	row := s.r.cards.rows[c.base]
	if row == nil || len(row.sizes) < 2 || !s.free(c.to) || s.atoms[c.to].kind != number || s.atoms[c.to].value < 8 {
		return false
	}
	if next := c.to + 1; next < len(s.atoms) && (s.atoms[next].kind == letters && s.atoms[next].gap == glued || tokenWords[s.atoms[next].text] || isTimes(s.atoms[next])) {
		return false
	}
	return slices.Contains(row.sizes, int64(s.atoms[c.to].value))
}

// sane says that a memory size may be a card's.
func sane(gb float64) bool { return gb >= 1 && gb <= 1024 && gb == float64(int64(gb)) }

// isTimes says that an atom multiplies.
func isTimes(a atom) bool { return a.is("*") || a.is("x") }

// skip steps over words that say nothing, at most n.
func (s *scan) skip(i, n int) int {
	for ; n > 0 && s.free(i) && skipWords[s.atoms[i].text]; n-- {
		i++
		if s.free(i) && s.atoms[i-1].is("sxm") && s.atoms[i].kind == number && s.atoms[i].gap == glued {
			i++ // SXM4
		}
	}
	return i
}

// skipBack steps back over words that say nothing; it gives the atom behind
// the last one left.
func (s *scan) skipBack(i, n int) int {
	for ; n > 0 && s.free(i-1) && skipWords[s.atoms[i-1].text]; n-- {
		i--
	}
	return i
}

// skipMeasure steps over the words that count cards.
func (s *scan) skipMeasure(i int) int {
	for s.free(i) && measureWords[s.atoms[i].text] {
		i++
	}
	return i
}

// numeralAt reads a count at i: 8, eight, 两.
func (s *scan) numeralAt(i int) (end int, n int64, ok bool) {
	if !s.free(i) {
		return i, 0, false
	}
	if a := s.atoms[i]; a.kind == number {
		whole := a.value >= 1 && a.value <= maxCount && a.value == float64(int64(a.value))
		if !whole || i+1 < len(s.atoms) && s.atoms[i+1].gap == glued && s.atoms[i+1].kind == letters && !isTimes(s.atoms[i+1]) && !gpuNouns[s.atoms[i+1].text] && !s.machineAt(i+1) && !s.claimed[i+1] {
			return i, 0, false
		}
		return i + 1, int64(a.value), true
	}
	if end, value, ok := s.tagAt(i, "num"); ok {
		return end, atoi(value), true
	}
	if end, _, ok := s.tagAt(i, "one"); ok {
		return min(end, i+max(1, wordsOf(s.atoms[i:end]))), 1, true
	}
	return i, 0, false
}

// wordsOf is the length of a phrase without the measure word at its end.
func wordsOf(atoms []atom) int {
	if n := len(atoms); n > 1 && measureWords[atoms[n-1].text] {
		return n - 1
	}
	return len(atoms)
}

// gpuNouns may be glued behind a number: 8gpu.
var gpuNouns = map[string]bool{"gpu": true, "gpus": true, "cards": true, "card": true, "device": true, "devices": true}

func atoi(s string) int64 {
	n := int64(0)
	for _, c := range s {
		n = n*10 + int64(c-'0')
	}
	return n
}

// numeralEnding reads a count that ends right before atom i.
func (s *scan) numeralEnding(i int) (from int, n int64, ok bool) {
	for back := 3; back >= 1; back-- {
		if i-back < 0 {
			continue
		}
		if end, n, ok := s.numeralAt(i - back); ok && end == i {
			return i - back, n, true
		}
	}
	return i, 0, false
}

// countOfCard reads how many: 2x3090, 8*A100, 两张 4090, A100 x 8, V100 8卡,
// and machines: 2台8xA100, 4 nodes of 8 H100.
func (s *scan) countOfCard(c *card) {
	if c.count > 0 {
		return
	}
	at := s.skipBack(c.from, 4)
	k := at
	for k > 0 && s.free(k-1) && (measureWords[s.atoms[k-1].text] || isTimes(s.atoms[k-1]) || skipWords[s.atoms[k-1].text] || stateWords[s.atoms[k-1].text]) {
		k--
	}
	counted := false
	if from, n, ok := s.numeralEnding(k); ok && !s.partOfWord(from) && !s.setsOther(from, c.from) {
		c.count, c.one, counted = n, n == 1, true
		c.from, c.others = s.rangeBefore(from, n)
	}
	if part, from, ok := s.partOfCards(c.from); ok && counted && part <= c.count {
		c.count, c.one, c.from = part, part == 1, from
	}
	if counted {
		s.claim(c.from, c.to)
	}
	right, n := s.countBehind(c.to)
	if each, to := s.perMachine(c.to); each > 0 && counted {
		c.count, c.one, c.to = c.count*each, false, to
		return
	}
	if counted && c.one && s.machineAt(c.to) {
		c.count, c.one = 0, false // "1 A100 node" is a machine of some
		return
	}
	if all, to := s.machinesBehind(c.to); all > 0 && !counted {
		c.count, c.one, c.to = all, false, to
		return
	}
	if s.eachAround(c) && (counted || right == c.to) {
		if machines := s.machines(); machines > 1 {
			c.count, c.one = max(1, c.count)*machines, false
			return
		}
	}
	if end, _, ok := s.tagAt(c.to, "uses"); ok && counted {
		if to, n, ok := s.numeralAt(end); ok && n <= c.count {
			c.count, c.one, c.to = n, n == 1, s.skipMeasure(to)
			return
		}
	}
	switch {
	case right > c.to && !counted:
		right, c.others = s.rangeBehind(right)
		c.count, c.one, c.to = n, n == 1, s.skipMeasure(right)
	case right > c.to && (s.machineAt(right) || s.endsAt(at, "machine")):
		c.count, c.to = c.count*n, right
		return
	}
	s.countMachines(c)
}

// partOfCards reads how many of the cards are used: "6 of my 8 A100s".
func (s *scan) partOfCards(i int) (n int64, from int, ok bool) {
	for at := max(0, i-3); at < i; at++ {
		if end, _, of := s.tagAt(at, "outof"); of && end == i {
			from, n, ok = s.numeralEnding(at)
			return n, from, ok
		}
	}
	return 0, i, false
}
