package estimator

import (
	"slices"
	"strconv"
	"strings"
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
	seen  [4]uint64 // places of the symbols listed without a number
	all   []Letter
}

// shown lists the letters that occur in the formulas.
func (s *sheet) shown(parts []Part) []Letter {
	r := reader{sheet: s, names: &symbols[s.plan.Mode], all: s.letters[:0]}
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
	if sym := r.names.find(name); sym != nil {
		if mask := uint64(1) << (sym.place % 64); r.seen[sym.place/64]&mask == 0 {
			r.seen[sym.place/64] |= mask
			r.list(sym, name, 0)
		}
		return
	}
	if slices.ContainsFunc(r.all, func(l Letter) bool { return l.Name == name }) {
		return
	}
	if index, ok := strings.CutPrefix(name, sumPrefix); ok {
		r.listSum(name, index)
		return
	}
	base := len(name)
	for base > 1 && nameBytes[name[base-1]] == digitByte {
		base--
	}
	kind, err := strconv.Atoi(name[base:])
	if sym := r.names.find(name[:base]); err == nil && sym != nil && sym.whole == nil {
		r.list(sym, name, kind-1)
	}
}

// list adds a letter, of a kind of block where it is of one.
func (r *reader) list(sym *symbol, name string, kind int) {
	s := r.sheet
	switch {
	case sym.whole != nil:
		r.all = append(r.all, Letter{name, sym.whole(s), sym.meaning})
	case kind < 0 || kind >= len(s.blocks):
	case sym.kind != nil:
		r.all = append(r.all, Letter{name, sym.kind(&s.blocks[kind]), sym.meaning})
	default:
		r.all = append(r.all, Letter{name, sym.rank(s, &s.blocks[kind]), sym.meaning})
	}
}

// listSum adds a sum over very many kinds of block.
func (r *reader) listSum(name, index string) {
	bills := r.sheet.bills()
	i, err := strconv.Atoi(index)
	if err != nil || i < 1 || i > len(bills) {
		return
	}
	b := &bills[i-1]
	r.all = append(r.all, Letter{name, b.amount(r.sheet), "sum over the kinds of block of " + b.text})
}
