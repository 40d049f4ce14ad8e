package words

import (
	"slices"
	"strings"
)

// impliesTraining says that something was named that only training has.
func (s *scan) impliesTraining() bool {
	merged := s.has("merged", "yes") && s.has("mode", "infer")
	for _, f := range s.marks {
		switch f.tag.key {
		case "zero", "optimizer", "recompute", "stack", "precision", "train":
			if !s.negated(f) {
				return true
			}
		case "method":
			if s.negated(f) && f.tag.value != "full" && (s.has("method", "full") || !s.has("mode", "infer")) {
				return true // "not lora, full", and "a 7b, not lora", which nobody says of running it
			}
			if !merged && !s.negated(f) && !s.taggedAt(f.to, "paper") && !s.isLoneFull(f) {
				return true
			}
		}
	}
	return s.numbers["accum"] > 0 || s.numbers["rank"] > 0 || len(s.targets()) > 0
}

// adapted are the methods that LoRA stands before where a rank or targets are
// named, which no other takes.
var adapted = map[string]bool{"": true, "full": true, "dpo": true, "grpo": true, "ppo": true}

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
	other := slices.ContainsFunc(said, func(m string) bool { return m != "full" })
	if other && s.loneFull() && !s.has("alt", "yes") && !s.has("ask", "compare") {
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
	if method := p.values["method"]; adapted[method] && (s.numbers["rank"] > 0 || len(s.targets()) > 0) && p.mode == "train" {
		p.values["method"] = "lora"
		if method != "" {
			p.also = append(p.also, change{"method", method})
		}
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
	if zero := p.values["zero"]; zero != "" && zero != "0" && p.values["stack"] != "" && !shards[p.values["stack"]][zero] {
		delete(p.values, "stack") // axolotl, trl and the like hand ZeRO to DeepSpeed
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
