package hfhub

import (
	"strconv"
	"strings"
)

// mixersOnly gives blocks of a mixer and nothing else.
func mixersOnly(r *reader) []slot {
	n := r.int("layers")
	if n > maxLayers {
		r.bad(r.keyOf("layers"), strconv.FormatInt(n, 10), "")
		return nil
	}
	slots := make([]slot, n)
	for i := range slots {
		slots[i] = slot{mixer: r.word("mixer"), ffn: "none"}
	}
	return slots
}

// paramsLayout follows Meta's code where the width is not given: two thirds of
// four times the hidden size, scaled, rounded up.
func paramsLayout(r *reader) []slot {
	slots := uniformLayout(r)
	for i := range slots {
		if s := &slots[i]; s.ffn == "dense" && s.width == 0 {
			s.width = roundUpTo(int64(r.float("ffn_times")*float64(8*r.int("hidden")/3)), r.int("ffn_step"))
		}
	}
	return slots
}

// flaLayout follows the library of linear attention where the width is not given:
// two thirds of so many times the hidden size, in steps of 256.
func flaLayout(r *reader) []slot {
	slots := uniformLayout(r)
	for i := range slots {
		if s := &slots[i]; s.ffn == "dense" && s.width == 0 {
			s.width = roundUpTo(int64(r.float("ffn_hidden")*float64(r.int("hidden"))*2/3), 256)
		}
	}
	return slots
}

// rwkvLayout gives RWKV's blocks, without heads.
func rwkvLayout(r *reader) []slot {
	slots := mixersOnly(r)
	for i := range slots {
		slots[i].ffn, slots[i].width = "dense", r.int("ffn")
	}
	return slots
}

// patterns are the letters of Nemotron-H's pattern.
var patterns = map[rune]string{'M': "mamba", '*': "attention", '-': "mlp", 'E': "moe"}

// letters gives a fact that is a word, or a list of its letters.
func (r *reader) letters(name string) string {
	list := r.list(name)
	if list == nil {
		return r.word(name)
	}
	var b strings.Builder
	for _, v := range list {
		b.WriteString(v.String())
	}
	return b.String()
}

// patternLayout gives Nemotron-H's blocks, each a mixer or an FFN alone.
func patternLayout(r *reader) []slot {
	var words []string
	for _, v := range r.list("types") {
		words = append(words, v.String())
	}
	if words == nil {
		for _, letter := range r.letters("blocks") {
			word, ok := patterns[letter]
			if !ok {
				r.unsupported(r.keyOf("blocks"), string(letter))
				return nil
			}
			words = append(words, word)
		}
	}
	if len(words) > maxLayers || len(words) == 0 {
		r.bad(r.keyOf("types"), strconv.Itoa(len(words))+" layers", "")
		return nil
	}
	slots := make([]slot, 0, len(words))
	for _, word := range words {
		s := slot{mixer: word, ffn: "none"}
		switch word {
		case "attention":
			s.heads, s.kv = r.int("heads"), r.int("kv")
		case "mlp":
			s = slot{mixer: "none", ffn: "dense", width: r.int("ffn")}
		case "moe":
			s = slot{mixer: "none", ffn: "sparse"}
		}
		slots = append(slots, s)
	}
	return slots
}

// sideBySide gives Falcon-H1's layers, each attention and Mamba on the same
// input, as two blocks: one cache, one state.
func sideBySide(r *reader) []slot {
	var slots []slot
	for _, s := range uniformLayout(r) {
		attention := s
		attention.ffn, attention.width = "beside", 0
		slots = append(slots, attention, slot{mixer: "mamba", ffn: s.ffn, width: s.width})
	}
	if len(slots) > 0 {
		r.notes.warn("each layer is attention and Mamba side by side, counted as two blocks")
	}
	return slots
}

// lfmLayout shrinks LFM2's FFN as its code does: two thirds, scaled, rounded up.
func lfmLayout(r *reader) []slot {
	slots := uniformLayout(r)
	if !r.flag("ff_adjust") {
		return slots
	}
	for i := range slots {
		if w := slots[i].width; w > 0 {
			slots[i].width = roundUpTo(int64(r.float("ff_scale")*float64(2*w/3)), r.int("ff_step"))
		}
	}
	return slots
}
