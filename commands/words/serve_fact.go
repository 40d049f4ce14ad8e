package words

import (
	"slices"
	"strings"
)

// cacheTypes are the formats of a KV cache, by what people call them.
var cacheTypes = map[string]string{"fp8": "fp8", "int8": "int8", "q8_0": "q8_0", "q4_0": "q4_0", "fp16": "fp16", "bf16": "bf16", "fp32": "fp32", "q4_k_m": "q4_0", "int4": "q4_0"}

// cacheFacts sets the type of the KV cache and gives the words that said it.
func (s *scan) cacheFacts(p *plan) map[int]bool {
	used := map[int]bool{}
	if !s.has("kv", "yes") {
		return used
	}
	kept := false // a cache was named before
	for _, f := range s.marks {
		kept = kept || f.tag.key == "kv"
		if f.tag.key == "dtype" && cacheTypes[f.tag.value] != "" && (s.cachesAt(f) || kept && s.keptIn(f.from)) {
			p.set("kv", cacheTypes[f.tag.value])
			used[f.from] = true
		}
	}
	return used
}

// cachesAt says that the cache is named right before a format, fillers aside, or
// right behind it.
func (s *scan) cachesAt(f found) bool {
	for i := f.from; i >= f.from-3; i-- {
		if s.endsAt(i, "kv") && s.between(i, f.from) {
			return true
		}
	}
	return s.taggedAt(f.to, "kv") && s.atoms[f.to].gap == spaced
}

// keptIn says that a format comes after "in" or its like, and not right after a
// model: "kv cache of qwen3-8b at 128k in fp8".
func (s *scan) keptIn(at int) bool {
	return at > 0 && slices.Contains([]string{"in", "with", "as", "using", "用"}, s.atoms[at-1].text)
}

// engineFacts sets the engine, its version and what follows from them.
func (s *scan) engineFacts(p *plan) {
	for _, f := range s.all("engine") {
		if s.negated(f) {
			continue
		}
		if f.tag.value == "ollama" {
			p.set("engine", "llama.cpp")
			if p.mode == "infer" {
				p.set("dtype", "q4_k_m")
			}
			continue
		}
		value := f.tag.value
		if s.free(f.to) && s.atoms[f.to].kind == number && strings.Contains(s.atoms[f.to].text, ".") {
			parts := strings.SplitN(s.atoms[f.to].text, ".", 3)
			value += "@" + parts[0] + "." + parts[1]
		}
		p.set("engine", value)
	}
	if p.values["engine"] == "" && (s.r.isGGUF(p.values["dtype"]) || s.has("gguf", "yes")) {
		p.values["engine"] = "llama.cpp"
	}
	if implied := s.all("implies"); p.values["engine"] == "" && len(implied) > 0 {
		p.values["engine"] = implied[0].tag.value
	}
}

// isGGUF says that a format is one of llama.cpp's.
func (r *Reader) isGGUF(dtype string) bool {
	return strings.HasPrefix(dtype, "q") || strings.HasPrefix(dtype, "iq")
}

// degrees is the product of the parallel degrees that were said.
func (s *scan) degrees() float64 {
	product := 1.0
	for _, key := range []string{"tp", "pp", "cp", "dp"} {
		product *= max(1, s.numbers[key])
	}
	return min(product, maxCount)
}

// askedCard is the card that the question is about: of several that are named by
// their size alone, the one that "is it enough" follows; else the one that is
// all there is ("but at home only a 4080") or may come ("should I buy a 5090"), or
// the first.
func (s *scan) askedCard() int {
	for i, c := range s.cards {
		if i > 0 && (c.wanted || s.taggedBefore(c.from, "onlyhas") || s.endsBefore(c.from, "newcard")) {
			return i
		}
	}
	if i := s.failingCard(); i > 0 {
		return i
	}
	for i, c := range s.cards {
		if c.base != "" {
			return 0
		}
		if s.fitsAt(c.to) || s.fitsAt(c.to+1) {
			return i
		}
	}
	return 0
}

// failingCard is the card that it does not fit on, where the first one is told
// to hold it: "takes 50G on an A100, why OOM on 4x3090"; 0 where there is none.
func (s *scan) failingCard() int {
	if len(s.cards) < 2 || s.cards[0].base == "" {
		return 0
	}
	first := s.cards[0]
	holds := s.clauseSays(first.from, first.to, "works") || s.clauseSays(first.from, first.to, "measure")
	if !holds || s.clauseSays(first.from, first.to, "fails") {
		return 0
	}
	return max(0, slices.IndexFunc(s.cards[:min(maxWeighed, len(s.cards))], func(c card) bool { return c.base != "" && s.clauseSays(c.from, c.to, "fails") }))
}

// failsOn says that a card, or so many of it, is told not to hold what an
// earlier one did: "OOM on only 2 A6000", "one works well. With 4 it runs out".
func (s *scan) failsOn(before, again card) bool {
	k := again.from
	for n := 0; n < 3 && k > 0 && onWords[s.atoms[k-1].text]; n++ {
		k--
	}
	if s.endsAt(k, "fails") {
		return true
	}
	if s.weighed++; s.weighed > maxWeighed {
		return false
	}
	return s.sentenceSays(before, "works") && !s.sentenceSays(before, "fails") && s.sentenceSays(again, "fails")
}

// onWords stand between what fails and the cards it fails on.
var onWords = map[string]bool{"on": true, "with": true, "only": true, "just": true, "using": true, "the": true, "at": true, "my": true}

// sentenceSays says that a phrase of that kind stands in a card's sentence.
func (s *scan) sentenceSays(c card, key string) bool {
	ends := func(i int) bool {
		return s.atoms[i].is(".") || s.atoms[i].is("?") || s.atoms[i].is("!") || s.standsAt(i, "contrast")
	}
	from, to := c.from, c.to
	for from > max(0, c.from-maxSentence) && !ends(from-1) {
		from--
	}
	for to < min(len(s.atoms), c.to+maxSentence) && !ends(to) {
		to++
	}
	return s.saysBetween(from, to, key)
}

// maxWeighed is how many cards are weighed by what is told of them, maxSentence how
// far that is looked for.
const (
	maxWeighed  = 8
	maxSentence = 60
)

// countFacts sets the card and how many of it.
func (s *scan) countFacts(p *plan) {
	n, one := int64(0), false
	if len(s.counts) > 0 {
		n, one = s.counts[0], s.counts[0] == 1
	}
	if len(s.rigs) > 0 {
		r := s.rigs[0]
		if r.gpu != "" {
			p.set("gpu", r.gpu)
		}
		if r.count > 0 {
			n, one = r.count, r.one
		}
	}
	if s.has("ask", "why") && s.most > n && len(s.rigs) < 2 {
		n = s.most
	}
	if ranks := int64(s.degrees()); n == 0 && ranks > 1 && p.mode == "train" && s.numbers["dp"] > 0 {
		n = ranks
	}
	if tp := int64(s.numbers["tp"] * max(1, s.numbers["pp"])); n == 0 && tp > 1 && p.mode == "infer" {
		n = tp
	}
	if n > 1 || one {
		p.set("gpus", text(float64(n)))
	}
}
