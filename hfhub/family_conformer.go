package hfhub

import "membot/estimator"

// conformerFacts are those of the conformers by which Gemma 3n and 4 listen.
const conformerFacts = "hidden:1024 layers:12 heads:8 ffn_ratio:4 norm_bias:false norms:3 qkv_bias:false out_bias:false mlp_bias:false patch:0 patch_bias:false class_token:false learned:false " +
	"final_norms:0 kernel=conv_kernel_size:5 sub_channels=subsampling_conv_channels out_dims=output_proj_dims:1536 "

// conformerLayer is a block that listens: an FFN on either side of attention
// with relative positions, and a gated convolution, each between norms.
//
// Gulati et al. 2020. https://arxiv.org/abs/2005.08100
func conformerLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h := r.int("hidden")
	l.FFN.Width = r.int("ffn_ratio") * h
	second, relative, gate := 2*h*l.FFN.Width, h*h, 3*h*h
	l.Extra += second + relative + l.Mixer.KeyDim + gate + r.int("kernel")*h + 6*h
	return l
}

// subsampling counts the two convolutions before a conformer, which leave a
// fourth of its 128 bands, the linear after them, and the one at its end.
func (r *reader) subsampling(h int64) int64 {
	if r.facts["kernel"].known {
		first, second := int64(128), int64(32)
		if list := r.list("sub_channels"); len(list) == 2 {
			first, second = min(max(list[0].Int(), 1), 1<<16), min(max(list[1].Int(), 1), 1<<16)
		}
		out := r.int("out_dims")
		return 9*first + first + 9*first*second + second + 32*second*h + h*out + out
	}
	return 0
}

// backbones are the vision models that a config names and does not describe:
// their parameters, as timm builds them.
var backbones = map[string]int64{
	// what is left of both published sizes of Gemma 3n
	"mobilenetv5_300m_enc": 294_126_912,
}

// buildBackbone is a convolutional tower that config.json names alone.
func buildBackbone(r *reader) estimator.Arch {
	a := estimator.Arch{Family: r.name, Hidden: r.int("hidden"), NoHead: true, Tied: true, DType: dtypes[dtypeWord(r)]}
	params, known := backbones[r.word("backbone")]
	if !known {
		return a
	}
	a.Layers = []estimator.Layer{{Count: 1, Extra: params}}
	return a
}
