package hfhub

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// maxLayers bounds a config's blocks; no model has a tenth of it.
const maxLayers = 10_000

// uniformLayout gives each block in turn: its mixer from the list of types, the
// pattern of windows or the family's word; its FFN from the rules for experts.
func uniformLayout(r *reader) []slot {
	n := r.int("layers")
	if n > maxLayers || r.err != nil {
		r.bad(r.keyOf("layers"), strconv.FormatInt(n, 10), "")
		return nil
	}
	types := r.list("types")
	if types != nil && int64(len(types)) < n && len(types) > 0 {
		r.bad(r.keyOf("types"), strconv.Itoa(len(types))+" entries", " for "+strconv.FormatInt(n, 10)+" layers")
	}
	shared := r.int("kv_shared")
	sparse := r.sparse()
	heads, kv, width, mixer := r.each("heads"), r.each("kv"), r.each("ffn"), r.mixerOf(types)
	indexers := r.list("index_types")
	r.onlyWords("index_types", indexers, "full", "shared")
	divide := max(1, r.int("ffn_divide"))
	slots := make([]slot, n)
	for i := range slots {
		s := slot{heads: heads(i), kv: kv(i), width: width(i) / divide, ffn: "dense", mixer: mixer(i)}
		if s.kv == 0 {
			s.kv = s.heads
		}
		if sparse(i) {
			s.ffn, s.width = "sparse", 0
		}
		s.noIndex = i < len(indexers) && indexers[i].String() == "shared"
		s.shares = shared > 0 && int64(i) >= n-shared
		slots[i] = s
	}
	return slots
}

// each reads a fact that may be a list, once where it is none.
func (r *reader) each(name string) func(int) int64 {
	if list := r.list(name); len(list) > 0 {
		key := r.keyOf(name)
		return func(i int) int64 { return r.number(list[min(i, len(list)-1)], name, key) }
	}
	n := r.int(name)
	return func(int) int64 { return n }
}

// onlyWords refuses a list of kinds that has one which nobody knows.
func (r *reader) onlyWords(name string, list []gjson.Result, known ...string) {
	for _, v := range list {
		if v.Type == gjson.String && !slices.Contains(known, v.Str) {
			r.unsupported(r.keyOf(name), short(v.Str))
			return
		}
	}
}

// mixerOf names the mixer of each block.
func (r *reader) mixerOf(types []gjson.Result) func(int) string {
	every, phase, word := r.int("full_every"), r.int("full_phase"), r.word("mixer")
	at, base, offset := r.ints("full_at"), r.int("full_base"), r.int("full_offset")
	switch {
	case len(at) > 0 && len(types) == 0:
		return func(i int) string {
			if at[int64(i)+base] {
				return "full_attention"
			}
			return word
		}
	case len(types) > 0:
		return func(i int) string { return r.typeWord(types[min(i, len(types)-1)]) }
	case every > 0:
		return func(i int) string {
			if (int64(i)+phase-offset)%every == 0 {
				return "full_attention"
			}
			return word
		}
	case r.int("window") > 0 && r.flag("window_on"):
		return r.windowOf()
	}
	return func(int) string { return word }
}

// typeWord reads an entry of a list of types: a word, or a number that the
// family has a word for.
func (r *reader) typeWord(v gjson.Result) string {
	if v.Type == gjson.Number {
		if word := r.word("type_" + v.Raw); word != "" {
			return word
		}
	}
	return v.String()
}

// windowOf says which blocks have a sliding window: those from
// max_window_layers on (Qwen2), all but every n-th (Gemma 2 and 3, Cohere 2), or
// all (Mistral 0.1).
func (r *reader) windowOf() func(int) string {
	pattern := r.word("pattern")
	every, err := strconv.ParseInt(pattern, 10, 64)
	if err != nil {
		every = int64(len(pattern)) // "LLLG"
		if odd := strings.Trim(pattern, "LG"); odd != "" {
			r.unsupported(r.keyOf("pattern"), odd)
		}
	}
	phase, from := r.int("pattern_phase"), r.int("window_from")
	return func(i int) string {
		if every > 0 && (int64(i)+1+phase)%every == 0 || int64(i) < from {
			return "full_attention"
		}
		return "sliding_attention"
	}
}

// sparse says which blocks have experts.
func (r *reader) sparse() func(int) bool {
	if r.int("experts") <= 1 {
		return func(int) bool { return false }
	}
	if list := r.list("moe_list"); list != nil {
		r.onlyWords("moe_list", list, "sparse", "moe", "dense", "mlp")
		return func(i int) bool {
			if i >= len(list) {
				return false
			}
			return list[i].String() == "sparse" || list[i].String() == "moe" || list[i].Type == gjson.Number && list[i].Int() > 0
		}
	}
	if at := r.numbersIn("moe_words"); len(at) > 0 {
		return func(i int) bool { return at[int64(i)] }
	}
	if _, _, ok := r.find("moe_layers"); ok {
		at := r.ints("moe_layers")
		if len(at) > 0 {
			return func(i int) bool { return at[int64(i)] }
		}
	}
	first, last := r.int("first_dense"), r.int("last_moe")
	every, phase, offset := max(1, r.int("moe_every")), r.int("moe_phase"), r.int("moe_offset")
	dense := r.ints("dense_list")
	return func(i int) bool {
		at := int64(i)
		return at >= first && (last == 0 || at <= last) && (at-offset+phase)%every == 0 && !dense[at]
	}
}

// numbersIn reads numbers that stand in one text, between commas (Step 3).
func (r *reader) numbersIn(name string) map[int64]bool {
	v, _, ok := r.find(name)
	if !ok || v.Type != gjson.String {
		return nil
	}
	at := map[int64]bool{}
	for word := range strings.SplitSeq(v.Str, ",") {
		if n, err := strconv.ParseInt(strings.TrimSpace(word), 10, 32); err == nil {
			at[n] = true
		}
	}
	return at
}

// ffn makes the part of a block that works on each token alone.
func (r *reader) ffn(s slot) estimator.FFN {
	f := estimator.FFN{Gated: r.flag("gated"), Bias: r.flag("mlp_bias")}
	switch s.ffn {
	case "none", "beside":
		return estimator.FFN{}
	case "dense":
		f.Width = s.width
		if f.Width == 0 {
			f.Width = r.int("ffn_ratio") * r.int("hidden")
		}
		return f
	}
	f.Experts, f.TopK = r.int("experts"), r.int("topk")
	f.ExpertWidth, f.LatentWidth = r.int("expert_ffn"), r.int("latent")
	f.RouterBias, f.ExpertBias = r.flag("router_bias") || r.flag("score_bias"), r.flag("expert_bias")
	f.SharedGate = r.flag("shared_gate")
	f.SharedWidth = r.int("shared_ffn")
	if f.SharedWidth == 0 {
		f.SharedWidth = r.int("shared") * f.ExpertWidth
	}
	if f.SharedWidth == 0 {
		f.SharedGate = false
	}
	if f.TopK > f.Experts {
		f.TopK = f.Experts
	}
	return f
}
