package estimator

import (
	"strconv"
	"strings"
)

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
	var terms []string
	for u := perHidden; u < numUnits; u++ {
		if v[u] != 0 && b.has(u) {
			terms = append(terms, number(v[u])+"*"+unitNames[u])
		}
	}
	if v[perToken] != 0 {
		terms = append(terms, number(v[perToken]))
	}
	return strings.ReplaceAll(strings.Join(terms, " + "), "+ -", "- ")
}

// has says whether the block has such a width at all; attention weights and
// the adapters' rank depend on the plan.
func (b *block) has(u unit) bool {
	return b.units[u] != 0 || u == perRank || u == perScore && b.a > 0
}

// number writes a coefficient with no more digits than it needs.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// kept is what a token keeps in a block for the backward pass: whole is the
// same on every tensor rank, cut is divided by t.
type kept struct{ whole, cut vec }

// bytes of a token on one rank.
func (s *sheet) bytes(k *kept, b *block) float64 {
	cut := 1 / s.t
	score, rank := b.a*s.s, s.rank
	sum := (k.whole[perScore]+k.cut[perScore]*cut)*score + (k.whole[perRank]+k.cut[perRank]*cut)*rank
	for u := range k.whole {
		sum += (k.whole[u] + k.cut[u]*cut) * b.units[u]
	}
	return sum
}

// text of a token's bytes.
func (s *sheet) keptText(k *kept, b *block) string {
	if s.t == 1 {
		for u := range k.cut {
			k.whole[u] += k.cut[u]
		}
		k.cut = vec{}
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

// scale multiplies by a share.
func (k *kept) scale(share float64) {
	for u := range k.whole {
		k.whole[u] *= share
		k.cut[u] *= share
	}
}

// add adds another's bytes.
func (k *kept) add(other *kept) {
	for u := range k.whole {
		k.whole[u] += other.whole[u]
		k.cut[u] += other.cut[u]
	}
}

// residual is where pieces of width h that tensor parallelism leaves whole are
// kept: sequence parallelism divides them too.
//
// Korthikanti et al. 2022, section 4.2. https://arxiv.org/abs/2205.05198
func (s *sheet) residual(k *kept) *vec {
	if s.sequence {
		return &k.cut
	}
	return &k.whole
}
