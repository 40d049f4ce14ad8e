package estimator

// keepFFN: gate, its activation, up and the product, of which the down linear
// needs the last; a frozen one does not.
func keepFFN(s *sheet, b *block, k *kept) {
	each := s.ffnKept(b)
	k.cut(perFFN, each)
	k.cut(perShared, each)
}

// ffnKept is the bytes of one element of the FFN's width.
func (s *sheet) ffnKept(b *block) float64 {
	copies := 2.0 // up and its activation
	switch {
	case b.layer.FFN.Gated && stacks[s.stack].fusedGate:
		copies = 3 // gate and up, and the product
	case b.layer.FFN.Gated:
		copies = 4
	}
	if b.layer.FFN.WrittenGELU && !b.layer.FFN.Gated && writtenOut[s.stack] && s.plan.Train.Compile != On {
		copies += 3 // the tanh, half of the input, one more than the tanh
	}
	if s.frozen && !s.keepsProduct() {
		copies--
	}
	if b.layer.FFN.Gated && s.fusesFrozen() {
		copies = 2
	}
	if s.eight && !s.frozen {
		return (copies-1)*s.act + s.inputWidth() // the product is read in 8 bits
	}
	return copies * s.act
}

// fusesFrozen says whether a compiler computes again what lies between the linears
// of a frozen gated FFN: only gate and up are kept. torchtune's LoRA of an 8B
// without recompute takes 30.3 GiB, not 37.
func (s *sheet) fusesFrozen() bool {
	return s.frozen && s.plan.Train.Compile == On
}

// writtenOut are the stacks that run transformers' own modelling code.
var writtenOut = [numStacks]bool{HF: true, DDP: true, DeepSpeed: true, FSDP: true}

// keepsProduct says whether an adapter on the down linear reads its input as it
// is. Unsloth's kernels compute it again.
func (s *sheet) keepsProduct() bool {
	return s.targets&TargetDown != 0 && !s.loraDropout && s.ain == s.act && !stacks[s.stack].castless
}

// routerBytes is the scores of all experts, in fp32, and their sum.
const routerBytes = 4

// indexBytes is the indices and weights of one chosen expert.
const indexBytes = 30

// keepExperts is a loop over experts: for each chosen one the gathered rows, its
// FFN, its output and that output weighted.
func keepExperts(s *sheet, b *block, k *kept) {
	if b.E == 0 {
		return
	}
	rows := 2*s.act + s.inputWidth()
	if s.frozen {
		rows = 2 * s.act
	}
	k.cut(perExpert, s.ffnKept(b))
	s.residual(k, perRow, rows)
	s.residual(k, perChosen, indexBytes)
	s.residual(k, perExperts, routerBytes)
	s.residual(k, perToken, routerBytes)
}
