package estimator

import "slices"

// share is the linears of one role in all blocks of a kind.
type share struct {
	role    Role
	class   class
	attends int // 1: its place is counted among the blocks that attend
	split   split
	fine    uint8   // rows are a multiple of 256 elements (0), of 32 (1), of neither (2)
	elems   float64 // elements
	inputs  float64 // input channels, each linear's counted once
	outputs float64 // output channels, likewise
	bytes   float64 // as the repository's own scheme stores it
}

// split is how tensor parallelism lays a linear out.
type split uint8

const (
	divided  split = iota // over all ranks
	byKVHead              // over the KV heads, then repeated
	repeated              // on every rank
	byExpert
	numSplits
)

// splits says how each role is laid out, as Megatron and the engines do.
//
// Shoeybi et al. 2019, section 3. https://arxiv.org/abs/1909.08053
var splits = [numRoles]split{
	RoleK: byKVHead, RoleV: byKVHead,
	RoleLatent:     repeated,
	RoleExpertGate: byExpert, RoleExpertUp: byExpert, RoleExpertDown: byExpert,
}

// scheme is how the repository's linears are stored: the quantization, and the
// bytes of a weight that it leaves alone.
type scheme struct {
	Quant
	plain float64
	named []*skipper // the modules of each of Parts
}

// sharesOf lists the linears of a kind of block by role. Routers are never
// quantized and count with the rest.
func (b *block) sharesOf(q *scheme, skip *skipper, family string) []share {
	var all []share
	fused := fusedQKV[family]
	for _, m := range b.matrices {
		weights := float64(m.Weights()) * b.l
		if weights == 0 || m.Role == RoleRouter {
			continue
		}
		s := share{
			role: m.Role, class: classes[m.Role], split: splits[m.Role], fine: fineness(m.In), elems: weights,
			inputs: float64(m.In*m.Count) * b.l, outputs: float64(m.Out*m.Count) * b.l,
		}
		if m.Role <= RoleO || m.Role == RoleExpand {
			s.attends = 1
		}
		if fused && m.Role <= RoleV {
			s.class = attnFused
		}
		kept := skip.part(b, m.Role)
		if len(q.Parts) > 0 {
			s.bytes = q.mixed(b, m.Role, kept, weights, s.inputs, s.outputs)
		} else {
			s.bytes = weights*kept*q.plain + q.bytes(weights, s.inputs, s.outputs)*(1-kept)
		}
		all = append(all, s)
	}
	return all
}

// fineness says which multiple the length of a row is.
func fineness(in int64) uint8 {
	switch {
	case in%256 == 0:
		return 0
	case in%32 == 0:
		return 1
	default:
		return 2
	}
}

// bytes is what a scheme stores for linears of so many weights, input and
// output channels, scales included.
func (q *scheme) bytes(weights, inputs, outputs float64) float64 {
	if q.DType == Stored {
		return weights * q.plain
	}
	return quantRules[q.DType](&q.Quant, weights, inputs, outputs)
}

type quantRule func(q *Quant, weights, inputs, outputs float64) float64

// groupedBits is a scheme of Bits bits with a 16-bit scale and a zero point of
// Bits bits for each group; without groups, for each output channel. GPTQ also
// keeps the group of every input channel in 32 bits.
func groupedBits(q *Quant, weights, inputs, outputs float64) float64 {
	bits := float64(or(q.Bits, defaultBits[q.DType]))
	groups := outputs
	if q.Group > 0 {
		groups = weights / float64(q.Group)
	}
	total := weights*bits/8 + groups*(2+bits/8)
	if q.DType == GPTQ || q.Method == "gptq" {
		total += 4 * inputs
	}
	return total
}

// rowScaled is a scheme of one byte with an fp32 scale for each output channel
// or block of 128 × 128.
func rowScaled(q *Quant, weights, _, outputs float64) float64 {
	if q.Group > 0 {
		return weights + 4*weights/float64(q.Group*q.Group)
	}
	return weights + 4*outputs
}

// ownWidth is a format whose blocks hold their scales.
func ownWidth(q *Quant, weights, _, _ float64) float64 { return weights * q.DType.Width() }

// int8Rule: eight bits in groups where the scheme names them, else a scale for
// each channel.
func int8Rule(q *Quant, weights, inputs, outputs float64) float64 {
	if q.Group > 0 || q.Method == "gptq" {
		return groupedBits(q, weights, inputs, outputs)
	}
	return rowScaled(q, weights, inputs, outputs)
}

