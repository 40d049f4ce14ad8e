package words

import "slices"

// findSizedCards finds cards known by their memory alone: "a single 24gb
// card", "8*24G", "on 12gb vram". Other sizes are what something takes.
func (s *scan) findSizedCards() {
	named := len(s.cards) > 0
	for i := range s.atoms {
		end, gb := s.memoryAt(i)
		if end == i {
			continue
		}
		c, ok := s.sizedCard(i, end, gb)
		if !ok || named || !sane(gb) {
			s.amounts++
			continue
		}
		s.claim(c.from, c.to)
		s.addCard(c)
	}
	if parts := slices.DeleteFunc(slices.Clone(s.cards), func(c card) bool { return c.total || c.left }); len(parts) > 0 && len(parts) < len(s.cards) {
		s.leaveFree(parts)
	}
}

// leaveFree keeps the cards themselves, without a total of them ("4x24GB (96GB in
// total)") and with what is free of one in its place ("24GB, 20GB free").
func (s *scan) leaveFree(cards []card) {
	for _, c := range s.cards {
		if last := &cards[len(cards)-1]; c.left && c.gb < last.gb && c.gb >= leastFree*last.gb {
			last.gb, last.part = c.gb, true
		}
	}
	s.cards = cards
}

// shareTotals divides what all cards have together by their number: "4 GPUs
// with 96GB in total".
func (s *scan) shareTotals() {
	for k := range s.cards {
		c := &s.cards[k]
		n := c.count
		if n == 0 && len(s.counts) > 0 {
			n = s.counts[0]
		}
		if c.total && n > 1 && int64(c.gb)%n == 0 {
			c.gb /= float64(n)
		}
	}
}

// sizedCard says whether the memory at from..to is a card's.
func (s *scan) sizedCard(from, to int, gb float64) (card, bool) {
	c := card{from: from, to: to, gb: gb, total: s.totalAt(from, to), left: s.freeAt(from, to)}
	if s.taggedAt(to, "bulk") || s.saidBefore(from, "stored") {
		return c, false
	}
	if s.taggedAt(to, "hostword") && !s.taggedAt(to, "gpuword") && !s.hostBehind(to) || s.taggedBefore(from, "hostword") && s.atoms[from-1].kind == han {
		return c, false
	}
	if from > 1 && (isTimes(s.atoms[from-1]) || s.atoms[from-1].is("times")) {
		if at, n, ok := s.numeralEnding(from - 1); ok {
			c.from, c.count = at, n
			return c, true
		}
	}
	if end, n := s.countBehind(to); end > to && isTimes(s.atoms[to]) {
		c.to, c.count = end, n // 24GB x2
		return c, !s.taggedAt(end, "hostword") || s.taggedAt(end, "gpuword")
	}
	if (s.taggedBefore(from, "measure") || s.taggedBefore(from, "approx")) && !s.taggedBefore(from, "on") {
		return c, false
	}
	after := to
	for after < len(s.atoms) && (s.atoms[after].is("的") || s.atoms[after].is(")")) {
		after++
	}
	switch {
	case c.total, s.countedSize(from), to < len(s.atoms) && gpuNouns[s.atoms[to].text], s.listedSize(to):
	case s.taggedAt(to, "gpuword"), s.taggedAt(after, "gpuword"), s.standsAt(to, "gpuword"):
	case s.taggedBefore(from, "on"), s.taggedBefore(from, "gpuword"):
	case s.taggedAt(to, "ask") && s.fitsAt(to):
	case s.lastWord(to) && soldSizes[gb] && len(s.models) > 0 && !s.has("ask", "why"):
	default:
		return c, false
	}
	if at, n, ok := s.numeralEnding(s.skipCount(from)); ok && !s.partOfWord(at) {
		c.from, c.count, c.one = at, n, n == 1
	}
	return c, true
}

// listedSize says that a memory of cards follows an "or" at i: the 24GB of "16GB
// or 24GB card".
func (s *scan) listedSize(i int) bool {
	if !s.free(i) || !choiceMarks[s.atoms[i].text] {
		return false
	}
	end, gb := s.memoryAt(i + 1)
	return sane(gb) && end < len(s.atoms) && (gpuNouns[s.atoms[end].text] || s.taggedAt(end, "gpuword"))
}

// choiceMarks stand between sizes to choose from.
var choiceMarks = map[string]bool{"or": true, "vs": true, "versus": true, "/": true, "或": true}

// countedSize says that the memory at i is counted as cards are: 两张24G.
func (s *scan) countedSize(i int) bool {
	if !s.free(i-1) || !measureWords[s.atoms[i-1].text] || s.atoms[i-1].is("个") {
		return false
	}
	_, _, ok := s.numeralEnding(i - 1)
	return ok
}

