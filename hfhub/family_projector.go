package hfhub

import "github.com/tidwall/gjson"

// projectors lead from a tower of width v to a decoder of width h.
var projectors = map[string]func(r *reader, v, h int64, block object) int64{
	"linear": func(_ *reader, v, h int64, _ object) int64 { return v*h + h },
	"gemma":  func(_ *reader, v, h int64, _ object) int64 { return v*h + v },
	"bare": func(_ *reader, v, h int64, b object) int64 { // Gemma 4: a linear without bias, after a conformer of its own width
		if b.word("model_type") == "gemma4_audio" {
			v = sizeIn(b, "output_proj_dims", 1536)
		}
		return v * h
	},
	"gemma3n": func(_ *reader, v, h int64, b object) int64 { // words of its own, two norms, a linear
		return sizeIn(b, "vocab_size", 128)*v + 2*v + v*h
	},
	"phi3v": func(_ *reader, v, h int64, _ object) int64 { // two by two pixels in one, and two separators
		return 4*v*h + h + h*h + h + 2*4*v
	},
	"mistral3": func(r *reader, v, h int64, _ object) int64 { // a norm, pixels merged, two linears
		merged := merge(r.block)
		n := v + merged*merged*v*v + v*h + h*h
		if b, ok := r.block.get("multimodal_projector_bias"); ok && b.Bool() {
			n += 2 * h
		}
		return n
	},
	"idefics2": perceiver,
	"glm4v": func(r *reader, v, h int64, b object) int64 { // GLM-4V: two by two pixels in one, then a gated FFN, and two marks
		ffn := sizeIn(r.block, "ffn_hidden_size", 13696)
		return 4*v*h + h + h*h + 2*h + 3*h*ffn + 2*h
	},
	"mlp2": func(r *reader, v, h int64, _ object) int64 { return picked(r)*v*h + h + h*h + h },
	"newline": func(r *reader, v, h int64, _ object) int64 { // and an embedding that ends a row of tiles
		return picked(r)*v*h + h + h*h + h + h
	},
	"mlp4": func(_ *reader, v, h int64, _ object) int64 { return v*h + 3*h*h + 4*h },
	"unshuffle": func(r *reader, v, h int64, _ object) int64 { // Idefics 3 and SmolVLM
		scale := int64(2)
		if r.wrap == nil {
			scale = min(sizeIn(r.block, "scale_factor", 2), 16)
		}
		return v * scale * scale * h
	},
	"mllama": func(_ *reader, v, h int64, b object) int64 { // the last block and those it picks, side by side
		picked := int64(5)
		if list, ok := b.get("intermediate_layers_indices"); ok {
			picked = min(int64(len(list.Array())), 64)
		}
		return v*(picked+1)*h + h
	},
	"shuffle": func(_ *reader, v, h int64, _ object) int64 { // InternVL: four pixels in one
		return 8*v + 4*v*h + h + h*h + h
	},
	"merger": func(_ *reader, v, h int64, b object) int64 { // Qwen-VL: norm, two linears
		merged := v * merge(b) * merge(b)
		one, norm := merged*merged+merged+merged*h+h, 2*v
		if _, ok := b.get("window_size"); ok { // Qwen2.5-VL's norm has no bias
			norm = v
		}
		deep := int64(0)
		if list, ok := b.get("deepstack_visual_indexes"); ok {
			deep = min(int64(len(list.Array())), 64)
		}
		return one + norm + deep*(one+2*merged)
	},
	"clip": func(r *reader, v, h int64, _ object) int64 { // both ends lead to a common width; one scale
		to := sizeIn(r.block, "projection_dim", 512)
		return v*to + h*to + 1
	},
	"siglip": func(_ *reader, _, h int64, _ object) int64 { return h*h + h + 2 }, // the text's head, scale and bias
	"llama4": func(_ *reader, _, h int64, b object) int64 { // two linears in the tower, one beside it
		wide, in := sizeIn(b, "intermediate_size", 5632), sizeIn(b, "projector_input_dim", 4096)
		return wide*in + in*sizeIn(b, "projector_output_dim", 4096) + in*h
	},
	"resampler": func(r *reader, v, h int64, _ object) int64 { // MiniCPM-V's queries
		return sizeIn(r.block, "query_num", 64)*h + v*h + 5*h*h + 4*h + 6*h
	},
	"lfm": func(r *reader, v, h int64, _ object) int64 { // pixels unshuffled two by two
		hidden, norm := sizeIn(r.block, "projector_hidden_size", h), 8*v
		if on, ok := r.block.get("projector_use_layernorm"); ok && !on.Bool() {
			norm = 0
		}
		return norm + 4*v*hidden + hidden + hidden*h + h
	},
	"glm": func(_ *reader, v, h int64, b object) int64 { // two by two pixels in one, then a gated FFN
		return 4*v*h + h + v + h*h + 2*h + 3*h*sizeIn(b, "intermediate_size", 13696)
	},
}

// picked is how many of a tower's blocks LLaVA reads side by side.
func picked(r *reader) int64 {
	if v, ok := r.block.get("vision_feature_layer"); ok && v.IsArray() {
		return min(max(1, int64(len(v.Array()))), 64)
	}
	return 1
}

func merge(b object) int64 { return min(sizeIn(b, "spatial_merge_size", 2), 16) }

// sizeIn reads a size of a block, bounded, or what its class takes.
func sizeIn(b object, key string, fallback int64) int64 {
	if v, ok := b.get(key); ok && v.Type == gjson.Number && v.Num >= 1 {
		return min(v.Int(), 1<<20)
	}
	return fallback
}

func (r *reader) projector(v, h int64, tower gjson.Result) int64 {
	name := r.word("projector")
	build, ok := projectors[name]
	if !ok {
		build, ok = moreProjectors()[name]
	}
	if !ok {
		build, ok = senseProjectors()[name]
	}
	if !ok {
		return 0
	}
	return build(r, v, h, objectOf(tower))
}

// perceiver is Idefics 2's: a gated FFN to the decoder's width, then blocks
// through which few latents attend to the image.
func perceiver(r *reader, v, h int64, _ object) int64 {
	b := objectOf(gjson.Result{})
	if block, ok := r.block.get("perceiver_config"); ok {
		b = objectOf(block)
	}
	inner := sizeIn(b, "resampler_n_heads", 16) * sizeIn(b, "resampler_head_dim", 96)
	kv := sizeIn(b, "num_key_value_heads", 4) * sizeIn(b, "resampler_head_dim", 96)
	block := 3*h + 2*h*inner + 2*h*kv + 3*h*4*h
	ffn := r.int("ffn")
	return 2*v*ffn + ffn*h + sizeIn(b, "resampler_n_latents", 64)*h + sizeIn(b, "resampler_depth", 3)*block + h
}
