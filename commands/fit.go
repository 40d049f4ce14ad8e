package commands

import (
	"context"
	"slices"
	"sort"
	"strings"

	"membot/estimator"
)

// trial is one way to run a model that was tried.
type trial struct {
	plan  estimator.Plan
	edits []Setting // what was changed, in the order of the axes
	ranks []int     // lower is better, compared in turn
	total estimator.Bytes
	fits  bool
}

// axis is one thing that a search may change.
type axis struct {
	key string
	// values to try, mildest first; nil where the asker fixed it or it has none.
	values func(r *Request, p *estimator.Plan) []string
}

// maxOptions is how many ways an answer lists.
const maxOptions = 8

// fit answers /fit: what fits, best first, and the nearest miss where nothing
// does.
func (s *Service) fit(ctx context.Context, r *Request, w *Wording) (Answer, error) {
	f, err := s.find(ctx, r, r.Models[0])
	if err != nil {
		return Answer{}, err
	}
	r, chosen := r.readBy(f).forCard(&f.Arch)
	asked, err := s.size(f, r, w)
	if err != nil {
		return Answer{}, err
	}
	if chosen {
		asked.Assumptions = append(asked.Assumptions, Assumption{"engine", w.Text("note.engine_of_mac")})
	}
	named := *r
	named.Models = []string{reference(f, r.Models[0])}
	trials := search(f, &named)
	asked.Kind, asked.Question = "fit", named.Line()
	asked.Options = optionsOf(f, &named, trials)
	return asked, nil
}

// forCard is the request with the engine that people use on its card, and whether
// one was chosen: nearly nobody runs transformers on a Mac, where bitsandbytes and
// most kernels are missing. A format or a model that llama.cpp has not is left
// alone; nil: no one model is asked for.
func (r *Request) forCard(a *estimator.Arch) (*Request, bool) {
	p := &r.Plan
	own := p.DType == estimator.Stored || p.DType.Plain() || p.DType.GGUF()
	if p.Mode == estimator.Training || p.GPU.Vendor != apple || r.Given("engine") || r.Given("stack") || !own {
		return r, false
	}
	plan, ok := changed(*p, "engine", estimator.LlamaCPP.String())
	if ok && a != nil {
		_, err := estimator.Peak(*a, plan)
		ok = err == nil
	}
	if !ok {
		return r, false
	}
	other := *r
	other.Plan = plan
	other.Settings = append(append([]Setting{}, r.Settings...), Setting{"engine", estimator.LlamaCPP.String()})
	other.sortSettings()
	return &other, true
}

// search tries every combination of the axes on every card.
func search(f Found, r *Request) []trial {
	var trials []trial
	for rank, card := range cards(r) {
		for _, t := range combine(r, card, axesOf(r)) {
			total, fits, err := estimator.Fits(f.Arch, t.plan)
			if err != nil || !t.offered(&f) {
				continue
			}
			t.total, t.fits = total, fits
			t.ranks = append([]int{int(max(1, t.plan.GPUs)), rank}, t.ranks...)
			trials = append(trials, t)
		}
	}
	sort.SliceStable(trials, func(i, j int) bool { return trials[i].better(&trials[j]) })
	return trials
}

// offered says whether the model can be had in the format that a trial changes to.
func (t *trial) offered(f *Found) bool {
	return !slices.ContainsFunc(t.edits, func(e Setting) bool { return e.Key == "dtype" && !f.offers(e.Value, &t.plan) })
}

// better says whether a trial comes first: one that fits, with fewer GPUs, on a
// smaller card, with milder changes; among those that do not fit, the smallest.
func (t *trial) better(u *trial) bool {
	if t.fits != u.fits {
		return t.fits
	}
	if !t.fits {
		return t.total < u.total
	}
	for i := range t.ranks {
		if t.ranks[i] != u.ranks[i] {
			return t.ranks[i] < u.ranks[i]
		}
	}
	return false
}

// cards are the cards to try, smallest first: the one that was named, or those
// that people rent and own.
func cards(r *Request) []estimator.GPU {
	if r.Plan.GPU.Name != "" {
		return []estimator.GPU{r.Plan.GPU}
	}
	list := []estimator.GPU{}
	for _, name := range usualCards {
		if g, ok := estimator.FindGPU(name); ok {
			list = append(list, g)
		}
	}
	return list
}

