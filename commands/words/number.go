package words

import (
	"math"
	"slices"
	"strconv"
)

// maxNumber keeps a number printable; the parser refuses it long before.
const maxNumber = 1e15

// longest is more than any length that is said in millions: "200M tokens" is
// what a model is trained on.
const longest = 16 << 20

// mostInUnits is the most that is said of a key in thousands or millions.
var mostInUnits = map[string]float64{"seq": longest, "out": longest, "max-batched": longest, "batch": 1e6}

// kilo are the keys whose k is 1024.
var kilo = map[string]bool{"seq": true, "out": true, "max-batched": true}

// numbersBehind reads the numbers behind their cue: batch 4, seq=2k, tp:2.
func (s *scan) numbersBehind() {
	for _, f := range s.marks {
		if f.tag.key != "before" || s.alsoAfter(f) && s.numberEnds(f.from) && !s.atoms[f.from].flag {
			continue
		}
		i := f.to
		if f.from > 0 && s.atoms[f.from-1].is("[") && i < len(s.atoms) && s.atoms[i].gap == glued {
			continue // "[rank0]:" begins a line of a log
		}
		said := false
		for n := 0; n < 4 && i < len(s.atoms) && s.atoms[i].kind != number && fillers[s.atoms[i].text]; n++ {
			said = said || s.atoms[i].is("=") || s.atoms[i].is(":")
			i++
		}
		if !s.free(i) || s.atoms[i].kind != number || len(s.atoms[f.from].text) == 1 && !said && s.atoms[i].gap != spaced {
			continue
		}
		if end, _ := s.cardAt(i); end > i && !said || s.memoryFollows(i) || s.perSecond(i) {
			continue
		}
		if end, gb := s.memoryAt(i); gb > 0 && end > i {
			continue
		}
		if v := s.atoms[i].value; kilo[f.tag.value] && v != math.Trunc(v) && (i+1 >= len(s.atoms) || units[s.atoms[i+1].text] == 0) {
			continue // 4.5bpw
		}
		if f.tag.value == "batch" && s.forOneCard(f) {
			delete(s.numbers, "batch") // said of all cards before
		}
		s.setNumber(f.tag.value, i)
	}
}

// forOneCard says that a batch is meant of one card: micro_batch_size,
// per_device_train_batch_size.
func (s *scan) forOneCard(f found) bool {
	return slices.ContainsFunc(s.atoms[f.from:f.to], func(a atom) bool { return a.is("micro") || a.is("device") })
}

// alsoAfter says that the cue may stand behind its number too: "32k context".
func (s *scan) alsoAfter(f found) bool {
	return s.startsWith(f.from, func(t tag) bool { return t == tag{"after", f.tag.value} })
}

// numberEnds says that a free number ends right before i.
func (s *scan) numberEnds(i int) bool {
	from, ok := s.numberBefore(i)
	return ok && s.atoms[from].value > 1
}

// numberBefore finds the number, with its unit, that ends before i.
func (s *scan) numberBefore(i int) (int, bool) {
	for n := 0; n < 2 && s.free(i-1) && (s.atoms[i-1].is("个") || s.atoms[i-1].is("的") || s.atoms[i-1].is("多") || s.atoms[i-1].is("input")); n++ {
		i--
	}
	switch {
	case s.free(i-1) && s.atoms[i-1].kind == number:
		return i - 1, true
	case s.free(i-2) && s.atoms[i-2].kind == number && units[s.atoms[i-1].text] > 0:
		return i - 2, true
	}
	return 0, false
}

// units multiply a number; k stands for 1024 where lengths are meant.
var units = map[string]float64{"k": 1000, "m": 1 << 20, "万": 1e4, "千": 1e3, "百": 100, "w": 1e4, "thousand": 1e3, "million": 1e6}

