package estimator

import "strconv"

// unit is what the bytes a token keeps in a block are counted in: a width of
// that block, so that every formula of this file is a sum of few products.
type unit uint8

// The units.
const (
	perToken   unit = iota
	perHidden       // h
	perQuery        // a·d
	perKey          // k·d
	perValue        // k·dv
	perOut          // a·dv
	perHead         // a
	perKVHead       // k
	perScore        // a·s, one row of attention weights
	perFFN          // f
	perExpert       // e·fe
	perRow          // e·h, a row of h for each chosen expert
	perChosen       // e
	perExperts      // E
	perShared       // width of the shared experts
	perLatent       // MLA's latent rank
	perQLatent      // and that of its queries
	perRope         // and its rope part
	perInner        // a recurrent mixer's width
	perInKeys       // the keys of its groups
	perState        // heads × key × value, one state
	perRank         // LoRA's rank
	perSpread       // e·fe/E, one expert's share of a token
	numUnits
)

// unitNames are the units as products of letters.
var unitNames = [numUnits]string{
	"1", "h", "a*d", "k*d", "k*dv", "a*dv", "a", "k", "a*s", "f", "e*fe", "e*h", "e", "E", "fs",
	"r", "rq", "R", "I", "Ik", "S", "rank", "e*fe/E",
}

// vec is bytes of one token in one block, by unit.
type vec [numUnits]float64

// blockUnits is the value of each unit that does not depend on the plan.
func blockUnits(b *block, h float64) vec {
	m := &b.layer.Mixer
	v := vec{
		perToken: 1, perHidden: h, perRow: b.e * h, perQuery: b.a * b.d, perKey: b.k * b.d, perValue: b.k * b.dv, perOut: b.a * b.dv,
		perHead: b.a, perKVHead: b.k, perFFN: b.f, perExpert: b.e * b.fe, perChosen: b.e, perExperts: b.E,
		perShared: b.fs, perLatent: b.r, perQLatent: float64(m.QueryRank), perRope: b.R,
		perInner: b.I, perInKeys: b.Ik, perState: b.S,
	}
	if b.E > 0 {
		v[perSpread] = b.e * b.fe / b.E
	}
	return v
}

// text writes the sum out, in the order of the units, without what the block
// does not have.
func (v *vec) text(b *block) string {
	if b.d == b.dv {
		v[perQuery], v[perOut] = v[perQuery]+v[perOut], 0
		v[perKey], v[perValue] = v[perKey]+v[perValue], 0
	}
	var room [256]byte
	text := room[:0]
	for u := perHidden; u < numUnits; u++ {
		if v[u] != 0 && b.has(u) {
			text = append(appendTerm(text, v[u]), '*')
			text = append(text, unitNames[u]...)
		}
	}
	if v[perToken] != 0 {
		text = appendTerm(text, v[perToken])
	}
	return string(text)
}

// appendTerm appends a number with the sign that joins it to what stands before.
func appendTerm(text []byte, x float64) []byte {
	switch {
	case len(text) == 0:
	case x < 0:
		text, x = append(text, " - "...), -x
	default:
		text = append(text, " + "...)
	}
	return appendNumber(text, x)
}

// has says whether the block has such a width at all; attention weights and
// the adapters' rank depend on the plan.
func (b *block) has(u unit) bool {
	return b.units[u] != 0 || u == perRank || u == perScore && b.a > 0
}

