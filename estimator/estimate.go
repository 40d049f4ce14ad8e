package estimator

import (
	"errors"
	"math"
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

// tooLarge is the bytes from which on that is so: below it every whole number of
// bytes, and the sum of all parts, is exact in a float64.
const tooLarge float64 = 1 << 52

// tally is the bytes of each moment.
type tally [numMoments]float64

// add counts bytes that are held at a set of moments.
func (t *tally) add(at Moments, bytes float64) {
	for ; at != 0; at &= at - 1 {
		t[bits.TrailingZeros8(uint8(at))] += bytes
	}
}

// highest gives the moment that decides, the first of those that are equal.
func (t *tally) highest(of span) Moment {
	top, most := of.first, t[of.first]
	for m := of.first + 1; m <= of.last; m++ {
		if t[m] > most {
			top, most = m, t[m]
		}
	}
	return top
}

// account is what a question's bills come to.
type account struct {
	always  float64           // held throughout, as most are
	moments tally             // the others, at each moment
	byPart  [numParts]float64 // all bills of each part
}

// span is a run of moments.
type span struct{ first, last Moment }

// anyMoment is all of them.
var anyMoment = span{Load, Step}

// momentsOf are those of serving and of training.
var momentsOf = [numModes]span{Infer: {Load, Decode}, Training: {LossMoment, Step}}

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
		total += s.aside()
	}
	s.close()
	return bytesOf(total), err
}

// settle adds up the bills of each moment, and leaves the highest in allocated.
func (s *sheet) settle() (Moment, error) {
	if s.settled {
		return s.top, nil
	}
	s.account = s.steady
	unmet := ^s.met
	bills := s.bills()
	for i := range bills {
		b := &bills[i]
		if b.needs&unmet != 0 {
			continue
		}
		bytes := 0.0
		if b.bytes != nil {
			bytes = math.Ceil(b.bytes(s))
		} else {
			bytes = b.sum(s)
		}
		s.byPart[b.part] += bytes
		if b.moments == WhileTraining || b.moments == WhileServing {
			s.always += bytes
		} else if bytes != 0 {
			s.moments.add(b.moments, bytes)
		}
	}
	s.top = s.moments.highest(momentsOf[s.plan.Mode])
	s.allocated = s.moments[s.top] + s.always
	if s.allocated >= tooLarge {
		return s.top, ErrTooLarge
	}
	return s.top, nil
}

// payment is a bill and the bytes it comes to.
type payment struct {
	*bill
	bytes float64
}

// parts merges the bills of each part as they stand at the moment; a part that
// is not held then is shown at its own highest moment.
func (s *sheet) parts(moment Moment) []Part {
	names := s.pay()
	parts := make([]Part, 0, bits.OnesCount16(names))
	for ; names != 0; names &= names - 1 {
		parts = append(parts, s.part(PartName(bits.TrailingZeros16(names)), moment))
	}
	return parts
}

// pay lists the bills that come to anything, and gives the set of their parts.
func (s *sheet) pay() (names uint16) {
	s.paid = s.paid[:0]
	for _, bills := range [...][]bill{s.bills(), s.contexts()} {
		for i := range bills {
			if bytes := bills[i].amount(s); bytes != 0 {
				s.paid = append(s.paid, payment{&bills[i], bytes})
				names |= 1 << bills[i].part
			}
		}
	}
	return names
}

// tallyOf is what a part's bills come to at each moment.
func (s *sheet) tallyOf(name PartName) (t tally) {
	for i := range s.paid {
		if s.paid[i].part == name {
			t.add(s.paid[i].moments, s.paid[i].bytes)
		}
	}
	return t
}

func (s *sheet) part(name PartName, moment Moment) Part {
	t := s.tallyOf(name)
	if t[moment] == 0 {
		moment = t.highest(anyMoment)
	}
	part := Part{Name: name, Basis: Counted, Moments: t.when(t[moment]), Bytes: bytesOf(t[moment])}
	formulas, sources := make([]string, 0, 8), make([]string, 0, 8)
	for i := range s.paid {
		b := s.paid[i].bill
		if b.part != name || !b.moments.Has(moment) {
			continue
		}
		formulas = append(formulas, b.formula(s))
		if len(sources) == 0 || sources[len(sources)-1] != b.source {
			sources = append(sources, b.source)
		}
		part.Basis = max(part.Basis, b.basis)
	}
	part.Formula, part.Source = strings.Join(formulas, " + "), strings.Join(sources, "; ")
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
