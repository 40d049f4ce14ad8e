package estimator

// methodRow is what a method trains and what it holds beside the model.
type methodRow struct {
	adapters  bool    // the base is frozen
	sequences float64 // of each example in one forward pass
	reference float64 // frozen copies of the model: reference, reward
	value     float64 // further models that are trained: PPO's value model
	rollout   bool    // generates with a cache
}

// methods has one row for each method.
//
// DPO: Rafailov et al. 2023, equation 7: chosen and rejected in one pass,
// against a frozen reference. https://arxiv.org/abs/2305.18290
// GRPO: Shao et al. 2024, figure 4: no value model. https://arxiv.org/abs/2402.03300
// PPO: policy and value are trained, reference and reward are frozen.
var methods = [numMethods]methodRow{
	FullTuning: {sequences: 1},
	LoRA:       {adapters: true, sequences: 1},
	QLoRA:      {adapters: true, sequences: 1},
	DoRA:       {adapters: true, sequences: 1},
	DPO:        {sequences: 2, reference: 1},
	GRPO:       {sequences: 1, reference: 1, rollout: true},
	PPO:        {sequences: 1, reference: 2, value: 1, rollout: true},
}

// targetRoles says which linears a target's letter names.
var targetRoles = [numRoles]Targets{
	RoleQ: TargetQ, RoleK: TargetK, RoleV: TargetV, RoleO: TargetO,
	RoleGate: TargetGate, RoleUp: TargetUp, RoleDown: TargetDown,
	RoleLatent: TargetQ, RoleExpand: TargetQ, RoleIn: TargetQ, RoleOut: TargetO,
	RoleExpertGate: TargetGate, RoleExpertUp: TargetUp, RoleExpertDown: TargetDown,
	RoleSharedGate: TargetGate, RoleSharedUp: TargetUp, RoleSharedDown: TargetDown,
}

// targetWidths sums input and output widths of the linears of each letter.
func targetWidths(blocks []block) (in, out [len(TargetNames)]float64) {
	for i := range blocks {
		for _, m := range blocks[i].matrices {
			for bit := range TargetNames {
				if targetRoles[m.Role]&(1<<bit) != 0 {
					in[bit] += blocks[i].l * float64(m.In*m.Count)
					out[bit] += blocks[i].l * float64(m.Out*m.Count)
				}
			}
		}
	}
	return in, out
}

// adapterParams counts the adapters: r·(in + out) for each linear that is a
// target, DoRA a magnitude for each output too.
//
// Hu et al. 2021, section 4.1. https://arxiv.org/abs/2106.09685
func (s *sheet) adapterParams() float64 {
	total := 0.0
	for bit := range TargetNames {
		if s.targets&(1<<bit) == 0 {
			continue
		}
		total += s.rank * (s.dims.in[bit] + s.dims.out[bit])
		if s.plan.Train.Method == DoRA {
			total += s.dims.out[bit]
		}
	}
	return total
}
