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

// fillBlocks adds up what all blocks keep, and finds the largest in flight.
func (s *sheet) fillBlocks() {
	for i := range s.blocks {
		b := &s.blocks[i]
		all := s.keepAll(b)
		k := s.keptOf(b, all)
		s.keep += b.l * s.bytes(&k, b)
		f := s.flightOf(b, &all, &k)
		s.flight.raise(s.bytes(&f, b), i)
		e := s.endOf(b, &all)
		s.end.raise(s.bytes(&e, b), i)
	}
}

// keptOf is what of a block is kept until its backward pass.
func (s *sheet) keptOf(b *block, all kept) kept {
	switch s.plan.Train.Recompute {
	case RecomputeFull:
		return s.checkpoint(all)
	case RecomputeSelective:
		return s.selected(b, all)
	default:
		return all
	}
}

// checkpoint is a block's input, for every n-th block, and all of the others.
//
// Chen et al. 2016, section 4. https://arxiv.org/abs/1604.06174
func (s *sheet) checkpoint(all kept) kept {
	var k kept
	s.residual(&k)[perHidden] = s.act
	if n := float64(s.plan.Train.Every); n > 1 {
		k.scale(1 / n)
		all.scale(1 - 1/n)
		k.add(&all)
	}
	return k
}

// selected is what each stack means by selective. Most compute the attention
// again, which spares what is written of it for each pair of tokens; torchtitan
// keeps the kernel's output and every second matrix product.
//
// Korthikanti et al. 2022, section 5. torchtitan, activation checkpoint "op".
func (s *sheet) selected(b *block, all kept) kept {
	if !stacks[s.stack].selectsOps || b.units[perState] > 0 {
		all.whole[perScore], all.cut[perScore] = 0, 0
		return all
	}
	var k kept
	s.residual(&k)[perHidden] = 2 * s.act
	if !s.fused {
		s.residual(&k)[perHidden] += 2.5
	}
	k.cut[perQuery], k.cut[perOut] = s.act/2, s.act*3/2
	k.cut[perKey], k.cut[perValue] = s.act/2, s.act/2
	k.cut[perFFN], k.cut[perShared], k.cut[perExpert] = s.act, s.act, s.act
	s.residual(&k)[perRow] = s.act
	return k
}

// gradients of a block's inner tensors while its backward pass runs: those of
// the FFN are the widest. A frozen FFN needs three at once, and the input of a
// recomputed block is the checkpoint itself.
func (s *sheet) gradientsOf(b *block, recomputed bool) kept {
	var k kept
	wide := 2 * s.act
	narrow := s.act
	if s.frozen {
		wide, narrow = 3*s.act, 0
		if recomputed {
			narrow = s.frozenInput(b)
		}
	}
	k.cut[perFFN] += wide
	k.cut[perSpread] += wide
	if b.f == 0 {
		k.cut[perShared] += wide
	}
	s.residual(&k)[perHidden] += narrow
	return k
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
	if !s.quantized() && s.aw == 4 && !s.plan.Train.Version.Before(4, 46) {
		rest += 8
	}
	return rest
}

// flightOf is the block whose backward pass runs first: what is computed again,
// and its gradients.
func (s *sheet) flightOf(b *block, all, k *kept) kept {
	f := s.gradientsOf(b, s.plan.Train.Recompute == RecomputeFull)
	switch s.plan.Train.Recompute {
	case RecomputeFull:
		f.add(all)
	case RecomputeSelective:
		f.add(all)
		back := *k
		back.scale(-1)
		f.add(&back)
	default:
	}
	return f
}

// endOf is the block whose backward pass runs last, beside all gradients.
func (s *sheet) endOf(b *block, all *kept) kept {
	e := s.gradientsOf(b, s.plan.Train.Recompute == RecomputeFull)
	e.add(all)
	s.residual(&e)[perHidden] += s.act
	return e
}

// keepText writes out what one kind of block keeps.
func (s *sheet) keepText(b *block) string {
	k := s.keptOf(b, s.keepAll(b))
	return "l*T*(" + s.keptText(&k, b) + ")"
}

// flightText and endText write out the block in flight.
func (s *sheet) flightText(b *block) string {
	all := s.keepAll(b)
	k := s.keptOf(b, all)
	f := s.flightOf(b, &all, &k)
	return "T*(" + s.keptText(&f, b) + ")"
}

func (s *sheet) endText(b *block) string {
	all := s.keepAll(b)
	e := s.endOf(b, &all)
	return "T*(" + s.keptText(&e, b) + ")"
}

// ofKind numbers the letters of a text by the kind of block, where there are
// several.
func (s *sheet) ofKind(kind int, text string) string {
	if len(s.blocks) == 1 {
		return text
	}
	return numbered(text, kind+1)
}
