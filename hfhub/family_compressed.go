package hfhub

import "membot/estimator"

// compressedLayout gives DeepSeek-V4's blocks: each keeps a window of tokens and,
// beyond it, one for so many as its ratio says. The list's last entry may
// belong to the layer that predicts further tokens.
func compressedLayout(r *reader) []slot {
	slots := uniformLayout(r)
	ratios := r.list("ratios")
	for i := range slots {
		slots[i].mixer = "compressed"
		if i < len(ratios) {
			slots[i].kv = ratios[i].Int() // the block's ratio; it has one KV head
		}
	}
	if ratios == nil {
		r.unsupported("compress_ratios", "absent")
	}
	return slots
}

// compressedLayer is a block of DeepSeek-V4: queries through a latent, a single
// head of keys that are the values too, an output in groups through a latent,
// and a mix of several residual streams.
func compressedLayer(r *reader, s slot) estimator.Layer {
	ratio := s.kv
	h, heads, d, rank := r.int("hidden"), s.heads, r.int("head_dim"), r.int("q_rank")
	groups, out := max(1, r.int("o_groups")), r.int("o_rank")
	m := estimator.Mixer{
		Kind: estimator.MLA, Heads: heads, KVHeads: 1, KeyDim: d, ValueDim: d, Sinks: true,
		RopeDim: r.int("rope_dim"), Window: r.int("window"), Compress: ratio,
	}
	m.KVRank = d - m.RopeDim
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleLatent, In: h, Out: rank, Count: 1},
		{Role: estimator.RoleExpand, In: rank, Out: heads * d, Count: 1},
		{Role: estimator.RoleLatent, In: h, Out: d, Count: 1},
		{Role: estimator.RoleLatent, In: heads * d / groups, Out: out, Count: groups},
		{Role: estimator.RoleO, In: groups * out, Out: h, Count: 1},
	}
	m.Extra = rank + m.RopeDim // norms; the kind counts that of the latent without its rope
	if ratio > 0 {
		m.Extra += compressor(h, d, ratio)
	}
	if ratio == 4 { // only these pick among what is kept
		m.Index = r.int("index_dim")
		m.Extra += rank*r.int("index_heads")*r.int("index_dim") + h*r.int("index_heads") + compressor(h, r.int("index_dim"), ratio)
	}
	streams := r.int("streams")
	mixed := (2 + streams) * streams
	return estimator.Layer{
		Mixer: m, FFN: r.ffn(s), Norms: 2,
		Extra: 2 * (mixed*streams*h + mixed + 3),
	}
}

// compressor makes one token of several: its own keys, gates, positions and
// norm. Blocks of four overlap, so that theirs are twice as wide.
func compressor(h, d, ratio int64) int64 {
	wide := d
	if ratio == 4 {
		wide *= 2
	}
	return 2*h*wide + ratio*wide + d
}
