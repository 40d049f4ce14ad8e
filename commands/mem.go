package commands

import (
	"context"
	"errors"
	"strings"

	"membot/estimator"
	"membot/hfhub"
)

// mem answers /mem.
func (s *Service) mem(ctx context.Context, r *Request, w *Wording) (Answer, error) {
	f, err := s.find(ctx, r, r.Models[0])
	if err != nil {
		return Answer{}, err
	}
	return s.size(f, r, w)
}

// size answers how much memory a model takes.
func (s *Service) size(f Found, r *Request, w *Wording) (Answer, error) {
	r = r.readBy(f)
	b, err := estimator.Estimate(f.Arch, r.Plan)
	if err != nil {
		return Answer{}, planRefused(err, r)
	}
	named := *r
	named.Models = []string{reference(f, r.Models[0])}
	named.wordless = len(f.Arch.Layers) == 0 && len(f.Arch.Towers) > 0
	a := Answer{
		Kind: "mem", Question: named.Canonical(b.Plan), Private: f.Private,
		Model: describe(f, w), Plan: planOf(r, &b.Plan), PerGPU: perGPU(&b),
		Host: &Host{Bytes: int64(b.Host)}, Capacity: capacityOf(&b), GPU: verdict(&b),
	}
	a.Model.ParamsTrainable = trainable(&b, f)
	if pinned(f, r.Models[0]) {
		a.Model.FetchedAt = nil // when it was read says nothing, and would change the answer's bytes
	}
	a.WhatIf = whatIf(f, &named, &b, w)
	a.Run = runTexts(f, &b)
	a.notes(f, r, &b, w)
	return a, nil
}

// readBy is the request with the engine that the files are for, where none was
// named and only one kind can read them, and with their format where no file is
// there to say it.
func (r *Request) readBy(f Found) *Request {
	if r.Mode != estimator.Infer || r.Plan.Train.Stack == estimator.Textbook || !f.GGUF {
		return r
	}
	other := *r
	if !r.Given("engine") {
		other.Plan.Serve.Engine = estimator.LlamaCPP
	}
	if f.Source == "catalogue" && r.Plan.DType == estimator.Stored {
		other.Plan.DType = hfhub.Variant{Name: f.Variant, Format: "gguf"}.DType()
	}
	return &other
}

// reference is how a line names the model again: by the id that the Hub gives
// it, with the revision and the variant that the asker named.
func reference(f Found, typed string) string {
	if f.Source == "file" {
		return typed
	}
	ref, err := hfhub.ParseID(typed)
	if err != nil {
		return f.ID
	}
	name := f.ID
	if ref.Revision != "" {
		name += "@" + ref.Revision
	}
	if ref.Variant != "" {
		name += ":" + ref.Variant
	}
	return name
}

// pinned says whether the asker named the very commit, which never changes.
func pinned(f Found, typed string) bool {
	ref, err := hfhub.ParseID(typed)
	return err == nil && f.Revision != "" && ref.Revision == f.Revision
}

// planOf lists every option that means something here, as resolved.
func planOf(r *Request, p *estimator.Plan) map[string]PlanValue {
	plan := map[string]PlanValue{}
	for i := range options {
		o := &options[i]
		if !o.means(r.Mode, p) {
			continue
		}
		plan[o.Key] = PlanValue{Value: o.show(p), Given: r.Given(o.Key)}
	}
	return plan
}

func perGPU(b *estimator.Breakdown) *PerGPU {
	p := &PerGPU{
		Total: int64(b.Total), Allocated: int64(b.Allocated), Reserved: known(int64(b.Reserved)),
		Low: known(int64(b.Low)), High: known(int64(b.High)), Moment: b.Moment.String(),
	}
	for _, part := range b.Parts {
		p.Parts = append(p.Parts, Part{
			Name: part.Name.String(), Bytes: int64(part.Bytes), Formula: part.Formula,
			Basis: part.Basis.String(), Source: part.Source, Moments: part.Moments.Names(),
		})
	}
	return p
}

