package words

import (
	"slices"
	"strings"
)

// plan is the options of a typed line, and what else each might be.
type plan struct {
	mode   string
	values map[string]string
	also   []change // alternatives that were said
}

// change is another value for an option.
type change struct{ key, value string }

// set gives an option its value, if it has none.
func (p *plan) set(key, value string) {
	if p.values[key] == "" {
		p.values[key] = value
	}
}

// trainKeys and inferKeys mean nothing in the other mode.
var (
	trainKeys = map[string]bool{"method": true, "rank": true, "targets": true, "optimizer": true, "precision": true, "stack": true, "zero": true, "accum": true, "recompute": true, "loss": true, "compile": true, "adapters": true, "lora-dropout": true, "dropout": true, "grads": true, "cp": true, "sp": true}
	inferKeys = map[string]bool{"out": true, "engine": true, "kv": true, "util": true, "max-seqs": true, "max-batched": true, "chunked": true, "ubatch": true, "ngl": true, "eager": true, "mla": true, "mtp": true, "lora-slots": true, "dcp": true}
	order     = []string{"method", "dtype", "seq", "out", "batch", "gpu", "gpus", "tp", "pp", "ep", "cp", "engine", "kv", "util", "max-seqs", "max-batched", "chunked", "ubatch", "ngl", "eager", "rank", "targets", "optimizer", "precision", "stack", "zero", "accum", "offload", "attn", "recompute", "loss", "compile"}
)

// cacheTypes are the formats of a KV cache, by what people call them.
var cacheTypes = map[string]string{"fp8": "fp8", "int8": "int8", "q8_0": "q8_0", "q4_0": "q4_0", "fp16": "fp16", "bf16": "bf16", "fp32": "fp32", "q4_k_m": "q4_0", "int4": "q4_0"}

// quantized are the formats that no full fine-tuning trains.
var quantized = map[string]bool{"int8": true, "int4": true, "nf4": true, "nf4-dq": true, "awq": true, "gptq": true, "mxfp4": true, "nvfp4": true}

// facts gathers the options that were said.
func (s *scan) facts() plan { return s.factsFor(s.trains()) }

// factsFor gathers what means something when training, or when serving.
func (s *scan) factsFor(trains bool) plan {
	p := plan{values: map[string]string{}}
	p.mode = "infer"
	if trains {
		p.mode = "train"
	}
	cache := s.cacheFacts(&p)
	s.choiceFacts(&p)
	s.methodFacts(&p)
	s.dtypeFacts(&p, cache)
	for key, value := range s.numbers {
		p.set(key, text(value))
	}
	s.engineFacts(&p)
	s.trainFacts(&p)
	s.countFacts(&p)
	for key := range p.values {
		if trains && inferKeys[key] || !trains && trainKeys[key] {
			delete(p.values, key)
		}
	}
	return p
}

// trains says whether the question is about training.
func (s *scan) trains() bool {
	verb, serve := false, s.has("mode", "serve")
	for _, f := range s.all("mode") {
		verb = verb || f.tag.value == "train"
	}
	if verb && serve {
		return s.first("mode", "train") < s.first("mode", "serve")
	}
	return verb || !serve && s.impliesTraining()
}

// impliesTraining says that something was named that only training has.
func (s *scan) impliesTraining() bool {
	for _, f := range s.marks {
		switch f.tag.key {
		case "zero", "optimizer", "recompute", "stack", "precision", "train":
			if !s.negated(f) {
				return true
			}
		case "method":
			if !s.negated(f) && !s.taggedAt(f.to, "paper") && !s.isLoneFull(f) {
				return true
			}
		}
	}
	return s.numbers["accum"] > 0 || s.numbers["rank"] > 0 || len(s.targets()) > 0
}

// first is where a meaning was first said.
func (s *scan) first(key, value string) int {
	for _, f := range s.marks {
		if f.tag == (tag{key, value}) {
			return f.from
		}
	}
	return len(s.atoms)
}

// choices are the options that a word sets outright, and what "without" makes
// of it; an empty one drops the word.
var choices = []struct{ key, without string }{
	{"optimizer", ""},
	{"precision", ""},
	{"recompute", "none"},
	{"attn", "sdpa"},
	{"loss", "standard"},
	{"compile", "off"},
	{"chunked", "off"},
	{"eager", "off"},
	{"zero", "0"},
	{"stack", ""},
}

// choiceFacts sets the options that a word names.
func (s *scan) choiceFacts(p *plan) {
	for _, c := range choices {
		for _, f := range s.all(c.key) {
			value := f.tag.value
			if s.negated(f) {
				value = c.without
			}
			switch {
			case value == "":
			case p.values[c.key] == "":
				p.values[c.key] = value
			case p.values[c.key] != value:
				p.also = append(p.also, change{c.key, value})
			}
		}
	}
	if p.values["zero"] == "" && s.numbers["zero"] > 3 {
		delete(s.numbers, "zero")
	}
}

// methodFacts sets the method: the last word wins over "full" in "full lora",
// and what the other words say becomes an alternative.
func (s *scan) methodFacts(p *plan) {
	var said []string
	for _, f := range s.all("method") {
		switch {
		case s.negated(f) && f.tag.value != "full":
			said = append(said, "full")
		case s.taggedAt(f.to, "paper") || s.negated(f):
		default:
			said = append(said, f.tag.value)
		}
	}
	if len(said) > 1 && s.loneFull() && !s.has("alt", "yes") && !s.has("ask", "compare") {
		said = slices.DeleteFunc(said, func(m string) bool { return m == "full" })
	}
	for _, rank := range [][]string{{"lora", "qlora", "full"}, {"dpo", "grpo", "ppo"}} {
		for _, method := range said {
			if slices.Contains(rank, method) {
				if p.values["method"] == "" {
					p.values["method"] = method
				} else if p.values["method"] != method {
					p.also = append(p.also, change{"method", method})
				}
			}
		}
	}
	if p.values["method"] == "" && (s.numbers["rank"] > 0 || len(s.targets()) > 0) && p.mode == "train" {
		p.values["method"] = "lora"
	}
}

