package hfhub

import "membot/estimator"

// omniVoice is the part of Qwen2.5-Omni that makes sound of the talker's tokens:
// what the published 7B leaves beside its thinker and its talker.
const omniVoice = 449_051_264

// buildTalker makes the decoder that speaks what another one thinks: its words are
// as wide as the thinker's, and a linear leads to its own width.
func buildTalker(r *reader) estimator.Arch {
	a := buildDecoder(r)
	wide := r.int("words")
	a.Extra = append(a.Extra, estimator.Extra{Name: "words", Params: a.Vocab*(wide+a.Hidden) + linear(wide, a.Hidden)})
	return a
}

// buildVoice stands for it.
func buildVoice(r *reader) estimator.Arch {
	return estimator.Arch{
		Family: r.name, Hidden: 1024, NoHead: true, Tied: true, DType: dtypes[dtypeWord(r)],
		Layers: []estimator.Layer{{Count: 1, Extra: omniVoice}},
	}
}
