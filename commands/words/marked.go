package words

// places finds phrases by where they begin and end: each list leads from one
// phrase of an atom to the next; 0 ends it, and n stands for mark n-1.
type places struct {
	starts, ends       []int32 // by atom, one more than there are
	nextStart, nextEnd []int32 // by mark
}

// place notes where the phrases begin and end.
func (s *scan) place() {
	n, m := len(s.atoms)+1, len(s.marks)
	all := make([]int32, 2*n+2*m)
	s.at = places{all[:n], all[n : 2*n], all[2*n : 2*n+m], all[2*n+m:]}
	for k := m - 1; k >= 0; k-- {
		f := s.marks[k]
		s.at.nextStart[k], s.at.starts[f.from] = s.at.starts[f.from], int32(k+1)
		s.at.nextEnd[k], s.at.ends[f.to] = s.at.ends[f.to], int32(k+1)
	}
}

// taggedAt says that a phrase of that kind begins at i.
func (s *scan) taggedAt(i int, key string) bool {
	return s.startsWith(i, func(t tag) bool { return t.key == key })
}

// fitsAt says that "is enough", 够不够 or the like stands at i.
func (s *scan) fitsAt(i int) bool {
	return s.startsWith(i, func(t tag) bool { return t == tag{"ask", "fit"} })
}

func (s *scan) startsWith(i int, holds func(tag) bool) bool {
	if i < 0 || i >= len(s.at.starts) {
		return false
	}
	for k := s.at.starts[i]; k > 0; k = s.at.nextStart[k-1] {
		if holds(s.marks[k-1].tag) {
			return true
		}
	}
	return false
}

// taggedBefore says that a phrase of that kind ends right before i, a small
// word aside.
func (s *scan) taggedBefore(i int, key string) bool {
	return s.endsAt(i, key) || i > 0 && i <= len(s.atoms) && fillers[s.atoms[i-1].text] && s.endsAt(i-1, key)
}

// endsAt says that a phrase of that kind ends right before i.
func (s *scan) endsAt(i int, key string) bool {
	if i < 0 || i >= len(s.at.ends) {
		return false
	}
	for k := s.at.ends[i]; k > 0; k = s.at.nextEnd[k-1] {
		if s.marks[k-1].tag.key == key {
			return true
		}
	}
	return false
}