// usualCards are what a question without a card is answered for, smallest first.
var usualCards = []string{"8g", "3060", "4060-ti-16g", "4090", "5090", "a100-40g", "l40s", "a100-80g", "h100-80g", "h200", "b200"}

// combine lists the plans of every combination of the axes on a card.
func combine(r *Request, card estimator.GPU, axes []axis) []trial {
	plan := r.Plan
	plan.GPU = card
	trials := []trial{{plan: plan}}
	if r.Plan.GPU.Name == "" {
		trials[0].edits = []Setting{{"gpu", card.Name}}
	}
	for _, ax := range axes {
		var next []trial
		for _, t := range trials {
			next = append(next, ax.spread(r, t)...)
		}
		trials = next
	}
	return trials
}

// spread tries each value of an axis on top of a trial. The first is what the
// plan says already.
func (ax *axis) spread(r *Request, t trial) []trial {
	list := []trial{t.ranked(0)}
	if r.Given(ax.key) {
		return list
	}
	for i, value := range ax.values(r, &t.plan) {
		plan, ok := changed(t.plan, ax.key, value)
		if !ok {
			continue
		}
		next := t.ranked(i + 1)
		next.plan = plan
		next.edits = append(append([]Setting{}, t.edits...), Setting{ax.key, value})
		list = append(list, next)
	}
	return list
}

func (t trial) ranked(rank int) trial {
	t.ranks = append(append([]int{}, t.ranks...), rank)
	return t
}

// axesOf are what may be changed in a mode; the first weighs most.
func axesOf(r *Request) []axis {
	if r.Mode == estimator.Training {
		return []axis{
			{"gpus", fewGPUs},
			{"method", methodsBeyond},
			{"stack", sharding},
			{"zero", stagesFor},
			{"recompute", func(*Request, *estimator.Plan) []string { return []string{"selective", "full"} }},
			{"offload", offloadsFor},
		}
	}
	return []axis{
		{"gpus", fewGPUs},
		{"dtype", func(_ *Request, p *estimator.Plan) []string { return milderDTypes(p) }},
		{"max-seqs", fewerSeqs},
		{"kv", func(_ *Request, p *estimator.Plan) []string { return milderCache(p) }},
		{"util", fullerCard},
	}
}

// fewerSeqs are smaller numbers of sequences scheduled at once, for which vLLM's
// sampler keeps less room.
func fewerSeqs(_ *Request, p *estimator.Plan) []string {
	list := []string{}
	for _, n := range []int64{64, 16} {
		if p.Serve.Engine == estimator.VLLM && n >= p.Batch {
			list = append(list, valueText(n))
		}
	}
	return list
}

// fullerCard is a larger share of the card for vLLM than its own.
func fullerCard(_ *Request, p *estimator.Plan) []string {
	if p.Serve.Engine != estimator.VLLM {
		return nil
	}
	return []string{"0.95"}
}

// fewGPUs are powers of two to a node of eight, or to 64 when training; a Mac
// has one.
func fewGPUs(r *Request, p *estimator.Plan) []string {
	if p.GPU.Vendor == apple {
		return nil
	}
	if r.Mode == estimator.Training {
		return []string{"2", "4", "8", "16", "32", "64"}
	}
	return []string{"2", "4", "8"}
}

// methodsBeyond are the lighter methods, tried where none was asked for.
func methodsBeyond(*Request, *estimator.Plan) []string { return []string{"lora", "qlora"} }

// sharding puts several GPUs to use where no stack was asked for.
func sharding(_ *Request, p *estimator.Plan) []string {
	if p.GPUs > 1 && p.Train.ZeRO == estimator.StageUnset {
		return []string{"deepspeed"}
	}
	return nil
}

func stagesFor(_ *Request, p *estimator.Plan) []string {
	if p.GPUs < 2 || p.Train.Stack != estimator.DeepSpeed {
		return nil
	}
	return []string{"1", "2", "3"}
}

func offloadsFor(_ *Request, p *estimator.Plan) []string {
	if p.Train.Stack != estimator.DeepSpeed || p.Train.Method != estimator.FullTuning {
		return nil
	}
	return []string{"optimizer", "both"}
}

