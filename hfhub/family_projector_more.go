package hfhub

import (
	"strings"

	"membot/estimator"
)

// projection counts what leads from a tower of width v to a decoder of width h.
type projection = func(r *reader, v, h int64, tower object) int64

// moreProjectors are those that few models have.
func moreProjectors() map[string]projection {
	return map[string]projection{
		"aya": func(r *reader, v, h int64, _ object) int64 { // a norm, pixels merged, a gated linear
			in := v * square(r.block, "downsample_factor", 2)
			wide := sizeIn(r.block, "alignment_intermediate_size", 2*h)
			return 2*in + linear(in, wide) + linear(wide/2, h)
		},
		"cohere2": func(r *reader, v, h int64, _ object) int64 {
			in := v * square(r.block, "downsample_factor", 2)
			wide := sizeIn(r.block, "alignment_intermediate_size", 36864)
			return linear(in, wide) + linear(wide/2, h)
		},
		"voxtral": func(_ *reader, _, h int64, b object) int64 { // four frames in one, no bias
			return sizeIn(b, "intermediate_size", 5120)*h + h*h
		},
		"glm_ocr": func(_ *reader, v, h int64, b object) int64 { // as GLM-4V's, with a gated FFN three times as wide
			return 4*v*h + h + v + h*h + 2*h + 3*h*h*sizeIn(b, "in_channels", 3)
		},
		"paddle": func(_ *reader, v, h int64, b object) int64 {
			merged := v * merge(b) * merge(b)
			return 2*v + linear(merged, merged) + linear(merged, h)
		},
		"dots": func(_ *reader, v, h int64, b object) int64 {
			merged := v * merge(b) * merge(b)
			return 2*v + linear(merged, merged) + linear(merged, h)
		},
		"got": func(_ *reader, v, h int64, _ object) int64 { // two convolutions that double the width
			return 9*v*2*v + 9*2*v*4*v + linear(4*v, h)
		},
		"deepseek_vl2": deepseekProjector,
		"janus": func(_ *reader, v, h int64, _ object) int64 { // the way in, and all that paints
			const tokens, width = 16384, 8
			paint := tokens*width + linear(width, h) + linear(h, h) + linear(h, h) + linear(h, tokens)
			return linear(v, h) + linear(h, h) + paint + janusTokenizer()
		},
	}
}

// senseProjectors are those of models that hear too, or see through queries.
func senseProjectors() map[string]projection {
	return map[string]projection{
		"aria": func(r *reader, v, h int64, _ object) int64 { // queries, attention of two layers, a gated FFN
			queries := int64(0)
			if list, ok := r.block.get("projector_patch_to_query_dict"); ok {
				for _, n := range list.Map() {
					queries = max(queries, min(n.Int(), 1<<16))
				}
			}
			return max(queries, 128)*v + 3*v*v + 5*linear(v, v) + 6*v + v*h + h*h
		},
		"listening": func(r *reader, v, h int64, b object) int64 { // MiniCPM-o: queries for what is seen, two linears for what is heard
			if b.word("model_type") == "whisper" {
				return linear(v, h) + linear(h, h)
			}
			return projectors["resampler"](r, v, h, b)
		},
		"omni": func(r *reader, v, h int64, b object) int64 { // Qwen2.5-Omni: what is heard has waves for positions, and two marks
			if strings.HasSuffix(b.word("model_type"), "audio_encoder") {
				return linear(v, h) + 2*h - sizeIn(b, "max_source_positions", 1500)*v
			}
			return projectors["merger"](r, v, h, b)
		},
		"omni3": func(r *reader, v, h int64, b object) int64 { // Qwen3-Omni: three convolutions over 128 bands, two linears
			if strings.HasSuffix(b.word("model_type"), "audio_encoder") {
				c := sizeIn(b, "downsample_hidden_size", 480)
				return linear(9, c) + 2*linear(9*c, c) + 16*c*v + linear(v, v) + linear(v, h) - sizeIn(b, "max_source_positions", 1500)*v
			}
			return projectors["merger"](r, v, h, b)
		},
		"qformer": qformer,
		"kosmos": func(r *reader, v, h int64, _ object) int64 {
			return linear(v, h) + sizeIn(r.block, "latent_query_num", 64)*h + 4*linear(h, h)
		},
		"florence": func(r *reader, v, h int64, _ object) int64 {
			to := sizeIn(r.block, "projection_dim", h)
			return v*to + 2*to + 50*v
		},
		"ovis": func(_ *reader, v, h int64, b object) int64 { // a vocabulary of what is seen
			words, stride := sizeIn(b, "vocab_size", 16384), sizeIn(b, "hidden_stride", 1)
			seen := max(0, words-sizeIn(b, "num_visual_indicator_tokens", 5))
			return v*stride*stride*seen + 2*seen + words*h
		},
		"ernie": func(_ *reader, v, h int64, b object) int64 { // pixels merged, then two frames, each by two linears and a norm
			s := v * merge(b) * merge(b)
			return 3*linear(s, s) + linear(2*s, s) + 4*s + linear(s, h) + h
		},
		"step3": func(_ *reader, v, h int64, b object) int64 { // two convolutions, a linear
			out := sizeIn(b, "output_hidden_size", 4096)
			return linear(4*v, out) + linear(9*out, 2*out) + 2*out*h
		},
	}
}

