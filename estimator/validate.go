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
	of       func(*Plan) int64
	min, max int64 // min applies where the number is set, that is not 0
}

// limits of the numbers of a plan; zero is the default and always allowed.
var limits = []limit{
	{"seq", func(p *Plan) int64 { return p.Seq }, 1, 100_000_000},
	{"out", func(p *Plan) int64 { return p.Out }, 0, 100_000_000},
	{"batch", func(p *Plan) int64 { return p.Batch }, 1, 1_000_000},
	{"gpus", func(p *Plan) int64 { return p.GPUs }, 1, 1_000_000},
	{"tp", func(p *Plan) int64 { return p.Tensor }, 1, 4096},
	{"pp", func(p *Plan) int64 { return p.Pipeline }, 1, 4096},
	{"ep", func(p *Plan) int64 { return p.Expert }, 1, 4096},
	{"cp", func(p *Plan) int64 { return p.Context }, 1, 4096},
	{"max-seqs", func(p *Plan) int64 { return p.Serve.MaxSeqs }, 1, 1_000_000},
	{"max-batched", func(p *Plan) int64 { return p.Serve.MaxBatched }, 1, 100_000_000},
	{"ubatch", func(p *Plan) int64 { return p.Serve.MicroBatch }, 1, 1_000_000},
	{"lora-slots", func(p *Plan) int64 { return p.Serve.LoRASlots }, 1, 10_000},
	{"dcp", func(p *Plan) int64 { return p.Serve.DecodeContext }, 1, 4096},
	{"rank", func(p *Plan) int64 { return p.Train.Rank }, 1, 65_536},
	{"accum", func(p *Plan) int64 { return p.Train.Accum }, 1, 1_000_000},
}

// Validate checks the numbers against their ranges. It needs no model, so a
// caller can refuse before asking the Hub. The error is a [*PlanError].
func (p Plan) Validate() error { return p.validate() }

func (p *Plan) validate() error {
	for i := range limits {
		l := &limits[i]
		value := l.of(p)
		if value == 0 || value >= l.min && value <= l.max {
			continue
		}
		near := min(max(value, l.min), l.max)
		return &PlanError{
			Key: l.key, Value: strconv.FormatInt(value, 10),
			Want: fmt.Sprintf("%d to %d", l.min, l.max), Near: strconv.FormatInt(near, 10),
		}
	}
	if u := p.Serve.Utilization; u < 0 || u > 1 {
		return &PlanError{Key: "util", Value: strconv.FormatFloat(u, 'g', -1, 64), Want: "a share from 0.01 to 1", Near: "0.9"}
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
	return p.checkHeads(a)
}

// checkHeads refuses a tensor degree that does not divide the heads.
func (p *Plan) checkHeads(a *Arch) error {
	for i := range a.Layers {
		m := &a.Layers[i].Mixer
		if !m.Kind.Attends() || m.Heads%p.Tensor == 0 {
			continue
		}
		near, all := divisors(m.Heads, p.Tensor)
		return &PlanError{Key: "tp", Value: strconv.FormatInt(p.Tensor, 10), Want: "a divisor of " + strconv.FormatInt(m.Heads, 10) + " heads: " + all, Near: near}
	}
	return nil
}

// divisors lists the degrees that divide the heads, and the nearest below the
// one that does not.
func divisors(heads, degree int64) (near, all string) {
	for d := int64(1); d <= min(heads, 64); d++ {
		if heads%d != 0 {
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
