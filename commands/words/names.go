package words

import "slices"

// names lists the models as the line names them.
func (s *scan) names() ([]string, named) {
	if s.asks("sizes") && len(s.models) == 1 && s.models[0].family != nil {
		return s.everySize()
	}
	var names []string
	var first named
	for i, m := range s.subjects() {
		n := s.name(m)
		if i == 0 {
			first = n
		}
		if !slices.Contains(names, n.line) && len(names) < maxCompared {
			names = append(names, n.line)
		}
	}
	return names, first
}

// subjects are the mentions that are asked about: a family named in passing
// beside a model ("bge does not") is none.
func (s *scan) subjects() []*model {
	alone := func(m *model) bool { return m.family != nil && len(m.typed) == 0 }
	if s.asks("compare") || !slices.ContainsFunc(s.models, func(m *model) bool { return !alone(m) }) {
		return s.models
	}
	return slices.DeleteFunc(slices.Clone(s.models), alone)
}

// stands lists what to size in place of each model that is not found.
func (s *scan) stands(names []string) map[string][]string {
	list := map[string][]string{}
	for _, m := range s.models {
		if n := s.name(m); slices.Contains(names, n.line) && len(n.stands) > 0 {
			list[n.line] = n.stands
		}
	}
	return list
}

// maxCompared bounds a comparison.
const maxCompared = 6

// everySize lists the sizes of the version that was named.
func (s *scan) everySize() ([]string, named) {
	n := s.name(s.models[0])
	names := []string{n.line}
	for _, e := range s.models[0].family.candidates(s.models[0]) {
		if !slices.Contains(names, e.id) && len(names) < maxCompared {
			names = append(names, e.id)
		}
	}
	n.vague = false
	return names, n
}