var defaultBits = [numDTypes]int64{INT8: 8, INT4: 4, AWQ: 4, GPTQ: 4}

// quantRules has the storage of each scheme that a config can name.
var quantRules = func() (rules [numDTypes]quantRule) {
	for t := range rules {
		rules[t] = ownWidth
	}
	rules[AWQ], rules[GPTQ], rules[INT4] = groupedBits, groupedBits, groupedBits
	rules[FP8], rules[INT8] = rowScaled, int8Rule
	return rules
}()

// weigh lists the linears of every kind of block, and counts where its blocks
// stand.
func (s *sums) weigh(a *Arch) {
	s.slides = slidingFamilies[a.Family]
	q := scheme{Quant: a.Quant, plain: a.plainWidth()}
	if q.DType != Stored {
		q.plain = min(2, q.plain)
	}
	for i := range q.Parts {
		q.named = append(q.named, skipperOf(a, q.Parts[i].Modules))
	}
	skip := newSkipper(a)
	for i := range s.blocks {
		b := &s.blocks[i]
		b.index = uint8(i)
		b.shares = b.sharesOf(&q, skip, a.Family)
	}
	s.place(a)
	s.shareWeights()
	for i := range s.blocks {
		s.blocks[i].totals = totalsOf(s.blocks[i].shares)
	}
	for _, t := range a.Towers {
		s.towers += float64(t.Params())
	}
	s.small = s.rest - s.towers
	s.plain, s.headWidth = q.plain, q.plain
	if q.Head && q.DType != Stored {
		s.headWidth = q.DType.Width()
	}
	s.storedBytes = s.stored()
	for i := range a.MTP {
		s.mtpBlocks = append(s.mtpBlocks, blockOf(&a.MTP[i], a.Hidden))
	}
}

// totalsOf adds up the linears of each split.
func totalsOf(shares []share) []share {
	var all [numSplits]share
	for i := range shares {
		t := &all[shares[i].split]
		t.split = shares[i].split
		t.elems, t.bytes = t.elems+shares[i].elems, t.bytes+shares[i].bytes
	}
	return slices.DeleteFunc(all[:], func(t share) bool { return t.elems == 0 })
}

// shareWeights scales the linears down where blocks share them (ALBERT), so
// that what is counted stays Φ.
func (s *sums) shareWeights() {
	if s.rest >= 0 {
		return
	}
	part := max(0, s.rest/(s.linears+s.experts)+1)
	for i := range s.blocks {
		for j := range s.blocks[i].shares {
			sh := &s.blocks[i].shares[j]
			sh.elems, sh.inputs, sh.outputs, sh.bytes = part*sh.elems, part*sh.inputs, part*sh.outputs, part*sh.bytes
		}
	}
	s.rest = 0
}

// plainWidth is the bytes of a weight as the config's dtype says.
func (a *Arch) plainWidth() float64 {
	if a.DType == Stored {
		return BF16.Width()
	}
	return a.DType.Width()
}

// stored is what the repository's tensors come to by the shape.
func (s *sums) stored() float64 {
	total := s.rest*s.plain + float64(s.params.Embedding)*s.plain + float64(s.params.Head)*s.headWidth
	for i := range s.blocks {
		for j := range s.blocks[i].shares {
			total += s.blocks[i].shares[j].bytes
		}
	}
	return total
}

// place counts, for each kind, how many of its blocks stand in each of the
// places that recipes name: among all blocks, and among those that attend.
func (s *sums) place(a *Arch) {
	kinds := a.kindsInOrder()
	attending := int64(0)
	for _, k := range kinds {
		if a.Layers[k].Mixer.Kind.Attends() {
			attending++
		}
	}
	nth := int64(0)
	for i, k := range kinds {
		b := &s.blocks[k]
		for w := range numWhens {
			if places[w](int64(i), int64(len(kinds))) {
				b.at[0][w]++
			}
			if b.layer.Mixer.Kind.Attends() && places[w](nth, attending) {
				b.at[1][w]++
			}
		}
		if b.layer.Mixer.Kind.Attends() {
			nth++
		}
	}
}

// kindsInOrder lists the kind of each block in turn.
func (a *Arch) kindsInOrder() []uint8 {
	if int64(len(a.Order)) == a.Depth() {
		return a.Order
	}
	kinds := make([]uint8, 0, a.Depth())
	for k := range a.Layers {
		for range a.Layers[k].Count {
			kinds = append(kinds, uint8(k))
		}
	}
	return kinds
}
