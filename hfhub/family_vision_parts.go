package hfhub

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// linear is the parameters of a linear with its bias.
func linear(in, out int64) int64 { return in*out + out }

// stack is the parameters of plain blocks of width h: attention and an FFN of
// width f, biases and two LayerNorms.
func stack(layers, h, f int64) int64 {
	return layers * (4*linear(h, h) + linear(h, f) + linear(f, h) + 4*h)
}

// poolingHead is SigLIP's: a learned query, attention, a norm and an FFN.
func poolingHead(h, f int64) int64 {
	return h + 4*linear(h, h) + 2*h + linear(h, f) + linear(f, h)
}

// sam is the sizes of SAM's image encoder.
type sam struct{ h, f, layers, heads, image, patch, window, global, neck int64 }

// samBase is its ViT-B.
var samBase = sam{h: 768, f: 3072, layers: 12, heads: 12, image: 1024, patch: 16, window: 14, global: 4, neck: 256}

// params counts patches, positions, blocks, their tables of relative positions
// (some blocks see the whole image, the others windows), and the neck.
//
// Kirillov et al. 2023, appendix A. https://arxiv.org/abs/2304.02643
func (s sam) params() int64 {
	side, head := s.image/max(1, s.patch), s.h/max(1, s.heads)
	relative := 2 * head * (s.global*(2*side-1) + (s.layers-s.global)*(2*s.window-1))
	return linear(3*s.patch*s.patch, s.h) + side*side*s.h + stack(s.layers, s.h, s.f) + relative + s.h*s.neck + 9*s.neck*s.neck + 4*s.neck
}

// buildSAM makes SAM's encoder as a tower as wide as its neck.
func buildSAM(r *reader) estimator.Arch {
	s, b := samBase, r.block
	for key, to := range map[string]*int64{
		"hidden_size": &s.h, "mlp_dim": &s.f, "num_hidden_layers": &s.layers, "num_attention_heads": &s.heads,
		"image_size": &s.image, "patch_size": &s.patch, "window_size": &s.window, "output_channels": &s.neck,
	} {
		*to = min(sizeIn(b, key, *to), 1<<16)
	}
	if v, ok := b["global_attn_indexes"]; ok && v.IsArray() {
		s.global = min(int64(len(v.Array())), s.layers)
	}
	return estimator.Arch{
		Family: r.name, Hidden: s.neck, NoHead: true, Tied: true, DType: dtypes[dtypeWord(r)],
		Layers: []estimator.Layer{{Count: 1, Extra: s.params()}},
	}
}

// siglipParts are the sizes by which configs name SigLIP's towers.
var siglipParts = map[string]struct{ h, layers, f, side, patch int64 }{
	"siglip_so400m_patch14_384": {1152, 27, 4304, 27, 14},
	"siglip_large_patch16_384":  {1024, 24, 4096, 24, 16},
	"siglip_large_patch16_256":  {1024, 24, 4096, 16, 16},
}

// namedSiglip is a SigLIP that a config names: its blocks, and what stands
// beside them, its pooling head included.
func namedSiglip(r *reader, name string) estimator.Arch {
	p, known := siglipParts[strings.TrimPrefix(name, "vit_")]
	a := estimator.Arch{Family: r.name, Hidden: p.h, NoHead: true, Tied: true, DType: dtypes[dtypeWord(r)]}
	if !known {
		return a
	}
	heads := p.h / 64
	if p.h == 1152 {
		heads = 16
	}
	m := estimator.Mixer{Kind: estimator.Full, Heads: heads, KVHeads: heads, KeyDim: p.h / heads, ValueDim: p.h / heads, QKVBias: true, OutBias: true}
	a.Layers = []estimator.Layer{{Count: p.layers, Mixer: m, FFN: estimator.FFN{Width: p.f, Bias: true}, Norms: 2, NormBias: true}}
	rest := linear(3*p.patch*p.patch, p.h) + p.side*p.side*p.h + 2*p.h + poolingHead(p.h, p.f)
	a.Extra = []estimator.Extra{{Name: "patches, positions, pooling head", Params: rest}}
	return a
}