// optionsOf words the trials worth listing. The first fits with the fewest GPUs
// on the smallest card; a further one must change less, or, on the same
// hardware, leave more room. Where nothing fits, the nearest misses.
func optionsOf(f Found, r *Request, trials []trial) []Option {
	list := []Option{}
	listed := []*trial{}
	for i := range trials {
		t := &trials[i]
		if len(list) >= maxOptions || len(listed) > 0 && t.fits != listed[0].fits {
			break
		}
		if t.beaten(listed) {
			continue
		}
		listed = append(listed, t)
		list = append(list, t.option(f, r))
		if t.fits && len(listed) == 1 {
			list = append(list, t.largest(f, r)...)
		}
	}
	return list[:min(len(list), maxOptions)]
}

// beaten says whether a listed trial has no more GPUs or memory and changes no
// more. On the hardware of the first, another kind of change may stand beside it.
func (t *trial) beaten(listed []*trial) bool {
	for _, u := range listed {
		sameHardware := t.plan.GPUs == u.plan.GPUs && t.plan.GPU.Name == u.plan.GPU.Name
		if sameHardware && t.kind() != u.kind() && u == listed[0] && t.total < u.total {
			continue
		}
		if u.mildness() <= t.mildness() && u.hardware() <= t.hardware() {
			return true
		}
	}
	return false
}

// mildness is how much a trial changes what is trained or served: the rank of
// the first axis after the hardware, method or dtype.
func (t *trial) mildness() int { return t.ranks[3] }

// hardware is the memory of all the cards of a trial.
func (t *trial) hardware() estimator.Bytes {
	return estimator.Bytes(max(1, t.plan.GPUs)) * t.plan.GPU.Memory
}

// kind tells trials apart that are worth listing beside each other.
func (t *trial) kind() string {
	var kind strings.Builder
	for _, e := range t.edits {
		if e.Key == "dtype" || e.Key == "method" {
			kind.WriteString(e.Key + e.Value + " ")
		}
	}
	return kind.String()
}

func (t *trial) option(f Found, r *Request) Option {
	return Option{
		Question: t.line(r), Model: f.ID, Total: int64(t.total), Fits: t.fits,
		Headroom: int64(t.plan.GPU.Usable - t.total),
	}
}

// line is the question that asks for a trial.
func (t *trial) line(r *Request) string {
	mem := *r
	mem.Command, _ = findCommand("mem")
	mem.Settings = append(append([]Setting{}, r.Settings...), t.edits...)
	mem.sortSettings()
	return mem.Line()
}

// growth is a number that can be raised until the card is full.
type growth struct {
	key   string
	of    func(*estimator.Plan) int64
	solve func(estimator.Arch, estimator.Plan, estimator.Bytes) (int64, bool)
}

var growths = []growth{
	{"seq", func(p *estimator.Plan) int64 { return p.Seq }, estimator.LargestSeq},
	{"batch", func(p *estimator.Plan) int64 { return p.Batch }, estimator.LargestBatch},
}

// beyondReason is a sequence or batch so large that the model's own memory does
// not limit it.
const beyondReason = 1 << 16

// largest are the same trial with the longest sequence and the largest batch
// that still fit, where the asker left them open.
func (t *trial) largest(f Found, r *Request) []Option {
	var list []Option
	if f.Arch.SizeOnly() {
		return nil // the rules of thumb know nothing of lengths
	}
	resolved := t.plan.Resolved(f.Arch)
	for _, g := range growths {
		n, ok := g.solve(f.Arch, t.plan, t.plan.GPU.Usable)
		if r.Given(g.key) || !ok || n <= g.of(&resolved) || g.key == "batch" && n >= beyondReason {
			continue
		}
		plan, ok := changed(t.plan, g.key, valueText(n))
		total, err := estimator.Peak(f.Arch, plan)
		if !ok || err != nil {
			continue
		}
		grown := trial{plan: plan, total: total, fits: true, edits: append(append([]Setting{}, t.edits...), Setting{g.key, valueText(n)})}
		list = append(list, grown.option(f, r))
	}
	return list
}
