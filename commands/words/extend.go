package words

import (
	"slices"
	"strings"
)

// extend reads the parts behind a family: versions, sizes, words.
func (s *scan) extend(m *model) *model {
	for m.to < len(s.atoms) && s.free(m.to) {
		a := s.atoms[m.to]
		if (a.is(":") || a.is("的")) && len(m.sizes) == 0 && m.to+1 < len(s.atoms) && s.isSize(m.to+1) {
			m.to++
			continue
		}
		p, ok := partAt(s.atoms, m.to)
		if ok && p.what == 'w' && p.len == 2 && m.version == "" && !m.family.words[p.text] && m.family.words[a.text] {
			p = part{what: 'w', text: a.text, len: 1} // mistral-small3.1
		}
		if !ok || !s.takes(m, p) {
			break
		}
		if p.what == 'v' && m.sizeWithoutUnit(p.text) {
			p.what, p.text = 's', p.text+"b"
		}
		if version, size, ok := s.versionGlued(m, p); ok {
			m.take(part{what: 'v', text: version})
			p.text = size
		}
		m.take(p)
		m.to += p.len
	}
	return m
}

// versionGlued parts a version of the family from one of its sizes where both were
// written together: llama370b, qwen2.57b.
func (s *scan) versionGlued(m *model, p part) (version, size string, ok bool) {
	if p.what != 's' || s.atoms[m.to].gap != glued || m.version != "" || len(m.sizes) > 0 || m.family == nil || m.family.hasSize(p.text) {
		return "", "", false
	}
	for k := 1; k < len(p.text)-1; k++ {
		version, size = p.text[:k], p.text[k:]
		if m.family.numbers[version] && m.family.hasSize(size) {
			return version, size, true
		}
	}
	return "", "", false
}

// sizeWithoutUnit says that a number behind the name is no version of the family
// but one of its sizes, the b left out: "gpt-oss-20".
func (m *model) sizeWithoutUnit(number string) bool {
	return len(m.sizes) == 0 && !m.family.numbers[number] && m.family.hasSize(number+"b")
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
	case trainedWords[p.text] && a.gap == hyphen && len(m.sizes) > 0:
		return true
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

// trainedWords end the names of models that were trained so: minicpm-2b-sft.
var trainedWords = map[string]bool{"sft": true, "dpo": true, "rlhf": true, "orpo": true, "kto": true}

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
	case (neutral[p.text] || trainedWords[p.text]) && !m.family.words[p.text]:
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
