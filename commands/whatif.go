package commands

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"membot/estimator"
)

// change is one thing that could be asked differently to need less.
type change struct {
	key   string
	scope Scope
	cost  string // wording id, below "cost."
	// values lists what to try, mildest first.
	values func(p *estimator.Plan) []string
}

func fixed(values ...string) func(*estimator.Plan) []string {
	return func(*estimator.Plan) []string { return values }
}

// halved is half of a number, or nothing where it is 1.
func halved(of func(*estimator.Plan) int64) func(*estimator.Plan) []string {
	return func(p *estimator.Plan) []string {
		if of(p) < 2 {
			return nil
		}
		return []string{strconv.FormatInt(of(p)/2, 10)}
	}
}

// moreGPUs is twice as many; a Mac has one.
func moreGPUs(p *estimator.Plan) []string {
	if p.GPU.Vendor == apple {
		return nil
	}
	return []string{strconv.FormatInt(2*p.GPUs, 10)}
}

// apple is the vendor of the GPUs that are part of a computer.
const apple = "Apple"

// milderDTypes are the formats worth trying with an engine, mildest first.
func milderDTypes(p *estimator.Plan) []string {
	switch p.Serve.Engine {
	case estimator.LlamaCPP, estimator.IKLlamaCPP:
		return []string{"q8_0", "q6_k", "q4_k_m"}
	case estimator.Transformers:
		return []string{"int8", "nf4"}
	default:
		return []string{"fp8", "awq"}
	}
}

func milderCache(p *estimator.Plan) []string {
	switch p.Serve.Engine {
	case estimator.LlamaCPP, estimator.IKLlamaCPP:
		return []string{"q8_0", "q4_0"}
	case estimator.Transformers:
		return nil
	default:
		return []string{"fp8"}
	}
}

// deeperStages are the stages that a stack has beyond the one asked for.
func deeperStages(p *estimator.Plan) []string {
	if p.GPUs < 2 {
		return nil
	}
	switch p.Train.Stack {
	case estimator.DeepSpeed, estimator.Textbook:
		return []string{"1", "2", "3"}
	case estimator.FSDP, estimator.FSDP2:
		return []string{"3"}
	case estimator.Megatron:
		return []string{"1"}
	default:
		return nil
	}
}

// changes are what could be asked differently.
var changes = []change{
	{"dtype", Serving, "dtype", milderDTypes},
	{"kv", Serving, "kv", milderCache},
	{"gpus", Serving, "gpus", moreGPUs},
	{"seq", Serving, "seq", halved(func(p *estimator.Plan) int64 { return p.Seq })},
	{"batch", Serving, "batch", halved(func(p *estimator.Plan) int64 { return p.Batch })},
	{"max-seqs", Serving, "max_seqs", fixed("64")},
	{"recompute", Training, "recompute", fixed("selective", "full")},
	{"zero", Training, "stage", deeperStages},
	{"loss", Training, "loss", fixed("linear")},
	{"optimizer", Training, "optimizer", fixed("adamw-8bit")},
	{"attn", Training, "attn", fixed("flash")},
	{"offload", Training, "offload", fixed("optimizer", "both")},
	{"method", Training, "method", fixed("lora", "qlora")},
	{"seq", Training, "seq", halved(func(p *estimator.Plan) int64 { return p.Seq })},
	{"batch", Training, "batch", halved(func(p *estimator.Plan) int64 { return p.Batch })},
}

// worthSaying is the share of the total that a change must save.
const worthSaying = 0.01

// maxChanges is how many changes an answer lists.
const maxChanges = 8

// whatIf lists the changes that save memory, the largest saving first.
func whatIf(f Found, r *Request, b *estimator.Breakdown, w *Wording) []Change {
	list := []Change{}
	for i := range changes {
		c := &changes[i]
		if !c.scope.covers(r.Mode) {
			continue
		}
		for _, value := range c.values(&b.Plan) {
			if c.key == "dtype" && !f.offers(value, &b.Plan) {
				continue
			}
			total, ok := tried(f, r, c.key, value)
			saves := b.Total - total
			if ok && float64(saves) >= worthSaying*float64(b.Total) {
				list = append(list, Change{c.key + ":" + value, int64(total), int64(saves), w.Text("cost." + c.cost)})
			}
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Saves > list[j].Saves })
	return list[:min(len(list), maxChanges)]
}

// offers says whether a model can be had in a format: one of GGUF files alone only
// in those that there are, one that is quantized already only in fewer bits than
// the engine holds it in.
func (f *Found) offers(dtype string, p *estimator.Plan) bool {
	if f.GGUF {
		return slices.ContainsFunc(f.Variants, func(name string) bool { return strings.EqualFold(name, dtype) })
	}
	d, known := estimator.FindDType(dtype)
	return !known || d.Width() <= 0.95*p.HeldIn(f.Arch).Width()
}

// tried is the total with one option changed; false where the change cannot be
// made.
func tried(f Found, r *Request, key, value string) (estimator.Bytes, bool) {
	plan, ok := changed(r.Plan, key, value)
	if !ok {
		return 0, false
	}
	total, err := estimator.Peak(f.Arch, plan)
	return total, err == nil
}

// changed is a plan with one option put in place of what it said, or false
// where that contradicts the rest of the plan.
func changed(p estimator.Plan, key, value string) (estimator.Plan, bool) {
	o, ok := findOption(key)
	if !ok || !o.Scope.covers(p.Mode) {
		return p, false
	}
	if _, bad := o.read(value, &p); bad != nil {
		return p, false
	}
	if o.needs != nil && !o.needs.holds(&p) {
		return p, false
	}
	for i := range clashes {
		if (clashes[i].key == key || clashes[i].other == key) && clashes[i].when(&p) {
			return p, false
		}
	}
	return p, p.Validate() == nil
}
