package estimator

import (
	"errors"
	"math/bits"
	"strings"
)

// Breakdown is the memory of the fullest GPU.
type Breakdown struct {
	Plan      Plan // as resolved: every default filled in
	Parts     []Part
	Moment    Moment // which decides
	Allocated Bytes  // all parts of that moment but the context
	Total     Bytes  // what the card shows
	Reserved  Bytes  // training: what the allocator holds; 0 when serving
	Low, High Bytes  // 9 in 10 measured runs lie between, of Allocated; 0 if unknown
	Host      Bytes  // outside the GPU
	Capacity  Capacity
	Fits      bool     // the named card, by the engine's own share too
	Letters   []Letter // every letter that a formula shows
	Notes     []Note
}

// Part is one part of a breakdown. Where it is not held at the moment that
// decides, Bytes is its own highest and it does not count in the total.
type Part struct {
	Name    PartName
	Bytes   Bytes
	Formula string // a Go expression over the letters
	Basis   Basis
	Source  string
	Moments Moments
}

// Letter is a symbol of the formulas with its value.
type Letter struct {
	Name    string
	Value   float64
	Meaning string
}

// Capacity says how far a card goes: bytes and tokens; a zero is unknown.
type Capacity struct {
	KVBytesPerToken  Bytes
	KVBudget         Bytes
	KVTokens         int64
	MaxSeq           int64
	MaxBatch         int64
	ReservedByEngine Bytes
}

// Note is an assumption or a warning, by code; the caller words it.
type Note struct {
	Code    string
	Key     string // the option it is about, if any
	Value   string
	Warning bool
}

// ErrTooLarge is a plan whose memory is beyond counting.
var ErrTooLarge = errors.New("too large to count")

// tally is the bytes of each moment.
type tally [numMoments]float64

// firstMoments are where serving and training begin.
var firstMoments = [numModes]Moment{Infer: Load, Training: LossMoment}

// highest gives the moment that decides, the first of those that are equal.
func (t *tally) highest(first Moment) Moment {
	top := first
	for m := first; m < numMoments; m++ {
		if t[m] > t[top] {
			top = m
		}
	}
	return top
}

// Estimate counts the memory of the fullest GPU with every part's formula. The
// error is a [PlanError], [ErrShape] or [ErrTooLarge].
func Estimate(a Arch, p Plan) (Breakdown, error) {
	s, err := open(&a, &p)
	if err != nil {
		return Breakdown{}, err
	}
	defer s.close()
	s.asked = p
	moment, err := s.settle()
	if err != nil {
		return Breakdown{}, err
	}
	b := Breakdown{Plan: s.plan, Moment: moment, Allocated: bytesOf(s.allocated)}
	b.Parts = s.parts(moment)
	for _, part := range b.Parts {
		if part.Moments.Has(moment) {
			b.Total += part.Bytes
		}
	}
	for i := range b.Parts {
		b.Parts[i].Moments &^= s.moments.hidden()
	}
	b.Letters = s.shown(b.Parts)
	s.finish(&b)
	return b, nil
}

// Peak is [Estimate]'s Total, the same arithmetic without words or allocation,
// for searches.
func Peak(a Arch, p Plan) (Bytes, error) {
	s, err := open(&a, &p)
	if err != nil {
		return 0, err
	}
	_, err = s.settle()
	total := s.allocated
	if err == nil {
		contexts := s.contexts()
		for i := range contexts {
			total += contexts[i].amount(s)
		}
	}
	s.close()
	return bytesOf(total), err
}

// settle adds up the bills of each moment, and leaves the highest in allocated.
func (s *sheet) settle() (Moment, error) {
	var t tally
	always := 0.0 // most bills are held throughout
	bills := s.bills()
	for i := range bills {
		bytes := bills[i].amount(s)
		if bytes == 0 {
			continue
		}
		if set := bills[i].moments; set == WhileTraining || set == WhileServing {
			always += bytes
			continue
		}
		for set := bills[i].moments; set != 0; set &= set - 1 {
			t[bits.TrailingZeros8(uint8(set))] += bytes
		}
	}
	s.moments = t
	top := t.highest(firstMoments[s.plan.Mode])
	s.allocated = t[top] + always
	if s.allocated >= float64(MaxBytes)/4 {
		return top, ErrTooLarge
	}
	return top, nil
}

// parts merges the bills of each part as they stand at the moment; a part that
// is not held then is shown at its own highest moment.
func (s *sheet) parts(moment Moment) []Part {
	var merged [numParts]mergedPart
	for _, bills := range [][]bill{s.bills(), s.contexts()} {
		for i := range bills {
			if bytes := bills[i].amount(s); bytes != 0 {
				merged[bills[i].part].add(&bills[i], bytes)
			}
		}
	}
	parts := make([]Part, 0, 8)
	for name := range numParts {
		if m := &merged[name]; len(m.bills) > 0 {
			parts = append(parts, m.part(s, name, moment))
		}
	}
	return parts
}

// mergedPart gathers the bills of one part.
type mergedPart struct {
	bills []*bill
	bytes []float64
	tally tally
}

func (m *mergedPart) add(b *bill, bytes float64) {
	m.bills, m.bytes = append(m.bills, b), append(m.bytes, bytes)
	for at := range numMoments {
		if b.moments.Has(at) {
			m.tally[at] += bytes
		}
	}
}

func (m *mergedPart) part(s *sheet, name PartName, moment Moment) Part {
	if m.tally[moment] == 0 {
		moment = m.tally.highest(0)
	}
	part := Part{Name: name, Basis: Counted}
	var formulas, sources []string
	total := 0.0
	for i, b := range m.bills {
		if !b.moments.Has(moment) {
			continue
		}
		total += m.bytes[i]
		formulas = append(formulas, b.formula(s))
		if len(sources) == 0 || sources[len(sources)-1] != b.source {
			sources = append(sources, b.source)
		}
		part.Basis = max(part.Basis, b.basis)
	}
	part.Moments = m.tally.when(total)
	part.Bytes = bytesOf(total)
	part.Formula = strings.Join(formulas, " + ")
	part.Source = strings.Join(sources, "; ")
	return part
}

// hidden are the moments that share their name with a higher one: the end of the
// backward pass reads "backward" too, and only one of the two may stand for it.
func (t *tally) hidden() Moments {
	if t[BackwardEnd] > t[Backward] {
		return AtBackward
	}
	return AtBackwardEnd
}

// when lists the moments at which a part has just that many bytes.
func (t *tally) when(bytes float64) Moments {
	at := Moments(0)
	for m := range numMoments {
		if t[m] == bytes {
			at |= 1 << m
		}
	}
	return at
}

// shown lists the letters that occur in the formulas.
func (s *sheet) shown(parts []Part) []Letter {
	all := make([]Letter, 0, 24)
	seen := func(name string) bool {
		for _, l := range all {
			if l.Name == name {
				return true
			}
		}
		return false
	}
	for _, part := range parts {
		for word := range identifiers(part.Formula) {
			if seen(word) {
				continue
			}
			if letter, ok := s.letter(word); ok {
				all = append(all, letter)
			}
		}
	}
	return all
}
