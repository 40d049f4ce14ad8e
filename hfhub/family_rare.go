package hfhub

import (
	"strconv"

	"membot/estimator"
)

// subNormLayer has a norm before each of its two last linears (BitNet).
func subNormLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	l.Extra += r.int("hidden") + l.FFN.Width
	return l
}

// differenceLayer subtracts one attention from another, weighed by four vectors
// as wide as a head.
//
// Ye et al. 2024, section 2. https://arxiv.org/abs/2410.05258
func differenceLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	l.Extra += 4 * l.Mixer.KeyDim
	return l
}

// dogeLayer has a mask that values make, and weighs both of its residuals.
func dogeLayer(r *reader, s slot) estimator.Layer {
	if r.flag("mixture") {
		r.unsupported(r.keyOf("mixture"), "true")
	}
	l := decoderLayer(r, s)
	kv := l.Mixer.KVHeads
	l.Extra += 2*r.int("hidden") + kv + kv*l.Mixer.KeyDim*kv + kv
	return l
}

// postNormLayer may have a norm behind each branch too (HyperCLOVA X).
func postNormLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	if r.flag("post_norm") {
		l.Norms *= 2
	}
	return l
}

// telechatLayer has a bias on the FFN's last linear alone.
func telechatLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	l.Extra += r.int("hidden")
	return l
}

// besideLayer has a dense FFN beside its experts (Grok 2).
func besideLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	if r.flag("beside") && l.FFN.Experts > 0 {
		l.FFN.Width = r.int("ffn")
	}
	return l
}

// arcticLayer has a dense FFN as wide as the model beside its experts, with a
// norm of its own.
func arcticLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	if l.FFN.Experts > 0 && (r.flag("beside") || r.flag("residual")) {
		l.FFN.Width = r.int("hidden")
		l.Norms++
	}
	return l
}

// factoredLayer is a block of Step 3: queries through a latent, one head of keys
// and one of values.
//
// Step-3 2025, section 3. https://arxiv.org/abs/2507.19427
func factoredLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h, width, m := r.int("hidden"), r.int("query_width"), &l.Mixer
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleLatent, In: h, Out: width, Count: 1},
		{Role: estimator.RoleExpand, In: width, Out: m.Heads * m.KeyDim, Count: 1},
		{Role: estimator.RoleK, In: h, Out: m.KVHeads * m.KeyDim, Count: 1},
		{Role: estimator.RoleV, In: h, Out: m.KVHeads * m.ValueDim, Count: 1},
		{Role: estimator.RoleO, In: m.Heads * m.ValueDim, Out: h, Count: 1},
	}
	m.Extra += width // its norm
	return l
}

// jetLayer chooses experts for attention too: each has its own queries and its
// own way out, over keys and values that all share. All of them are counted as
// working on each token.
//
// Shen et al. 2024, section 2. https://arxiv.org/abs/2404.07413
func jetLayer(r *reader, s slot) estimator.Layer {
	s.heads = s.kv * max(1, r.int("topk"))
	l := decoderLayer(r, s)
	h, m, experts := r.int("hidden"), &l.Mixer, max(1, r.int("experts"))
	wide := m.KVHeads * m.KeyDim
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleQ, In: h, Out: wide, Count: experts},
		{Role: estimator.RoleK, In: h, Out: wide, Count: 1},
		{Role: estimator.RoleV, In: h, Out: wide, Count: 1},
		{Role: estimator.RoleO, In: wide, Out: h, Count: experts},
	}
	m.Extra += experts*h + h // the router, and a bias behind
	l.Extra += h             // and one behind the FFN's experts
	return l
}

// tiles are the kinds of block that Griffin repeats.
var tiles = map[string]string{"recurrent": "griffin", "attention": "sliding_attention"}

// tiledLayout repeats a list of kinds of block over the layers (Griffin).
func tiledLayout(r *reader) []slot {
	slots, tile := uniformLayout(r), r.list("tile")
	for i := range slots {
		word := "recurrent"
		if i%3 == 2 {
			word = "attention"
		}
		if len(tile) > 0 {
			word = tile[i%len(tile)].String()
		}
		kind, known := tiles[word]
		if !known {
			r.unsupported(r.keyOf("tile"), short(word))
			return nil
		}
		slots[i].mixer = kind
	}
	return slots
}

// griffinMixer is a gated recurrence of one number a channel behind a
// convolution.
//
// De et al. 2024, section 2. https://arxiv.org/abs/2402.19427
func griffinMixer(r *reader, s slot) estimator.Mixer {
	h, width, heads := r.int("hidden"), r.int("width"), max(1, s.heads)
	if width == 0 {
		width = h
	}
	m := estimator.Mixer{Kind: estimator.Linear, StateHeads: width, StateKey: 1, StateValue: 1, Conv: r.int("conv")}
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleIn, In: h, Out: width, Count: 2, Bias: true},
		{Role: estimator.RoleOut, In: width, Out: h, Count: 1, Bias: true},
	}
	gates := 2 * (width/heads*width + width)
	return only(m, width*m.Conv+width+gates+width-1) // the kind counts a norm of one channel
}

// cyclesOf bounds how often a stack of blocks runs.
const cyclesOf = 64

// buildCycles makes HRM's text model: two stacks of blocks that run several
// times over, each time with keys and values of its own.
func buildCycles(r *reader) estimator.Arch {
	a := buildDecoder(r)
	if len(a.Layers) != 1 {
		return a
	}
	high, low := r.int("high"), r.int("low")
	if high < 1 || low < 1 || high > cyclesOf || low > cyclesOf {
		r.bad(r.keyOf("high"), strconv.FormatInt(high, 10)+" × "+strconv.FormatInt(low, 10), "")
		return a
	}
	stack := a.Layers[0].Count
	one := estimator.Arch{Hidden: a.Hidden, Layers: []estimator.Layer{a.Layers[0]}, NoHead: true}
	one.Layers[0].Count = 1
	a.Layers[0].Count = stack * high * (low + 1)
	again := a.Layers[0].Count - 2*stack
	a.Extra = append(
		a.Extra, estimator.Extra{Name: "blocks that run again", Params: -again * one.Params().Total()},
		estimator.Extra{Name: "first state", Params: a.Hidden},
	)
	return a
}
