package words

import "slices"

// perMachine reads how many stand in each machine: （每台 8 张）, "each with 8".
func (s *scan) perMachine(i int) (int64, int) {
	for n := 0; n < 2 && s.free(i) && (s.atoms[i].kind == mark || s.atoms[i].is("服") || s.atoms[i].is("机")); n++ {
		i++
	}
	end, _, ok := s.tagAt(i, "each")
	if !ok {
		return 0, i
	}
	to, n, ok := s.numeralAt(s.skip(end, 2))
	if !ok {
		return 0, i
	}
	return n, s.skipMeasure(to)
}

// machinesBehind reads machines times their cards behind a card: "A100 2 nodes x
// 8 GPUs".
func (s *scan) machinesBehind(i int) (int64, int) {
	at, n, ok := s.numeralAt(s.skip(i, 2))
	end, _, machine := s.tagAt(at, "machine")
	if !ok || !machine || !s.free(end) || !isTimes(s.atoms[end]) {
		return 0, i
	}
	to, each, ok := s.numeralAt(end + 1)
	if !ok || s.memoryFollows(end+1) {
		return 0, i
	}
	if s.free(to) && gpuNouns[s.atoms[to].text] {
		to++
	}
	return n * each, s.skipMeasure(to)
}

// eachAround says that the number of a card is that of each machine: "one L4 per
// node", 每台8张A100.
func (s *scan) eachAround(c *card) bool {
	if c.gb > 0 && s.free(c.to) && s.atoms[c.to].is("each") && memoryUnits[s.atoms[c.to-1].text] > 0 && !s.machineAt(c.to+1) {
		return false // "8 A100 (40GB each, two servers)"
	}
	if s.taggedAt(c.to, "each") || s.free(c.to) && s.atoms[c.to].is("each") || s.endsAt(c.from, "each") {
		return true
	}
	for k := c.from; k > 1 && c.from-k <= 2; k-- {
		if s.endsAt(k, "machine") {
			_, _, counted := s.numeralEnding(k - 1)
			return !counted // "nodes have 4x H100", and not "2 nodes have"
		}
	}
	return false
}

// machines is how many machines the text speaks of at most; 0 where it does not say.
func (s *scan) machines() int64 {
	if s.boxes != 0 {
		return max(0, s.boxes)
	}
	s.boxes = -1
	for i := range s.atoms {
		if end, n, ok := s.numeralAt(i); ok && n > s.boxes && s.machineAt(end) {
			s.boxes = n
		}
	}
	return max(0, s.boxes)
}

// partOfWord says that the number goes on a word: the 7 of qwen-7.
func (s *scan) partOfWord(i int) bool {
	return i > 0 && s.atoms[i].kind == number && s.atoms[i].tight() && s.atoms[i-1].kind == letters && !isTimes(s.atoms[i-1])
}

// setsOther says that the number is what some other setting was given, right
// before a card: the 4096 of "seq=4096 A100".
func (s *scan) setsOther(from, card int) bool {
	if from < 2 || !s.atoms[from-1].is("=") || s.atoms[from-2].kind != letters || gpuNouns[s.atoms[from-2].text] {
		return false
	}
	return !slices.ContainsFunc(s.atoms[from:card], func(a atom) bool { return isTimes(a) || measureWords[a.text] })
}

// behindMemory is the end of the memory size at i, or i.
func (s *scan) behindMemory(i int) int {
	end, _ := s.memoryAt(i)
	return end
}

// tailWords end a card's full name.
var tailWords = map[string]bool{"max": true, "q": true, "edition": true, "workstation": true, "blackwell": true, "founders": true, "gpu": true, "gpus": true}

// countBehind reads a count behind a card: *2, x8, 8卡, 单卡.
func (s *scan) countBehind(i int) (int, int64) {
	at := i
	if s.free(at) && (s.atoms[at].is("(") || s.atoms[at].is(")")) {
		at++
	}
	for n := 0; n < 4 && s.free(at) && (tailWords[s.atoms[at].text] || s.memoryFollows(at)); n++ {
		at = max(at+1, s.behindMemory(at))
	}
	if s.free(at) && isTimes(s.atoms[at]) {
		if end, n, ok := s.numeralAt(at + 1); ok && !s.memoryFollows(at+1) {
			return end, n
		}
		return i, 0
	}
	if end, n, ok := s.numeralAt(at); ok {
		if k := s.skipMeasure(end); k > end && (s.atoms[end].is("卡") || s.atoms[end].is("张") || s.atoms[end].is("块")) {
			return k, n
		}
	}
	return i, 0
}

// memoryFollows says that the number at i is a memory size.
func (s *scan) memoryFollows(i int) bool {
	_, gb := s.memoryAt(i)
	return gb > 0
}

// countsBySize reads how many there are of the only card where its memory is
// told apart from its name: "on 8x80GB GPUs (A100)".
func (s *scan) countsBySize() {
	if len(s.cards) != 1 || s.cards[0].count > 0 || s.r.cards.rows[s.cards[0].base] == nil {
		return
	}
	sizes := s.r.cards.rows[s.cards[0].base].sizes
	for i := range s.atoms {
		end, n, ok := s.numeralAt(i)
		if !ok || n > maxAlone || !s.free(end) || !isTimes(s.atoms[end]) {
			continue
		}
		if _, gb := s.memoryAt(end + 1); gb > 0 && slices.Contains(sizes, int64(gb)) {
			s.cards[0].count, s.cards[0].one, s.cards[0].gb = n, n == 1, gb
			return
		}
	}
}

// machineAt says that a word for machines stands at i.
func (s *scan) machineAt(i int) bool {
	_, _, ok := s.tagAt(i, "machine")
	return ok
}

// countMachines multiplies by the number of machines before the count.
func (s *scan) countMachines(c *card) {
	if from := c.from - 1; c.count > 1 && from > 0 && s.free(from) && isTimes(s.atoms[from]) {
		if at, n, ok := s.numeralEnding(from); ok && n > 1 && n <= maxAlone && !s.partOfWord(at) {
			c.count, c.from = c.count*n, at // 8x8H800
			return
		}
	}
	if c.count > 1 && s.machineAt(s.skip(c.to, 2)) {
		if at, n, ok := s.numeralEnding(c.from); ok && n > 1 && n <= maxAlone && !s.partOfWord(at) {
			c.count, c.from = c.count*n, at // "2 8xH100 nodes"
			return
		}
	}
	k := c.from
	for steps := 0; steps < 2 && s.free(k-1) && (s.atoms[k-1].is("of") || s.atoms[k-1].is("with") || s.atoms[k-1].is("each") || s.atoms[k-1].is("的") || s.atoms[k-1].is("各") || s.atoms[k-1].is("(") || s.atoms[k-1].is(",") || isTimes(s.atoms[k-1])); steps++ {
		k--
	}
	for back := 4; back >= 1; back-- {
		from := k - back
		if from < 1 || !s.free(from) {
			continue
		}
		if end, _, ok := s.tagAt(from, "machine"); ok && end == k {
			if at, n, ok := s.numeralEnding(from); ok && c.count > 0 {
				c.count, c.from = c.count*n, at
			}
			return
		}
	}
}
