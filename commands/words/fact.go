package words

import "slices"

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
