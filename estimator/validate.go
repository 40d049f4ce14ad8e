package estimator

import (
	"fmt"
	"strconv"
)

// PlanError is an option whose value cannot be: which, what it was, and what is
// wanted in its place.
type PlanError struct {
	Key   string // as typed: "zero", "tp"
	Value string
	Want  string // "0 to 3", "one of 1, 2, 4, 8"
	Near  string // the nearest valid value, if there is one
	With  string // the option that it contradicts, if it is another's fault
}

// Error says it in one line.
func (e *PlanError) Error() string {
	return fmt.Sprintf("read %s:%s: want %s", e.Key, e.Value, e.Want)
}

// limit is the range of a number.
type limit struct {
	key      string
	min, max int64 // min applies where the number is set, that is not 0
}

// limits of the numbers of a plan, in the order of [Plan.numbers]; zero is the
// default and always allowed.
var limits = [...]limit{
	{"seq", 1, 100_000_000},
	{"out", 0, 100_000_000},
	{"batch", 1, 1_000_000},
	{"gpus", 1, 1_000_000},
	{"tp", 1, 4096},
	{"pp", 1, 4096},
	{"ep", 1, 4096},
	{"cp", 1, 4096},
	{"max-seqs", 1, 1_000_000},
	{"max-batched", 1, 100_000_000},
	{"ubatch", 1, 1_000_000},
	{"lora-slots", 1, 10_000},
	{"dcp", 1, 4096},
	{"rank", 1, 65_536},
	{"accum", 1, 1_000_000},
}

// numbers are what limits bounds. Reading them at once spares a search of
// thousands of plans a call for each.
func (p *Plan) numbers() [len(limits)]int64 {
	return [...]int64{
		p.Seq,
		p.Out,
		p.Batch,
		p.GPUs,
		p.Tensor,
		p.Pipeline,
		p.Expert,
		p.Context,
		p.Serve.MaxSeqs,
		p.Serve.MaxBatched,
		p.Serve.MicroBatch,
		p.Serve.LoRASlots,
		p.Serve.DecodeContext,
		p.Train.Rank,
		p.Train.Accum,
	}
}

// Validate checks the numbers against their ranges. It needs no model, so a
// caller can refuse before asking the Hub. The error is a [*PlanError].
func (p Plan) Validate() error { return p.validate() }

func (p *Plan) validate() error {
	if p.ordinary() {
		return p.validateShares()
	}
	for i, value := range p.numbers() {
		l := &limits[i]
		if value == 0 || value >= l.min && value <= l.max {
			continue
		}
		near := min(max(value, l.min), l.max)
		return &PlanError{
			Key: l.key, Value: strconv.FormatInt(value, 10),
			Want: fmt.Sprintf("%d to %d", l.min, l.max), Near: strconv.FormatInt(near, 10),
		}
	}
	return p.validateShares()
}

// ordinary says that every number is well inside its range, which nearly all
// are: the numbers of a group together are below the power of two that is below
// the smallest of their limits. A negative one makes the group huge.
func (p *Plan) ordinary() bool {
	degrees := p.Tensor | p.Pipeline | p.Expert | p.Context | p.Serve.DecodeContext | p.Serve.LoRASlots | p.Train.Rank
	counts := p.Batch | p.GPUs | p.Serve.MaxSeqs | p.Serve.MicroBatch | p.Train.Accum
	lengths := p.Seq | p.Out | p.Serve.MaxBatched
	return uint64(degrees) < 1<<12 && uint64(counts) < 1<<19 && uint64(lengths) < 1<<26
}

// validateShares wants fractions between 0 and 1.
func (p *Plan) validateShares() error {
	if u := p.Serve.Utilization; u < 0 || u > 1 {
		return &PlanError{Key: "util", Value: strconv.FormatFloat(u, 'g', -1, 64), Want: "a share from 0.01 to 1", Near: "0.9"}
	}
	return p.validateDropout()
}

// validateDropout wants shares below 1.
func (p *Plan) validateDropout() error {
	if d := p.Train.Dropout.N; d < 0 || d >= 1 {
		return &PlanError{Key: "dropout", Value: strconv.FormatFloat(d, 'g', -1, 64), Want: "a share from 0 to 0.99", Near: "0.1"}
	}
	if d := p.Train.LoRADropout; d < 0 || d >= 1 {
		return &PlanError{Key: "lora-dropout", Value: strconv.FormatFloat(d, 'g', -1, 64), Want: "a share from 0 to 0.99", Near: "0.05"}
	}
	return nil
}

