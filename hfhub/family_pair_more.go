package hfhub

import "membot/estimator"

// buildSparsePair makes an encoder-decoder some of whose blocks choose experts.
func buildSparsePair(r *reader) estimator.Arch {
	a := buildPair(r)
	if len(a.Layers) != 1 || len(a.Towers) != 1 || len(a.Towers[0].Layers) != 1 {
		return a
	}
	a.Layers, a.Order = r.sparsePart("dec", a.Layers[0])
	a.Towers[0].Layers, _ = r.sparsePart("enc", a.Towers[0].Layers[0])
	return a
}

// sparsePart parts one of the two stacks into dense blocks and those with
// experts: every so many have them, the last of each group.
func (r *reader) sparsePart(which string, dense estimator.Layer) (layers []estimator.Layer, order []uint8) {
	step, experts := r.int(which+"_step"), r.int("experts")
	if n := r.int(which + "_sparse"); n > 0 && dense.Count > 0 { // how many, in place of how often
		step = max(1, dense.Count/n)
	}
	if step < 1 || experts < 2 || dense.Count < step {
		return []estimator.Layer{dense}, nil
	}
	if dense.Count > maxLayers {
		r.bad(r.keyOf(which+"_layers"), "too many", "")
		return []estimator.Layer{dense}, nil
	}
	sparse := dense
	f := &sparse.FFN
	f.Experts, f.TopK, f.ExpertWidth, f.ExpertBias, f.Width = experts, min(experts, max(1, r.int("topk"))), f.Width, f.Bias, 0
	total := dense.Count
	sparse.Count = total / step
	dense.Count = total - sparse.Count
	if dense.Count == 0 {
		return []estimator.Layer{sparse}, nil
	}
	for i := range total {
		order = append(order, uint8(0))
		if (i+1)%step == 0 {
			order[i] = 1
		}
	}
	return []estimator.Layer{dense, sparse}, order
}

// buildLED gives the encoder a second set of queries, keys and values for the
// tokens that attend to all, and a linear behind.
func buildLED(r *reader) estimator.Arch {
	a := buildPair(r)
	h := a.Hidden
	for i := range a.Towers {
		for j := range a.Towers[i].Layers {
			a.Towers[i].Layers[j].Extra += 3 * (h*h + h)
		}
	}
	return r.moreOfPair(a)
}

// buildMorePair adds what some pairs have beside BART's.
func buildMorePair(r *reader) estimator.Arch { return r.moreOfPair(buildPair(r)) }

// moreOfPair adds an encoder's own positions and words, and the convolutions in
// front of it.
func (r *reader) moreOfPair(a estimator.Arch) estimator.Arch {
	h := a.Hidden
	for i := range a.Towers {
		t := &a.Towers[i]
		if n := r.int("enc_table"); n > 0 {
			t.Extra += (n - r.int("positions") - r.int("position_offset")) * h
		}
		t.Extra += r.int("source_words") * h
		if bands := r.int("mel"); bands > 0 {
			wide, kernel := r.int("conv_width"), r.int("kernel")
			t.Extra += bands*kernel*wide + wide + wide/2*kernel*2*h + 2*h
		}
	}
	return a
}

// buildProphet adds the relative positions of a decoder that predicts several
// tokens at once, and an embedding for each of them.
func buildProphet(r *reader) estimator.Arch {
	a := buildPair(r)
	h, heads := a.Hidden, r.int("dec_heads")
	for i := range a.Layers {
		n := heads * r.int("buckets_each")
		a.Layers[i].Extra += h*n + n
	}
	a.Extra = append(a.Extra, estimator.Extra{Name: "predicted tokens", Params: r.int("ngram") * h})
	return a
}

// moreFacts are those of pairs that are more than BART.
const moreFacts = "enc_table=:0 source_words=:0 mel=:0 conv_width=:0 kernel=:0 "

// morePairs are encoder-decoders that few models are built as.
func morePairs() map[string]family {
	return map[string]family{
		"mvp":              {like: "bart"},
		"blenderbot-small": {like: "bart", facts: "hidden:512 enc_layers:8 dec_layers:8 enc_ffn:2048 dec_ffn:2048 vocab:50265 ctx:512 positions:512 position_offset:0"},
		"bigbird_pegasus":  {like: "pegasus", facts: "enc_layers:16 dec_layers:16 vocab:96103 ctx=max_position_embeddings:4096 positions:4096 qkv_bias=use_bias:false out_bias=use_bias:false knows=block_size,num_random_blocks,attention_type"},
		"led":              {like: "bart", build: buildLED, facts: moreFacts + "ctx=max_decoder_position_embeddings:1024 positions=max_decoder_position_embeddings:1024 position_offset:0 enc_table=max_encoder_position_embeddings:16384 knows=attention_window"},
		"fsmt":             {like: "bart", build: buildMorePair, facts: moreFacts + "vocab=tgt_vocab_size:42024 source_words=src_vocab_size:42024 ctx=max_position_embeddings:1024 positions=:0 position_offset:0 embed_norms:0 tied=:true"},
		"speech_to_text": {like: "bart", build: buildMorePair, facts: moreFacts + "hidden:256 enc_heads:4 dec_heads:4 heads:4 dec_layers:6 enc_ffn:2048 dec_ffn:2048 vocab:10000 ctx=max_target_positions:1024 positions=:0 position_offset:0 final_norms:1 embed_norms:0 " +
			"mel=input_feat_per_channel:80 conv_width=conv_channels:1024 kernel:5 knows=num_conv_layers,conv_kernel_sizes"},
		"prophetnet": {like: "bart", build: buildProphet, facts: "hidden=hidden_size:1024 heads=num_encoder_attention_heads:16 enc_layers=num_encoder_layers:12 dec_layers=num_decoder_layers:12 enc_heads=num_encoder_attention_heads:16 dec_heads=num_decoder_attention_heads:16 " +
			"vocab:30522 ctx=max_position_embeddings:512 positions:512 position_offset:0 ngram=ngram:2 buckets_each=num_buckets:32"},
		"xlm-prophetnet": {like: "prophetnet", facts: "vocab:250012"},
		"switch_transformers": {like: "t5", build: buildSparsePair, facts: "hidden:768 heads:12 enc_layers:12 dec_layers:0 enc_heads:12 dec_heads:12 tied:true experts=num_experts:8 topk=:1 " +
			"enc_step=encoder_sparse_step:0 dec_step=decoder_sparse_step:0 enc_sparse=num_sparse_encoder_layers:3 dec_sparse=num_sparse_decoder_layers:3 knows=expert_capacity"},
		"nllb-moe": {like: "m2m_100", build: buildSparsePair, facts: "experts=num_experts:128 topk=:2 enc_step=encoder_sparse_step:4 dec_step=decoder_sparse_step:4 enc_sparse=:0 dec_sparse=:0 knows=expert_capacity"},
	}
}
