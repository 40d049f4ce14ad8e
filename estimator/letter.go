package estimator

import (
	"slices"
	"strconv"
)

// symbol is what a name in a formula stands for; the one function that is there
// gives its value.
type symbol struct {
	name    string
	meaning string
	place   int // in its mode's list
	whole   func(*sheet) float64
	kind    func(*block) float64
	rank    func(*sheet, *block) float64
}

// symbolsOf lists the symbols of a mode: those of both, its own, and those of a
// kind of block. A whole model's goes before a block's of the same name.
func symbolsOf(own []letter) []symbol {
	var all []symbol
	for _, l := range slices.Concat(own, letters) {
		all = append(all, symbol{name: l.name, meaning: l.meaning, whole: l.of})
	}
	for _, l := range blockLetters {
		all = append(all, symbol{name: l.name, meaning: l.meaning, kind: l.of})
	}
	for _, l := range rankLetters {
		all = append(all, symbol{name: l.name, meaning: l.meaning, rank: l.of})
	}
	return all
}

// symbols finds the symbols of each mode.
var symbols = [numModes]dictionary{
	Infer:    dictionaryOf(symbolsOf(serveLetters)),
	Training: dictionaryOf(symbolsOf(trainLetters)),
}

// dictionary finds a symbol by its name faster than a map: names are short, and
// an answer looks up fifty.
type dictionary [256][]*symbol

func dictionaryOf(all []symbol) (d dictionary) {
	for i := range all {
		s := &all[i]
		s.place = i
		if d.find(s.name) == nil {
			d[slot(s.name)] = append(d[slot(s.name)], s)
		}
	}
	return d
}

// slot is where a name stands, by its ends and its length.
func slot(name string) uint8 {
	return name[0] + 7*name[len(name)-1] + 31*uint8(len(name))
}

func (d *dictionary) find(name string) *symbol {
	for _, s := range d[slot(name)] {
		if s.name == name {
			return s
		}
	}
	return nil
}

// isBlockLetter says whether a name is that of a quantity of a kind of block.
func isBlockLetter(name string) bool {
	s := blockSymbols.find(name)
	return s != nil && s.whole == nil
}

// blockSymbols finds those of a kind of block alone.
var blockSymbols = dictionaryOf(symbolsOf(nil))

// reader lists the letters of formulas, each once.
type reader struct {
	sheet *sheet
	names *dictionary
	seen  []placeSet // those listed: without a number, then with each kind's
	sums  placeSet   // numbers of the sums listed
	all   []Letter
}

// placeSet is a set of places in a list of symbols.
type placeSet [4]uint64

// add puts a place into the set; false if it was there.
func (p *placeSet) add(place int) bool {
	word, mask := &p[place/64%len(p)], uint64(1)<<(place%64)
	was := *word&mask != 0
	*word |= mask
	return !was
}

// shown lists the letters that occur in the formulas.
func (s *sheet) shown(parts []Part) []Letter {
	s.seen = append(s.seen[:0], make([]placeSet, 1+len(s.blocks))...)
	r := reader{sheet: s, names: &symbols[s.plan.Mode], seen: s.seen, all: s.letters[:0]}
	for i := range parts {
		text := parts[i].Formula
		for start, end := nextName(text, 0); start < end; start, end = nextName(text, end) {
			r.read(text[start:end])
		}
	}
	s.letters = r.all
	return slices.Clone(r.all)
}

// read lists a name, unless it is no letter.
func (r *reader) read(name string) {
	base := len(name)
	for base > 1 && nameBytes[name[base-1]] == digitByte {
		base--
	}
	sym := r.names.find(name)
	if sym != nil || base == len(name) {
		r.list(sym, name, 0)
		return
	}
	number, _ := strconv.Atoi(name[base:])
	if name[:base] == sumPrefix {
		r.listSum(name, number)
	} else if sym = r.names.find(name[:base]); sym != nil && sym.whole == nil {
		r.list(sym, name, number)
	}
}

// list adds a letter; with a number, that of a kind of block.
func (r *reader) list(sym *symbol, name string, number int) {
	s := r.sheet
	if sym == nil || number > len(s.blocks) || !r.seen[number].add(sym.place) {
		return
	}
	kind := max(0, number-1)
	switch {
	case sym.whole != nil:
		r.all = append(r.all, Letter{name, sym.whole(s), sym.meaning})
	case kind >= len(s.blocks):
	case sym.kind != nil:
		r.all = append(r.all, Letter{name, sym.kind(&s.blocks[kind]), sym.meaning})
	default:
		r.all = append(r.all, Letter{name, sym.rank(s, &s.blocks[kind]), sym.meaning})
	}
}

// listSum adds a sum over very many kinds of block.
func (r *reader) listSum(name string, number int) {
	bills := r.sheet.bills()
	if number < 1 || number > len(bills) || !r.sums.add(number) {
		return
	}
	b := &bills[number-1]
	r.all = append(r.all, Letter{name, b.amount(r.sheet), "sum over the kinds of block of " + b.text})
}
