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

// fusedExperts are the families that hold all experts of a block in one tensor,
// which is no linear and takes no adapter: axolotl's configuration of gpt-oss
// says so, and gpt-oss-20b with LoRA takes 42 GiB under ms-swift.
var fusedExperts = map[string]bool{
	"gpt_oss": true, "llama4": true, "llama4_text": true, "dbrx": true, "jetmoe": true,
	"granitemoe": true, "granitemoeshared": true, "granitemoehybrid": true,
}

// expert says whether the linear is one of many experts'.
func (r Role) expert() bool { return r >= RoleExpertGate && r <= RoleExpertDown }

// targetWidths sums input and output widths of the linears of each letter, and
// last of those that only all-linear adapts.
func targetWidths(blocks []block, fused bool) (in, out [len(TargetNames) + 1]float64) {
	for i := range blocks {
		for _, m := range blocks[i].matrices {
			if fused && m.Role.expert() {
				continue
			}
			bit := targetBit(m.Role)
			in[bit] += blocks[i].l * float64(m.In*m.Count)
			out[bit] += blocks[i].l * float64(m.Out*m.Count)
		}
	}
	in[len(TargetNames)] -= routerWidth(blocks, func(m *Matrix) int64 { return m.In })
	out[len(TargetNames)] -= routerWidth(blocks, func(m *Matrix) int64 { return m.Out })
	return in, out
}

// targetBit is the letter that names a role; those without one come last.
func targetBit(r Role) int {
	for bit := range TargetNames {
		if Targets(1 << bit).adapts(r) {
			return bit
		}
	}
	return len(TargetNames)
}

// routerWidth is what no adapter is put on.
func routerWidth(blocks []block, side func(*Matrix) int64) float64 {
	sum := 0.0
	for i := range blocks {
		for j := range blocks[i].matrices {
			if m := &blocks[i].matrices[j]; m.Role == RoleRouter {
				sum += blocks[i].l * float64(side(m)*m.Count)
			}
		}
	}
	return sum
}

// adapterParams counts the adapters: r·(in + out) for each linear that is a
// target, DoRA a magnitude for each output too.
//
// Hu et al. 2021, section 4.1. https://arxiv.org/abs/2106.09685
func (s *sheet) adapterParams() float64 {
	total := 0.0
	if s.targets == 0 {
		return 0
	}
	for bit := range s.dims.in {
		named := bit < len(TargetNames) && s.targets&(1<<bit) != 0
		if !named && s.targets != AllLinear {
			continue
		}
		total += s.rank * (s.dims.in[bit] + s.dims.out[bit])
		if s.plan.Train.Method == DoRA {
			total += s.dims.out[bit]
		}
	}
	return total
}
