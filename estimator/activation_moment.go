package estimator

// top is the largest of the kinds of block.
type top struct {
	bytes float64 // of a token
	kind  int
}

func (t *top) raise(bytes float64, kind int) {
	if bytes > t.bytes {
		t.bytes, t.kind = bytes, kind
	}
}

// keptKinds is how many kinds of block a sheet remembers the sums of.
const keptKinds = 64

// fillBlocks adds up what all blocks keep, and finds the largest in flight.
func (s *sheet) fillBlocks() {
	for i := range s.blocks {
		b := &s.blocks[i]
		k := &s.scratch
		s.keepAll(b, k)
		all := k.sum
		s.keptOf(b, k)
		keeps := k.sum
		if i < keptKinds {
			s.keptOfKind[i] = keeps
		}
		s.keep += b.l * keeps
		s.gradientsOf(b, k, true)
		s.end.raise(all+k.sum+s.inputBytes(), i)
		s.gradientsOf(b, k, false)
		moving := k.sum
		switch {
		case s.again():
			moving += all
		case s.plan.Train.Recompute == RecomputeSelective:
			moving += all - keeps
		}
		s.flight.raise(moving, i)
	}
}

// encoderTower is what readers call the encoder of an encoder-decoder.
const encoderTower = "encoder"

// encoderOf is its kinds of block.
func encoderOf(a *Arch) []block {
	var blocks []block
	for i := range a.Towers {
		if t := &a.Towers[i]; t.Name == encoderTower {
			for j := range t.Layers {
				blocks = append(blocks, blockOf(&t.Layers[j], t.Hidden))
			}
		}
	}
	return blocks
}

// fillEncoder adds up what an encoder keeps, for each token of the decoder: it
// reads as many, or all of a window whatever is said.
func (s *sheet) fillEncoder() {
	if len(s.encoder) == 0 {
		return
	}
	tokens := s.s
	s.s = s.encodedTokens()
	for i := range s.encoder {
		b := &s.encoder[i]
		s.keepAll(b, &s.scratch)
		s.keptOf(b, &s.scratch)
		s.Enc += b.l * s.scratch.sum * s.s / tokens
	}
	s.s = tokens
}

// encodedTokens is the tokens of a sequence that the encoder gives.
func (s *sheet) encodedTokens() float64 {
	for i := range s.blocks {
		if n := s.blocks[i].layer.Cross.Encoded; n > 0 {
			return float64(n)
		}
	}
	return s.s
}

// inputBytes is the gradient of a block's input, on one rank.
func (s *sheet) inputBytes() float64 {
	if s.sequence {
		return s.act * s.h / s.t
	}
	return s.act * s.h
}

// keptOf turns all that a block could keep into what is kept until its backward
// pass.
func (s *sheet) keptOf(b *block, k *kept) {
	switch s.plan.Train.Recompute {
	case RecomputeFull:
		s.checkpoint(b, k)
	case RecomputeSelective:
		s.selected(b, k)
	default:
	}
}

// checkpoint is a block's input, for every n-th block, and all of the others.
//
// Chen et al. 2016, section 4. https://arxiv.org/abs/1604.06174
func (s *sheet) checkpoint(b *block, k *kept) {
	n := max(1, float64(s.plan.Train.Every))
	if n > 1 {
		k.scale(1 - 1/n)
	} else {
		s.begin(k, b)
	}
	s.residual(k, perHidden, s.act/n)
}

