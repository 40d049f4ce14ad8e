package words

import (
	"slices"
	"strconv"
	"strings"
)

// dropUnmeant leaves out the mentions that are refused where others are not: "not
// the 70b, the 8b", "instead of llama 2", "we used mistral so far".
func (s *scan) dropUnmeant() {
	meant := slices.DeleteFunc(slices.Clone(s.models), func(m *model) bool { return s.refused(m.from) || s.former(m) })
	if len(meant) > 0 {
		s.models = meant
	}
	for i, m := range s.models {
		if i == 0 || !s.endsBefore(m.from, "wanted") && !s.failsInstead(s.models[i-1], m) && !s.askedInstead(s.models[i-1], m) {
			continue
		}
		if last := s.models[i-1]; m.bare() && last.family != nil {
			m = last.sized(m)
		}
		s.models = append([]*model{m}, s.models[i+1:]...) // "the 7B runs, can I move up to the 13B"
		return
	}
}

// former says that a model is told to be what was used before.
func (s *scan) former(m *model) bool {
	return s.endsBefore(m.from, "leaving") || s.clauseSays(m.from, m.to, "formerly")
}

// failsInstead says that the one size does and the other one does not: "the 7B
// loads, but with the 13B it is out of memory".
func (s *scan) failsInstead(one, other *model) bool {
	return one.bare() && other.bare() && s.saysBetween(one.to, other.from, "contrast") && s.saysBetween(other.to, min(other.to+maxFailure, len(s.atoms)), "fails")
}

// askedInstead says that the one works and a size in another clause is asked
// about: "the 7b works, would a 14b fit".
func (s *scan) askedInstead(one, other *model) bool {
	return other.bare() && !slices.Contains(s.r.plainly(one).sizes, other.sizes[0]) && s.clauseSays(one.from, one.to, "works") && !s.clauseSays(other.from, other.to, "works") && (s.clauseSays(other.from, other.to, "ask") || s.clauseSays(other.from, other.to, "fails"))
}

// maxFailure is how far behind a size its failure is told.
const maxFailure = 12

// saysBetween says that a phrase of that kind begins between two atoms.
func (s *scan) saysBetween(from, to int, key string) bool {
	for i := from; i < to; i++ {
		if _, _, ok := s.tagAt(i, key); ok {
			return true
		}
	}
	return false
}

// refused says that a word like "not" or 不要 ends right before i, small words aside.
func (s *scan) refused(i int) bool { return s.endsBefore(i, "refused") }

// endsBefore says that a phrase of that kind ends right before i, small words aside.
func (s *scan) endsBefore(i int, key string) bool {
	for from := max(0, i-5); from < i; from++ {
		if end, _, ok := s.tagAt(from, key); ok && (end == i || end < i && s.between(end, i)) {
			return true
		}
	}
	return false
}

// mergeSizes gives a size said alone to the family that lacks one: "34b
// llava", "the 7B of Qwen2.5". A second size elsewhere in the question is not
// its subject and is dropped.
func (s *scan) mergeSizes() {
	for i, m := range s.models {
		if m.family == nil || len(m.sizes) > 0 || s.familyHasWhole(m) {
			continue
		}
		at := -1
		alone := len(s.families()) == 1
		switch {
		case i > 0 && s.models[i-1].bare() && s.near(s.models[i-1].to, m.from):
			at = i - 1
		case i+1 < len(s.models) && s.models[i+1].bare() && alone:
			at = i + 1
		case i > 0 && s.models[i-1].bare() && alone:
			at = i - 1
		}
		if at < 0 {
			continue
		}
		s.absorb(m, at)
		return
	}
}

// familyHasWhole says that the family alone means one model of no other size.
func (s *scan) familyHasWhole(m *model) bool {
	found := m.family.candidates(m)
	return len(found) == 1 && found[0].whole && len(found[0].sizes) == 0
}

