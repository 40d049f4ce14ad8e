package hfhub

import (
	"math"
	"strconv"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// oneKVLayout gives each block a single KV head where the config says so
// (GPT-BigCode, Falcon 7B).
func oneKVLayout(r *reader) []slot {
	slots := uniformLayout(r)
	for i := range slots {
		slots[i].kv = slots[i].heads
		if r.flag("one_kv") {
			slots[i].kv = 1
		}
	}
	return slots
}

// groupedLayout follows ChatGLM: KV heads are grouped only if it says so.
func groupedLayout(r *reader) []slot {
	slots := uniformLayout(r)
	if !r.flag("kv_on") {
		for i := range slots {
			slots[i].kv = slots[i].heads
		}
	}
	return slots
}

// falconLayout: the new decoder groups KV heads, the old one shares a single
// one, whatever num_kv_heads says.
func falconLayout(r *reader) []slot {
	if r.flag("new") {
		return uniformLayout(r)
	}
	return oneKVLayout(r)
}

// buildFalcon: the class ties the head, but the published checkpoints of the new
// decoder (40B and 180B) hold one of their own.
func buildFalcon(r *reader) estimator.Arch {
	a := buildDecoder(r)
	if r.flag("new") && !r.has("tied") {
		a.Tied = false
	}
	return a
}

// falconLayer: the new decoder has a norm for each of its parallel branches,
// the old parallel one a single norm.
func falconLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	switch n := r.int("parallel_norms"); {
	case r.flag("new") && n > 0:
		l.Norms = n
	case r.flag("new") || !r.flag("parallel"):
		l.Norms = 2
	default:
		l.Norms = 1
	}
	return l
}

// parallelLayer has one norm where attention and FFN stand side by side.
func parallelLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	if r.flag("parallel") {
		l.Norms = 1
	}
	if r.flag("per_head_norm") {
		l.Extra += (l.Mixer.Heads + l.Mixer.KVHeads) * l.Mixer.KeyDim
	}
	return l
}

// buildOPT adds the second projection of OPT-350m and drops the final norm of
// its post-norm blocks.
func buildOPT(r *reader) estimator.Arch {
	a := buildDecoder(r)
	if a.Embed == a.Hidden {
		a.Embed = 0
	}
	extra := a.Extra
	a.Extra = nil
	for _, e := range extra {
		if e.Name != "final norm" || r.flag("before") {
			a.Extra = append(a.Extra, e)
		}
	}
	if a.Embed > 0 {
		a.Extra = append(a.Extra, estimator.Extra{Name: "projection out", Params: a.Embed * a.Hidden})
	}
	return a
}

// nasLayout reads the blocks that a search chose one by one: some without
// attention, some without FFN, some with a linear in its place.
func nasLayout(r *reader) []slot {
	if r.list("blocks") == nil {
		return uniformLayout(r)
	}
	heads, h := r.int("heads"), r.int("hidden")
	var slots []slot
	for _, b := range r.list("blocks") {
		s := slot{mixer: "full_attention", ffn: "dense", heads: heads}
		if group := b.Get("attention.n_heads_in_group").Int(); group > 0 {
			s.kv = heads / group
		}
		switch {
		case b.Get("attention.replace_with_linear").Bool():
			s.mixer = "linear_map"
		case b.Get("attention.no_op").Bool():
			s.mixer = "none"
		case b.Get("attention.window_length").Int() > 0 || b.Get("attention.sparsify").IsArray():
			r.unsupported(r.keyOf("blocks"), "window_length")
		case s.kv == 0:
			r.bad(r.keyOf("blocks")+".attention.n_heads_in_group", "", "")
		}
		switch {
		case b.Get("ffn.replace_with_linear").Bool():
			s.ffn = "linear_map"
		case b.Get("ffn.no_op").Bool():
			s.ffn = "none"
		default:
			s.width = roundUpTo(int64(2*b.Get("ffn.ffn_mult").Float()*float64(h)/3), 256)
			if w := b.Get("ffn.intermediate_size").Int(); w > 0 {
				s.width = w
			}
		}
		slots = append(slots, s)
		if len(slots) > maxLayers {
			r.bad(r.keyOf("blocks"), strconv.Itoa(len(slots))+" layers", "")
			return nil
		}
	}
	return slots
}

