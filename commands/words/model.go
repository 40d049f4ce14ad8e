package words

import "slices"

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
		i = m.to - 1
		if m.outOfScript(); m.bare() && len(m.sizes) == 0 {
			continue
		}
		s.claim(m.from, m.to)
		s.models = append(s.models, m)
	}
	s.joinPieces()
	s.dropUnmeant()
	s.mergeSizes()
	s.listSizes()
}

// joinPieces makes one name of two that were written as one word, which no table
// knows: InternLM-XComposer2-4KHD-7B.
func (s *scan) joinPieces() {
	for i := len(s.models) - 1; i > 0; i-- {
		a, b := s.models[i-1], s.models[i]
		if a.to != b.from || !s.atoms[b.from].tight() || a.bare() || b.family != nil || len(b.prefix) == 0 || a.id != "" {
			continue
		}
		whole := &model{from: a.from, to: b.to, sizes: b.sizes}
		for k := a.from; k < b.to; k++ {
			if last := len(whole.prefix) - 1; last >= 0 && s.atoms[k].gap == glued {
				whole.prefix[last] += s.atoms[k].text
				continue
			}
			whole.prefix = append(whole.prefix, s.atoms[k].text)
		}
		s.models = append(s.models[:i-1], append([]*model{whole}, s.models[i+1:]...)...)
	}
}

// scriptEnds end the names of programs: train_gemma.sh.
var scriptEnds = map[string]bool{"sh": true, "py": true, "ipynb": true}

// outOfScript leaves of a program's name the model with a size that it is for,
// or nothing.
func (m *model) outOfScript() {
	last := len(m.words) - 1
	if last < 0 || !scriptEnds[m.words[last]] {
		return
	}
	if len(m.sizes) == 0 {
		*m = model{from: m.from, to: m.to}
		return
	}
	m.words, m.typed, m.prefix = m.words[:last], m.typed[:len(m.typed)-1], nil
}

// modelAt reads the mention that begins at i.
func (s *scan) modelAt(i int) (*model, bool) {
	a := s.atoms[i]
	if a.kind == hub {
		return &model{from: i, to: i + 1, id: a.text}, true
	}
	if s.toolAt(i) || s.stepAt(i) {
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
	if m, ok := s.unknownAt(i); ok {
		return m, true
	}
	return s.sizeAt(i)
}

// toolAt says that a program's name stands here, not a model's: llama.cpp,
// LLaMA-Factory.
func (s *scan) toolAt(i int) bool {
	end, tags := s.r.phrases.longest(s.atoms, i, s.free)
	if end > i+1 && slices.ContainsFunc(tags, func(t tag) bool { return t.key == "engine" || t.key == "stack" }) {
		return true
	}
	return i+1 < len(s.atoms) && s.atoms[i+1].is("cpp") && s.atoms[i+1].tight()
}

// stepAt says that a step of some work stands here, not the model of that name:
// "out of memory in step 3".
func (s *scan) stepAt(i int) bool {
	if !s.atoms[i].is("step") || i == 0 || i+1 >= len(s.atoms) {
		return false
	}
	n := s.atoms[i+1]
	return n.kind == number && n.gap != glued && n.value == float64(int64(n.value)) && stepBefore[s.atoms[i-1].text]
}

// stepBefore are words that stand before a step of some work.
var stepBefore = map[string]bool{"in": true, "on": true, "at": true, "for": true, "of": true, "and": true, "during": true, "after": true, "until": true, "the": true, "from": true, "train": true, "every": true}

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
	if common[s.atoms[i].text] && end == i+1 && !s.partFollows(end, f) && !s.sizeStandsBefore(i, f) {
		return nil, false
	}
	return s.extend(&model{from: i, to: end, family: f}), true
}

// common are names of families that are words of their own too.
var common = map[string]bool{"nemo": true, "step": true, "opt": true, "yi": true, "phi": true, "solar": true, "falcon": true, "bloom": true, "command": true, "aya": true, "grok": true, "flux": false, "mamba": true, "pythia": true, "zephyr": true, "granite": true, "bert": false, "gte": true, "通": true}

// partFollows says that a size or version stands right behind.
func (s *scan) partFollows(i int, f *family) bool {
	if i >= len(s.atoms) || !s.free(i) {
		return false
	}
	p, ok := partAt(s.atoms, i)
	return ok && (p.what == 's' || p.what == 'v' && f.numbers[p.text] || s.atoms[i].gap == hyphen)
}

// sizeStandsBefore says that a size of the family was said right before: "7b
// bloom".
func (s *scan) sizeStandsBefore(i int, f *family) bool {
	if len(s.models) == 0 {
		return false
	}
	last := s.models[len(s.models)-1]
	return last.to == i && last.bare() && len(last.sizes) == 1 && f.hasSize(last.sizes[0])
}

// misspelt corrects the name of a family that a number follows: "lama 3 8b".
func (s *scan) misspelt(i int) (tag, bool) {
	a := s.atoms[i]
	if s.guesses == maxCorrections || a.kind != letters || len(a.text) < 4 || s.known(a.text) || i+1 >= len(s.atoms) || s.atoms[i+1].kind != number {
		return tag{}, false
	}
	s.guesses++
	for slips := 1; slips <= 2 && len(a.text) >= 4*slips-3; slips++ {
		for _, alias := range s.r.families.single[a.text[0]] {
			if near(a.text, alias.name, slips) && s.partFollows(i+1, s.r.families.list[alias.family]) {
				return tag{"family", string(rune(alias.family))}, true
			}
		}
	}
	return tag{}, false
}