// absorb moves the bare size at index into a mention, and the sizes listed
// with it become mentions of the same family.
func (s *scan) absorb(m *model, at int) {
	run := []int{at}
	for k := at + 1; k < len(s.models) && s.models[k].bare() && s.inList(s.models[k-1].to, s.models[k].from); k++ {
		run = append(run, k)
	}
	for k := at - 1; k >= 0 && s.models[k].bare() && s.inList(s.models[k].to, s.models[k+1].from); k-- {
		run = slices.Insert(run, 0, k)
	}
	var list []*model
	for _, k := range run {
		one := *m
		one.sizes = s.models[k].sizes
		one.typed = append(slices.Clone(m.typed), one.sizes...)
		list = append(list, &one)
	}
	keep := list
	for k, other := range s.models {
		if other != m && !slices.Contains(run, k) {
			keep = append(keep, other)
		}
	}
	s.models = keep
}

// listSizes lets sizes listed behind a mention take its family: "Llama 3.1 70B
// and 405B". Other bare sizes beside a full mention are dropped.
func (s *scan) listSizes() {
	var keep []*model
	for _, m := range s.models {
		if !m.bare() || len(keep) == 0 {
			keep = append(keep, m)
			continue
		}
		last := keep[len(keep)-1]
		switch {
		case last.from < m.from && s.inList(last.to, m.from):
			one := *m
			if last.full() && last.family != nil {
				one = *last.sized(m)
			}
			keep = append(keep, &one)
		case !slices.ContainsFunc(keep, (*model).full):
			if s.near(last.to, m.from) || s.has("ask", "compare") {
				keep = append(keep, m)
			}
		}
	}
	if slices.ContainsFunc(keep, (*model).full) {
		keep = slices.DeleteFunc(keep, (*model).bare)
	}
	s.models = keep
}

// sized is the mention with the size that another one says.
func (m *model) sized(by *model) *model {
	one := *m
	one.from, one.to, one.sizes, one.listed = by.from, by.to, by.sizes, true
	one.typed = slices.Clone(m.typed)
	for i, t := range one.typed {
		if slices.Contains(m.sizes, t) {
			one.typed[i] = by.sizes[0]
		}
	}
	return &one
}

// families lists the mentions that name a family.
func (s *scan) families() []*model {
	var list []*model
	for _, m := range s.models {
		if m.full() {
			list = append(list, m)
		}
	}
	return list
}

// listWords join the members of a list.
var listWords = map[string]bool{"/": true, ",": true, ";": true, "and": true, "&": true, "or": true, "vs": true, "和": true, "与": true, "跟": true, "或": true, "还": true, "是": true, "versus": true, "the": true, "+": true, "model": true, "to": true, "~": true, "chat": true, "base": true}

// inList says that only list words stand between two mentions.
func (s *scan) inList(from, to int) bool {
	if to < from || to-from > 3 {
		return false
	}
	for i := from; i < to; i++ {
		if !listWords[s.atoms[i].text] {
			return false
		}
	}
	return true
}

// near says that nothing or one small word stands between.
func (s *scan) near(from, to int) bool {
	if from == to {
		return true
	}
	return to-from == 1 && (s.atoms[from].is("的") || s.atoms[from].is("-") || s.atoms[from].is("of") || s.atoms[from].is("parameter"))
}

// trimFloat writes a number without needless zeros.
func trimFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// billions is the number of parameters that a size names, for ordering.
func billions(sizes []string) float64 {
	if len(sizes) == 0 {
		return 0
	}
	text := sizes[0]
	times := 1.0
	if n, rest, ok := strings.Cut(text, "x"); ok {
		times, _ = strconv.ParseFloat(n, 64)
		text = rest
	}
	if strings.HasSuffix(text, "m") {
		times /= 1000
	}
	f, _ := strconv.ParseFloat(strings.TrimRight(text, "bm"), 64)
	return f * times
}
