package estimator

import "math/bits"

// loraInputs are the widths that each target reads and writes.
var loraInputs = [...]struct {
	target            Targets
	dense, denseOut   unit
	expert, expertOut unit
}{
	{TargetQ, perHidden, perQuery, numUnits, numUnits},
	{TargetK, perHidden, perKey, numUnits, numUnits},
	{TargetV, perHidden, perValue, numUnits, numUnits},
	{TargetO, perOut, perHidden, numUnits, numUnits},
	{TargetGate, perHidden, perFFN, perRow, perExpert},
	{TargetUp, perHidden, perFFN, perRow, perExpert},
	{TargetDown, perFFN, perHidden, perExpert, perRow},
}

// sides are the widths that the linears of some targets read and write.
type sides struct{ inputs, outputs []unit }

// loraSides has them for every set of targets, expertSides the same where the
// FFN is experts alone: a search of thousands need not look each target up.
var loraSides, expertSides = sidesOf(false), sidesOf(true)

func sidesOf(experts bool) (all [AllLinear + 1]sides) {
	for set := range all {
		for _, row := range loraInputs {
			switch {
			case Targets(set)&row.target == 0:
			case experts && row.target >= TargetGate:
				all[set].add(row.expert, row.expertOut)
			default:
				all[set].add(row.dense, row.denseOut)
			}
		}
	}
	return all
}

func (s *sides) add(input, output unit) {
	s.inputs, s.outputs = append(s.inputs, input), append(s.outputs, output)
}

// keepAdapters: each adapter keeps its narrow middle. DoRA's magnitudes need the
// outputs of linear and adapter, which they scale. With dropout it keeps a
// mask and the result of its own; without, adapters of the base's dtype share
// the input, and those in fp32 cast it first, each for itself.
func keepAdapters(s *sheet, b *block, k *kept) {
	if s.targets == 0 {
		return
	}
	targets := s.targetsOf(b)
	k.whole(perRank, s.aw*float64(bits.OnesCount8(uint8(targets))))
	inputs, outputs := s.adapterInput(), 0.0
	if s.plan.Train.Method == DoRA {
		outputs = s.act + s.aw
	}
	if inputs+outputs > 0 {
		keepSides(b, k, targets, inputs, outputs)
	}
	if !s.loraDropout && s.ain == s.act && s.frozen {
		keepShared(s, k, targets)
	}
}

// targetsOf are those of a block: experts in one tensor take no adapter.
func (s *sheet) targetsOf(b *block) Targets {
	if s.fusedExperts && b.f == 0 && b.E > 0 {
		return s.targets &^ (TargetGate | TargetUp | TargetDown)
	}
	return s.targets
}

// adapterInput is the bytes of an element of an adapter's own input.
func (s *sheet) adapterInput() float64 {
	switch {
	case s.loraDropout:
		return 1 + s.ain
	case s.ain != s.act:
		return s.ain
	default:
		return 0
	}
}

// keepSides are the inputs and outputs of each target's linears.
func keepSides(b *block, k *kept, targets Targets, inputs, outputs float64) {
	of := &loraSides[targets&AllLinear]
	if b.f == 0 && b.E > 0 {
		of = &expertSides[targets&AllLinear]
	}
	k.all(of.inputs, inputs)
	if outputs > 0 {
		k.all(of.outputs, outputs)
	}
}

// keepShared are the inputs that adapters of the base's dtype share: one for q,
// k and v, one for gate and up. Those of o and down are kept already.
func keepShared(s *sheet, k *kept, targets Targets) {
	for _, group := range [...]Targets{TargetQ | TargetK | TargetV, TargetGate | TargetUp} {
		if targets&group != 0 {
			s.residual(k, perHidden, s.act)
		}
	}
}

// keepQuantized is what litgpt's path through bitsandbytes adds: the adapters'
// inputs in fp32. The same on 1.3B, 7B and 13B.
func keepQuantized(s *sheet, k *kept) {
	if s.stack == LitGPT && s.base < s.act {
		k.whole(perHidden, 11)
	}
}
