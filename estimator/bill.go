package estimator

import (
	"math"
	"strconv"
	"strings"
)

// bill is one thing that memory is paid for: a formula as text and as code, in
// the same letters. A test evaluates the text and compares.
type bill struct {
	// One of the two: bytes is of the whole model, each of one kind of block, to
	// be summed over the kinds.
	bytes func(*sheet) float64
	each  func(*sheet, *block) float64

	needs   need // without which it comes to nothing
	part    PartName
	moments Moments
	basis   Basis
	fixed   bool // does not grow with what is written
	source  string
	text    string // a Go expression over the letters
	// write makes the text where it depends on the plan; the block is nil for a
	// bill of the whole model.
	write func(*sheet, *block) string
	// payer says which stacks pay at all; nil: every one.
	payer func(*stackRow) bool
}

// amount is the bill in whole bytes, rounded up.
func (b *bill) amount(s *sheet) float64 {
	if b.needs&^s.met != 0 {
		return 0
	}
	return b.full(s)
}

// full is the amount of a bill whose needs are met.
func (b *bill) full(s *sheet) float64 {
	if b.bytes != nil {
		return math.Ceil(b.bytes(s))
	}
	return b.sum(s)
}

// sum adds up a bill over the kinds of block.
func (b *bill) sum(s *sheet) float64 {
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
	var list [maxKindsShown + 1]int
	paying := b.paying(s, list[:0])
	if len(paying) == 1 && len(s.blocks) == 1 {
		return b.words(s, &s.blocks[0])
	}
	if len(paying) > maxKindsShown {
		return b.sumLetter(s)
	}
	terms := make([]string, 0, maxKindsShown)
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

// paying lists the kinds of block for which the bill is not zero, one more at
// most than a formula writes out.
func (b *bill) paying(s *sheet, kinds []int) []int {
	for i := range s.blocks {
		if len(kinds) <= maxKindsShown && b.each(s, &s.blocks[i]) != 0 {
			kinds = append(kinds, i)
		}
	}
	return kinds
}

// numbered appends n to every letter of a block in the text.
func numbered(text string, n int) string {
	var room [512]byte
	out, done := room[:0], 0
	for start, end := nextName(text, 0); start < end; start, end = nextName(text, end) {
		out = append(out, text[done:end]...)
		if isBlockLetter(text[start:end]) {
			out = strconv.AppendInt(out, int64(n), 10)
		}
		done = end
	}
	return string(append(out, text[done:]...))
}

// nextName finds the first name in an expression from a place on; an empty one
// where there is none. The exponent of a number is part of the number.
func nextName(text string, from int) (start, end int) {
	for end = from; ; {
		for start = end; start < len(text) && nameBytes[text[start]] == 0; start++ {
		}
		for end = start; end < len(text) && nameBytes[text[end]] != 0; end++ {
		}
		if start == end || nameBytes[text[start]] != digitByte {
			return start, end
		}
	}
}

// The bytes that names are made of; a number begins with a digit.
const (
	letterByte = 1 + iota
	digitByte
)

var nameBytes = func() (all [256]uint8) {
	for c := range all {
		switch b := byte(c); {
		case b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
			all[c] = letterByte
		case b >= '0' && b <= '9':
			all[c] = digitByte
		}
	}
	return all
}()
