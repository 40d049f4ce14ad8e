package words

import (
	"slices"
	"strings"
)

// entry is a model of a family: what tells it from the others.
type entry struct {
	name    string // nickname
	id      string // Hub id, or the nickname again
	version string
	sizes   []string // 7b, 8x7b, a3b
	words   []string // vl, coder, r1
	params  string   // parameters, where the name does not say them
	whole   bool     // what the family alone means
}

// family is the models that share a name.
type family struct {
	stem    string // as nicknames spell it
	join    string // between stem and version
	entries []entry
	words   map[string]bool // every word of the entries
	numbers map[string]bool // every version of the entries
}

// families finds a family by any of its names.
type families struct {
	aliases *trie // key "family", value: index
	list    []*family
	single  map[byte][]alias // the names of one word by first letter, for typos
}

// alias is a family's name of one word.
type alias struct {
	name   string
	family int
}

// part is a piece of a model's name behind its family.
type part struct {
	what byte // 's' size, 'v' version, 'w' word, 'c' context: yi-34b-200k
	text string
	len  int    // atoms
	mark string // the v of v1.5
}

// partAt reads the part that begins at i, given what a name may look like.
func partAt(atoms []atom, i int) (part, bool) {
	a := atoms[i]
	next := func(k int) atom {
		if i+k < len(atoms) && atoms[i+k].tight() {
			return atoms[i+k]
		}
		return atom{}
	}
	switch {
	case a.kind == number && next(1).is("x") && next(2).kind == number && next(3).is("b"):
		return part{what: 's', text: a.text + "x" + next(2).text + "b", len: 4}, true
	case a.kind == number && sizeUnits[next(1).text] && next(1).gap == glued:
		return part{what: 's', text: a.text + next(1).text, len: 2}, true
	case a.kind == number && next(1).is("e") && next(1).gap == glued:
		return part{what: 's', text: a.text + "e", len: 2}, true
	case activeMarks[a.text] && next(1).kind == number && next(1).gap == glued && next(2).is("b"):
		return part{what: 's', text: a.text + next(1).text + "b", len: 3}, true
	case a.kind == number && a.gap == hyphen && next(1).is("k") && next(1).gap == glued:
		return part{what: 'c', text: a.text + "k", len: 2}, true
	case a.kind == number:
		return part{what: 'v', text: a.text, len: 1}, true
	case a.is("v") && next(1).kind == number:
		return part{what: 'v', text: next(1).text, len: 2, mark: "v"}, true
	case a.kind == letters && !isASCII(a.text):
		return part{}, false // no name on the Hub is spelled so
	case a.kind == letters && next(1).kind == number && next(1).gap == glued && !sizeUnits[next(2).text]:
		return part{what: 'w', text: a.text + next(1).text, len: 2}, true
	case a.kind == letters:
		return part{what: 'w', text: a.text, len: 1}, true
	}
	return part{}, false
}

// sizeUnits end a number of parameters; activeMarks begin the active ones.
var (
	sizeUnits   = map[string]bool{"b": true, "m": true}
	activeMarks = map[string]bool{"a": true, "e": true}
	// neutral words name a finish, not a shape.
	neutral = map[string]bool{"instruct": true, "chat": true, "it": true, "base": true, "hf": true, "pt": true}
	// variantWords are parts of names wherever they follow one.
	variantWords = map[string]bool{"instruct": true, "chat": true, "it": true, "base": true, "hf": true, "vl": true, "coder": true, "distill": true, "distilled": true, "reranker": true, "embedding": true, "moe": true, "omni": true, "thinking": true, "lite": true, "turbo": true}
)

// newFamilies reads the table of families.
func newFamilies(table string, words lexicon) *families {
	f := &families{aliases: &trie{words: words}, single: map[byte][]alias{}}
	lines(table, func(left string, right []string) {
		names := strings.Split(left, " | ")
		f.list = append(f.list, newFamily(names, right))
		for _, name := range names {
			f.aliases.add(strings.TrimSpace(name), tag{"family", string(rune(len(f.list) - 1))})
			if len(name) >= 4 && len(atomize(name, nil)) == 1 {
				f.single[name[0]] = append(f.single[name[0]], alias{name, len(f.list) - 1})
			}
		}
	})
	for _, names := range f.single {
		slices.SortStableFunc(names, func(a, b alias) int { return strings.Compare(a.name, b.name) })
	}
	return f
}

func newFamily(names, models []string) *family {
	f := &family{stem: strings.ReplaceAll(strings.TrimSpace(names[0]), " ", "-"), words: map[string]bool{}, numbers: map[string]bool{}}
	if !strings.Contains(models[0], f.stem) {
		f.stem = models[0][:max(1, strings.IndexAny(models[0]+"-", "-"))]
	}
	for i, model := range models {
		e := newEntry(names, model)
		if join, _, ok := strings.Cut(strings.TrimPrefix(e.name, f.stem), e.version); i == 0 && ok && e.version != "" && len(join) < 3 {
			f.join = join // "-", "-v", or nothing
		}
		for _, w := range e.words {
			f.words[w] = true
		}
		f.numbers[e.version] = e.version != ""
		f.entries = append(f.entries, e)
	}
	return f
}

// newEntry takes a model's name apart: qwen3-coder-30b-a3b.
func newEntry(names []string, model string) entry {
	model, whole := strings.CutSuffix(model, "!")
	model, params, _ := strings.Cut(model, "~")
	name, id, linked := strings.Cut(model, ">")
	if !linked {
		id = name
	}
	e := entry{name: name, id: id, params: params, whole: whole}
	atoms := atomize(name, nil)
	i := 0
	for _, alias := range names {
		stem := atomize(alias, nil)
		if len(stem) <= len(atoms) && slices.EqualFunc(stem, atoms[:len(stem)], func(a, b atom) bool { return a.text == b.text }) {
			i = max(i, len(stem))
		}
	}
	for i < len(atoms) {
		p, ok := partAt(atoms, i)
		if !ok {
			i++
			continue
		}
		switch p.what {
		case 's':
			e.sizes = append(e.sizes, p.text)
		case 'v':
			e.version = p.text
		case 'c':
		default:
			e.words = append(e.words, p.text)
		}
		i += p.len
	}
	return e
}

// candidates are the models that a mention may mean, the likeliest first.
func (f *family) candidates(m *model) []entry {
	type ranked struct {
		entry
		extra int
	}
	var found []ranked
	for _, e := range f.entries {
		if m.version != "" && m.version != e.version || !within(m.sizes, e.sizes) || !within(m.words, e.words) {
			continue
		}
		extra := 4 * (len(e.words) - len(m.words))
		if len(m.sizes) > 0 {
			extra += len(e.sizes) - len(m.sizes)
			if e.version != m.version {
				extra++
			}
		}
		found = append(found, ranked{e, extra})
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return a.extra - b.extra })
	list := make([]entry, 0, len(found))
	for _, r := range found {
		if r.extra/4 == found[0].extra/4 {
			list = append(list, r.entry)
		}
	}
	return list
}

// hasSize says that some model of the family is of that size: e4b.
func (f *family) hasSize(size string) bool {
	return slices.ContainsFunc(f.entries, func(e entry) bool { return slices.Contains(e.sizes, size) })
}

// within says that all of some are among the others.
func within(some, others []string) bool {
	for _, s := range some {
		if !slices.Contains(others, s) {
			return false
		}
	}
	return true
}
