package estimator

// Params counts a model's parameters by part. Total leaves out MTP.
type Params struct {
	Embedding int64
	Head      int64 // 0 where tied
	Attention int64 // linears of mixers, their biases and small parts
	FFN       int64 // dense and shared linears
	Experts   int64 // all routed experts
	Router    int64
	Norms     int64
	Other     int64 // outside the blocks
	Towers    int64
	MTP       int64
	Active    int64 // per token: the chosen experts only, embedding counted
}

// Total is Φ.
func (p Params) Total() int64 {
	return p.Embedding + p.Head + p.Attention + p.FFN + p.Experts + p.Router + p.Norms + p.Other + p.Towers
}

// Params derives the parameters from the shape. What the repository's tensors
// say, if they were read, is in [File].
func (a Arch) Params() Params {
	var p Params
	for _, l := range a.Layers {
		p.add(l.params(a.Hidden), l.Count)
	}
	p.Embedding = a.Vocab * a.embedWidth()
	if !a.Tied && !a.NoHead {
		p.Head = a.Vocab * a.embedWidth()
	}
	if a.HeadBias {
		p.Head += a.Vocab
	}
	if a.Embed > 0 && a.Embed != a.Hidden {
		p.Other += a.Embed * a.Hidden
	}
	for _, e := range a.Extra {
		p.Other += e.Params
	}
	for _, t := range a.Towers {
		p.Towers += t.Params()
	}
	for _, l := range a.MTP {
		p.MTP += l.params(a.Hidden).Total() * l.Count
	}
	p.MTP += a.MTPExtra
	p.Active += p.Embedding + p.Head + p.Other + p.Towers
	return p
}

func (a *Arch) embedWidth() int64 {
	if a.Embed > 0 {
		return a.Embed
	}
	return a.Hidden
}

// Params counts a tower's parameters.
func (t Tower) Params() int64 {
	total := t.Extra
	for _, l := range t.Layers {
		total += l.params(t.Hidden).Total() * l.Count
	}
	return total
}

func (p *Params) add(one Params, count int64) {
	p.Attention += one.Attention * count
	p.FFN += one.FFN * count
	p.Experts += one.Experts * count
	p.Router += one.Router * count
	p.Norms += one.Norms * count
	p.Active += one.Active * count
}

// params counts one block of width h.
func (l Layer) params(h int64) Params {
	var p Params
	for _, m := range l.Matrices(h) {
		*p.slot(m.Role) += m.Weights() + m.Biases()
	}
	p.Attention += l.Mixer.small() + l.Cross.small() + l.Extra
	p.Norms += l.normParams(h) + l.Mixer.normParams() + l.Cross.normParams()
	p.Active = p.Total() - p.Experts
	if l.FFN.Experts > 0 {
		p.Active += p.Experts / l.FFN.Experts * l.FFN.TopK
	}
	return p
}

// slot is where the weights of a role are counted.
func (p *Params) slot(r Role) *int64 {
	switch {
	case r == RoleRouter:
		return &p.Router
	case r >= RoleExpertGate && r <= RoleExpertDown:
		return &p.Experts
	case r >= RoleSharedGate, r >= RoleGate && r <= RoleDown:
		return &p.FFN
	default:
		return &p.Attention
	}
}

func (l Layer) normParams(h int64) int64 {
	switch {
	case l.NormFree:
		return 0
	case l.NormBias:
		return 2 * l.Norms * h
	default:
		return l.Norms * h
	}
}

// normParams counts the norms inside a mixer.
func (m Mixer) normParams() int64 {
	total := int64(0)
	keys := m.KVHeads
	if m.SharesKV {
		keys = 0
	}
	switch m.QKNorm {
	case HeadQKNorm:
		total = m.KeyDim
		if keys > 0 {
			total += m.KeyDim
		}
	case WideQKNorm:
		total = (m.Heads + keys) * m.KeyDim
	case NoQKNorm:
	}
	if m.Kind == MLA {
		total += m.QueryRank + m.KVRank
	}
	return total + recurrents[m.Kind].norm(m)
}

// Small counts what a mixer holds beside linears and norms: convolutions,
// decays, sinks and its Extra.
func (m Mixer) Small() int64 { return m.small() }

func (m Mixer) small() int64 {
	total := m.Extra
	if m.Sinks {
		total += m.Heads
	}
	return total + recurrents[m.Kind].small(m)
}

func nothing(Mixer) int64 { return 0 }

// recurrents says what the recurrent kinds hold beside linears (convolution and
// its bias, decay, skip, time step), as transformers writes them, and over how
// many channels their convolution keeps its last inputs.
var recurrents = [numKinds]struct {
	small, norm, convChannels func(Mixer) int64
}{
	None:    {nothing, nothing, nothing},
	Full:    {nothing, nothing, nothing},
	Window:  {nothing, nothing, nothing},
	Chunked: {nothing, nothing, nothing},
	MLA:     {nothing, nothing, nothing},
	Linear: {
		small:        func(m Mixer) int64 { return linearChannels(m)*m.Conv + 2*m.StateHeads },
		norm:         func(m Mixer) int64 { return m.StateValue },
		convChannels: linearChannels,
	},
	Mamba1: {
		small:        func(m Mixer) int64 { return m.Inner*(m.Conv+1) + m.Inner*m.StateKey + m.Inner },
		norm:         nothing,
		convChannels: func(m Mixer) int64 { return m.Inner },
	},
	Mamba2: {
		small:        func(m Mixer) int64 { return mamba2Channels(m)*(m.Conv+1) + 3*m.StateHeads },
		norm:         func(m Mixer) int64 { return m.Inner },
		convChannels: mamba2Channels,
	},
	ShortConv: {
		small:        func(m Mixer) int64 { return m.Inner * m.Conv },
		norm:         nothing,
		convChannels: func(m Mixer) int64 { return m.Inner },
	},
}

func linearChannels(m Mixer) int64 { return 2*m.Groups*m.StateKey + m.StateHeads*m.StateValue }

func mamba2Channels(m Mixer) int64 { return m.Inner + 2*m.Groups*m.StateKey }