// buildDeepseekTower makes the towers of DeepSeek-VL2 (a SigLIP) and DeepSeek-OCR
// (SAM before a CLIP), which their configs name.
func buildDeepseekTower(r *reader) estimator.Arch {
	widths, several := r.block["width"]
	if !several || !widths.IsObject() {
		return namedSiglip(r, r.block.word("model_name"))
	}
	clip, sam := widths.Get(gjsonPath("clip-l-14-224")), widths.Get("sam_vit_b")
	if !clip.Exists() || !sam.Exists() || len(widths.Map()) != 2 {
		return estimator.Arch{}
	}
	const h, f, patch, places = 1024, 4096, 14, 257
	m := estimator.Mixer{Kind: estimator.Full, Heads: 16, KVHeads: 16, KeyDim: 64, ValueDim: 64, QKVBias: true, OutBias: true}
	a := estimator.Arch{Family: r.name, Hidden: 2 * h, NoHead: true, Tied: true, DType: dtypes[dtypeWord(r)]}
	a.Hidden = h
	a.Layers = []estimator.Layer{{Count: 24, Mixer: m, FFN: estimator.FFN{Width: f, Bias: true}, Norms: 2, NormBias: true}}
	beside := int64(3*patch*patch*h + (places+1)*h + 2*h)
	a.Extra = []estimator.Extra{
		{Name: "patches and positions", Params: beside},
		{Name: "SAM", Params: samBase.params() + 9*256*512 + 9*512*1024}, // two convolutions lead to CLIP's width
	}
	return a
}

// gjsonPath makes one key of a name that gjson would read as a path.
func gjsonPath(name string) string { return strings.ReplaceAll(name, ".", `\.`) }

// residual is a block of a convolutional autoencoder: two norms, two
// convolutions, and a third of one pixel where the width changes.
func residual(in, out int64) int64 {
	n := 2*in + 9*in*out + out + 2*out + 9*out*out + out
	if in != out {
		n += linear(in, out)
	}
	return n
}

// pixelAttention is a norm and four convolutions of one pixel.
func pixelAttention(c int64) int64 { return 2*c + 4*linear(c, c) }

// imageEncoder is the half of a VQ autoencoder that reads: convolutions at every
// level, two blocks each, attention in the middle, and at the last level if so.
//
// Esser et al. 2021, appendix. https://arxiv.org/abs/2012.09841
func imageEncoder(base, latent, blocks int64, widths []int64, attends bool) int64 {
	c := base
	n := 9*3*c + c
	for i, times := range widths {
		out := base * times
		for range blocks {
			n += residual(c, out)
			c = out
			if attends && i == len(widths)-1 {
				n += pixelAttention(c)
			}
		}
		if i < len(widths)-1 {
			n += 9*c*c + c
		}
	}
	return n + 2*residual(c, c) + pixelAttention(c) + 2*c + 9*c*latent + latent
}

// imageDecoder is the half that paints, with one block more at every level.
func imageDecoder(base, latent, blocks int64, widths []int64) int64 {
	c := base * widths[len(widths)-1]
	n := 9*latent*c + c + 2*residual(c, c) + pixelAttention(c)
	for i, times := range slices.Backward(widths) {
		out := base * times
		for range blocks + 1 {
			n += residual(c, out)
			c = out
			if i == len(widths)-1 {
				n += pixelAttention(c)
			}
		}
		if i > 0 {
			n += 9*c*c + c
		}
	}
	return n + 2*c + 9*c*3 + 3
}

// janusTokenizer is the VQ-16 by which Janus paints: 16,384 tokens of width 8.
func janusTokenizer() int64 {
	widths := []int64{1, 1, 2, 2, 4}
	return imageEncoder(128, 256, 2, widths, true) + imageDecoder(128, 256, 2, widths) + 16384*8 + linear(256, 8) + linear(8, 256)
}

// sizesIn reads a list of small numbers of a block.
func sizesIn(v gjson.Result) []int64 {
	var all []int64
	for _, one := range v.Array() {
		if len(all) == 16 {
			break
		}
		all = append(all, min(max(one.Int(), 0), 1<<16))
	}
	return all
}
