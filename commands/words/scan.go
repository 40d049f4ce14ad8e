package words

import (
	"slices"
	"strings"
	"unicode"
)

// found is a phrase in the question.
type found struct {
	from, to int // atoms
	tag      tag
}

// scan is a question being read.
type scan struct {
	r       *Reader
	lang    string
	atoms   []atom
	claimed []bool // by a model, a card, a number
	marks   []found
	at      places // of the marks
	models  []*model
	unknown []string // cards that no table knows
	cards   []card
	rigs    []rig   // what hardware is asked about, the answer's first
	counts  []int64 // numbers of GPUs, said apart from a card
	most    int64   // the largest number of GPUs said
	boxes   int64   // machines, once looked for; -1: none said
	numbers map[string]float64
	past    map[string]bool // numbers of how a model was trained before
	amounts int             // memory sizes that are no card's
	topic   *weighed
	mac     *bool // a word means a Mac, once looked for
	guesses int   // words that were tried as a family's name
	weighed int   // mentions of a card weighed by what is told of them
}

// scan cuts a question into atoms.
func (r *Reader) scan(text string) *scan {
	atoms := r.words.atomize(clean(text), r.isHubID)
	return &scan{r: r, atoms: atoms, claimed: make([]bool, len(atoms)), numbers: map[string]float64{}}
}

// read finds everything there is to find, the surest first.
func (s *scan) read() {
	s.findModels()
	s.correct()
	s.findNotions()
	s.findMarks()
	s.findTuned()
	s.place()
	s.numbersBehind()
	s.findCards()
	s.preferChips()
	s.findRigs()
	s.numbersBefore()
	s.mergeSizes()
	s.listSizes()
	s.dropRepeats()
	s.dropAsides()
}

// preferChips leaves out a place to run where its card was named too ("Colab
// Pro A100"), and a Mac where its chip was, to which its memory then belongs, or
// where another card was and no memory of the Mac.
func (s *scan) preferChips() {
	if slices.ContainsFunc(s.cards, func(c card) bool { return !c.weak }) {
		s.cards = slices.DeleteFunc(s.cards, func(c card) bool { return c.weak })
	}
	chip := slices.IndexFunc(s.cards, func(c card) bool { return c.base != "" && c.base != plainMac })
	if chip < 0 {
		return
	}
	apple := isChip(s.cards[chip].base)
	for _, c := range s.cards {
		if c.base == plainMac && apple && s.cards[chip].gb == 0 {
			s.cards[chip].gb = c.gb
		}
	}
	s.cards = slices.DeleteFunc(s.cards, func(c card) bool { return c.base == plainMac && (apple || c.gb == 0) })
}

// plainMac is the card of a Mac whose chip was not named.
const plainMac = "mac"

// free says that an atom is in range and unclaimed.
func (s *scan) free(i int) bool { return i >= 0 && i < len(s.claimed) && !s.claimed[i] }

// claim takes atoms.
func (s *scan) claim(from, to int) {
	for i := from; i < to; i++ {
		s.claimed[i] = true
	}
}

// known says that a word has a meaning of its own.
func (s *scan) known(word string) bool { return s.r.phrases.has(word) || s.r.notions.has(word) }

// quantAt says that a number format's name begins at i.
func (s *scan) quantAt(i int) bool {
	_, _, isType := s.tagAt(i, "dtype")
	_, _, isFile := s.tagAt(i, "gguf")
	return isType || isFile
}

// tagAt gives the longest phrase at i if it has a meaning of that kind.
func (s *scan) tagAt(i int, key string) (end int, value string, ok bool) {
	end, tags := s.r.phrases.longest(s.atoms, i, s.free)
	for _, t := range tags {
		if t.key == key {
			return end, t.value, true
		}
	}
	return i, "", false
}

// facts are the meanings whose words are taken when read.
var facts = map[string]bool{"dtype": true, "zero": true, "method": true, "optimizer": true, "attn": true, "engine": true, "stack": true, "recompute": true, "precision": true, "kv": true, "loss": true}

