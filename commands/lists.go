package commands

import (
	"context"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"membot/estimator"
)

// maxModelsListed is how many models /models lists.
const maxModelsListed = 20

// models answers /models: what of the catalogue runs on the hardware, the
// largest first.
func (s *Service) models(_ context.Context, r *Request, _ *Wording) (Answer, error) {
	r, _ = r.forCard(nil)
	card := r.Plan.GPU
	list := []Option{}
	seen := map[shapeKind]bool{}
	for _, f := range s.Library.All() {
		kind := kindOf(&f.Arch)
		packed := r.Plan.DType == estimator.Stored && !r.Plan.HeldIn(f.Arch).Plain()
		if seen[kind] || kind.quant != "" && !packed {
			continue
		}
		total, fits, err := estimator.Fits(f.Arch, r.Plan)
		if err != nil || !fits {
			continue
		}
		seen[kind] = true
		mem := *r
		mem.Command, _ = findCommand("mem")
		mem.Models = []string{f.ID}
		list = append(list, Option{Question: mem.Line(), Model: f.ID, Total: int64(total), Fits: true, Headroom: int64(card.Usable - total)})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Total > list[j].Total })
	return Answer{
		Kind: "models", Question: r.Line(), Options: list[:min(len(list), maxModelsListed)],
		GPU: &GPUVerdict{Name: card.Name, UsableBytes: int64(card.Usable), Fits: len(list) > 0},
	}, nil
}

// shapeKind is what models of one shape share: of a base model and its tunes one
// is worth a line, and copies in other formats only where no format was asked for.
type shapeKind struct {
	family                string
	params, hidden, depth int64
	quant                 string
}

func kindOf(a *estimator.Arch) shapeKind {
	return shapeKind{a.Family, a.Total(), a.Hidden, a.Depth(), a.Quant.Method}
}

// compare answers /compare: several models, each as /mem would.
func (s *Service) compare(ctx context.Context, r *Request, w *Wording) (Answer, error) {
	answers := make([]Answer, len(r.Models))
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range r.Models {
		group.Go(func() error {
			one := *r
			one.Command, _ = findCommand("mem")
			one.Models = []string{name}
			var err error
			answers[i], err = s.contained(func() (Answer, error) { return s.mem(ctx, &one, w) })
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return Answer{}, err
	}
	a := Answer{Kind: "compare", Answers: answers}
	named := *r
	named.Models = nil
	for i := range answers {
		named.Models = append(named.Models, strings.Fields(answers[i].Question)[1])
		a.Private = a.Private || answers[i].Private
	}
	a.Question = named.Line()
	return a, nil
}

// contained runs a part of an answer in a goroutine of its own, where nobody
// else would catch a panic.
func (s *Service) contained(part func() (Answer, error)) (a Answer, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.log("a part of an answer panicked", "cause", cause)
			err = errInternal
		}
	}()
	return part()
}

// gpus answers /gpus: every card, or those whose name holds the words.
func (s *Service) gpus(_ context.Context, r *Request, _ *Wording) (Answer, error) {
	wanted := strings.ToLower(strings.TrimSpace(r.Rest))
	a := Answer{Kind: "gpus", Question: r.Line(), GPUs: []GPUCard{}}
	for _, g := range estimator.GPUs() {
		if wanted == "" || matchesCard(g, wanted) {
			a.GPUs = append(a.GPUs, card(g))
		}
	}
	if len(a.GPUs) > 0 {
		return a, nil
	}
	if g, ok := estimator.FindGPU(wanted); ok {
		a.GPUs = append(a.GPUs, card(g))
		return a, nil
	}
	refused := refuse(BadValue, "unknown_gpu", "gpu", shorten(wanted))
	if near := nearest(wanted, gpuNames()); near != "" {
		refused = refused.meant("/gpus " + near)
	}
	return Answer{}, refused.meant("/gpus")
}

// matchesCard says whether every word of the query is part of the card's name.
func matchesCard(g estimator.GPU, wanted string) bool {
	name := strings.ToLower(g.Vendor + " " + g.Name)
	for word := range strings.FieldsFuncSeq(wanted, func(r rune) bool { return r == ' ' || r == '-' }) {
		if !strings.Contains(name, word) {
			return false
		}
	}
	return true
}

func card(g estimator.GPU) GPUCard {
	return GPUCard{Name: g.Name, Vendor: g.Vendor, Memory: int64(g.Memory), UsableBytes: int64(g.Usable), Measured: g.Measured}
}
