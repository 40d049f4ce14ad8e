package words

// rangeMarks stand between two numbers of cards: 2~4, 2 to 4, one or two.
var rangeMarks = map[string]bool{"~": true, "-": true, "/": true, "to": true, "or": true, "到": true, "至": true, "或": true, "and": true, "和": true}

// altHan are the characters of 还是 and 或者.
var altHan = map[string]bool{"还": true, "是": true, "或": true, "者": true}

// maxRange is how many further numbers a range may hold.
const maxRange = 3

// rangeBefore reads the further numbers before the number n at from: the 2 of
// "2-4 A100", the "one" of "one or two 3090s".
func (s *scan) rangeBefore(from int, n int64) (int, []int64) {
	var others []int64
	for len(others) < maxRange {
		at, ok := s.rangeSign(from, len(others) > 0)
		if !ok {
			break
		}
		start, m, ok := s.numeralEnding(at)
		spoken := at == from && s.atoms[from].kind == han && n != m+1 // 十二 is no range
		if !ok || m == n || spoken || s.partOfWord(start) {
			break
		}
		others, from, n = append(others, m), start, m
	}
	return from, others
}

// rangeBehind reads the further numbers behind the one that ends at i: x4 or x8,
// 2-4张.
func (s *scan) rangeBehind(i int) (int, []int64) {
	var others []int64
	for len(others) < maxRange {
		at := i
		switch {
		case s.free(at) && rangeMarks[s.atoms[at].text] && !s.atoms[at].is("and") && !s.atoms[at].is("和"):
			at++
		case s.free(at) && s.atoms[at].gap == hyphen && s.atoms[at].kind == number:
		default:
			return i, others
		}
		times := s.free(at) && isTimes(s.atoms[at])
		if times {
			at++
		}
		end, n, ok := s.numeralAt(at)
		if !ok || s.memoryFollows(at) || end < len(s.atoms) && (tokenWords[s.atoms[end].text] || !times && isTimes(s.atoms[end])) {
			return i, others
		}
		others, i = append(others, n), end
	}
	return i, others
}

// rangeSign steps back over what stands between the numbers of a range, or of a
// list of them.
func (s *scan) rangeSign(from int, listed bool) (int, bool) {
	if from >= 2 && s.endsAt(from, "alt") && s.atoms[from-1].kind == han {
		for from > 1 && s.free(from-1) && (altHan[s.atoms[from-1].text] || measureWords[s.atoms[from-1].text]) {
			from-- // 4张还是8张
		}
		return from, true
	}
	switch {
	case from < 1:
		return from, false
	case s.free(from-1) && (rangeMarks[s.atoms[from-1].text] || listed && (s.atoms[from-1].is(",") || s.atoms[from-1].is(";"))):
		from--
		if s.free(from-1) && isTimes(s.atoms[from-1]) {
			from-- // 2x or 4x
		}
		return from, true
	}
	return from, s.atoms[from].gap == hyphen && s.atoms[from-1].kind == number || s.atoms[from].kind == han && s.atoms[from-1].kind == han
}
