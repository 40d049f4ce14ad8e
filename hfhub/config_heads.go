package hfhub

import (
	"strconv"

	"membot/estimator"
)

// checkHeads refuses blocks whose heads cannot be: none, of no size, or of a number
// that the heads of keys and values do not divide. Whatever laid the blocks out,
// a shape with such heads was misread or never was a model.
func (r *reader) checkHeads(a *estimator.Arch) {
	for i := range a.Layers {
		r.checkMixer(&a.Layers[i].Mixer)
		r.checkMixer(&a.Layers[i].Cross)
	}
	for i := range a.MTP {
		r.checkMixer(&a.MTP[i].Mixer)
	}
}

func (r *reader) checkMixer(m *estimator.Mixer) {
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	switch {
	case !m.Kind.Attends() || len(m.Matrices) > 0 && m.Heads == 0:
	case m.Heads <= 0:
		r.bad(r.keyOf("heads"), number(m.Heads), "")
	case m.KeyDim <= 0 || m.ValueDim <= 0:
		r.bad(r.keyOf("head_dim"), number(min(m.KeyDim, m.ValueDim)), "")
	case m.Kind == estimator.MLA:
	case m.KVHeads <= 0:
		r.bad(r.kvKey(m), number(m.KVHeads), "")
	case m.Heads%m.KVHeads != 0:
		r.bad(r.kvKey(m), number(m.KVHeads), ", which do not divide "+number(m.Heads)+" heads")
	}
}

// kvKey is the key of the heads of keys and values, of a window those that it has
// to itself.
func (r *reader) kvKey(m *estimator.Mixer) string {
	if m.Kind == estimator.Window && r.has("window_kv") {
		return r.keyOf("window_kv")
	}
	return r.keyOf("kv")
}
