package words

import (
	"maps"
	"strings"
)

// change puts the options that were said in place.
func (s *scan) change(f *former, p plan) {
	maps.Copy(f.plan.values, p.values)
	if f.plan.mode == "train" {
		s.changeDType(f)
	}
	if (p.values["gpu"] != "" || len(p.values) == 0) && p.values["gpus"] == "" && s.has("one", "yes") {
		delete(f.plan.values, "gpus")
	}
	if p.values["gpus"] != "" {
		delete(f.plan.values, "tp")
		delete(f.plan.values, "pp")
	}
	if m := p.values["method"]; m != "" && m != "lora" && m != "qlora" {
		for _, key := range []string{"rank", "targets", "dtype"} {
			delete(f.plan.values, key)
		}
	}
	for word, factor := range map[string]float64{"double": 2, "half": 0.5} {
		if s.has(word, "yes") {
			s.scale(f, factor)
		}
	}
	s.changeStack(f, p)
	s.changeEngine(f, p)
}

// changeStack drops a stack that cannot shard so, and what only the old stack
// said of precision.
func (s *scan) changeStack(f *former, p plan) {
	values := f.plan.values
	stage, said := p.values["zero"], p.values["stack"]
	if stage != "" && stage != "0" && said == "" && values["stack"] != "" && !shards[values["stack"]][stage] {
		delete(values, "stack")
		said = "deepspeed"
	}
	if said == "" {
		return
	}
	for _, key := range []string{"precision", "grads"} {
		if p.values[key] == "" {
			delete(values, key)
		}
	}
	if stage == "" && said != "deepspeed" {
		delete(values, "zero")
	}
}

// changeEngine drops the formats that the new engine does not read.
func (s *scan) changeEngine(f *former, p plan) {
	engine := p.values["engine"]
	if engine == "" || strings.Contains(engine, "llama.cpp") {
		return
	}
	for _, key := range []string{"dtype", "kv"} {
		if s.r.isGGUF(f.plan.values[key]) && p.values[key] == "" {
			delete(f.plan.values, key)
		}
	}
}

// shards are the stages that each stack has.
var shards = map[string]map[string]bool{
	"deepspeed": {"1": true, "2": true, "3": true}, "fsdp": {"2": true, "3": true}, "fsdp2": {"2": true, "3": true},
	"megatron": {"1": true}, "textbook": {"1": true, "2": true, "3": true},
}

// changeDType makes 4-bit training QLoRA.
func (s *scan) changeDType(f *former) {
	dtype := f.plan.values["dtype"]
	for _, d := range s.all("dtype") {
		if quantized[d.tag.value] && d.tag.value != "int8" {
			f.plan.values["method"] = "qlora"
			delete(f.plan.values, "dtype")
			return
		}
	}
	if dtype != "" && !quantized[dtype] && !s.r.isGGUF(dtype) {
		delete(f.plan.values, "dtype")
	}
}

// scale doubles or halves the option named, the batch where none is.
func (s *scan) scale(f *former, factor float64) {
	key := "batch"
	for _, m := range s.marks {
		if m.tag.key == "before" || m.tag.key == "after" {
			key = m.tag.value
		}
	}
	old := float64(1)
	if v := f.plan.values[key]; v != "" {
		old = float64(atoi(strings.Map(digitsOnly, v)))
	}
	if next := old * factor; next >= 1 {
		f.plan.values[key] = text(float64(int64(next)))
	}
}

func digitsOnly(c rune) rune {
	if c < '0' || c > '9' {
		return -1
	}
	return c
}
