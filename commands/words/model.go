package words

import (
	"slices"
	"strings"
)

// model is a mention of a model.
type model struct {
	from, to int // atoms
	family   *family
	version  string
	sizes    []string
	words    []string // coder, vl, r1
	finish   []string // instruct, chat
	context  string   // 200k, in the name
	edition  string   // v0.1: of the release, not of the family
	typed    []string // every part in the order typed
	prefix   []string // what was hyphened on before the family: "chinese"
	id       string   // a Hub id or a name that the catalogue knows
	listed   bool     // a size in a list behind the mention before it
}

// bare says that only a size was said.
func (m *model) bare() bool { return m.family == nil && m.id == "" && len(m.prefix) == 0 }

// full says that the mention names a model by itself.
func (m *model) full() bool { return !m.bare() }

// maxMentions bounds the models that one question names.
const maxMentions = 24

// findModels finds every mention of a model and claims its atoms.
func (s *scan) findModels() {
	for i := 0; i < len(s.atoms) && len(s.models) < maxMentions; i++ {
		if s.claimed[i] {
			continue
		}
		m, ok := s.modelAt(i)
		if !ok {
			continue
		}
		s.claim(m.from, m.to)
		s.models = append(s.models, m)
		i = m.to - 1
	}
	s.mergeSizes()
	s.listSizes()
}

// modelAt reads the mention that begins at i.
func (s *scan) modelAt(i int) (*model, bool) {
	a := s.atoms[i]
	if a.kind == hub {
		return &model{from: i, to: i + 1, id: a.text}, true
	}
	if s.toolAt(i) {
		return nil, false
	}
	m, ok := s.familyAt(i)
	if end, id := s.nameAt(i); end > i && (!ok || end > m.to) {
		return &model{from: i, to: end, id: id}, true
	}
	if ok {
		s.extendLeft(m)
		return m, true
	}
	if m, ok := s.compoundAt(i); ok {
		return m, true
	}
	return s.sizeAt(i)
}

// toolAt says that a program's name stands here, not a model's: llama.cpp,
// LLaMA-Factory.
func (s *scan) toolAt(i int) bool {
	for _, key := range []string{"engine", "stack"} {
		if end, _, ok := s.tagAt(i, key); ok && end > i+1 {
			return true
		}
	}
	return i+1 < len(s.atoms) && s.atoms[i+1].is("cpp") && s.atoms[i+1].tight()
}

// nameAt finds a name of the catalogue, spelled in full.
func (s *scan) nameAt(i int) (int, string) {
	end, tags := s.r.names.longest(s.atoms, i, s.free)
	if end-i < 2 || end < len(s.atoms) && s.atoms[end].gap == glued && s.atoms[end].kind != han && s.atoms[end].kind != mark {
		return i, ""
	}
	if s.joinedBefore(i) {
		return i, ""
	}
	return end, tags[0].value
}

// joinedBefore says that the atom at i goes on a hyphened word.
func (s *scan) joinedBefore(i int) bool {
	return i > 0 && s.atoms[i].tight() && s.atoms[i-1].kind != han && s.atoms[i-1].kind != mark && !s.claimed[i-1]
}

// familyAt reads a family's name and what follows it.
func (s *scan) familyAt(i int) (*model, bool) {
	end, tags := s.r.families.aliases.longest(s.atoms, i, s.free)
	if end == i {
		if tags, ok := s.misspelt(i); ok {
			end, _ = i+1, tags
			return s.extend(&model{from: i, to: end, family: s.r.families.list[int([]rune(tags.value)[0])]}), true
		}
		return nil, false
	}
	f := s.r.families.list[int([]rune(tags[0].value)[0])]
	if common[s.atoms[i].text] && end == i+1 && !s.partFollows(end, f) {
		return nil, false
	}
	return s.extend(&model{from: i, to: end, family: f}), true
}

// common are names of families that are words of their own too.
var common = map[string]bool{"step": true, "opt": true, "yi": true, "phi": true, "solar": true, "falcon": true, "bloom": true, "command": true, "aya": true, "grok": true, "flux": false, "mamba": true, "pythia": true, "zephyr": true, "granite": true, "bert": false, "gte": true, "通": true}

// partFollows says that a size or version stands right behind.
func (s *scan) partFollows(i int, f *family) bool {
	if i >= len(s.atoms) || !s.free(i) {
		return false
	}
	p, ok := partAt(s.atoms, i)
	return ok && (p.what == 's' || p.what == 'v' && f.numbers[p.text] || s.atoms[i].gap == hyphen)
}

// misspelt corrects the name of a family that a number follows: "lama 3 8b".
func (s *scan) misspelt(i int) (tag, bool) {
	a := s.atoms[i]
	if a.kind != letters || len(a.text) < 4 || s.known(a.text) || i+1 >= len(s.atoms) || s.atoms[i+1].kind != number {
		return tag{}, false
	}
	for name, node := range s.r.families.aliases.next {
		if len(node.tags) > 0 && len(name) >= 4 && name[0] == a.text[0] && near(a.text, name, 1) {
			f := s.r.families.list[int([]rune(node.tags[0].value)[0])]
			if s.partFollows(i+1, f) {
				return node.tags[0], true
			}
		}
	}
	return tag{}, false
}

