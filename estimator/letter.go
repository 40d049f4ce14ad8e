package estimator

import (
	"slices"
	"strconv"
	"strings"
)

// letter finds a letter of a formula by its name, a block's with or without the
// kind's number, or a sum over many kinds.
func (s *sheet) letter(name string) (Letter, bool) {
	if l, ok := lettersByName[s.plan.Mode][name]; ok {
		return Letter{name, l.of(s), l.meaning}, true
	}
	if index, ok := strings.CutPrefix(name, sumPrefix); ok {
		return s.sumOf(name, index)
	}
	base := strings.TrimRight(name, "0123456789")
	index := 0
	if base != name {
		number, err := strconv.Atoi(name[len(base):])
		if err != nil || number > len(s.blocks) {
			return Letter{}, false
		}
		index = number - 1
	}
	return s.blockLetter(name, base, index)
}

// lettersByName finds the letters of a mode: those of both, and its own.
var lettersByName = func() (modes [numModes]map[string]letter) {
	for m, own := range [numModes][]letter{Infer: serveLetters, Training: trainLetters} {
		modes[m] = map[string]letter{}
		for _, l := range slices.Concat(letters, own) {
			modes[m][l.name] = l
		}
	}
	return modes
}()

func (s *sheet) blockLetter(name, base string, index int) (Letter, bool) {
	for i := range blockLetters {
		if blockLetters[i].name == base && index >= 0 && index < len(s.blocks) {
			return Letter{name, blockLetters[i].of(&s.blocks[index]), blockLetters[i].meaning}, true
		}
	}
	for i := range rankLetters {
		if rankLetters[i].name == base && index >= 0 && index < len(s.blocks) {
			return Letter{name, rankLetters[i].of(s, &s.blocks[index]), rankLetters[i].meaning}, true
		}
	}
	return Letter{}, false
}

// sumOf gives the value of a sum over very many kinds of block.
func (s *sheet) sumOf(name, index string) (Letter, bool) {
	bills := s.bills()
	i, err := strconv.Atoi(index)
	if err != nil || i < 1 || i > len(bills) {
		return Letter{}, false
	}
	b := &bills[i-1]
	return Letter{name, b.amount(s), "sum over the kinds of block of " + b.text}, true
}
