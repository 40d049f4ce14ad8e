package estimator

import (
	"iter"
	"math"
	"strconv"
	"strings"
)

// bill is one thing that memory is paid for: a formula as text and as code, in
// the same letters. A test evaluates the text and compares.
type bill struct {
	part    PartName
	moments Moments
	basis   Basis
	source  string
	text    string // a Go expression over the letters
	fixed   bool   // does not grow with what is written
	// write makes the text where it depends on the plan; the block is nil for a
	// bill of the whole model.
	write func(*sheet, *block) string
	// payer says which stacks pay at all; nil: every one.
	payer func(*stackRow) bool
	// One of the two: bytes is of the whole model, each of one kind of block, to
	// be summed over the kinds.
	bytes func(*sheet) float64
	each  func(*sheet, *block) float64
}

// amount is the bill in whole bytes, rounded up.
func (b *bill) amount(s *sheet) float64 {
	if b.bytes != nil {
		return math.Ceil(b.bytes(s))
	}
	sum := 0.0
	for i := range s.blocks {
		sum += b.each(s, &s.blocks[i])
	}
	return math.Ceil(sum)
}

// maxKindsShown is how many kinds of block a formula writes out.
const maxKindsShown = 3

// formula is the text of the bill for this question: with several kinds of
// block each term's letters carry the kind's number, and with very many the sum
// is a letter of its own.
func (b *bill) formula(s *sheet) string {
	if b.bytes != nil {
		return b.words(s, nil)
	}
	paying := b.paying(s)
	if len(paying) == 1 && len(s.blocks) == 1 {
		return b.words(s, &s.blocks[0])
	}
	if len(paying) > maxKindsShown {
		return b.sumLetter(s)
	}
	terms := make([]string, 0, len(paying))
	for _, i := range paying {
		terms = append(terms, numbered(b.words(s, &s.blocks[i]), i+1))
	}
	return strings.Join(terms, " + ")
}

// words is the bill's text for one kind of block, or for the whole model.
func (b *bill) words(s *sheet, of *block) string {
	if b.write != nil {
		return b.write(s, of)
	}
	return b.text
}

// sumLetter names the sum of a bill over many kinds of block, by the bill's
// place among those of the question.
func (b *bill) sumLetter(s *sheet) string {
	bills := s.bills()
	for i := range bills {
		if &bills[i] == b {
			return sumPrefix + strconv.Itoa(i+1)
		}
	}
	return ""
}

const sumPrefix = "Sum"

// paying lists the kinds of block for which the bill is not zero.
func (b *bill) paying(s *sheet) []int {
	var kinds []int
	for i := range s.blocks {
		if b.each(s, &s.blocks[i]) != 0 {
			kinds = append(kinds, i)
		}
	}
	return kinds
}

// numbered appends n to every letter of a block in the text.
func numbered(text string, n int) string {
	var out strings.Builder
	for _, word := range words(text) {
		out.WriteString(word)
		if isBlockLetter(word) {
			out.WriteString(strconv.Itoa(n))
		}
	}
	return out.String()
}

// words cuts an expression into identifiers and everything between them.
func words(text string) []string {
	var all []string
	start, inside := 0, false
	for i, r := range text {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || inside && r >= '0' && r <= '9'
		if letter != inside {
			if i > start {
				all = append(all, text[start:i])
			}
			start, inside = i, letter
		}
	}
	return append(all, text[start:])
}

// identifiers yields the names in an expression.
func identifiers(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start := -1
		for i := 0; i <= len(text); i++ {
			inside := i < len(text) && isNameByte(text[i], start >= 0)
			switch {
			case inside && start < 0:
				start = i
			case !inside && start >= 0:
				if !yield(text[start:i]) {
					return
				}
				start = -1
			}
		}
	}
}

func isNameByte(c byte, inside bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || inside && c >= '0' && c <= '9'
}

func isBlockLetter(word string) bool {
	for _, b := range blockLetters {
		if b.name == word {
			return true
		}
	}
	for _, b := range rankLetters {
		if b.name == word {
			return true
		}
	}
	return false
}
