package words

// rangeMarks stand between two numbers of cards: 2~4, 2 to 4, one or two.
var rangeMarks = map[string]bool{"~": true, "-": true, "/": true, "to": true, "or": true, "到": true, "至": true, "或": true, "and": false}

// maxRange is how many further numbers a range may hold.
const maxRange = 3

// rangeBefore reads the further numbers before the number n at from: the 2 of
// "2-4 A100", the "one" of "one or two 3090s".
func (s *scan) rangeBefore(from int, n int64) (int, []int64) {
	var others []int64
	for len(others) < maxRange {
		at, ok := s.rangeSign(from)
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

// rangeSign steps back over what stands between the numbers of a range.
func (s *scan) rangeSign(from int) (int, bool) {
	switch {
	case from < 1:
		return from, false
	case s.free(from-1) && rangeMarks[s.atoms[from-1].text], s.free(from-1) && s.atoms[from-1].is("and") && s.taggedBefore(from-2, "between"):
		from--
		if s.free(from-1) && isTimes(s.atoms[from-1]) {
			from-- // 2x or 4x
		}
		return from, true
	}
	return from, s.atoms[from].gap == hyphen && s.atoms[from-1].kind == number || s.atoms[from].kind == han && s.atoms[from-1].kind == han
}
