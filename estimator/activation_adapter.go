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

// keepAdapters: each adapter keeps its narrow middle. DoRA's magnitudes need the
// outputs of linear and adapter, which they scale. With dropout it keeps a
// mask and the result of its own; without, adapters of the base's dtype share
// the input, and those in fp32 cast it first, each for itself.
func keepAdapters(s *sheet, b *block, k *kept) {
	if s.targets == 0 {
		return
	}
	k.whole(perRank, s.aw*float64(bits.OnesCount8(uint8(s.targets))))
	inputs, outputs := s.adapterInput(), 0.0
	if s.plan.Train.Method == DoRA {
		outputs = s.act + s.aw
	}
	if inputs+outputs > 0 {
		keepSides(s, b, k, inputs, outputs)
	}
	if !s.loraDropout && s.ain == s.act && s.frozen {
		keepShared(s, k)
	}
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
func keepSides(s *sheet, b *block, k *kept, inputs, outputs float64) {
	for i := range loraInputs {
		row := &loraInputs[i]
		if s.targets&row.target == 0 {
			continue
		}
		input, output := row.dense, row.denseOut
		if row.target >= TargetGate && b.f == 0 && b.E > 0 {
			input, output = row.expert, row.expertOut
		}
		k.whole(input, inputs)
		if outputs > 0 {
			k.whole(output, outputs)
		}
	}
}

// keepShared are the inputs that adapters of the base's dtype share: one for q,
// k and v, one for gate and up. Those of o and down are kept already.
func keepShared(s *sheet, k *kept) {
	for _, group := range [...]Targets{TargetQ | TargetK | TargetV, TargetGate | TargetUp} {
		if s.targets&group != 0 {
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