func capacityOf(b *estimator.Breakdown) *Capacity {
	c := &b.Capacity
	if b.Plan.Mode == estimator.Training {
		return nil
	}
	return &Capacity{
		KVBytesPerToken: known(int64(c.KVBytesPerToken)), KVBudget: known(int64(c.KVBudget)), KVTokens: known(c.KVTokens),
		MaxSeq: known(c.MaxSeq), MaxBatch: known(c.MaxBatch), ReservedByEngine: known(int64(c.ReservedByEngine)),
	}
}

// verdict says whether the plan fits the card, if one was named.
func verdict(b *estimator.Breakdown) *GPUVerdict {
	g := b.Plan.GPU
	if g.Name == "" {
		return nil
	}
	return &GPUVerdict{Name: g.Name, UsableBytes: int64(g.Usable), Fits: b.Fits, Headroom: int64(g.Usable - b.Total)}
}

// trainable is how many parameters the plan trains.
func trainable(b *estimator.Breakdown, f Found) *int64 {
	if b.Plan.Mode != estimator.Training {
		return nil
	}
	return known(f.Arch.Trainable(b.Plan))
}

// notes words what the estimate and the reader assumed or warn of.
func (a *Answer) notes(f Found, r *Request, b *estimator.Breakdown, w *Wording) {
	a.Warnings, a.Assumptions = []Warning{}, []Assumption{}
	add := func(code, key, value string, warning bool, counts ...string) {
		text := w.Text("note."+code, "key", key, "value", value, "count", strings.Join(counts, ""))
		if warning {
			a.Warnings = append(a.Warnings, Warning{code, text})
		} else {
			a.Assumptions = append(a.Assumptions, Assumption{key, text})
		}
	}
	for _, n := range b.Notes {
		add(n.Code, n.Key, n.Value, n.Warning)
	}
	for _, n := range f.Notes {
		if n.ofSource() {
			continue
		}
		add(n.Code, n.Key, n.Value, n.Warning, n.Count)
	}
	if f.Arch.Context > 0 && b.Plan.Seq+b.Plan.Out > f.Arch.Context {
		add("seq_past_context", "seq", valueText(f.Arch.Context), true)
	}
	if f.Source == "size" {
		for _, key := range []string{"seq", "out", "batch"} {
			if r.Given(key) {
				add("size_ignores", key, f.ID, true)
			}
		}
		add("size_only", "model", f.ID, false)
	}
	if !r.ModeGiven && b.Plan.Train.Stack != estimator.Textbook {
		add("offers_train", "mode", "train", false)
	}
}

// planRefused says what is wrong with a plan, and how to mend the line.
func planRefused(err error, r *Request) error {
	var bad *estimator.PlanError
	switch {
	case errors.As(err, &bad):
		bad = r.typedFault(bad)
		refused := refuse(BadValue, "bad_value", "key", bad.Key, "value", bad.Value, "want", bad.Want)
		if bad.Near != "" {
			refused = refused.meant(r.mended(bad.Key, bad.Near))
		}
		return refused
	case errors.Is(err, estimator.ErrTooLarge):
		return refuse(BadValue, "too_large").meant(r.With("batch", "1"))
	default:
		return err
	}
}

// typedFault is a fault of the tensor degree as one of the number of GPUs, where
// only that was typed.
func (r *Request) typedFault(bad *estimator.PlanError) *estimator.PlanError {
	gpus, typed := r.setting("gpus")
	if _, own := r.setting("tp"); bad.Key != "tp" || own || !typed || gpus != bad.Value {
		return bad
	}
	other := *bad
	other.Key = "gpus"
	return &other
}

// planRefused words a plan's fault while the line is still being read.
func (p *parser) planRefused(err error) *Refused {
	var bad *estimator.PlanError
	if !errors.As(err, &bad) {
		return refuse(BadValue, "too_large")
	}
	refused := refuse(BadValue, "bad_value", "key", bad.Key, "value", bad.Value, "want", bad.Want)
	if bad.Near != "" {
		refused = refused.meant(p.rewritten(bad.Key, bad.Near))
	}
	return refused
}

// mended is the request's line with a value put right, and the number of GPUs
// with it where that was as large as a degree.
func (r *Request) mended(key, value string) string {
	other := *r
	other.Settings = append([]Setting{}, r.Settings...)
	for i, s := range other.Settings {
		if old, _ := r.setting(key); s.Key == "gpus" && s.Value == old {
			other.Settings[i].Value = value
		}
	}
	return other.With(key, value)
}
