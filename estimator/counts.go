package estimator

// Unsealed is a copy without the counts, for a shape that is about to change.
func (a Arch) Unsealed() Arch {
	a.sums = nil
	return a
}

// Active is the parameters that work on each token: all but the experts that are
// not chosen. What the tensors hold beyond the shape works on every token.
func (a Arch) Active() int64 {
	p := a.Params()
	if a.sums != nil {
		p = a.sums.params
	}
	idle := p.Total() - p.Active
	if rest := a.Total() - idle; rest > 0 {
		return rest
	}
	return min(p.Active, a.Total()) // a count of fewer than the idle experts is of something else
}

// targetRoles are the roles that each letter of [Targets] adapts.
var targetRoles = [...][]Role{
	{RoleQ},
	{RoleK},
	{RoleV},
	{RoleO},
	{RoleGate, RoleExpertGate, RoleSharedGate},
	{RoleUp, RoleExpertUp, RoleSharedUp},
	{RoleDown, RoleExpertDown, RoleSharedDown},
}

// adapts says whether the targets adapt a role. All-linear adapts every linear
// but the router, those without a letter too.
func (t Targets) adapts(r Role) bool {
	if t == AllLinear {
		return r != RoleRouter
	}
	for bit, roles := range targetRoles {
		for _, role := range roles {
			if role == r && t&(1<<bit) != 0 {
				return true
			}
		}
	}
	return false
}

// AdapterParams counts the parameters of LoRA: rank × (in + out) for each linear
// that is adapted, an encoder's too. Hu et al. 2021, section 4.1. https://arxiv.org/abs/2106.09685
func (a Arch) AdapterParams(rank int64, targets Targets) int64 {
	if a.sums != nil && a.sums.likely != nil {
		return a.sums.likely.AdapterParams(rank, targets)
	}
	fused := fusedExperts[a.Family]
	total := adaptersOf(a.Layers, a.Hidden, rank, targets, fused)
	for i := range a.Towers {
		if t := &a.Towers[i]; t.Name == encoderTower {
			total += adaptersOf(t.Layers, t.Hidden, rank, targets, fused)
		}
	}
	return total
}

func adaptersOf(layers []Layer, h, rank int64, targets Targets, fused bool) int64 {
	total := int64(0)
	for _, l := range layers {
		for _, m := range l.Matrices(h) {
			if targets.adapts(m.Role) && (!fused || !m.Role.expert()) {
				total += rank * (m.In + m.Out) * m.Count * l.Count
			}
		}
	}
	return total
}

// Trainable is the parameters that a resolved plan trains.
func (a Arch) Trainable(p Plan) int64 {
	switch p.Train.Method {
	case LoRA, QLoRA, DoRA:
		return a.AdapterParams(p.Train.Rank, p.Train.Targets)
	default:
		return a.Total()
	}
}