// number writes a coefficient with no more digits than it needs.
func number(x float64) string {
	if n, ok := short(x); ok {
		return strconv.Itoa(n)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// appendNumber appends it.
func appendNumber(text []byte, x float64) []byte {
	if n, ok := short(x); ok {
		return strconv.AppendInt(text, int64(n), 10)
	}
	return strconv.AppendFloat(text, x, 'g', -1, 64)
}

// short says whether a number is a whole one that is written without an exponent,
// as most are: those are written much faster.
func short(x float64) (int, bool) {
	n := int(x)
	return n, float64(n) == x && -1e6 < x && x < 1e6
}

// kept is what a token keeps in a block for the backward pass, on one tensor
// rank. Where a text is wanted its terms are written down as well.
type kept struct {
	block  *block
	s      float64 // tokens of a row of attention weights
	rank   float64
	shares float64 // of what tensor parallelism divides: 1/t
	sum    float64
	scores float64 // of the sum, what is kept for each pair of tokens
	terms  *terms
}

// terms are coefficients: whole is the same on every tensor rank, cut is
// divided by t.
type terms struct{ whole, cut vec }

// begin starts a sum over the block.
func (s *sheet) begin(k *kept, b *block) {
	k.block, k.s, k.rank, k.shares, k.sum, k.scores = b, s.s, s.rank, 1/s.t, 0, 0
	if k.terms != nil {
		*k.terms = terms{}
	}
}

// written copies the terms, where there are any.
func (k *kept) written() *terms {
	if k.terms == nil {
		return nil
	}
	t := *k.terms
	return &t
}

// rewrite puts copied terms back.
func (k *kept) rewrite(t *terms) {
	if k.terms != nil {
		*k.terms = *t
	}
}

// whole adds bytes that every tensor rank keeps.
func (k *kept) whole(u unit, bytes float64) {
	k.sum += bytes * k.width(u)
	if k.terms != nil {
		k.terms.whole[u] += bytes
	}
}

// all adds the same bytes of several units, none of them the plan's, that every
// tensor rank keeps.
func (k *kept) all(units []unit, bytes float64) {
	width := 0.0
	for _, u := range units {
		width += k.block.units[u]
		if k.terms != nil {
			k.terms.whole[u] += bytes
		}
	}
	k.sum += bytes * width
}

// cut adds bytes that tensor parallelism divides.
func (k *kept) cut(u unit, bytes float64) {
	add := bytes * k.width(u) * k.shares
	k.sum += add
	if u == perScore {
		k.scores += add
	}
	if k.terms != nil {
		k.terms.cut[u] += bytes
	}
}

// residual adds pieces of width h that tensor parallelism leaves whole, and
// sequence parallelism divides too.
//
// Korthikanti et al. 2022, section 4.2. https://arxiv.org/abs/2205.05198
func (s *sheet) residual(k *kept, u unit, bytes float64) {
	if s.sequence {
		k.cut(u, bytes)
	} else {
		k.whole(u, bytes)
	}
}

// width is the value of a unit.
func (k *kept) width(u unit) float64 {
	switch u {
	case perScore:
		return k.block.a * k.s
	case perRank:
		return k.rank
	default:
		return k.block.units[u]
	}
}

// dropScores leaves out what is kept for each pair of tokens.
func (k *kept) dropScores() {
	k.sum, k.scores = k.sum-k.scores, 0
	if k.terms != nil {
		k.terms.cut[perScore] = 0
	}
}

// scale multiplies by a share.
func (k *kept) scale(share float64) {
	k.sum *= share
	k.scores *= share
	if k.terms != nil {
		old := *k.terms
		k.terms.add(&old, share-1)
	}
}

// add adds another's coefficients, so many times.
func (t *terms) add(other *terms, times float64) {
	for u := range t.whole {
		t.whole[u] += times * other.whole[u]
		t.cut[u] += times * other.cut[u]
	}
}

// keptText writes out a token's bytes.
func (s *sheet) keptText(k *terms, b *block) string {
	if s.t == 1 {
		merged := terms{whole: k.whole}
		merged.add(&terms{whole: k.cut}, 1)
		k = &merged
	}
	whole, cut := k.whole.text(b), k.cut.text(b)
	switch {
	case cut == "":
		return whole
	case whole == "":
		return "(" + cut + ")/t"
	default:
		return whole + " + (" + cut + ")/t"
	}
}