// hostBehind says that the host's memory at i has a size of its own behind it: 显存
// 12G 内存 64G.
func (s *scan) hostBehind(i int) bool {
	for end := i + 1; end < len(s.atoms) && end <= i+3; end++ {
		if s.memoryFollows(end) {
			return s.atoms[i].kind == han
		}
	}
	return false
}

// soldSizes are the memories that cards come with, in GB.
var soldSizes = map[float64]bool{4: true, 6: true, 8: true, 10: true, 11: true, 12: true, 16: true, 20: true, 22: true, 24: true, 32: true, 40: true, 48: true, 64: true, 80: true, 96: true, 128: true, 141: true, 192: true}

// lastWord says that nothing but marks follows: "sdxl on windows 12gb".
func (s *scan) lastWord(i int) bool {
	for ; i < len(s.atoms); i++ {
		if s.atoms[i].kind != mark {
			return false
		}
	}
	return true
}

// skipCount steps back from a size over what stands between it and a count:
// "4 GPUs with 22GB", "两张 24G".
func (s *scan) skipCount(i int) int {
	for n := 0; n < 4 && s.free(i-1) && (measureWords[s.atoms[i-1].text] || skipWords[s.atoms[i-1].text] || isTimes(s.atoms[i-1])); n++ {
		i--
	}
	return i
}

// findCounts finds a number of GPUs that stands by itself: 8 gpus, 单卡, 八卡.
func (s *scan) findCounts() {
	for i := range s.atoms {
		end, n, ok := s.numeralAt(i)
		if !ok || s.partOfWord(i) {
			continue
		}
		var k int
		switch {
		case s.free(end) && s.isCountNoun(end):
			k = end + 1
		case s.atoms[i].kind == han && s.skipMeasure(end) > end && !s.atoms[end].is("个") && !s.atoms[end].is("路"):
			k = s.skipMeasure(end)
		case s.spelledCount(i, end):
			k = end
		case end+1 < len(s.atoms) && s.atoms[end].is("of") && (s.atoms[end+1].is("them") || s.atoms[end+1].is("those") || s.atoms[end+1].is("these")):
			k = end + 2
		default:
			if _, _, one := s.tagAt(i, "one"); !one || s.atoms[end-1].is("a") || !s.isOneCard(i) {
				continue
			}
			k = end
		}
		s.claim(i, k)
		s.most = max(s.most, n)
		if len(s.counts) == 0 {
			_, others := s.rangeBefore(i, n)
			s.counts = append([]int64{n}, others...)
		}
	}
}

// spelledCount says that a spelled number at i..end is all that is said of what it
// fits on: "does it fit on four?"
func (s *scan) spelledCount(i, end int) bool {
	if s.atoms[i].kind != letters || i == 0 || !s.atoms[i-1].is("on") || len(s.cards) == 0 {
		return false
	}
	return end == len(s.atoms) || s.atoms[end].kind == mark
}

// isOneCard says that the phrase at i is 单卡 or the like.
func (s *scan) isOneCard(i int) bool {
	return s.atoms[i].is("单") && i+1 < len(s.atoms) && measureWords[s.atoms[i+1].text]
}

// isCountNoun says that the atom at i is what GPUs are called.
func (s *scan) isCountNoun(i int) bool {
	a := s.atoms[i]
	if i+1 < len(s.atoms) && notCards[s.atoms[i+1].text] {
		return false
	}
	return gpuNouns[a.text] || a.is("卡") || (a.is("张") || a.is("块") || a.is("片") || a.is("颗")) && (i+1 >= len(s.atoms) || s.atoms[i+1].kind != han || cardHan[s.atoms[i+1].text])
}

// notCards follow "gpu" where it is no card.
var notCards = map[string]bool{"layers": true, "layer": true, "hours": true, "hour": true, "days": true, "memory": true, "图": true, "照": true, "utilization": true}

// cardHan may stand behind 张.
var cardHan = map[string]bool{"卡": true, "显": true, "够": true, "呢": true, "能": true, "行": true, "可": true, "的": true, "就": true, "还": true, "也": true, "跑": true, "上": true, "吗": true, "会": true, "都": true, "怎": true, "不": true, "要": true}

// standsAt says that a phrase of that kind begins at i, be it within a longer one.
func (s *scan) standsAt(i int, key string) bool {
	_, _, ok := s.tagAt(i, key)
	return ok
}

// saidBefore says that a phrase of that kind ends a few atoms before i.
func (s *scan) saidBefore(i int, key string) bool {
	for k := i; k >= i-3; k-- {
		if s.endsAt(k, key) {
			return true
		}
	}
	return false
}