// square reads a factor by which pixels are merged in both directions.
func square(b object, key string, fallback int64) int64 {
	n := min(sizeIn(b, key, fallback), 16)
	return n * n
}

// deepseekProjector merges pixels two by two (VL2), or is a linear (OCR), beside
// two separators.
func deepseekProjector(r *reader, v, h int64, b object) int64 {
	if _, several := b["width"]; several && b["width"].IsObject() {
		return linear(2*v, h) + 2*h
	}
	return linear(4*v, h) + linear(h, h) + 2*h
}

// qformer is BLIP-2's: learned queries that attend to the image in every other
// block, and a linear. InstructBLIP's reads the question too.
//
// Li et al. 2023, section 3. https://arxiv.org/abs/2301.12597
func qformer(r *reader, v, h int64, _ object) int64 {
	block, _ := r.block.get("qformer_config")
	b := objectOf(block)
	width, f := sizeIn(b, "hidden_size", 768), sizeIn(b, "intermediate_size", 3072)
	layers, every := min(sizeIn(b, "num_hidden_layers", 12), maxLayers), max(1, sizeIn(b, "cross_attention_frequency", 2))
	ffn := linear(width, f) + linear(f, width) + 2*width
	self := 4*linear(width, width) + 2*width
	cross := 2*linear(width, width) + 2*linear(v, width) + 2*width
	n := layers*(self+ffn) + (layers+every-1)/every*cross + 2*width
	if r.name == "instructblip" || r.name == "instructblipvideo" {
		n += layers*ffn + (sizeIn(b, "vocab_size", 30522)+sizeIn(b, "max_position_embeddings", 512))*width
	}
	return n + sizeIn(r.block, "num_query_tokens", 32)*width + linear(width, h)
}

// buildDaViT makes Florence-2's tower: at each level a convolution, then blocks
// that attend within windows and blocks that attend among channels.
//
// Ding et al. 2022, section 3. https://arxiv.org/abs/2204.03645
func buildDaViT(r *reader) estimator.Arch {
	dims, depths := sizesIn(r.block["dim_embed"]), sizesIn(r.block["depths"])
	if dims == nil {
		dims, depths = sizesIn(r.block["embed_dim"]), sizesIn(r.block["depths"])
	}
	patches := sizesIn(r.block["patch_size"])
	norms := r.block["patch_prenorm"].Array()
	if len(dims) == 0 || len(depths) != len(dims) || len(patches) != len(dims) {
		return estimator.Arch{}
	}
	in, n := int64(3), int64(0)
	for i, d := range dims {
		n += linear(in*patches[i]*patches[i], d)
		if i < len(norms) && norms[i].Bool() {
			n += 2 * in
		} else {
			n += 2 * d
		}
		n += 2 * depths[i] * (2*10*d + 4*d + linear(d, 3*d) + linear(d, d) + linear(d, 4*d) + linear(4*d, d))
		in = d
	}
	return estimator.Arch{
		Family: r.name, Hidden: in, NoHead: true, Tied: true, DType: dtypes[dtypeWord(r)],
		Layers: []estimator.Layer{{Count: 1, Extra: n}},
	}
}