// extend reads the parts behind a family: versions, sizes, words.
func (s *scan) extend(m *model) *model {
	for m.to < len(s.atoms) && s.free(m.to) {
		a := s.atoms[m.to]
		if (a.is(":") || a.is("的")) && len(m.sizes) == 0 && m.to+1 < len(s.atoms) && s.isSize(m.to+1) {
			m.to++
			continue
		}
		p, ok := partAt(s.atoms, m.to)
		if !ok || !s.takes(m, p) {
			break
		}
		m.take(p)
		m.to += p.len
	}
	return m
}

// isSize says that a number of parameters stands at i.
func (s *scan) isSize(i int) bool {
	p, ok := partAt(s.atoms, i)
	return ok && p.what == 's' && !strings.HasSuffix(p.text, "e") && !activeMarks[p.text[:1]]
}

// takes says whether the part belongs to the name.
func (s *scan) takes(m *model, p part) bool {
	a := s.atoms[m.to]
	after := m.to + p.len
	strong := a.tight() && s.atoms[m.to-1].kind != han
	switch {
	case p.what == 'c':
		return m.context == ""
	case p.what == 's' && strings.HasSuffix(p.text, "m") && len(p.text) < 3:
		return false
	case p.what == 's' && s.isSize(m.to):
		return len(m.sizes) == 0
	case p.what == 's':
		return strong || a.kind == letters && (len(m.sizes) > 0 || m.family.hasSize(p.text))
	case p.what == 'v' && (m.version != "" && a.kind != number || s.countFollows(after)):
		return false
	case p.what == 'v' && (m.family.numbers[p.text] || a.is("v")):
		return m.version == "" || strong
	case p.what == 'v':
		return strong
	case s.quantAt(m.to):
		return false
	case s.atoms[m.to].kind == letters && strong && a.gap == hyphen:
		return !s.known(a.text) || m.family.words[p.text] || variantWords[p.text]
	case strong:
		return m.family.words[p.text] || variantWords[p.text]
	}
	if after < len(s.atoms) && attentionWords[s.atoms[after].text] {
		return false
	}
	return m.family.words[p.text] || variantWords[p.text] && (p.text != "it" && p.text != "base" && p.text != "turbo" && p.text != "lite")
}

// attentionWords tell "flash attention" and "max context" from names.
var attentionWords = map[string]bool{"attention": true, "attn": true, "context": true, "ctx": true}

// countFollows says that the number before i counts cards, tokens or bits:
// "llama 3 x 4090".
func (s *scan) countFollows(i int) bool {
	if i >= len(s.atoms) {
		return false
	}
	a := s.atoms[i]
	switch {
	case a.is("*"), a.is("x"), a.is("张"), a.is("卡"), a.is("块"), a.is("台"), a.is("/"), a.is("k"), a.is("g"), a.is("gb"), a.is("bit"), a.is("bits"), a.is("%"):
		return !a.is("x") || i+2 >= len(s.atoms) || !s.atoms[i+2].is("b")
	}
	return s.cardStarts(i)
}

// take adds a part to the name.
func (m *model) take(p part) {
	m.typed = append(m.typed, p.mark+p.text)
	switch {
	case p.what == 'c':
		m.context = p.text
	case p.what == 's':
		m.sizes = append(m.sizes, p.text)
	case p.what == 'v' && p.mark != "" && len(m.sizes) > 0 && !m.family.numbers[p.text]:
		m.edition = p.mark + p.text
	case p.what == 'v' && m.version == "":
		m.version = p.text
	case neutral[p.text] && !m.family.words[p.text]:
		m.finish = append(m.finish, p.text)
	case p.text == "distilled":
		m.words = append(m.words, "distill")
	default:
		m.words = append(m.words, p.text)
	}
}

// extendLeft takes a size before the family ("34b llava", "7B的Qwen2.5") and the
// words hyphened on to it ("Chinese-Mixtral").
func (s *scan) extendLeft(m *model) {
	for s.joinedBefore(m.from) && s.atoms[m.from-1].kind == letters && s.atoms[m.from].gap == hyphen {
		m.from--
		if word := s.atoms[m.from].text; !prefixNoise[word] && isASCII(word) {
			m.prefix = slices.Insert(m.prefix, 0, word)
		}
	}
}

// prefixNoise are owners and the like that say nothing about the shape.
var prefixNoise = map[string]bool{"meta": true, "the": true, "openai": true, "google": true, "microsoft": true, "nvidia": true}

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
	if len(m.sizes) == 0 || len(m.prefix[0]) < 2 {
		return nil, false
	}
	return m, true
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
var modelWords = map[string]bool{"model": true, "models": true, "param": true, "params": true, "parameter": true, "parameters": true, "参": true, "模": true, "的": true}
