package hfhub

import "membot/estimator"

// globalLayer has a second set of queries, keys and values for the tokens that
// attend to all (Longformer).
func globalLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h := r.int("hidden")
	l.Extra += 3 * (h*h + h)
	return l
}

// entityLayer has queries for each pairing of words and entities (LUKE).
func entityLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	if r.flag("entity_queries") {
		h := r.int("hidden")
		l.Extra += 3 * (h*h + h)
	}
	return l
}

// buildLUKE adds the embeddings of entities, their positions and types.
func buildLUKE(r *reader) estimator.Arch {
	a := buildEncoder(r)
	h, width := a.Hidden, r.int("entity_width")
	a.Extra = append(a.Extra, estimator.Extra{
		Name:   "entities",
		Params: r.int("entities")*width + width*h + r.int("positions")*h + r.int("token_types")*h + 2*h,
	})
	return a
}

// buildESM adds the norm that a masked language model's head brings, and the
// regression of contacts.
func buildESM(r *reader) estimator.Arch {
	a := buildEncoder(r)
	a.Extra = append(a.Extra, keep(estimator.Extra{Name: "contacts", Params: r.int("layers")*r.int("heads") + 1})...)
	if r.flag("norm_before") {
		a.Extra = append(a.Extra, estimator.Extra{Name: "embedding norm", Params: r.normParams(a.Hidden)})
	}
	if r.word("places_kind") == "rotary" {
		for i := range a.Extra {
			if a.Extra[i].Name == "positions" {
				a.Extra[i].Params = 0
			}
		}
	}
	return a
}

// buildCanine makes CANINE: characters hashed by several functions, a shallow
// block of them on either side of the deep stack.
func buildCanine(r *reader) estimator.Arch {
	a := buildEncoder(r)
	h, norm := a.Hidden, r.normParams(a.Hidden)
	a.Vocab = 0
	one := r.layer(r, slot{mixer: "full_attention", ffn: "dense", heads: r.int("heads"), kv: r.int("heads"), width: r.int("ffn")})
	one.Count = 2 // the first and the last
	a.Layers = append(a.Layers, one)
	down := h*h*r.int("down") + h + norm
	up := 2*h*h*r.int("up") + h + norm
	a.Extra = append(a.Extra, estimator.Extra{Name: "hashed characters", Params: r.int("hash_buckets") * h}, estimator.Extra{Name: "down- and upsampling", Params: down + up})
	return a
}

// buildMobileBERT makes MobileBERT: narrow blocks between two bottlenecks, with
// several FFNs each and scales in place of norms.
//
// Sun et al. 2020, section 3. https://arxiv.org/abs/2004.02984
func buildMobileBERT(r *reader) estimator.Arch {
	a := baseArch(r)
	h, narrow, f, words := a.Hidden, r.int("narrow"), r.int("ffn"), r.int("words")
	heads := r.int("heads")
	if heads == 0 || narrow%heads != 0 {
		r.bad(r.keyOf("heads"), "", "")
		return a
	}
	a.Embed, a.Tied, a.NoHead = words, true, true
	d := narrow / heads
	m := estimator.Mixer{Kind: estimator.Full, Heads: heads, KVHeads: heads, KeyDim: d, ValueDim: d}
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleIn, In: h, Out: narrow, Count: 2, Bias: true},
		{Role: estimator.RoleQ, In: narrow, Out: narrow, Count: 1, Bias: true},
		{Role: estimator.RoleK, In: narrow, Out: narrow, Count: 1, Bias: true},
		{Role: estimator.RoleV, In: h, Out: narrow, Count: 1, Bias: true},
		{Role: estimator.RoleO, In: narrow, Out: narrow, Count: 1, Bias: true},
		{Role: estimator.RoleUp, In: narrow, Out: f, Count: max(1, r.int("ffns")), Bias: true},
		{Role: estimator.RoleDown, In: f, Out: narrow, Count: max(1, r.int("ffns")), Bias: true},
		{Role: estimator.RoleOut, In: narrow, Out: h, Count: 1, Bias: true},
	}
	m.Extra = 2*2*narrow + 2*narrow + 2*narrow*max(1, r.int("ffns")) + 2*h // the scales: of bottlenecks, attention, FFNs, the way out
	a.Layers = []estimator.Layer{{Count: r.int("layers"), Mixer: m, NormFree: true}}
	places := (r.int("positions") + r.int("token_types") + 2) * h
	a.Extra = append(
		a.Extra[:0],
		estimator.Extra{Name: "three words side by side", Params: 2*words*h + h}, // the width alone adds a third
		estimator.Extra{Name: "places", Params: places},
	)
	_, task, _ := taskOf(orElse(firstClass(r.block), firstClass(r.root)))
	if mlmHeads[task] {
		a.Extra = append(a.Extra, estimator.Extra{Name: "language model head", Params: h*h + 3*h + a.Vocab*(h-words) + a.Vocab})
	}
	return a
}

// moreEncoders read text, and few models are built as them.
func moreEncoders() map[string]family {
	return map[string]family{
		"big_bird":             {like: "bert", facts: "vocab:50358 ctx:4096 positions:4096 knows=block_size,num_random_blocks,attention_type"},
		"longformer":           {like: "bert", layer: globalLayer, facts: "knows=attention_window"},
		"roformer":             {like: "bert", facts: "vocab:50000 ctx:1536 positions=:0 pooler:false embed=embedding_size:0"},
		"rembert":              {like: "bert", facts: "hidden:1152 layers:32 heads:18 ffn:4608 vocab:250300 embed=input_embedding_size:256 embed_all:true"},
		"luke":                 {like: "roberta", build: buildLUKE, layer: entityLayer, facts: "vocab:50267 token_types=type_vocab_size:2 entities=entity_vocab_size:500000 entity_width=entity_emb_size:256 entity_queries=use_entity_aware_attention:true"},
		"esm":                  {like: "bert", build: buildESM, facts: "vocab=vocab_size ctx:1026 positions:1026 token_types=:0 final_norms:1 embed_norms:0 norm_before=emb_layer_norm_before:false places_kind=position_embedding_type:absolute"},
		"canine":               {like: "bert", build: buildCanine, facts: "vocab=:0 ctx:16384 positions:16384 token_types=type_vocab_size:16 hash_buckets=num_hash_buckets:16384 down=downsampling_rate:4 up=upsampling_kernel_size:4"},
		"mobilebert":           {like: "bert", build: buildMobileBERT, facts: "hidden:512 layers:24 heads:4 ffn:512 narrow=true_hidden_size,intra_bottleneck_size:128 words=embedding_size:128 ffns=num_feedforward_networks:4 pooler:false"},
		"roberta-prelayernorm": {like: "roberta", facts: "final_norms:1"},
		"data2vec-text":        {like: "roberta"},
		"ibert":                {like: "roberta"},
		"splinter":             {like: "bert"},
		"bert-generation":      {like: "bert", facts: "hidden:1024 layers:24 heads:16 ffn:4096 vocab:50358 token_types=:0 pooler:false"},
		"nezha":                {like: "bert", facts: "vocab:21128 positions=:0"},
	}
}
