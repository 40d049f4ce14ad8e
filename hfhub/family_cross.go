package hfhub

import "membot/estimator"

// buildCrossDecoder makes a decoder that attends to an encoder which its config
// puts beside it.
func buildCrossDecoder(r *reader) estimator.Arch {
	a := buildDecoder(r)
	width := r.int("cross_width")
	for i := range a.Layers {
		l := &a.Layers[i]
		c := l.Mixer
		if width > 0 && width != a.Hidden {
			wide := c.Heads * c.KeyDim
			c.Matrices = []estimator.Matrix{
				{Role: estimator.RoleQ, In: a.Hidden, Out: wide, Count: 1, Bias: c.QKVBias},
				{Role: estimator.RoleK, In: width, Out: wide, Count: 1, Bias: c.QKVBias},
				{Role: estimator.RoleV, In: width, Out: wide, Count: 1, Bias: c.QKVBias},
				{Role: estimator.RoleO, In: wide, Out: a.Hidden, Count: 1, Bias: c.OutBias},
			}
		}
		l.Cross = c
		l.Norms++
	}
	return a
}

// bartDecoder names the keys of BART's decoder by itself.
const bartDecoder = "hidden=d_model:1024 layers=decoder_layers:12 heads=decoder_attention_heads:16 kv=:0 head_dim=:0 ffn=decoder_ffn_dim:4096 vocab:50265 ctx=max_position_embeddings:1024 " +
	"positions=max_position_embeddings:1024 position_offset:2 final_norms:0 embed_norms:1 cross_width=cross_attention_hidden_size:0 tied=:true whole_model:true knows=encoder_layers,encoder_attention_heads "

// buildSwin makes a Swin transformer: at each level blocks that attend within
// windows, and a merge of two by two pixels between levels.
//
// Liu et al. 2021, section 3. https://arxiv.org/abs/2103.14030
func buildSwin(r *reader) estimator.Arch {
	b := r.block
	depths, heads := sizesIn(b["depths"]), sizesIn(b["num_heads"])
	d, window, patch := min(sizeIn(b, "embed_dim", 96), 1<<12), min(sizeIn(b, "window_size", 7), 1<<8), min(sizeIn(b, "patch_size", 4), 1<<8)
	if len(depths) == 0 || len(heads) != len(depths) {
		return estimator.Arch{}
	}
	n := linear(3*patch*patch, d) + 2*d
	for i := range depths {
		n += stack(depths[i], d, 4*d) + depths[i]*(2*window-1)*(2*window-1)*heads[i]
		if i < len(depths)-1 {
			n += 8*d + 8*d*d
			d *= 2
		}
	}
	if r.flag("last_norm") {
		n += 2 * d
	}
	return estimator.Arch{
		Family: r.name, Hidden: d, NoHead: true, Tied: true, DType: dtypes[dtypeWord(r)],
		Layers: []estimator.Layer{{Count: 1, Extra: n}},
	}
}

// buildT5Gemma makes Gemma 2's blocks a pair: the decoder's attend to the encoder
// too, between two norms more, and each end has its own words.
//
// Zhang et al. 2025, section 2. https://arxiv.org/abs/2504.06225
func buildT5Gemma(r *reader) estimator.Arch {
	a := buildDecoder(r)
	for i := range a.Layers {
		l := &a.Layers[i]
		l.Cross = l.Mixer
		l.Cross.Kind, l.Cross.Window = estimator.Full, 0
		l.Norms += 2
	}
	return a
}

// buildTextTower makes a decoder's blocks a tower that reads, with its own words.
func buildTextTower(r *reader) estimator.Arch {
	a := buildDecoder(r)
	a.Extra = append(a.Extra, estimator.Extra{Name: "words", Params: a.Vocab * a.Hidden})
	return a
}

// crossed are models that put an encoder and a decoder of other types together.
func crossed() map[string]family {
	return map[string]family{
		"vision-encoder-decoder":         {like: "trocr", text: "decoder", textLike: "trocr", towers: "encoder:plain_vit"},
		"nougat":                         {like: "vision-encoder-decoder"},
		"vision-encoder-decoder/mbart":   {like: "gpt2", build: buildCrossDecoder, facts: bartDecoder + "final_norms:1"},
		"vision-encoder-decoder/bart":    {like: "gpt2", build: buildCrossDecoder, facts: bartDecoder},
		"vision-encoder-decoder/gpt2":    {like: "gpt2", build: buildCrossDecoder, facts: "whole_model:true cross_width=:0"},
		"vision-encoder-decoder/roberta": {like: "vision-encoder-decoder/bert", facts: "vocab:50265 pad_positions:2"},
		"vision-encoder-decoder/bert": {like: "gpt2", build: buildCrossDecoder, facts: "whole_model:true hidden=hidden_size:768 layers=num_hidden_layers:12 heads=num_attention_heads:12 ffn=intermediate_size:3072 vocab:30522 " +
			"ctx=max_position_embeddings:512 positions=max_position_embeddings:512 token_types=type_vocab_size:2 final_norms:0 embed_norms:1 cross_width=:0"},
		"nougat/mbart":    {like: "vision-encoder-decoder/mbart"},
		"trocr":           {like: "gpt2", build: buildCrossDecoder, facts: bartDecoder},
		"donut-swin":      {like: "plain_vit", build: buildSwin, facts: "last_norm:false"},
		"swin":            {like: "plain_vit", build: buildSwin, facts: "last_norm:true"},
		"t5gemma":         {like: "t5_gemma_module", text: "decoder", textLike: "t5_gemma_module", towers: "encoder:plain_vit"},
		"t5_gemma_module": {like: "gemma2", build: buildT5Gemma, facts: "knows=cross_attention_hidden_size"},
		"t5gemma_tower":   {like: "gemma2", build: buildTextTower, facts: "tower:1 patch=:0 image=:0 places=:0 learned=:false tiles=:0"},
	}
}
