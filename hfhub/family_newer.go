package hfhub

import "membot/estimator"

// newer are types that came lately, each with a part of its own.
func newer() map[string]family {
	return map[string]family{
		"zaya": {like: "llama", build: buildZaya, layer: zayaLayer, facts: "hidden:2048 layers:40 heads:8 kv:2 head_dim:128 ffn=:0 vocab:262272 ctx:131072 tied:true mlp_bias= window=sliding_window:0 experts=num_experts:16 topk=num_experts_per_tok:1 " +
			"expert_ffn=moe_intermediate_size:2048 router=router_hidden_size:256 times=cca_time0:2 times_grouped=cca_time1:2 mixer:hybrid"},
		"axk2": {like: "deepseek_v32", layer: gatedLatentLayer, facts: "hidden:2048 layers:48 heads:32 ffn:5120 vocab:163840 ctx:131072 expert_ffn:512 experts:128 kv_rank:128 q_rank:384 rope_dim:32 nope_dim:64 v_head_dim:64 first_dense:1 index_heads:16 " +
			"norm_rank=gated_norm_rank:16 moe_list=mlp_layer_types"},
	}
}

// hybridAttention is Zyphra's attention over compressed heads: queries and keys
// pass two short convolutions, half of each value is the token's before.
//
// Figliolia et al. 2025, section 3. https://arxiv.org/abs/2510.04476
func hybridAttention(r *reader, s slot) estimator.Mixer {
	m := attention(r, s)
	if s.mixer == "hybrid_sliding" {
		m = windowAttention(r, s)
	}
	d := m.KeyDim
	wide := (m.Heads + m.KVHeads) * d
	m.Extra += wide*r.int("times") + wide + wide*d*r.int("times_grouped") + wide + m.KVHeads
	return m
}

// zayaLayer has a router of several linears, with one expert more that does
// nothing, and scales and shifts on both of its residuals.
func zayaLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h, width, experts := r.int("hidden"), r.int("router"), l.FFN.Experts
	l.Extra += 8*h + linear(h, width) + width + width + 2*linear(width, width) + width*(experts+1) - h*experts
	return l
}

// buildZaya adds the scale and shift of what comes in; the first router takes
// nothing from one before.
func buildZaya(r *reader) estimator.Arch {
	a := buildDecoder(r)
	a.Extra = append(a.Extra, estimator.Extra{Name: "scale and shift of the input", Params: 2*a.Hidden - r.int("router")})
	return a
}

// gatedLatentLayer is a block of A.X-K2: queries and a gate of each value from a
// latent and its norm side by side, and norms behind a narrow gate.
func gatedLatentLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h, m := r.int("hidden"), &l.Mixer
	gate := 2 * h * r.int("norm_rank")
	m.Extra += m.QueryRank*m.Heads*m.KeyDim + 2*m.QueryRank*m.Heads*m.ValueDim
	l.Extra += gate
	if l.FFN.Experts > 0 {
		l.Extra += gate
	}
	return l
}

// sensedExpertsLayer has a second set of experts for what is seen, narrower than
// those for words (ERNIE 4.5 VL): each expert is counted with its fellow.
func sensedExpertsLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	f := &l.FFN
	sets := r.list("expert_ffn")
	if f.Experts == 0 || len(sets) != 2 {
		return l
	}
	f.SharedWidth = r.int("shared") * f.ExpertWidth
	f.ExpertWidth += r.at("expert_ffn", 1)
	l.Extra += r.int("hidden") * f.Experts // the second router
	if f.RouterBias {
		l.Extra += f.Experts
	}
	return l
}