func roundUpTo(n, step int64) int64 {
	step = max(1, step)
	return (n + step - 1) / step * step
}

// nasLayer adds the linear that stands for a whole FFN.
func nasLayer(r *reader, s slot) estimator.Layer {
	replaced := s.ffn == "linear_map"
	if replaced {
		s.ffn = "none"
	}
	l := decoderLayer(r, s)
	if replaced {
		h := r.int("hidden")
		l.Extra += h*h + h
	}
	return l
}

// linearMap is a linear in the place of attention.
func linearMap(r *reader, _ slot) estimator.Mixer {
	h := r.int("hidden")
	return estimator.Mixer{Matrices: []estimator.Matrix{{Role: estimator.RoleOut, In: h, Out: h, Count: 1}}}
}

// elmLayout gives OpenELM's blocks, each with its own heads and width.
func elmLayout(r *reader) []slot {
	slots := uniformLayout(r)
	h, step, parts := r.int("hidden"), r.int("ffn_step"), r.list("ffn_parts")
	for i := range slots {
		if i < len(parts) {
			slots[i].width = divisible(parts[i].Num*float64(h), step)
		}
	}
	return slots
}

// divisible is OpenELM's make_divisible: the nearest multiple, not more than a
// tenth below.
func divisible(v float64, step int64) int64 {
	step = max(1, step)
	n := max(step, int64(v+float64(step)/2)/step*step)
	if float64(n) < 0.9*v {
		n += step
	}
	return n
}

// pairedLayout gives LongCat's layers: each is two blocks of attention and dense
// FFN, with experts beside the second.
func pairedLayout(r *reader) []slot {
	n := r.int("layers")
	if n > maxLayers {
		r.bad(r.keyOf("layers"), strconv.FormatInt(n, 10), "")
		return nil
	}
	var slots []slot
	for range n {
		s := slot{mixer: "full_attention", ffn: "dense", heads: r.int("heads"), kv: r.int("heads"), width: r.int("ffn")}
		slots = append(slots, s)
		s.ffn = "sparse"
		slots = append(slots, s)
	}
	return slots
}

// pairedLayer keeps the dense FFN beside the experts.
func pairedLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	if s.ffn == "sparse" {
		l.FFN.Width = s.width
		l.Extra += r.int("zero_experts") * (r.int("hidden") + 1) // the router scores them too
		l.FFN.RouterBias = true
	}
	return l
}

// rwkvMixer is RWKV-4's time mixing: four linears, a decay and three mixes, and
// a state of five numbers a channel in place of a cache.
//
// Peng et al. 2023, section 4. https://arxiv.org/abs/2305.13048
func rwkvMixer(r *reader, _ slot) estimator.Mixer {
	h, width := r.int("hidden"), r.int("attn_width")
	if width == 0 {
		width = h
	}
	m := estimator.Mixer{Kind: estimator.Linear, StateHeads: h, StateKey: 5, StateValue: 1}
	m.Matrices = []estimator.Matrix{
		{Role: estimator.RoleIn, In: h, Out: width, Count: 3},
		{Role: estimator.RoleOut, In: width, Out: h, Count: 1},
	}
	return only(m, 2*width+3*h-1) // the kind counts a norm of one head
}

// rwkvLayer mixes channels with a receptance beside its two linears.
func rwkvLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h := r.int("hidden")
	l.FFN.Gated = false
	l.Extra += h*h + 2*h
	return l
}

// only makes small the parameters a mixer holds beside its linears, whatever
// its kind would imply.
func only(m estimator.Mixer, small int64) estimator.Mixer {
	m.Extra = 0
	m.Extra = small - m.Small()
	return m
}

// expertPairLayer has a second set of linears for image tokens (CogVLM).
func expertPairLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	for _, m := range l.Matrices(r.int("hidden")) {
		l.Extra += m.Weights() + m.Biases()
	}
	return l
}

// autoRank is Mamba's "auto": a sixteenth of the width.
func (r *reader) autoRank() int64 {
	v, _, ok := r.find("time_rank")
	if ok && v.Type == gjson.Number {
		return r.int("time_rank")
	}
	return int64(math.Ceil(float64(r.int("hidden")) / 16))
}
