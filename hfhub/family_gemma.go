package hfhub

import "membot/estimator"

// gemmaLayout marks the last blocks that read another's keys and values, with
// the width and heads of the kind they are.
func gemmaLayout(r *reader) []slot {
	slots := uniformLayout(r)
	globalKV, width := r.int("global_kv"), r.each("ffn")
	for i := range slots {
		s := &slots[i]
		if s.mixer == "full_attention" && globalKV > 0 {
			s.kv = globalKV
		}
		if s.shares && r.flag("double_wide") {
			s.width *= 2
		}
		if r.flag("moe_block") && r.int("experts") > 0 {
			s.ffn, s.width = "sparse", width(i) // a dense FFN stands beside the experts
		}
	}
	return slots
}

// gemma4Layer is a block of Gemma 4: wider heads in its global blocks, whose
// values may be their keys; experts beside the dense FFN; an input of its own.
func gemma4Layer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h := r.int("hidden")
	m := &l.Mixer
	if d := r.int("global_head_dim"); s.mixer == "full_attention" && d > 0 {
		m.KeyDim, m.ValueDim = d, d
	}
	if s.mixer == "full_attention" && r.flag("k_eq_v") {
		m.Matrices = []estimator.Matrix{
			{Role: estimator.RoleQ, In: h, Out: m.Heads * m.KeyDim, Count: 1, Bias: m.QKVBias},
			{Role: estimator.RoleK, In: h, Out: m.KVHeads * m.KeyDim, Count: 1, Bias: m.QKVBias},
			{Role: estimator.RoleO, In: m.Heads * m.ValueDim, Out: h, Count: 1, Bias: m.OutBias},
		}
	}
	if l.FFN.Experts > 0 {
		l.FFN.Width = s.width
		l.Norms += 3
		l.Extra += h + l.FFN.Experts // the router's scale, and one for each expert
	}
	if s.shares { // the file holds projections of its own all the same
		l.Extra += (2*h*m.KVHeads + 1) * m.KeyDim
	}
	l.Extra++ // the block's scalar
	if p := r.int("per_layer"); p > 0 {
		l.Extra += 2*h*p + h
	}
	return l
}

// gemma3nLayer is a block of Gemma 3n: LAuReL and AltUp beside attention and
// FFN, and an input of its own. Blocks that share keys and values store their
// own projections all the same.
func gemma3nLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h, p, n, rank := r.int("hidden"), r.int("per_layer"), r.int("altup"), r.int("laurel")
	if s.shares {
		l.Extra += 2*h*l.Mixer.KVHeads*l.Mixer.KeyDim + l.Mixer.KeyDim
	}
	l.Extra += 2*h*rank + h              // LAuReL and its norm
	l.Extra += h + n*n + n*n*n + h*n + h // AltUp: output scale, corrections, predictions, router, its norm
	l.Extra += 2*h*p + h                 // the block's own input, and its norm
	return l
}

// buildGemma adds the embeddings that each block has to itself.
func buildGemma(r *reader) estimator.Arch {
	a := buildDecoder(r)
	p, n := r.int("per_layer"), a.Depth()
	a.Extra = append(a.Extra, keep(
		estimator.Extra{Name: "embeddings of each layer", Params: r.int("per_layer_vocab") * p * n},
		estimator.Extra{Name: "projection to each layer", Params: p*n*a.Hidden + p},
		estimator.Extra{Name: "AltUp projections", Params: 2 * max(0, r.int("altup")-1) * a.Hidden * a.Hidden},
	)...)
	if p == 0 {
		a.Extra = a.Extra[:1:1]
	}
	return a
}

// perLayerFacts name the keys of embeddings that belong to a block.
const perLayerFacts = "per_layer=hidden_size_per_layer_input:256 per_layer_vocab=vocab_size_per_layer_input:262144 kv_shared=num_kv_shared_layers:0 "

// gemmas are the Gemmas that are more than a llama.
func gemmas() map[string]family {
	return map[string]family{
		"gemma3n_text": {like: "gemma3_text", build: buildGemma, layer: gemma3nLayer, facts: perLayerFacts + "hidden:2048 layers:35 heads:8 kv:2 ffn:16384 vocab:262400 ctx:32768 " +
			"kv_shared:15 window:512 pattern:5 altup=altup_num_inputs:4 laurel=laurel_rank:64"},
		"gemma4_text": {like: "gemma3_text", build: buildGemma, layout: gemmaLayout, layer: gemma4Layer, facts: perLayerFacts + "layers:30 vocab:262144 window:512 pattern:6 " +
			"global_head_dim=global_head_dim:512 global_kv=num_global_key_value_heads:0 k_eq_v=attention_k_eq_v:false double_wide=use_double_wide_mlp:false " +
			"moe_block=enable_moe_block:false experts=num_experts:0 topk=top_k_experts,num_experts_per_tok:0 expert_ffn=moe_intermediate_size:0 moe_every:1 altup:0"},
	}
}
