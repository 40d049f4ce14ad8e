package hfhub

import (
	"strings"

	"membot/estimator"
)

// buildPair makes an encoder-decoder: the decoder's blocks attend to the encoder
// too, the encoder stands beside as a tower.
func buildPair(r *reader) estimator.Arch {
	a := baseArch(r)
	h := a.Hidden
	dec, enc := r.side("dec"), r.side("enc")
	cross := dec.Mixer
	cross.Encoded = r.int("enc_positions") // Whisper listens to all of its window, whatever is said
	dec.Cross, dec.Norms = cross, 3
	if dec.Count == 0 {
		dec.Count = enc.Count
	}
	a.Layers = []estimator.Layer{dec}
	norm := r.normParams(h)
	buckets := r.int("buckets") * r.int("heads")
	positions := (r.int("positions") + r.int("position_offset")) * h
	if n := r.int("enc_positions"); n > 0 {
		positions = n * h
	}
	tower := estimator.Tower{Name: "encoder", Hidden: h, Layers: []estimator.Layer{enc}}
	tower.Extra = positions + (r.int("final_norms")+r.int("embed_norms"))*norm + buckets + r.conv(h)
	if r.flag("every_bias") {
		buckets *= dec.Count
		tower.Extra += buckets - r.int("buckets")*r.int("heads")
	}
	a.Towers = []estimator.Tower{tower}
	a.Extra = append(a.Extra, keep(estimator.Extra{Name: "relative positions", Params: buckets})...)
	return a
}

// side reads one of the two stacks.
func (r *reader) side(which string) estimator.Layer {
	heads := r.int(which + "_heads")
	m := attention(r, slot{heads: heads, kv: heads})
	l := estimator.Layer{
		Count: r.int(which + "_layers"), Mixer: m, Norms: 2, NormBias: r.flag("norm_bias"),
		FFN: estimator.FFN{Width: r.int(which + "_ffn"), Gated: r.gated(), Bias: r.flag("mlp_bias")},
	}
	return l
}

// gated says whether the FFN has a gate: T5 names its activation instead.
func (r *reader) gated() bool {
	if name := r.word("activation"); name != "" {
		return strings.HasPrefix(name, "gated")
	}
	return r.flag("gated")
}

// conv counts Whisper's two convolutions over mel bands.
func (r *reader) conv(h int64) int64 {
	bands := r.int("bands")
	if bands == 0 {
		return 0
	}
	return 3*bands*h + h + 3*h*h + h
}

// pairFacts name the keys of BART and what followed it.
const pairFacts = "hidden=d_model:1024 heads=encoder_attention_heads:16 kv=:0 head_dim=:0 ffn=:0 enc_layers=encoder_layers:12 dec_layers=decoder_layers:12 " +
	"enc_heads=encoder_attention_heads:16 dec_heads=decoder_attention_heads:16 enc_ffn=encoder_ffn_dim:4096 dec_ffn=decoder_ffn_dim:4096 " +
	"vocab:50265 ctx:1024 tied:true dtype:float32 gated:false norm_bias:true qkv_bias=:true out_bias=:true mlp_bias=:true activation=: " +
	"positions=max_position_embeddings:1024 position_offset:2 enc_positions=:0 final_norms:0 embed_norms:1 buckets=:0 bands=:0 no_key_bias:false every_bias:false "

// t5Facts name T5's.
const t5Facts = "hidden=d_model:512 heads=num_heads:8 head_dim=d_kv:64 enc_layers=num_layers:6 dec_layers=num_decoder_layers:0 enc_heads=num_heads:8 dec_heads=num_heads:8 " +
	"enc_ffn=d_ff:2048 dec_ffn=d_ff:2048 vocab:32128 ctx=n_positions:512 norm_bias:false qkv_bias:false out_bias:false mlp_bias:false activation=feed_forward_proj:relu " +
	"positions=:0 position_offset:0 final_norms:1 embed_norms:0 buckets=relative_attention_num_buckets:32 "

// pairs are encoder-decoders.
func pairs() map[string]family {
	return map[string]family{
		"bart":       {like: "llama", build: buildPair, facts: pairFacts},
		"mbart":      {like: "bart", facts: "final_norms:1"},
		"plbart":     {like: "bart", facts: "hidden:768 enc_layers:6 dec_layers:6 enc_heads:12 dec_heads:12 enc_ffn:3072 dec_ffn:3072 vocab:50005"},
		"blenderbot": {like: "bart", facts: "hidden:2560 enc_layers:2 dec_layers:24 enc_heads:32 dec_heads:32 enc_ffn:10240 dec_ffn:10240 vocab:8008 ctx:128 position_offset:0 final_norms:1 embed_norms:0"},
		"pegasus":    {like: "bart", facts: "position_offset:0 final_norms:1 embed_norms:0"},
		"marian":     {like: "bart", facts: "vocab=vocab_size:58101 position_offset:0 embed_norms:0"},
		"m2m_100":    {like: "bart", facts: "vocab:128112 positions=:0 position_offset:0 final_norms:1 embed_norms:0"},
		"whisper": {like: "bart", facts: "hidden:384 enc_layers:4 dec_layers:4 enc_heads:6 dec_heads:6 enc_ffn:1536 dec_ffn:1536 vocab:51865 ctx=max_target_positions:448 positions=max_target_positions:448 " +
			"position_offset:0 enc_positions=max_source_positions:1500 final_norms:1 embed_norms:0 bands=num_mel_bins:80 no_key_bias:true"},
		"t5":     {like: "bart", facts: t5Facts},
		"mt5":    {like: "t5", facts: "heads:6 enc_layers:8 enc_heads:6 dec_heads:6 enc_ffn:1024 dec_ffn:1024 vocab:250112 activation:gated-gelu"},
		"umt5":   {like: "mt5", facts: "every_bias:true"},
		"longt5": {like: "t5"},
	}
}