// check holds a resolved plan against the model and against itself.
func (p *Plan) check(a *Arch) error {
	degrees := p.Tensor * p.Pipeline * p.Context
	if p.GPUs < degrees || p.GPUs%degrees != 0 {
		return &PlanError{
			Key: "gpus", Value: strconv.FormatInt(p.GPUs, 10), With: "tp",
			Want: fmt.Sprintf("a multiple of tp × pp × cp = %d", degrees), Near: strconv.FormatInt(degrees, 10),
		}
	}
	if err := p.checkParts(a); err != nil {
		return err
	}
	if err := p.checkSplits(a); err != nil {
		return err
	}
	return p.checkHeads(a)
}

// checkParts refuses what needs a part that the model does not have: experts to
// spread, layers that draft, a head to compare answers with.
func (p *Plan) checkParts(a *Arch) error {
	if a.sizeOnly() {
		return nil // who knows
	}
	if p.Expert > 1 && a.experts() == 0 {
		return &PlanError{Key: "ep", Value: strconv.FormatInt(p.Expert, 10), Want: "1: the model has no experts", Near: "1"}
	}
	if p.Mode == Training {
		return p.checkMethod(a)
	}
	if want := p.runsElsewhere(a); want != "" {
		return &PlanError{Key: "engine", Value: p.Serve.Engine.String(), Want: want, Near: Transformers.String()}
	}
	if drafts := p.Serve.MTP.Or(0); drafts > 0 && len(a.MTP) == 0 {
		return &PlanError{Key: "mtp", Value: strconv.FormatInt(drafts, 10), Want: "0: the model has no MTP layers", Near: "0"}
	}
	return nil
}

// checkMethod refuses to compare or generate answers with a model that writes
// none.
func (p *Plan) checkMethod(a *Arch) error {
	if m := p.Train.Method; a.NoHead && (m == DPO || m == GRPO || m == PPO) {
		return &PlanError{Key: "method", Value: m.String(), Want: "full, lora, qlora or dora: the model writes no text", Near: FullTuning.String()}
	}
	return nil
}

// experts is the most experts of a block, 0 for a dense model.
func (a *Arch) experts() int64 {
	n := int64(0)
	for i := range a.Layers {
		n = max(n, a.Layers[i].FFN.Experts)
	}
	return n
}

// checkSplits refuses more stages than blocks, and an expert degree that does
// not divide the experts.
func (p *Plan) checkSplits(a *Arch) error {
	if p.Mode != Training || p.Pipeline == 1 && p.Expert == 1 || a.sizeOnly() {
		return nil
	}
	if p.Pipeline > a.depth() {
		return &PlanError{Key: "pp", Value: strconv.FormatInt(p.Pipeline, 10), Want: fmt.Sprintf("1 to %d", a.depth()), Near: strconv.FormatInt(a.depth(), 10)}
	}
	if p.Expert == 1 {
		return nil
	}
	experts := a.experts()
	if experts%p.Expert == 0 {
		return nil
	}
	near, all := divisors(experts, p.Expert, func(int64) bool { return true })
	return &PlanError{Key: "ep", Value: strconv.FormatInt(p.Expert, 10), Want: all, Near: near}
}

// checkHeads refuses a tensor degree that does not divide the heads.
func (p *Plan) checkHeads(a *Arch) error {
	m := p.unevenHeads(a)
	if m == nil {
		return nil
	}
	near, all := divisors(m.Heads, p.Tensor, func(d int64) bool { return p.shares(m.KVHeads, d) })
	return &PlanError{Key: "tp", Value: strconv.FormatInt(p.Tensor, 10), Want: "a divisor of " + strconv.FormatInt(m.Heads, 10) + " heads: " + all, Near: near}
}

// unevenHeads is a mixer whose heads do not divide over the tensor ranks, or nil.
func (p *Plan) unevenHeads(a *Arch) *Mixer {
	if p.Tensor == 1 {
		return nil
	}
	for i := range a.Layers {
		m := &a.Layers[i].Mixer
		if m.Kind.Attends() && (m.Heads%p.Tensor != 0 || !p.shares(m.KVHeads, p.Tensor)) {
			return m
		}
	}
	return nil
}

// shares says whether engines that place whole KV heads on ranks can: each rank
// so many of them, or each head on so many ranks.
func (p *Plan) shares(kvHeads, degree int64) bool {
	e := p.Serve.Engine
	if p.Mode != Infer || e == Transformers || e == TextbookEngine || kvHeads == 0 {
		return true
	}
	return kvHeads%degree == 0 || degree%kvHeads == 0
}

// divisors lists the degrees that divide the heads and can be, and the nearest
// below the one that does not.
func divisors(heads, degree int64, can func(int64) bool) (near, all string) {
	for d := int64(1); d <= min(heads, 64); d++ {
		if heads%d != 0 || !can(d) {
			continue
		}
		if all != "" {
			all += ", "
		}
		all += strconv.FormatInt(d, 10)
		if d <= degree {
			near = strconv.FormatInt(d, 10)
		}
	}
	return near, all
}