// loneFull says that "full" stands alone and may speak of anything.
func (s *scan) loneFull() bool {
	return !slices.ContainsFunc(s.marks, func(f found) bool {
		return f.tag == tag{"method", "full"} && !s.isLoneFull(f)
	})
}

func (s *scan) isLoneFull(f found) bool {
	return f.tag.value == "full" && f.to-f.from == 1 && s.atoms[f.from].is("full")
}

// cacheFacts sets the type of the KV cache and gives the words that said it.
func (s *scan) cacheFacts(p *plan) map[int]bool {
	used := map[int]bool{}
	for _, kv := range s.marks {
		if kv.tag.key != "kv" {
			continue
		}
		for _, f := range s.marks {
			if f.tag.key != "dtype" || cacheTypes[f.tag.value] == "" {
				continue
			}
			if s.between(kv.to, f.from) || f.to == kv.from && s.atoms[kv.from].gap == spaced {
				p.set("kv", cacheTypes[f.tag.value])
				used[f.from] = true
			}
		}
	}
	return used
}

// between says that only fillers stand between two atoms.
func (s *scan) between(from, to int) bool {
	if to < from || to-from > 3 {
		return false
	}
	for i := from; i < to; i++ {
		if !fillers[s.atoms[i].text] {
			return false
		}
	}
	return true
}

// dtypeFacts sets the weights' format.
func (s *scan) dtypeFacts(p *plan, cache map[int]bool) {
	for _, f := range s.all("dtype") {
		if cache[f.from] || s.negated(f) {
			continue
		}
		if p.values["dtype"] != "" && p.values["dtype"] != f.tag.value {
			p.also = append(p.also, change{"dtype", f.tag.value})
			continue
		}
		p.set("dtype", f.tag.value)
	}
	if p.values["dtype"] == "int4" && slices.ContainsFunc(s.all("method"), func(f found) bool { return f.tag.value == "qlora" }) && p.mode == "infer" {
		p.values["dtype"] = "nf4"
	}
}

// trainFacts settles what the words mean when training.
func (s *scan) trainFacts(p *plan) {
	if targets := s.targets(); len(targets) > 0 {
		p.set("targets", strings.Join(targets, ","))
	} else if s.has("targets", "all-linear") {
		p.set("targets", "all-linear")
	}
	s.offloadFacts(p)
	if p.mode != "train" {
		return
	}
	dtype, method := p.values["dtype"], p.values["method"]
	four := quantized[dtype] && dtype != "int8"
	switch {
	case method == "qlora" && (four || !quantized[dtype]):
		delete(p.values, "dtype")
	case four && (method == "lora" || method == "" || method == "dpo" || method == "grpo" || method == "ppo"):
		p.values["method"] = "qlora"
		delete(p.values, "dtype")
		if method != "" && method != "lora" {
			p.also = append(p.also, change{"method", method})
		}
	case dtype == "int8" && method == "":
		p.values["method"] = "lora"
	case dtype == "fp32":
		p.set("precision", "fp32")
		delete(p.values, "dtype")
	case dtype == "fp8":
		p.set("precision", "fp8")
		delete(p.values, "dtype")
	case !quantized[dtype]:
		delete(p.values, "dtype") // 16 bits are every stack's default
	}
}

// offloadFacts sets what is kept on the host.
func (s *scan) offloadFacts(p *plan) {
	for _, f := range s.all("offload") {
		value := f.tag.value
		if s.negated(f) {
			value = "none"
		}
		if value == "yes" {
			value = "optimizer"
			if p.mode == "infer" {
				value = "params"
			} else if z := p.values["zero"]; z == "3" || strings.HasPrefix(p.values["stack"], "fsdp") {
				value = "both"
			}
		}
		if old := p.values["offload"]; old != "" && old != value && f.tag.value != "yes" {
			value = "both"
			p.values["offload"] = value
		}
		p.set("offload", value)
	}
}

// targets reads q_proj,v_proj and "target modules q,k,v".
func (s *scan) targets() []string {
	letters := []string{"q", "k", "v", "o", "gate", "up", "down"}
	var list []string
	listed := -1 // the atom behind a list of targets that goes on
	for i, a := range s.atoms {
		if a.is("targets") || a.is("modules") || a.is("module") {
			listed = i + 1
		}
		named := i+1 < len(s.atoms) && s.atoms[i+1].is("proj") || i == listed
		switch {
		case named && slices.Contains(letters, a.text):
			if !slices.Contains(list, a.text) {
				list = append(list, a.text)
			}
			listed = i + 1
		case i == listed && (a.is(",") || a.is(";") || a.is("and") || a.is("=") || a.is(":") || a.is("proj") || a.is("和")):
			listed = i + 1
		}
	}
	return list
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
// their size alone, the one that "is it enough" follows; else the first.
func (s *scan) askedCard() int {
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

// countFacts sets the card and how many of it.
func (s *scan) countFacts(p *plan) {
	n := s.count
	one := s.single
	if len(s.cards) > 0 {
		c := s.cards[s.askedCard()]
		name, _ := s.r.cards.name(c)
		p.set("gpu", name)
		if c.count > 0 {
			n, one = c.count, c.one
		}
	}
	if s.has("ask", "why") && s.most > n {
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