// selected is what each stack means by selective. Most compute the attention
// again, which spares what is written of it for each pair of tokens; torchtitan
// keeps the kernel's output and every second matrix product.
//
// Korthikanti et al. 2022, section 5. torchtitan, activation checkpoint "op".
func (s *sheet) selected(b *block, k *kept) {
	k.dropScores()
	if !stacks[s.stack].selectsOps || b.units[perState] > 0 {
		return
	}
	all, terms := k.sum, k.written()
	s.begin(k, b)
	s.residual(k, perHidden, 2*s.act)
	if !s.fused {
		s.residual(k, perHidden, eagerOps)
	}
	s.residual(k, perRow, s.act)
	k.cut(perQuery, s.act/2)
	k.cut(perOut, s.act*3/2)
	k.cut(perKey, s.act/2)
	k.cut(perValue, s.act/2)
	k.cut(perFFN, s.act)
	k.cut(perShared, s.act)
	k.cut(perExpert, s.act)
	if k.sum > all { // a block of little but norms
		k.sum = all
		k.rewrite(terms)
	}
}

// eagerOps is what is kept more by h where single operations are not compiled.
const eagerOps = 2.5

// gradientsOf are those of a block's inner tensors while its backward pass runs,
// the first to or the last: the FFN's are the widest. A frozen FFN needs three
// at once, and the input of a recomputed block is the checkpoint itself.
func (s *sheet) gradientsOf(b *block, k *kept, last bool) {
	s.begin(k, b)
	wide, narrow := 2*s.act, s.act
	if s.frozen {
		wide, narrow = 3*s.act, 0
		if s.again() {
			narrow = s.frozenInput(b)
			if last {
				narrow = min(0, narrow)
			}
		}
	}
	k.cut(perFFN, wide)
	k.cut(perSpread, wide)
	if b.f == 0 {
		k.cut(perShared, wide)
	}
	s.residual(k, perHidden, narrow)
}

// frozenInput is the rest of a recomputed block of a frozen base: norms written
// in Python hold their 16-bit inputs as well, and so do adapters from
// transformers 4.46 on, with the casts of their inputs.
func (s *sheet) frozenInput(b *block) float64 {
	rest := -s.act
	if !s.fused && !b.layer.NormBias {
		rest += 2 * s.act
	}
	if s.fusedLoRA {
		rest -= s.act
	}
	if !s.quantized() && s.ain == 4 && !s.plan.Train.beforeTransformers(46) {
		rest += castsKept
	}
	return rest
}

// again says whether a whole block is made once more when the backward pass
// begins: computed, or brought back from the host.
func (s *sheet) again() bool {
	return s.plan.Train.Recompute == RecomputeFull || s.keptOnHost()
}

// castsKept by h: PEFT with transformers 4.48 on a 16-bit base.
const castsKept = 8

// keepText writes out what one kind of block keeps.
func (s *sheet) keepText(b *block) string {
	k := kept{terms: new(terms)}
	s.keepAll(b, &k)
	s.keptOf(b, &k)
	return "l*T*(" + s.keptText(k.terms, b) + ")"
}

// flightText writes out the block in flight when the backward pass begins.
func (s *sheet) flightText(b *block) string {
	moving := kept{terms: new(terms)}
	s.gradientsOf(b, &moving, false)
	if s.plan.Train.Recompute != RecomputeNone || s.keptOnHost() {
		again := kept{terms: new(terms)}
		s.keepAll(b, &again)
		moving.terms.add(again.terms, 1)
		if s.plan.Train.Recompute == RecomputeSelective && !s.keptOnHost() {
			s.keptOf(b, &again)
			moving.terms.add(again.terms, -1)
		}
	}
	return "T*(" + s.keptText(moving.terms, b) + ")"
}

// endText writes out the last block of the backward pass.
func (s *sheet) endText(b *block) string {
	all, e := kept{terms: new(terms)}, kept{terms: new(terms)}
	s.keepAll(b, &all)
	s.gradientsOf(b, &e, true)
	s.residual(&e, perHidden, s.act)
	e.terms.add(all.terms, 1)
	return "T*(" + s.keptText(e.terms, b) + ")"
}

// ofKind numbers the letters of a text by the kind of block, where there are
// several.
func (s *sheet) ofKind(kind int, text string) string {
	if len(s.blocks) == 1 {
		return text
	}
	return numbered(text, kind+1)
}
