package commands

import (
	"slices"
	"strconv"

	"membot/estimator"
)

// settings reads the options onto the plan, in the order of the table, so that
// an option can depend on those before it.
func (p *parser) settings() *Refused {
	r := p.request
	given := r.Settings
	r.Settings = nil
	for i := range options {
		o := &options[i]
		for _, s := range given {
			if s.Key != o.Key {
				continue
			}
			if refused := p.set(o, s.Value); refused != nil {
				return refused
			}
		}
	}
	for i := range options {
		if refused := p.meaningless(&options[i]); refused != nil {
			return refused
		}
	}
	if refused := p.contradiction(); refused != nil {
		return refused
	}
	return p.ranges()
}

func (p *parser) set(o *OptionRow, value string) *Refused {
	canonical, bad := o.read(value, &p.request.Plan)
	if bad == nil {
		p.request.Settings = append(p.request.Settings, Setting{o.Key, canonical})
		return nil
	}
	refused := refuse(BadValue, "bad_value", "key", o.Key, "value", shorten(value), "want", bad.want)
	if bad.near != "" {
		refused = refused.meant(p.rewritten(o.Key, bad.near))
	}
	return refused
}

// rewritten is the line with another value for a key.
func (p *parser) rewritten(key, value string) string {
	for i, word := range p.words {
		if k, _, ok := cutOption(word); ok && (k == key || keyAliases[k] == key) {
			return p.replaced(i, key+":"+value)
		}
	}
	return slashed(append(append([]string{}, p.words...), key+":"+value))
}

// dropped is the line without a key.
func (p *parser) dropped(key string) string {
	for i, word := range p.words {
		if k, _, ok := cutOption(word); ok && (k == key || keyAliases[k] == key) {
			return p.without(i)
		}
	}
	return ""
}

// meaningless refuses an option that means nothing here.
func (p *parser) meaningless(o *OptionRow) *Refused {
	r := p.request
	if !r.Given(o.Key) || o.means(r.Mode, &r.Plan) {
		return nil
	}
	if !o.Scope.covers(r.Mode) {
		other := estimator.Training
		if r.Mode == estimator.Training {
			other = estimator.Infer
		}
		refused := refuse(BadValue, "wrong_mode", "key", o.Key, "mode", other.String())
		if !r.ModeGiven {
			return refused.meant(p.inMode(other))
		}
		return refused.meant(p.dropped(o.Key), p.inMode(other))
	}
	if o.needs != nil && !o.needs.holds(&r.Plan) {
		key, value, _ := cutOption(o.needs.wants)
		return refuse(BadValue, "needs", "key", o.Key, "wants", o.needs.wants).meant(p.rewritten(key, value), p.dropped(o.Key))
	}
	return nil
}

// inMode is the line asked in another mode.
func (p *parser) inMode(m estimator.Mode) string {
	for i, word := range p.words {
		if _, ok := modeWords[word]; ok && i > 0 {
			return p.replaced(i, m.String())
		}
	}
	words := append([]string{}, p.words...)
	at := min(len(words), 1+len(p.request.Models))
	return slashed(append(words[:at], append([]string{m.String()}, words[at:]...)...))
}

// clash is a pair of options that contradict each other.
type clash struct {
	key, other string
	when       func(p *estimator.Plan) bool
	near       string // what key would have to be
}

// clashes are pairs that cannot both be meant.
var clashes = []clash{
	{"stack", "infer", func(p *estimator.Plan) bool {
		return p.Mode == estimator.Infer && p.Train.Stack != estimator.StackUnset && p.Train.Stack != estimator.Textbook
	}, "textbook"},
	{"zero", "stack", func(p *estimator.Plan) bool {
		return p.Train.ZeRO > estimator.Stage0 && (p.Train.Stack == estimator.DDP || p.Train.Stack == estimator.Unsloth || p.Train.Stack == estimator.HF)
	}, "0"},
	{"zero", "stack", func(p *estimator.Plan) bool {
		return p.Train.ZeRO == estimator.Stage1 && (p.Train.Stack == estimator.FSDP || p.Train.Stack == estimator.FSDP2)
	}, "2"},
	{"zero", "stack", func(p *estimator.Plan) bool {
		return p.Train.ZeRO > estimator.Stage1 && p.Train.Stack == estimator.Megatron
	}, "1"},
	{"offload", "zero", func(p *estimator.Plan) bool {
		params := p.Offload == estimator.OffloadParams || p.Offload == estimator.OffloadBoth
		return params && p.Mode == estimator.Training && p.Train.ZeRO < estimator.Stage3 &&
			(p.Train.Stack == estimator.DeepSpeed || p.Train.Stack == estimator.StackUnset && p.Train.ZeRO != estimator.StageUnset)
	}, "optimizer"},
	{"dtype", "method", func(p *estimator.Plan) bool {
		return p.Train.Method == estimator.QLoRA && (p.DType == estimator.BF16 || p.DType == estimator.FP16 || p.DType == estimator.FP32)
	}, "nf4-dq"},
	{"dtype", "method", func(p *estimator.Plan) bool {
		return p.Mode == estimator.Training && p.Train.Method == estimator.FullTuning && (p.DType.Blockwise() && p.DType != estimator.FP8 || p.DType.GGUF())
	}, "bf16"},
	{"dtype", "engine", func(p *estimator.Plan) bool {
		return p.Mode == estimator.Infer && p.DType.GGUF() && scheduled.holds(p) && p.Serve.Engine != estimator.VLLM
	}, "fp8"},
	{"dtype", "engine", func(p *estimator.Plan) bool { return foreign(p, eightBits) }, "q8_0"},
	{"dtype", "engine", func(p *estimator.Plan) bool { return foreign(p, fourBits) }, "q4_k_m"},
}

// Formats that no GGUF file has, by their bits.
var (
	eightBits = []estimator.DType{estimator.FP8, estimator.INT8}
	fourBits  = []estimator.DType{estimator.AWQ, estimator.GPTQ, estimator.NF4, estimator.NF4DQ}
)

// foreign says whether the weights would be in a format that llama.cpp has no
// file of.
func foreign(p *estimator.Plan, formats []estimator.DType) bool {
	return p.Mode == estimator.Infer && llamaCPP.holds(p) && slices.Contains(formats, p.DType)
}

func (p *parser) contradiction() *Refused {
	r := p.request
	for i := range clashes {
		c := &clashes[i]
		if r.Given(c.key) && c.when(&r.Plan) {
			value, _ := r.setting(c.key)
			other, _ := r.setting(c.other)
			if c.other == "infer" {
				return refuse(BadValue, "stack_infer", "value", value).meant(p.rewritten(c.key, c.near), p.inMode(estimator.Training))
			}
			return refuse(BadValue, "clash", "key", c.key, "value", value, "other", c.other, "with", other, "near", c.near).meant(p.rewritten(c.key, c.near))
		}
	}
	return nil
}

// ranges checks the numbers, which needs no model.
func (p *parser) ranges() *Refused {
	if err := p.request.Plan.Validate(); err != nil {
		return p.planRefused(err)
	}
	plan := p.request.Plan
	if n := max(1, plan.Tensor) * max(1, plan.Pipeline) * max(1, plan.Context); plan.GPUs > 0 && plan.GPUs%n != 0 {
		near := strconv.FormatInt((plan.GPUs/n+1)*n, 10)
		return refuse(BadValue, "gpus_degrees", "value", plan.GPUs, "degrees", n).meant(p.rewritten("gpus", near))
	}
	return nil
}
