package hfhub

import "membot/estimator"

// buildMolmo adds the vision backbone that Molmo's config does not spell out:
// its class always takes CLIP ViT-L/14 at 336 pixels without the last block,
// pools its features by attention, and projects them by a gated FFN.
func buildMolmo(r *reader) estimator.Arch {
	const h, f, blocks, places, patch = 1024, 4096, 23, 577, 14
	a := buildDecoder(r)
	m := estimator.Mixer{Kind: estimator.Full, Heads: 16, KVHeads: 16, KeyDim: 64, ValueDim: 64, QKVBias: true, OutBias: true}
	tower := estimator.Tower{Name: "vision", Hidden: h, Layers: []estimator.Layer{{
		Count: blocks, Mixer: m, FFN: estimator.FFN{Width: f, Bias: true}, Norms: 2, NormBias: true,
	}}}
	tower.Extra = 3*patch*patch*h + (places+1)*h + 2*h // patches, positions, class, norm
	tower.Extra += 3*(2*h*h+h) + h*h + h               // pooling over two layers' features
	wide := r.int("ffn") / 2
	tower.Extra += 2*h*wide + wide*a.Hidden + 2*2*h // projector, padding
	a.Towers = append(a.Towers, tower)
	return a
}
