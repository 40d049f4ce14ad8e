package hfhub

import "membot/estimator"

// buildCPM adds CPM-Ant's prompts, segments and table of distances.
func buildCPM(r *reader) estimator.Arch {
	a := buildDecoder(r)
	segments := r.int("segments")
	a.Extra = append(a.Extra, keep(
		estimator.Extra{Name: "prompts", Params: r.int("prompts") * r.int("prompt_length") * a.Hidden},
		estimator.Extra{Name: "segments", Params: segments * a.Hidden},
		estimator.Extra{Name: "relative positions", Params: (segments*segments + r.int("buckets")) * r.int("heads")},
	)...)
	return a
}

// buildXLNet adds the embedding of what is masked, and the head's bias.
func buildXLNet(r *reader) estimator.Arch {
	a := buildDecoder(r)
	a.HeadBias = true
	a.Extra = append(a.Extra, estimator.Extra{Name: "masked embedding", Params: a.Hidden})
	return a
}

// relativeLayer attends to relative positions too: a fifth linear, three biases
// of the queries and two segments.
//
// Yang et al. 2019, section 2. https://arxiv.org/abs/1906.08237
func relativeLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	wide := l.Mixer.Heads * l.Mixer.KeyDim
	l.Extra += r.int("hidden")*wide + 5*wide
	return l
}

// buildXLM adds an embedding of each language.
func buildXLM(r *reader) estimator.Arch {
	a := buildDecoder(r)
	if n := r.int("languages"); n > 1 && r.flag("language_words") {
		a.Extra = append(a.Extra, estimator.Extra{Name: "languages", Params: n * a.Hidden})
	}
	return a
}

// buildModernDecoder makes ModernBERT's blocks a decoder: its head has a linear
// and a norm before the words.
func buildModernDecoder(r *reader) estimator.Arch {
	a := buildDecoder(r)
	h := a.Hidden
	norm := r.normParams(h)
	head := h*h + norm
	if r.flag("head_dense_bias") {
		head += h
	}
	a.Extra = append(
		a.Extra, estimator.Extra{Name: "language model head", Params: head},
		estimator.Extra{Name: "norm that the first block lacks", Params: -norm},
	)
	return a
}

// finchLayer is a block of RWKV-6: time mixing by five linears, mixes and a decay
// that low ranks make of the input, and channels mixed behind a receptance.
//
// Peng et al. 2024, section 4. https://arxiv.org/abs/2404.05892
func finchLayer(r *reader, s slot) estimator.Layer {
	h, mix, decay := r.int("hidden"), int64(32), int64(64)
	if h >= 4096 { // as its code chooses them
		mix, decay = 64, 128
	}
	small := 6*h + 10*mix*h + 2*h + 2*decay*h
	return r.rwkvBlock(s, 5, small, 2*h, true)
}

// eagleLayer is a block of RWKV-5: as RWKV-6, with mixes and a decay that do not
// depend on the input.
func eagleLayer(r *reader, s slot) estimator.Layer {
	h := r.int("hidden")
	return r.rwkvBlock(s, 5, 4*h+2*h, 2*h, true)
}

// gooseLayer is a block of RWKV-7: four linears, and low ranks for decay, rate,
// gate and the first block's values.
//
// Peng et al. 2025, section 4. https://arxiv.org/abs/2503.14456
func gooseLayer(r *reader, s slot) estimator.Layer {
	h := r.int("hidden")
	low := func(name string, bias int64) int64 { return 2*h*r.int(name) + bias }
	small := 6*h + 3*h + low("decay", h) + low("rate", h) + low("value", h) + low("gate", 0)
	return r.rwkvBlock(s, 4, small, h, false)
}

// rwkvBlock is a block whose state is a square for each head: linears of h × h,
// what stands beside them, and an FFN of two linears with its own mixes.
func (r *reader) rwkvBlock(s slot, linears, small, mixes int64, receptance bool) estimator.Layer {
	h, d := r.int("hidden"), max(1, r.int("head_dim"))
	m := estimator.Mixer{Kind: estimator.Linear, StateHeads: h / d, StateKey: d, StateValue: d}
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleIn, In: h, Out: h, Count: linears - 1},
		{Role: estimator.RoleOut, In: h, Out: h, Count: 1},
	}
	l := estimator.Layer{
		Mixer: only(m, small+2*h-d), // with the norm of its output; the kind counts that of a head
		FFN:   estimator.FFN{Width: r.rwkvWidth(s, h)}, Norms: 2, NormBias: true, Extra: mixes,
	}
	if receptance {
		l.Extra += h * h
	}
	return l
}

// rwkvWidth is the FFN's: three and a half times the hidden size in steps of 32,
// or what the config says.
func (r *reader) rwkvWidth(s slot, h int64) int64 {
	switch {
	case s.width > 0:
		return s.width
	case r.facts["ffn_hidden"].known:
		return int64(r.float("ffn_hidden") * float64(h))
	default:
		return 7 * h / 2 / 32 * 32
	}
}

// buildGoose takes away the low rank that RWKV-7's first block does not have.
func buildGoose(r *reader) estimator.Arch {
	a := buildDecoder(r)
	a.Extra = append(a.Extra, estimator.Extra{Name: "values that the first block lacks", Params: -(2*a.Hidden*r.int("value") + a.Hidden)})
	return a
}
