package words

import "slices"

// places finds phrases by where they begin and end: each list leads from one
// phrase of an atom to the next; 0 ends it, and n stands for mark n-1.
type places struct {
	starts, ends       []int32 // by atom, one more than there are
	nextStart, nextEnd []int32 // by mark
	said               map[tag]bool
}

// place notes where the phrases begin and end, and which meanings were said.
func (s *scan) place() {
	n, m := len(s.atoms)+1, len(s.marks)
	all := make([]int32, 2*n+2*m)
	s.at = places{all[:n], all[n : 2*n], all[2*n : 2*n+m], all[2*n+m:], make(map[tag]bool, 32)}
	for k := m - 1; k >= 0; k-- {
		f := s.marks[k]
		s.at.said[f.tag] = true
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

// has says that something of that meaning was said.
func (s *scan) has(key, value string) bool { return s.at.said[tag{key, value}] }

// hasAny says that any of the values was said.
func (s *scan) hasAny(key string, values ...string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return s.has(key, v) })
}

// all lists what was said of a kind of meaning, each value once.
func (s *scan) all(key string) []found {
	var list []found
	for _, f := range s.marks {
		if f.tag.key == key && !slices.ContainsFunc(list, func(o found) bool { return o.tag == f.tag }) {
			list = append(list, f)
		}
	}
	return list
}

// negated says that the phrase stands behind a "without".
func (s *scan) negated(f found) bool {
	if s.endsAt(f.from, "neg") {
		return true
	}
	i := f.from - 1
	return i >= 0 && s.atoms[i].kind == letters && fillers[s.atoms[i].text] && s.endsAt(i, "neg")
}
