package words

import (
	"slices"
	"strings"
)

// compoundAt reads a hyphened name of no known family that holds a size:
// "nous-capybara-34b".
func (s *scan) compoundAt(i int) (*model, bool) {
	if s.atoms[i].kind != letters || !isASCII(s.atoms[i].text) || s.joinedBefore(i) || s.known(s.atoms[i].text) {
		return nil, false
	}
	m := &model{from: i, to: i + 1, prefix: []string{s.atoms[i].text}}
	for m.to < len(s.atoms) && s.free(m.to) && s.atoms[m.to].tight() && !s.quantAt(m.to) {
		p, ok := partAt(s.atoms, m.to)
		if !ok || p.what == 'w' && s.known(p.text) && !variantWords[p.text] {
			break
		}
		if end, _ := s.r.families.aliases.longest(s.atoms, m.to, s.free); end > m.to && len(m.sizes) == 0 {
			return nil, false // the family's own mention takes what stands before it
		}
		switch {
		case s.isSize(m.to), p.what == 's' && len(m.sizes) > 0:
			m.sizes = append(m.sizes, p.text)
		}
		m.prefix = append(m.prefix, p.text)
		m.to += p.len
	}
	if len(m.sizes) == 0 && !s.sizeBehind(m) || len(m.prefix[0]) < 2 {
		return nil, false
	}
	return m, true
}

// sizeBehind takes the size that stands behind a name and its version: "LTX-2.3
// 22B". A word that a slip made of another is no name.
func (s *scan) sizeBehind(m *model) bool {
	word := m.prefix[0]
	if len(m.prefix) < 2 || !isDigit(rune(m.prefix[1][0])) || len(word) < 3 || !s.free(m.to) || s.atoms[m.to].gap != spaced || s.begun(word) {
		return false
	}
	size, ok := s.sizeAt(m.to)
	if !ok {
		return false
	}
	if _, typo := s.r.correct(word); typo {
		return false
	}
	m.sizes, m.prefix, m.to = size.sizes, append(m.prefix, size.sizes[0]), size.to
	return true
}

// unknownAt reads a name of no known family with a size behind it: "mythomax
// 13b". A word that the tables know is none, nor one that a slip made of such.
func (s *scan) unknownAt(i int) (*model, bool) {
	if i+2 >= len(s.atoms) || !s.free(i) || len(s.atoms[i].text) < 5 || s.atoms[i].kind != letters || !isASCII(s.atoms[i].text) || s.joinedBefore(i) || s.begun(s.atoms[i].text) {
		return nil, false
	}
	if i > 0 && s.articleBefore(i) || isAdjective(s.atoms[i].text) {
		return nil, false
	}
	if s.atoms[i+1].kind != number || s.atoms[i+1].gap != spaced {
		return nil, false
	}
	size, ok := s.sizeAt(i + 1)
	if !ok || size.to != i+3 || !s.atoms[i+2].is("b") {
		return nil, false
	}
	if _, typo := s.r.correct(s.atoms[i].text); typo {
		return nil, false
	}
	size.from, size.prefix = i, []string{s.atoms[i].text, size.sizes[0]}
	return size, true
}

// adjectives are how words end that describe and name nothing.
var adjectives = []string{"ish", "ful", "ous", "ive", "ed", "ing", "est", "able", "ible", "less", "ical", "ly", "like", "sized", "dy", "ky", "py", "hty", "hy", "fy", "my", "sy", "zy"}

// isAdjective says that a word ends as those do that describe: "trendy 13b".
func isAdjective(word string) bool {
	return len(word) >= 6 && slices.ContainsFunc(adjectives, func(end string) bool { return strings.HasSuffix(word, end) })
}

// articleBefore says that a word like "a" stands before i, as it does before
// adjectives, or "to" as before verbs.
func (s *scan) articleBefore(i int) bool {
	end, _, ok := s.tagAt(i-1, "article")
	return ok && end == i
}

// sizeAt reads a size alone: 7b, 70 billion, 130亿.
func (s *scan) sizeAt(i int) (*model, bool) {
	a := s.atoms[i]
	if a.kind != number || a.value <= 0 || i+1 >= len(s.atoms) || !s.free(i+1) {
		return nil, false
	}
	next := s.atoms[i+1]
	switch {
	case s.isSize(i):
		p, _ := partAt(s.atoms, i)
		end := i + p.len
		if at, _ := s.cardAt(i); at >= end {
			return nil, false // 910b
		}
		if strings.HasSuffix(p.text, "m") && !s.saysModel(end) || end < len(s.atoms) && s.atoms[end].gap == glued && s.atoms[end].kind == letters {
			return nil, false
		}
		m := &model{from: i, to: end, sizes: []string{p.text}}
		for m.to < len(s.atoms) && s.free(m.to) && s.atoms[m.to].tight() {
			active, ok := partAt(s.atoms, m.to)
			if !ok || active.what != 's' {
				break
			}
			m.to += active.len
		}
		return m, true
	case next.is("billion") || next.is("b") && next.gap == spaced && s.saysModel(i+2):
		return &model{from: i, to: i + 2, sizes: []string{a.text + "b"}}, true
	case next.is("亿"):
		return &model{from: i, to: i + 2, sizes: []string{trimFloat(a.value/10) + "b"}}, true
	}
	return nil, false
}

// saysModel says that what follows speaks of a model or parameters.
func (s *scan) saysModel(i int) bool {
	return i < len(s.atoms) && modelWords[s.atoms[i].text]
}

// modelWords follow a size.
var modelWords = map[string]bool{"transformer": true, "llm": true, "network": true, "gpt": true, "model": true, "models": true, "param": true, "params": true, "parameter": true, "parameters": true, "参": true, "模": true, "的": true}