// maxCorrections bounds the typos that are mended in one question.
const maxCorrections = 64

// correct mends typos in the words that no model took.
func (s *scan) correct() {
	left := maxCorrections
	for i, a := range s.atoms {
		if left == 0 || !s.free(i) || a.kind != letters || len(a.text) < 5 || s.joined(i) || s.begun(a.text) {
			continue
		}
		left--
		if right, ok := s.r.correct(a.text); ok {
			s.atoms[i].text, s.atoms[i].id = right, s.r.words[right]
		}
	}
}

// begun says that some phrase begins with the word, or is it.
func (s *scan) begun(word string) bool {
	return s.r.phrases.begins(word) || s.r.notions.begins(word) || s.r.cards.names.begins(word)
}

// findNotions finds the words of concepts; they may overlap.
func (s *scan) findNotions() {
	for i := range s.atoms {
		end, tags := s.r.notions.longest(s.atoms, i, s.free)
		for _, t := range tags {
			s.marks = append(s.marks, found{i, end, t})
		}
	}
}

// findMarks finds the phrases of the tables.
func (s *scan) findMarks() {
	covered := 0
	for i := 0; i < len(s.atoms); {
		end, tags := s.r.phrases.longest(s.atoms, i, s.free)
		if end <= max(i, covered) { // none, or inside a longer phrase
			i++
			continue
		}
		taken := false
		for _, t := range tags {
			s.marks = append(s.marks, found{i, end, t})
			taken = taken || facts[t.key]
		}
		covered = end
		if taken {
			s.claim(i, end)
		}
		if taken || s.atoms[i].kind != han {
			i = end
		} else {
			i++ // Chinese phrases may share a character
		}
	}
}

// joined says that the atom is part of a longer word.
func (s *scan) joined(i int) bool {
	return s.atoms[i].gap == hyphen || i+1 < len(s.atoms) && s.atoms[i+1].tight() && s.atoms[i+1].kind == number
}

// fillers stand between a word and what it is about.
var fillers = map[string]bool{"be": true, "=": true, ":": true, "of": true, "is": true, "at": true, "~": true, "to": true, "size": true, "up": true, "about": true, "around": true, "use": true, "using": true, "any": true, "the": true, "为": true, "是": true, "约": true, "大": true, "小": true, "到": true, "设": true, "开": true, "了": true, "a": true, "dtype": true, "cache": true, "in": true, "as": true, "quant": true, "量": true, "化": true, "用": true, "len": true, "(": true, "\"": true, "'": true, "set": true, "type": true, "数": true, "整": true, "are": true, "both": true, "都": true, "已": true, "经": true, "调": true, "降": true}

// languageOf is the language to answer in: the one asked for, else that of the
// script.
func languageOf(atoms []atom, asked string) string {
	chinese := strings.HasPrefix(strings.ToLower(asked), "zh")
	if asked == "" {
		chinese = slices.ContainsFunc(atoms, func(a atom) bool { return a.kind == han })
	}
	if chinese {
		return "zh-CN"
	}
	return "en"
}

// isHubID says whether owner/name, as typed, is a Hub id and not "7b/13b" or
// "tokens/s".
func (r *Reader) isHubID(owner, name string) bool {
	owner, name = strings.ToLower(owner), strings.ToLower(name)
	if r.owners[owner] {
		return len(name) > 1
	}
	if strings.ContainsFunc(owner, unicode.IsDigit) || len(owner) < 3 || r.phrases.has(owner) || r.families.aliases.has(owner) {
		return false
	}
	if !strings.ContainsFunc(name, unicode.IsDigit) || !strings.ContainsFunc(name, unicode.IsLetter) || strings.ContainsAny(owner, ".") {
		return false
	}
	atoms := r.words.atomize(name, nil)
	for i := range atoms {
		if p, ok := partAt(atoms, i); ok && p.what == 's' {
			return len(atoms) > p.len
		}
		if end, _ := r.families.aliases.longest(atoms, i, func(k int) bool { return k < len(atoms) }); end > i {
			return true
		}
	}
	return false
}
