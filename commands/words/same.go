package words

import (
	"slices"
	"strings"
)

// dropRepeats leaves out the mentions that say again, with less or the same, what
// another one says: a name and the Hub id of it, "llama 70b ... llama 2 70b". Two
// that are listed or compared stay.
func (s *scan) dropRepeats() {
	if len(s.models) < 2 || s.has("ask", "compare") {
		return
	}
	plain := make([]*model, len(s.models))
	for i, m := range s.models {
		plain[i] = s.r.plainly(m)
	}
	var keep []*model
	for i, m := range s.models {
		again := slices.ContainsFunc(s.models, func(other *model) bool {
			k := slices.Index(s.models, other)
			better := k < i && (m.id == "" || other.id != "") || m.id == "" && other.id != ""
			said := better || !plain[k].saidBy(plain[i]) // of two that say the same the Hub id stays, or the first
			return k != i && said && plain[i].saidBy(plain[k]) && !s.listed(m, other)
		})
		if !again {
			keep = append(keep, m)
		}
	}
	s.models = keep
}

// listed says that two mentions stand in one list.
func (s *scan) listed(a, b *model) bool {
	if a.from > b.from {
		a, b = b, a
	}
	return a.to < b.from && s.inList(a.to, b.from)
}

// plainly is a mention by its Hub id as its parts say it.
func (r *Reader) plainly(m *model) *model {
	if m.id == "" {
		return m
	}
	t := r.scan(m.id[strings.IndexByte(m.id, '/')+1:])
	if parts, ok := t.familyAt(0); ok {
		return parts
	}
	if len(t.atoms) == 0 {
		return m
	}
	if parts, ok := t.compoundAt(0); ok {
		return parts
	}
	return m
}

// saidBy says that another mention says all that this one does.
func (m *model) saidBy(other *model) bool {
	if m.id != "" || other.id != "" {
		return m.id == other.id
	}
	if m.family == nil || m.family != other.family {
		return m.family == other.family && len(m.prefix) > 0 && slices.Equal(m.prefix, other.prefix)
	}
	return (m.version == "" || m.version == other.version) && within(m.sizes, other.sizes) && len(other.sizes) > 0 &&
		within(m.words, other.words) && within(m.finish, other.finish) && within(m.prefix, other.prefix) && (m.context == "" || m.context == other.context) && (m.edition == "" || m.edition == other.edition)
}

// dropAsides leaves out the models of a remark in brackets where others stand
// outside: "Gemma 3 12B (and one day the 27B of it)". A name or a size alone in
// brackets is no remark.
func (s *scan) dropAsides() {
	outside := slices.DeleteFunc(slices.Clone(s.models), s.inRemark)
	if len(outside) > 0 {
		s.models = outside
	}
}

// inRemark says that a mention stands in brackets with several words more.
func (s *scan) inRemark(m *model) bool {
	from, to := m.from-1, m.to
	words := 0
	for ; from >= 0 && !s.atoms[from].is("("); from-- {
		if s.atoms[from].is(")") || from < m.from-maxRemark {
			return false
		}
		words += one(s.atoms[from].kind == letters)
	}
	for ; to < len(s.atoms) && !s.atoms[to].is(")"); to++ {
		if s.atoms[to].is("(") || to > m.to+maxRemark {
			return false
		}
		words += one(s.atoms[to].kind == letters)
	}
	return from >= 0 && to < len(s.atoms) && words > 2
}

// maxRemark bounds the atoms of a remark on either side of a model.
const maxRemark = 24

// one counts what is so.
func one(so bool) int {
	if so {
		return 1
	}
	return 0
}
