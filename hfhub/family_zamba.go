package hfhub

import (
	"strconv"

	"membot/estimator"
)

// buildZamba adds the attention blocks that Zamba 2's hybrid layers share, once
// each: attention over the hidden state beside the embedding, and a gated FFN.
//
// Zamba2 2024, section 2. https://arxiv.org/abs/2411.15242
func buildZamba(r *reader) estimator.Arch {
	a := buildDecoder(r)
	h, f, wide := a.Hidden, r.int("ffn"), r.int("heads")*r.zambaHead()
	if f == 0 {
		f = 4 * h
	}
	one := 3*2*h*wide + wide*h + 3*h*f + 3*h
	a.Extra = append(a.Extra, estimator.Extra{Name: "shared attention blocks", Params: r.int("shared_blocks") * one})
	return a
}

// zambaHead is the size of a head: two hidden states over the heads.
func (r *reader) zambaHead() int64 {
	if d := r.int("head_dim"); d > 0 {
		return d
	}
	return 2 * r.int("hidden") / max(1, r.int("heads"))
}

// zambaLayout gives each hybrid layer as two blocks: a turn of a shared one, with
// a cache of its own, and Mamba.
func zambaLayout(r *reader) []slot {
	n, types, at := r.int("layers"), r.list("types"), r.ints("full_at")
	if n > maxLayers || types != nil && int64(len(types)) < n {
		r.bad(r.keyOf("layers"), strconv.FormatInt(n, 10), "")
		return nil
	}
	var slots []slot
	for i := range n {
		hybrid := at[i]
		if types != nil {
			hybrid = types[i].String() == "hybrid"
		}
		if hybrid {
			slots = append(slots, slot{mixer: "shared", ffn: "none", heads: r.int("heads"), kv: r.int("kv")})
		}
		slots = append(slots, slot{mixer: "mamba", ffn: "none"})
	}
	return slots
}

// sharedMixer is one turn of a shared block: what it has to itself are a linear
// behind it and low-rank additions to the shared linears.
func sharedMixer(r *reader, s slot) estimator.Mixer {
	h, d, rank := r.int("hidden"), r.zambaHead(), r.int("adapter_rank")
	if s.kv == 0 {
		s.kv = s.heads
	}
	f := r.int("ffn")
	if f == 0 {
		f = 4 * h
	}
	m := estimator.Mixer{Kind: estimator.Full, Heads: s.heads, KVHeads: s.kv, KeyDim: d, ValueDim: d}
	m.Matrices = []estimator.Matrix{{Role: estimator.RoleOut, In: h, Out: h, Count: 1}}
	if r.flag("mlp_adapter") {
		m.Extra += h*rank + rank*2*f
	}
	if r.flag("attention_adapter") {
		m.Extra += 3 * (2*h*rank + rank*s.heads*d)
	}
	m.Extra -= h // the turn has no norm of its own
	return m
}
