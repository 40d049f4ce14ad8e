package hfhub

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

// spreadPlans has a plan for each value of each option that an estimate depends
// on, and for the ways to train and to serve that are asked for together.
func spreadPlans() []estimator.Plan { return append(servePlans(), trainPlans()...) }

func servePlans() (all []estimator.Plan) {
	card, _ := estimator.FindGPU("h100")
	for _, e := range estimator.Engines() {
		p := estimator.Plan{Out: 512, Serve: estimator.Serve{Engine: e}}
		add := func(change func(*estimator.Plan)) {
			q := p
			change(&q)
			all = append(all, q)
		}
		add(func(*estimator.Plan) {})
		add(func(p *estimator.Plan) { p.GPU, p.GPUs = card, 2 })
		add(func(p *estimator.Plan) { p.GPUs, p.Tensor, p.Pipeline = 4, 2, 2 })
		add(func(p *estimator.Plan) { p.GPUs, p.Tensor, p.Expert = 4, 4, 4 })
		add(func(p *estimator.Plan) { p.Serve.Key, p.Serve.Value = estimator.FP8, estimator.FP8 })
		add(func(p *estimator.Plan) { p.Serve.Key, p.Serve.Value = estimator.Q8_0, estimator.Q4_0 })
		add(func(p *estimator.Plan) { p.Serve.MTP, p.Serve.LoRASlots = estimator.Count{N: 2, Set: true}, 8 })
		add(func(p *estimator.Plan) { p.Serve.LoRASlots, p.Serve.Eager = 8, estimator.On })
		add(func(p *estimator.Plan) { p.Serve.GPULayers = estimator.Count{N: 12, Set: true} })
		add(func(p *estimator.Plan) { p.Serve.MLAMode = estimator.Count{N: 1, Set: true} })
		add(func(p *estimator.Plan) { p.Serve.DecodeContext, p.GPUs = 2, 2 })
		add(func(p *estimator.Plan) { p.Serve.Version = estimator.Version{Major: 0, Minor: 6} })
		add(func(p *estimator.Plan) { p.Serve.Version = estimator.Version{Major: 4, Minor: 40} })
		add(func(p *estimator.Plan) { p.Offload = estimator.OffloadParams })
		add(func(p *estimator.Plan) { p.Attention = estimator.Eager })
		for _, d := range []estimator.DType{estimator.FP8, estimator.NF4DQ, estimator.AWQ, estimator.MXFP4, estimator.Q4_0, estimator.Q4KM, estimator.Q3KL} {
			add(func(p *estimator.Plan) { p.DType = d })
		}
	}
	return all
}

// trainPlans has every method on every stack, and each of the other changes on
// three stacks, which take turns.
func trainPlans() (all []estimator.Plan) {
	stacks := estimator.Stacks()[1:]
	add := func(stack estimator.Stack, change func(*estimator.Plan)) {
		p := estimator.Plan{Mode: estimator.Training, GPUs: 8, Train: estimator.Train{Stack: stack}}
		change(&p)
		all = append(all, p)
	}
	for _, m := range estimator.Methods() {
		for i, stack := range stacks {
			add(stack, func(p *estimator.Plan) { p.Train.Method, p.Train.Recompute = m, estimator.Recomputes()[i%3] })
			add(stack, func(p *estimator.Plan) { p.Train.Method, p.Train.ZeRO, p.Train.LoRADropout = m, estimator.Stage3, 0.1 })
		}
	}
	for i, change := range trainChanges() {
		for turn := range 3 {
			add(stacks[(i+3*turn)%len(stacks)], change)
		}
	}
	return all
}

func trainChanges() (all []func(*estimator.Plan)) {
	for _, o := range estimator.Optimizers() {
		all = append(all, func(p *estimator.Plan) { p.Train.Optimizer = o })
	}
	for _, o := range estimator.Offloads() {
		all = append(all, func(p *estimator.Plan) { p.Offload, p.Train.ZeRO = o, estimator.Stage3 })
	}
	for _, pr := range estimator.Precisions() {
		all = append(all, func(p *estimator.Plan) { p.Train.Precision = pr })
	}
	for _, l := range estimator.Losses() {
		all = append(all, func(p *estimator.Plan) { p.Train.Loss = l })
	}
	for _, r := range estimator.Recomputes() {
		all = append(all, func(p *estimator.Plan) { p.Train.Recompute = r }, func(p *estimator.Plan) {
			p.GPUs, p.Tensor, p.Pipeline, p.Train.Accum = 16, 2, 4, 8
			p.SequenceParallel, p.Train.Recompute = estimator.On, r
		})
	}
	return append(
		all,
		func(p *estimator.Plan) { p.Pipeline, p.Train.Accum, p.Train.Method = 8, 8, estimator.LoRA },
		func(p *estimator.Plan) { p.Pipeline, p.Train.ZeRO, p.Train.Method = 4, estimator.Stage1, estimator.PPO },
		func(p *estimator.Plan) { p.Expert, p.Train.ZeRO = 8, estimator.Stage3 },
		func(p *estimator.Plan) { p.Pipeline, p.Expert, p.Context, p.Train.Every = 2, 2, 2, 2 },
		func(p *estimator.Plan) {
			p.Attention, p.Train.Dropout = estimator.Eager, estimator.Share{N: 0.1, Set: true}
		},
		func(p *estimator.Plan) {
			p.Train.Compile, p.Train.Recompute = estimator.On, estimator.RecomputeSelective
		},
	)
}

