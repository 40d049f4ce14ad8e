package hfhub

import "membot/estimator"

// mambaMixer reads Mamba 1 or 2, as the family's fact says.
func mambaMixer(r *reader, s slot) estimator.Mixer {
	if r.int("mamba") == 1 {
		return mambaOne(r, s)
	}
	return mambaTwo(r, s)
}

// inner is the width that Mamba works at.
func (r *reader) inner() int64 {
	if n := r.int("inner"); n > 0 {
		return n
	}
	return int64(r.float("expand") * float64(r.int("hidden")))
}

// mambaOne is Gu and Dao 2023, section 3. https://arxiv.org/abs/2312.00752
func mambaOne(r *reader, _ slot) estimator.Mixer {
	m := estimator.Mixer{
		Kind: estimator.Mamba1, Inner: r.inner(), StateKey: r.int("state"), StateValue: 1,
		Conv: r.int("conv"), TimeRank: r.autoRank(), QKVBias: r.flag("proj_bias"), OutBias: r.flag("proj_bias"),
	}
	m.StateHeads = m.Inner
	if r.flag("inner_norms") {
		m.Extra += m.TimeRank + 2*m.StateKey
	}
	if !r.flag("conv_bias") {
		m.Extra -= m.Inner
	}
	return m
}

// mambaTwo is Dao and Gu 2024, section 7. https://arxiv.org/abs/2405.21060
func mambaTwo(r *reader, _ slot) estimator.Mixer {
	m := estimator.Mixer{
		Kind: estimator.Mamba2, StateHeads: r.int("ssm_heads"), StateValue: r.int("ssm_head_dim"), StateKey: r.int("state"),
		Groups: r.int("groups"), Conv: r.int("conv"), QKVBias: r.flag("proj_bias"), OutBias: r.flag("proj_bias"),
	}
	m.Inner = m.StateHeads * m.StateValue
	if m.StateHeads == 0 && m.StateValue > 0 {
		m.Inner = r.inner()
		m.StateHeads = m.Inner / m.StateValue
	}
	if m.StateValue == 0 && m.StateHeads > 0 {
		m.Inner = r.inner()
		m.StateValue = m.Inner / m.StateHeads
	}
	if !r.flag("conv_bias") {
		m.Extra -= m.Inner + 2*m.Groups*m.StateKey
	}
	if r.facts["mamba_norm"].known && !r.flag("mamba_norm") {
		m.Extra -= m.Inner
	}
	return m
}

// deltaMixer is gated DeltaNet as Qwen3-Next has it.
//
// Yang et al. 2024, section 3. https://arxiv.org/abs/2412.06464
func deltaMixer(r *reader, _ slot) estimator.Mixer {
	return estimator.Mixer{
		Kind: estimator.Linear, Groups: r.int("linear_keys"), StateKey: r.int("linear_key_dim"),
		StateHeads: r.int("linear_values"), StateValue: r.int("linear_value_dim"), Conv: r.int("conv"),
	}
}

// kimiMixer is Kimi Delta Attention: three convolutions, a fine-grained decay of
// low rank and an output gate.
//
// Kimi Linear 2025, section 3. https://arxiv.org/abs/2510.26692
func kimiMixer(r *reader, _ slot) estimator.Mixer {
	h, heads, d := r.int("hidden"), r.int("linear_values"), r.int("linear_value_dim")
	wide := heads * d
	m := estimator.Mixer{Kind: estimator.Linear, Groups: heads, StateKey: d, StateHeads: heads, StateValue: d, Conv: r.int("conv")}
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleIn, In: h, Out: wide, Count: 3},
		{Role: estimator.RoleLatent, In: h, Out: d, Count: 1},
		{Role: estimator.RoleExpand, In: d, Out: wide, Count: 1},
		{Role: estimator.RoleIn, In: h, Out: heads, Count: 1},
		{Role: estimator.RoleOut, In: wide, Out: h, Count: 1},
	}
	if r.flag("full_gate_rank") {
		m.Matrices = append(m.Matrices, estimator.Matrix{Role: estimator.RoleIn, In: h, Out: wide, Count: 1})
	} else {
		m.Matrices = append(m.Matrices, estimator.Matrix{Role: estimator.RoleLatent, In: h, Out: d, Count: 1}, estimator.Matrix{Role: estimator.RoleExpand, In: d, Out: wide, Count: 1})
	}
	return only(m, 3*wide*m.Conv+heads+wide) // convolutions, decay, time step
}

// lightningMixer is MiniMax-01's linear attention: queries, keys and values in
// one linear, an output gate and a norm over all heads.
//
// MiniMax-01 2025, section 2.2. https://arxiv.org/abs/2501.08313
func lightningMixer(r *reader, s slot) estimator.Mixer {
	h := r.int("hidden")
	d := r.int("head_dim")
	if d == 0 && s.heads > 0 {
		d = h / s.heads
	}
	wide := s.heads * d
	m := estimator.Mixer{Kind: estimator.Linear, StateHeads: s.heads, StateKey: d, StateValue: d}
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleIn, In: h, Out: 3 * wide, Count: 1},
		{Role: estimator.RoleIn, In: h, Out: wide, Count: 1},
		{Role: estimator.RoleOut, In: wide, Out: h, Count: 1},
	}
	return only(m, wide-d) // its norm is as wide as all heads; the kind's own is a head's
}

// shortConv is LFM2's gated convolution.
func shortConv(r *reader, _ slot) estimator.Mixer {
	m := estimator.Mixer{Kind: estimator.ShortConv, Inner: r.int("hidden"), Conv: r.int("conv"), QKVBias: r.flag("proj_bias"), OutBias: r.flag("proj_bias")}
	if r.flag("conv_bias") {
		m.Extra += m.Inner
	}
	return m
}

// flaMixer is linear attention as the flash-linear-attention library builds it:
// keys and values of their own widths, convolutions on each, small gates.
func flaMixer(r *reader, s slot) estimator.Mixer {
	h := r.int("hidden")
	keys, values := int64(r.float("expand_k")*float64(h)), int64(r.float("expand_v")*float64(h))
	if d := r.int("head_dim"); d > 0 {
		keys = s.heads * d
		values = int64(r.float("expand_v") * float64(keys))
	}
	m := estimator.Mixer{Kind: estimator.Linear, StateHeads: s.heads, Conv: r.int("conv")}
	if s.heads > 0 {
		m.StateKey, m.StateValue, m.Groups = keys/s.heads, values/s.heads, s.heads
	}
	small := int64(0)
	if r.flag("short_conv") {
		small += (2*keys + values) * m.Conv
	} else {
		m.Conv = 0
	}
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleIn, In: h, Out: keys, Count: 2},
		{Role: estimator.RoleIn, In: h, Out: values, Count: 1},
		{Role: estimator.RoleOut, In: values, Out: h, Count: 1},
	}
	if r.flag("fla_gate") {
		m.Matrices = append(m.Matrices, estimator.Matrix{Role: estimator.RoleIn, In: h, Out: values, Count: 1})
	}
	if n := r.int("head_gates"); n > 0 {
		m.Matrices = append(m.Matrices, estimator.Matrix{Role: estimator.RoleIn, In: h, Out: n * s.heads, Count: 1})
		small += 2 * s.heads * (n - 1) // decay and time step come with the second
	}
	if n := r.int("low_rank"); n > 0 {
		m.Matrices = append(m.Matrices, estimator.Matrix{Role: estimator.RoleLatent, In: h, Out: n, Count: 1}, estimator.Matrix{Role: estimator.RoleExpand, In: n, Out: keys, Count: 1, Bias: true})
	}
	return only(m, small)
}
