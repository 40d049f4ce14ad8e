package hfhub

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// Adapter is what an adapter_config.json says.
type Adapter struct {
	Base    string // the model it adapts, as the file writes it
	Kind    string // LORA, IA3 …
	Rank    int64  // 0 where the kind has none
	Targets []string
}

// ReadAdapter reads an adapter_config.json.
func ReadAdapter(data []byte) (Adapter, error) {
	clean, err := cleanJSON(data, "adapter_config.json")
	if err != nil {
		return Adapter{}, err
	}
	root := gjson.ParseBytes(clean)
	if !root.IsObject() {
		return Adapter{}, badf("adapter_config.json: not an object")
	}
	a := Adapter{Kind: strings.ToUpper(root.Get("peft_type").String()), Rank: quantNumber(root, "r", 0)}
	if v := root.Get("base_model_name_or_path"); v.Type == gjson.String {
		a.Base = strings.TrimSpace(v.Str)
	}
	targets := root.Get("target_modules")
	for _, v := range targets.Array() {
		if v.Type == gjson.String && len(a.Targets) < 1000 {
			a.Targets = append(a.Targets, v.Str)
		}
	}
	return a, nil
}

// adapted reads an adapter's repository: the shape of the model that it adapts,
// with the adapter's own parameters beside it.
func (r *Resolver) adapted(ctx context.Context, info Info, m Model) (Model, error) {
	file, err := r.client.File(ctx, info.ID, info.Commit, "adapter_config.json", maxConfig)
	if err != nil {
		return Model{}, err
	}
	adapter, err := ReadAdapter(file.Data)
	if err != nil {
		return Model{}, err
	}
	ref, err := ParseID(adapter.Base)
	ctx, deep := adapterOf(ctx)
	if err != nil || deep || ref.ID == info.ID || strings.ContainsAny(adapter.Base, `\:`) {
		return Model{}, &UnsupportedError{ModelType: "adapter " + adapter.Kind, Key: "base_model_name_or_path", Kind: short(adapter.Base), Floor: estimator.Bytes(m.Weights.Stored)}
	}
	base, err := r.Model(ctx, adapter.Base, "")
	if err != nil {
		return Model{}, err
	}
	arch := base.Arch.Unsealed()
	arch.Extra = slices.Clone(arch.Extra)
	if m.Weights.Parameters > 0 {
		arch.Extra = append(arch.Extra, estimator.Extra{Name: "adapter", Params: m.Weights.Parameters})
	}
	if arch.File.Bytes > 0 && m.Weights.Stored > 0 {
		arch.File.Bytes += estimator.Bytes(m.Weights.Stored)
		if arch.File.Params > 0 {
			arch.File.Params += m.Weights.Parameters
		}
	}
	m.Read = adapter.facts(&base, m.Weights)
	m.Gated = m.Gated || base.Gated
	m.Private = m.Private || base.Private
	m.Notes = append(m.Notes, Note{Code: "adapter", Key: base.ID, Value: adapter.Kind + " r=" + strconv.FormatInt(adapter.Rank, 10)})
	m.Notes = append(m.Notes, base.Notes...)
	m.Arch, err = arch.Sealed()
	return m, err
}

// facts are the base model's, each with the model that it is from, and what the
// adapter's own files say.
func (a *Adapter) facts(base *Model, w Weights) ReadNotes {
	read := base.Read
	read.Facts = slices.Clone(read.Facts)
	for i := range read.Facts {
		f := &read.Facts[i]
		f.File = base.ID + "/" + f.File
	}
	own := []Fact{{Name: "base_model", Value: base.ID, File: "adapter_config.json", Key: "base_model_name_or_path"}}
	if a.Rank > 0 {
		own = append(own, Fact{Name: "rank", Value: strconv.FormatInt(a.Rank, 10), File: "adapter_config.json", Key: "r"})
	}
	if w.Stored > 0 {
		own = append(own, w.facts()...)
	}
	read.Facts = append(own, read.Facts...)
	return read
}

// maxAdapters is how many adapters may stand on one another; more of them, such
// as two that each name the other, adapt nothing.
const maxAdapters = 3

// adapterDepth is the key of how many adapters lead to a model.
type adapterDepth struct{}

// adapterOf counts one adapter more, and says when there are too many.
func adapterOf(ctx context.Context) (context.Context, bool) {
	depth, _ := ctx.Value(adapterDepth{}).(int)
	return context.WithValue(ctx, adapterDepth{}, depth+1), depth >= maxAdapters
}

// pipelined is a diffusion pipeline: weights for each part, and no cache.
func (r *Resolver) pipelined(ctx context.Context, info Info, m Model) (Model, error) {
	name := "pipeline"
	if file, err := r.client.File(ctx, info.ID, info.Commit, "model_index.json", maxConfig); err == nil {
		if clean, err := cleanJSON(file.Data, "model_index.json"); err == nil {
			if class := gjson.GetBytes(clean, "_class_name"); class.Type == gjson.String {
				name = short(class.Str)
			}
		}
	}
	arch := partsOf(name, m.Weights)
	if len(arch.Towers) == 0 {
		return Model{}, &UnsupportedError{ModelType: name, Key: "model_index.json", Kind: "no weights counted", Floor: estimator.Bytes(m.Weights.Stored)}
	}
	m.Read = ReadNotes{Family: name}
	m.Notes = append(m.Notes, Note{Code: "pipeline", Key: name, Value: strconv.Itoa(len(arch.Towers))})
	for _, part := range m.Weights.Components {
		m.Notes = append(m.Notes, Note{Code: "component", Key: part.Name, Value: estimator.Bytes(part.Stored).String()})
	}
	var err error
	m.Arch, err = arch.Sealed()
	return m, err
}

// blockless says whether a refused model is of a library whose models keep no
// cache, so that its tensors are all there is to count: a convolutional network
// of timm, a component of a pipeline.
func blockless(info Info, err error) bool {
	_, unsupported := errors.AsType[*UnsupportedError](err)
	return unsupported && (info.Library == "timm" || info.Library == "diffusers")
}

// byTensors makes a model of counted tensors alone.
func (m Model) byTensors(refused error) (Model, error) {
	name := "tensors"
	if u, ok := errors.AsType[*UnsupportedError](refused); ok {
		name = u.ModelType
	}
	m.Read = ReadNotes{Family: name, Warnings: []string{"no config describes the blocks of " + name + ": its tensors alone are counted"}}
	m.Notes = append(m.Notes, doubted(m.Read)...)
	var err error
	m.Arch, err = partsOf(name, m.Weights).Sealed()
	return m, err
}

// partsOf makes a shape of nothing but counted parts.
func partsOf(name string, w Weights) estimator.Arch {
	a := estimator.Arch{Family: name, NoHead: true, Tied: true, DType: estimator.BF16}
	for _, part := range w.Components {
		params := part.Parameters
		if params == 0 {
			params = part.Stored / 2
		}
		if params > 0 {
			a.Towers = append(a.Towers, estimator.Tower{Name: part.Name, Extra: params})
		}
	}
	if len(a.Towers) == 0 && w.Parameters > 0 {
		a.Towers = []estimator.Tower{{Name: "weights", Extra: w.Parameters}}
	}
	a.File = estimator.File{Bytes: estimator.Bytes(w.Stored), Params: w.Parameters, Source: w.Source}
	return a
}