// numbersBefore reads the numbers before their cue (20480 ctx, 5 people), and
// then the lengths that have none ("at 131072", "close to 4k").
func (s *scan) numbersBefore() {
	for _, f := range s.marks {
		if f.tag.key != "after" || f.tag.value == "gpus" || s.atoms[f.from].flag {
			continue
		}
		from, ok := s.numberBefore(f.from)
		if !ok || s.measured(from) || s.perSecond(f.to-1) || s.taggedAt(f.to, "rate") || s.partOfWord(from) {
			continue
		}
		key := f.tag.value
		if key == "in" { // "512 in" says something beside "128 out" alone
			if _, out := s.numbers["out"]; !out && !s.outFollows(f.to) {
				continue
			}
			key = "seq"
		}
		s.setNumber(key, from)
	}
	if _, ok := s.numbers["seq"]; ok && !s.past["seq"] {
		return
	}
	for i, a := range s.atoms {
		if a.kind != number || !s.free(i) || s.partOfWord(i) || s.measured(i) || s.perSecond(i+1) {
			continue
		}
		if s.taggedAt(i+2, "items") || s.taggedAt(i+2, "bulk") {
			continue // 10k rows
		}
		long := i+1 < len(s.atoms) && s.free(i+1) && s.atoms[i+1].is("k") && s.atoms[i+1].gap == glued && a.value <= 2048
		at := i > 0 && s.atoms[i-1].is("at") && a.value >= 256 && a.value <= 1<<24
		if long || at {
			s.setNumber("seq", i)
			return
		}
	}
}

// outFollows says that a number of new tokens comes right behind.
func (s *scan) outFollows(i int) bool {
	for k := i + 1; k <= i+4; k++ {
		if s.startsWith(k, func(t tag) bool { return t == tag{"after", "out"} }) {
			return true
		}
	}
	return false
}

// measured says that the number was read off something and is not asked for.
func (s *scan) measured(i int) bool { return s.taggedBefore(i, "measure") }

// perSecond says that what follows is a rate.
func (s *scan) perSecond(i int) bool {
	if i+2 < len(s.atoms) && gpuNouns[s.atoms[i+2].text] {
		return false // 4 per GPU
	}
	return i+1 < len(s.atoms) && (s.atoms[i+1].is("/") || s.atoms[i+1].is("per"))
}

// setNumber takes the number at i for a key, the first one said.
func (s *scan) setNumber(key string, i int) {
	value, end := s.atoms[i].value, i+1
	if s.free(end) {
		if unit := units[s.atoms[end].text]; unit > 0 && (s.atoms[end].gap == glued || s.atoms[end].is("million") || s.atoms[end].is("thousand")) {
			if s.atoms[end].is("k") && kilo[key] {
				unit = 1024
			}
			if power, ok := roundPower(value); ok && unit == 1024 {
				value, unit = power, 1
			}
			value, end = value*unit, end+1
		} else if s.atoms[end].is("%") {
			value, end = value/100, end+1
		}
	}
	s.claim(i, end)
	if _, ok := s.numbers[key]; ok && !s.past[key] || s.tooMany(key, value, end-i) {
		return // said before, or the size of what it is trained on, or fed with
	}
	if key != "util" {
		value = math.Round(value)
	}
	s.numbers[key] = min(value, maxNumber)
	if s.endsBefore(i, "past") {
		s.past = map[string]bool{key: true} // how it was trained, until more is said
	}
}

// text writes a number as the typed line does.
func text(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

// roundPower is the power of two that a number of thousands was cut from: 262k
// are 262144 tokens, as models have them, and not 262 times 1024.
func roundPower(thousands float64) (float64, bool) {
	for power := 65536.0; power <= longest; power *= 2 {
		if math.Floor(power/1000) == thousands {
			return power, true
		}
	}
	return 0, false
}

// tooMany says that a number with a unit is more than is said of its key.
func (s *scan) tooMany(key string, value float64, atoms int) bool {
	most, ok := mostInUnits[key]
	return ok && atoms > 1 && value > most
}
