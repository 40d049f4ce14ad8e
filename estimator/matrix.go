package estimator

// Role is what a linear of a block does. It decides how engines cut and
// quantize it, and what LoRA calls it.
type Role uint8

// The roles.
const (
	RoleQ Role = iota
	RoleK
	RoleV
	RoleO
	RoleGate
	RoleUp
	RoleDown
	RoleRouter
	RoleLatent     // MLA's projections to a latent, the same on every tensor rank
	RoleExpand     // MLA's projections from a latent to heads
	RoleIn         // a recurrent mixer's way in
	RoleOut        // and out
	RoleExpertGate // the experts' own, E of each
	RoleExpertUp
	RoleExpertDown
	RoleSharedGate
	RoleSharedUp
	RoleSharedDown
	numRoles
)

// Matrix is Count linears of In × Out weights in a block.
type Matrix struct {
	Role    Role
	In, Out int64
	Count   int64
	Bias    bool
}

// Weights is the elements of all Count matrices, biases left out.
func (m Matrix) Weights() int64 { return m.In * m.Out * m.Count }

// Biases is the elements of their biases.
func (m Matrix) Biases() int64 {
	if !m.Bias {
		return 0
	}
	return m.Out * m.Count
}

// Matrices lists the linears of one block of width h.
func (l Layer) Matrices(h int64) []Matrix {
	all := append(l.Mixer.matrices(h), l.Cross.matrices(h)...)
	return append(all, l.FFN.matrices(h)...)
}

func (m Mixer) matrices(h int64) []Matrix {
	if m.Matrices != nil {
		return m.Matrices
	}
	return mixers[m.Kind](m, h)
}

// mixers lists the linears of each kind.
var mixers = [numKinds]func(m Mixer, h int64) []Matrix{
	None:    func(Mixer, int64) []Matrix { return nil },
	Full:    attentionMatrices,
	Window:  attentionMatrices,
	Chunked: attentionMatrices,
	MLA:     latentMatrices,
	Linear: func(m Mixer, h int64) []Matrix {
		keys, values := m.Groups*m.StateKey, m.StateHeads*m.StateValue
		return []Matrix{
			{RoleIn, h, 2*keys + 2*values, 1, false},
			{RoleIn, h, 2 * m.StateHeads, 1, false},
			{RoleOut, values, h, 1, false},
		}
	},
	Mamba1: func(m Mixer, h int64) []Matrix {
		return []Matrix{
			{RoleIn, h, 2 * m.Inner, 1, m.QKVBias},
			{RoleLatent, m.Inner, m.TimeRank + 2*m.StateKey, 1, false},
			{RoleExpand, m.TimeRank, m.Inner, 1, true},
			{RoleOut, m.Inner, h, 1, m.OutBias},
		}
	},
	Mamba2: func(m Mixer, h int64) []Matrix {
		return []Matrix{
			{RoleIn, h, 2*m.Inner + 2*m.Groups*m.StateKey + m.StateHeads, 1, m.QKVBias},
			{RoleOut, m.Inner, h, 1, m.OutBias},
		}
	},
	ShortConv: func(m Mixer, h int64) []Matrix {
		return []Matrix{{RoleIn, h, 3 * h, 1, m.QKVBias}, {RoleOut, h, h, 1, m.OutBias}}
	},
}

func attentionMatrices(m Mixer, h int64) []Matrix {
	queries := m.Heads * m.KeyDim
	if m.Gate {
		queries *= 2
	}
	all := []Matrix{{RoleQ, h, queries, 1, m.QKVBias}}
	if !m.SharesKV {
		all = append(
			all,
			Matrix{RoleK, h, m.KVHeads * m.KeyDim, 1, m.QKVBias},
			Matrix{RoleV, h, m.KVHeads * m.ValueDim, 1, m.QKVBias},
		)
	}
	return append(all, Matrix{RoleO, m.Heads * m.ValueDim, h, 1, m.OutBias})
}

func latentMatrices(m Mixer, h int64) []Matrix {
	queries := m.Heads * m.KeyDim
	all := []Matrix{{RoleQ, h, queries, 1, m.QKVBias}}
	if m.QueryRank > 0 {
		all = []Matrix{{RoleLatent, h, m.QueryRank, 1, m.QKVBias}, {RoleExpand, m.QueryRank, queries, 1, false}}
	}
	return append(
		all,
		Matrix{RoleLatent, h, m.KVRank + m.RopeDim, 1, m.QKVBias},
		Matrix{RoleExpand, m.KVRank, m.Heads * (m.KeyDim - m.RopeDim + m.ValueDim), 1, false},
		Matrix{RoleO, m.Heads * m.ValueDim, h, 1, m.OutBias},
	)
}

func (f FFN) matrices(h int64) []Matrix {
	all := gatedMatrices(RoleGate, h, f.Width, 1, f.Gated, f.Bias)
	if f.Experts > 0 {
		all = append(all, Matrix{RoleRouter, h, f.Experts, 1, f.RouterBias})
		width := h
		if f.LatentWidth > 0 {
			width = f.LatentWidth
			all = append(all, Matrix{RoleLatent, h, width, 1, false}, Matrix{RoleLatent, width, h, 1, false})
		}
		all = append(all, gatedMatrices(RoleExpertGate, width, f.ExpertWidth, f.Experts, f.Gated, f.ExpertBias)...)
	}
	all = append(all, gatedMatrices(RoleSharedGate, h, f.SharedWidth, 1, f.Gated, f.Bias)...)
	if f.SharedGate {
		all = append(all, Matrix{RoleRouter, h, 1, 1, false})
	}
	return all
}

// gatedMatrices lists gate, up and down, or up and down alone; the roles follow
// one another from gate.
func gatedMatrices(gate Role, h, width, count int64, gated, bias bool) []Matrix {
	if width == 0 {
		return nil
	}
	all := []Matrix{{gate + 1, h, width, count, bias}, {gate + 2, width, h, count, bias}}
	if gated {
		all = append([]Matrix{{gate, h, width, count, bias}}, all...)
	}
	return all
}