// asked is a plan of the spread that a shape of the catalogue can be run by.
type asked struct {
	id   string
	arch estimator.Arch
	plan estimator.Plan
}

func (q *asked) String() string {
	p := &q.plan
	return fmt.Sprintf("%s %s %s %s %s%s recompute:%s optimizer:%s offload:%s dtype:%s tp:%d pp:%d ep:%d",
		q.id, p.Mode, p.Serve.Engine, p.Train.Stack, p.Train.Method, p.Train.ZeRO, p.Train.Recompute, p.Train.Optimizer, p.Offload, p.DType, p.Tensor, p.Pipeline, p.Expert)
}

// allAsked asks every plan of every shape of the catalogue.
func allAsked(tb testing.TB) (all []asked) {
	tb.Helper()
	plans := spreadPlans()
	for _, e := range readCatalogue(catalogueText).All() {
		arch, err := e.Arch()
		require.NoError(tb, err, e.ID)
		for _, p := range plans {
			if _, err := estimator.Peak(arch, p); err == nil {
				all = append(all, asked{e.ID, arch, p})
			}
		}
	}
	return all
}

// Peak adds up what Estimate does, whatever the shape and the plan.
func TestPeakIsTheTotalEverywhere(t *testing.T) {
	questions := allAsked(t)
	require.Greater(t, len(questions), 50_000)
	for i := range questions {
		q := &questions[i]
		total, err := estimator.Peak(q.arch, q.plan)
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		b, err := estimator.Estimate(q.arch, q.plan)
		if err != nil || b.Total != total {
			t.Fatalf("%s: peak %d, estimate %d, %v", q, total, b.Total, err)
		}
	}
}

// The worst of them all, under 300 ns for a peak, 5 µs for an estimate to serve
// and 10 µs for one to train.
func BenchmarkEverywhere(b *testing.B) {
	peak := func(q *asked) { _, _ = estimator.Peak(q.arch, q.plan) }
	estimate := func(q *asked) { _, _ = estimator.Estimate(q.arch, q.plan) }
	all := allAsked(b)
	for _, mode := range estimator.Modes() {
		some := slices.DeleteFunc(slices.Clone(all), func(q asked) bool { return q.plan.Mode != mode })
		b.Run("peak/"+mode.String(), func(b *testing.B) { everywhere(b, some, 20, peak) })
		b.Run("estimate/"+mode.String(), func(b *testing.B) { everywhere(b, some, 4, estimate) })
	}
}

// took is how long a question takes: nanoseconds, the median of several rounds.
type took struct {
	*asked
	ns     float64
	rounds int
}

// The rounds that every question is timed in, and those of the slowest, which
// may have been slow because the machine was busy with other things.
const (
	rounds, moreRounds = 5, 25
	slowest            = 500
)

// everywhere reports the median, the 99th percentile and the worst of the
// questions.
func everywhere(b *testing.B, all []asked, times int, ask func(*asked)) {
	each := make([]took, len(all))
	for i := range all {
		each[i].asked = &all[i]
	}
	for b.Loop() {
		timed(each, rounds, times, ask)
		for each[0].rounds < moreRounds {
			timed(each[:min(slowest, len(each))], moreRounds, times, ask)
			slices.SortFunc(each, slower)
		}
	}
	b.ReportMetric(each[len(each)/2].ns, "median-ns")
	b.ReportMetric(each[len(each)/100].ns, "p99-ns")
	b.ReportMetric(each[0].ns, "worst-ns")
	for _, t := range each[:3] {
		b.Logf("%.0f ns %s", t.ns, t)
	}
}

func slower(x, y took) int { return cmp.Compare(y.ns, x.ns) }

// timed times the questions in turn, round after round, and sorts the slowest to
// the front.
func timed(each []took, rounds, times int, ask func(*asked)) {
	all := make([]float64, len(each)*rounds)
	for round := range rounds {
		for i := range each {
			q := each[i].asked
			ask(q) // its shape comes to the caches
			start := time.Now()
			for range times {
				ask(q)
			}
			all[i*rounds+round] = float64(time.Since(start).Nanoseconds()) / float64(times)
		}
	}
	for i := range each {
		mine := all[i*rounds : (i+1)*rounds]
		slices.Sort(mine)
		each[i].ns, each[i].rounds = mine[rounds/2], rounds
	}
	slices.SortFunc(each, slower)
}
