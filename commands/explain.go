package commands

import (
	"context"

	"membot/commands/words"
	"membot/estimator"
)

// explain answers /explain: the answer of /mem, the textbook's beside it, and
// what other tools would say.
func (s *Service) explain(ctx context.Context, r *Request, w *Wording) (Answer, error) {
	f, err := s.find(ctx, r, r.Models[0])
	if err != nil {
		if reading := s.read(Question{Text: r.Models[0], Lang: w.Lang()}); reading.Kind == words.Concept {
			return s.concept(ctx, reading.Topic, w), nil // "16Φ" is no model, but can be explained
		}
		return Answer{}, err
	}
	r = r.readBy(f)
	a, err := s.size(f, r, w)
	if err != nil {
		return Answer{}, err
	}
	a.Kind = "explain"
	b, err := estimator.Estimate(f.Arch, r.Plan)
	if err != nil {
		return Answer{}, planRefused(err, r)
	}
	a.Letters = lettersOf(&b)
	if book, err := estimator.Estimate(f.Arch, textbookPlan(r.Plan)); err == nil {
		a.Textbook = perGPU(&book)
	}
	a.Others = others(f, &b, w)
	a.Facts = origins(f)
	return a, nil
}

// textbookPlan asks the same of the textbook, which knows nothing of versions,
// precisions and kernels.
func textbookPlan(p estimator.Plan) estimator.Plan {
	return estimator.Plan{
		Mode: p.Mode, Seq: p.Seq, Out: p.Out, Batch: p.Batch, GPUs: p.GPUs,
		Train: estimator.Train{Stack: estimator.Textbook, ZeRO: p.Train.ZeRO, Grads: p.Train.Grads},
	}
}

// lettersOf lists the letters of the formulas with their values.
func lettersOf(b *estimator.Breakdown) []Letter {
	list := make([]Letter, 0, len(b.Letters))
	for _, l := range b.Letters {
		list = append(list, Letter{Name: l.Name, Value: l.Value, Meaning: l.Meaning})
	}
	return list
}

// origins lists the file and the key that gave each number of a model; what the
// family says of itself has none.
func origins(f Found) []Fact {
	list := make([]Fact, 0, len(f.Facts))
	for _, fact := range f.Facts {
		if fact.Key != "" {
			list = append(list, Fact(fact))
		}
	}
	return list
}

// peer is another tool's published formula, in bytes a GPU.
type peer struct {
	tool  string
	why   string // wording id, below "why."
	when  func(p *estimator.Plan) bool
	total func(f *Found, p *estimator.Plan) float64
}

func serving(p *estimator.Plan) bool  { return p.Mode == estimator.Infer }
func training(p *estimator.Plan) bool { return p.Mode == estimator.Training }

func stage(s estimator.Stage) func(p *estimator.Plan) bool {
	return func(p *estimator.Plan) bool { return training(p) && p.Train.ZeRO == s }
}

// largestLayer is the parameters of the largest layer, which DeepSpeed's ZeRO-3
// estimator asks for: the embedding, or a block.
func largestLayer(a *estimator.Arch) float64 {
	largest := a.Vocab * a.Hidden
	for _, l := range a.Layers {
		block := int64(0)
		for _, m := range l.Matrices(a.Hidden) {
			block += m.Weights()
		}
		largest = max(largest, block)
	}
	return float64(largest)
}

// peers are the tools that people compare with: `accelerate estimate-memory`,
// and DeepSpeed's estimate_zero2/3_model_states_mem_needs.
var peers = []peer{
	{"accelerate", "accelerate_infer", serving, func(f *Found, _ *estimator.Plan) float64 { return 2 * float64(f.Arch.Total()) }},
	{"accelerate", "accelerate_train", training, func(f *Found, _ *estimator.Plan) float64 { return 8 * float64(f.Arch.Total()) }},
	{"deepspeed", "deepspeed_zero2", stage(estimator.Stage2), func(f *Found, p *estimator.Plan) float64 {
		phi, n := float64(f.Arch.Total()), float64(p.GPUs)
		if p.Offload == estimator.OffloadOptimizer || p.Offload == estimator.OffloadBoth {
			return 2 * phi
		}
		return 4*phi + 16*phi/n
	}},
	{"deepspeed", "deepspeed_zero3", stage(estimator.Stage3), func(f *Found, p *estimator.Plan) float64 {
		phi, n, layer := float64(f.Arch.Total()), float64(p.GPUs), largestLayer(&f.Arch)
		switch p.Offload {
		case estimator.OffloadOptimizer:
			return 2*phi/n + 4*layer
		case estimator.OffloadBoth, estimator.OffloadParams:
			return 4 * layer
		default:
			return 18*phi/n + 4*layer
		}
	}},
}

// others is what other tools would say, and why they differ.
func others(f Found, b *estimator.Breakdown, w *Wording) []OtherTool {
	list := []OtherTool{}
	for _, p := range peers {
		if p.when(&b.Plan) {
			list = append(list, OtherTool{p.tool, int64(p.total(&f, &b.Plan)), w.Text("why." + p.why)})
		}
	}
	return list
}
