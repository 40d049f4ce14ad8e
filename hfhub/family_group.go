package hfhub

import "membot/estimator"

// groupLayout makes the last block of each group, and those of a group cut short,
// attend to all.
func groupLayout(r *reader) []slot {
	slots, size := uniformLayout(r), max(1, r.int("group"))
	whole := int64(len(slots)) / size * size
	for i := range slots {
		at := int64(i)
		if slots[i].mixer = "full_attention"; (at+1)%size != 0 && at < whole {
			slots[i].mixer = "grouped"
		}
	}
	return slots
}

// groupLayer gives a shared expert its own width, and full attention the gate
// that its config names.
func groupLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	if each := r.int("shared_each"); each > 0 && l.FFN.Experts > 0 {
		l.FFN.SharedWidth = r.int("shared") * each
	}
	if s.mixer != "full_attention" {
		return l
	}
	switch kind := r.word("granularity"); kind {
	case "head_wise":
		l.Mixer.Extra += r.int("hidden") * l.Mixer.Heads
	case "element_wise":
		l.Mixer.Extra += r.int("hidden") * l.Mixer.Heads * l.Mixer.ValueDim
	case "none", "":
	default:
		r.unsupported(r.keyOf("granularity"), short(kind))
	}
	return l
}

// groupedMixer is the linear attention of a group: with a short convolution
// Kimi's, without one MiniMax's.
func groupedMixer(r *reader, s slot) estimator.Mixer {
	h, heads, d, kernel := r.int("hidden"), r.int("linear_values"), r.int("linear_value_dim"), r.int("conv")
	wide := heads * d
	if kernel == 0 {
		s.heads = heads
		m := lightningMixer(r, s)
		if r.flag("qk_on") {
			m.Extra += 2 * d
		}
		return m
	}
	if !r.flag("full_ranks") {
		return kimiMixer(r, s)
	}
	m := estimator.Mixer{Kind: estimator.Linear, Groups: heads, StateKey: d, StateHeads: heads, StateValue: d, Conv: kernel}
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleIn, In: h, Out: wide, Count: 5}, // queries, keys, values, decay, gate
		{Role: estimator.RoleIn, In: h, Out: heads, Count: 1},
		{Role: estimator.RoleOut, In: wide, Out: h, Count: 1},
	}
	return only(m, 3*wide*kernel+heads+wide)
}
