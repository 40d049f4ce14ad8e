package hfhub

import (
	"strings"

	"membot/estimator"
)

// buildNamedTower makes the SigLIP that Janus names under its tower's parameters.
func buildNamedTower(r *reader) estimator.Arch {
	name := ""
	if v, ok := r.block.get("params.model_name"); ok {
		name = v.String()
	}
	return namedSiglip(r, name)
}

// phiSenses are the towers and projectors of Phi-4-multimodal, which its config
// names alone: what its published count leaves beside text and adapters.
const phiSenses = 907_966_432

// buildPhi4Multimodal adds what Phi-4-multimodal sees and hears with, and its two
// sets of low-rank adapters over every linear.
func buildPhi4Multimodal(r *reader) estimator.Arch {
	a := buildDecoder(r)
	if _, ok := r.block["embd_layer"]; !ok {
		r.notes.warn("config.json does not describe its vision, speech, adapters; they are not counted")
		return a
	}
	a.Extra = append(a.Extra, estimator.Extra{Name: "vision and speech", Params: phiSenses})
	rank := int64(0)
	for _, key := range []string{"vision_lora.r", "speech_lora.r"} {
		if v, ok := r.block.get(key); ok {
			rank += min(max(v.Int(), 0), 1<<12)
		}
	}
	h, f, n := a.Hidden, r.int("ffn"), int64(0)
	for _, l := range a.Layers {
		m := l.Mixer
		n += l.Count * (h + (m.Heads+2*m.KVHeads)*m.KeyDim + m.Heads*m.KeyDim + h + h + 2*f + f + h)
	}
	a.Extra = append(a.Extra, keep(estimator.Extra{Name: "adapters", Params: rank * n})...)
	return a
}

// buildFuyu adds the linear that reads patches of an image as words.
func buildFuyu(r *reader) estimator.Arch {
	a := buildDecoder(r)
	patch := r.int("patch")
	a.Extra = append(a.Extra, estimator.Extra{Name: "patches", Params: linear(patch*patch*r.int("channels"), a.Hidden)})
	return a
}

// buildChameleon adds the encoder that makes tokens of an image.
func buildChameleon(r *reader) estimator.Arch {
	a := buildDecoder(r)
	block, _ := r.block.get("vq_config")
	b := objectOf(block)
	base, latent, width := min(sizeIn(b, "base_channels", 128), 1<<12), min(sizeIn(b, "latent_channels", 256), 1<<12), min(sizeIn(b, "embed_dim", 256), 1<<12)
	widths := sizesIn(b["channel_multiplier"])
	if len(widths) == 0 {
		widths = []int64{1, 1, 2, 2, 4}
	}
	for i := range widths {
		widths[i] = min(max(1, widths[i]), 64)
	}
	n := imageEncoder(base, latent, min(sizeIn(b, "num_res_blocks", 2), 64), widths, false)
	n += sizeIn(b, "num_embeddings", 8192)*width + linear(latent, width) + linear(width, latent)
	a.Extra = append(a.Extra, estimator.Extra{Name: "image tokens", Params: n})
	return a
}

// channelNormLayer has norms of queries and keys that scale and shift each head's
// channels by themselves (Chameleon).
func channelNormLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	l.Extra += 2 * (l.Mixer.Heads + l.Mixer.KVHeads) * l.Mixer.KeyDim
	return l
}

// shiftedNormLayer has a LayerNorm for a head's queries and one for its keys.
func shiftedNormLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	if l.Mixer.QKNorm != estimator.NoQKNorm {
		l.Extra += 2 * l.Mixer.KeyDim
	}
	return l
}

// innerNormLayer has a norm within attention and one within the FFN (Kosmos).
func innerNormLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	l.Extra += 2*r.int("hidden") + 2*l.FFN.Width
	return l
}

// buildIdefics adds the blocks that attend to images between the decoder's, and
// the perceiver that makes a few vectors of each image.
//
// Laurençon et al. 2023, appendix A. https://arxiv.org/abs/2306.16527
func buildIdefics(r *reader) estimator.Arch {
	a := buildDecoder(r)
	vision, _ := r.block.get("vision_config")
	v := sizeIn(objectOf(vision), "embed_dim", 768)
	h, d := a.Hidden, a.Hidden/max(1, r.int("heads"))
	one := 2*h*h + 2*v*h + 3*h*r.int("ffn") + 2*h + 2
	if r.flag("head_norm") {
		one += 2 * d
	}
	blocks := a.Depth() / max(1, r.int("every"))
	a.Extra = append(a.Extra, estimator.Extra{Name: "blocks that attend to images", Params: blocks * one})
	if on, ok := r.block.get("use_resampler"); ok && on.Bool() {
		block, _ := r.block.get("perceiver_config")
		b := objectOf(block)
		head := sizeIn(b, "resampler_head_dim", 96)
		inner := sizeIn(b, "resampler_n_heads", 16) * head
		each := 4*v + 4*v*inner + 2*v + 2*v*4*v
		if on := b["qk_layer_norms_perceiver"]; on.Bool() {
			each += 4 * head
		}
		n := sizeIn(b, "resampler_n_latents", 64)*v + sizeIn(b, "resampler_depth", 6)*each + 2*v
		a.Extra = append(a.Extra, estimator.Extra{Name: "perceiver", Params: n})
	}
	return a
}

// buildOpenVLA adds the two towers that its config names, a DINOv2 with four
// registers and a SigLIP at 224 pixels, and the projector over both.
//
// Kim et al. 2024, section 3. https://arxiv.org/abs/2406.09246
func buildOpenVLA(r *reader) estimator.Arch {
	a := buildDecoder(r)
	return openVLATowers(r, a)
}

func openVLATowers(r *reader, a estimator.Arch) estimator.Arch {
	id := ""
	for w := r; w != nil && id == ""; w = w.wrap {
		id = w.block.word("vision_backbone_id")
	}
	if !strings.HasPrefix(id, "dinosiglip-vit-so-224px") {
		r.unsupported("vision_backbone_id", orElse(id, "absent"))
		return a
	}
	const dino, siglip, places = 1024, 1152, 256
	first := linear(588, dino) + (1+4+places)*dino + stack(24, dino, 4096) + 24*2*dino + 2*dino
	second := linear(588, siglip) + places*siglip + stack(27, siglip, 4304) + 2*siglip + poolingHead(siglip, 4304)
	both, h := int64(dino+siglip), a.Hidden
	a.Extra = append(
		a.Extra, estimator.Extra{Name: "DINOv2 and SigLIP", Params: first + second},
		estimator.Extra{Name: "projector", Params: linear(both, 4*both) + linear(4*both, h) + linear(h, h)},
	)
	return a
}
