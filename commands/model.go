package commands

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"membot/estimator"
	"membot/hfhub"
)

// find gives the model that a request names.
func (s *Service) find(ctx context.Context, r *Request, name string) (Found, error) {
	switch {
	case r.Config != nil:
		return s.Library.Read(r.Config)
	case name == customModel:
		return s.customModel(r)
	}
	if params, ok := readSize(name); ok {
		return sizeModel(name, params)
	}
	variant := ""
	if r.Plan.DType != estimator.Stored {
		variant = r.Plan.DType.String()
		if refused := twoWeights(r, name, variant); refused != nil {
			return Found{}, refused
		}
	}
	f, err := s.Library.Model(ctx, name, variant)
	return f, noVariant(err, r, name)
}

// twoWeights refuses a dtype beside a name that picks weights of another one.
func twoWeights(r *Request, name, dtype string) error {
	ref, err := hfhub.ParseID(name)
	if err != nil || ref.Variant == "" {
		return nil
	}
	picked, known := estimator.FindDType(ref.Variant)
	if !known || picked == r.Plan.DType {
		return nil
	}
	other := *r
	other.Settings = slices.DeleteFunc(slices.Clone(r.Settings), func(s Setting) bool { return s.Key == "dtype" })
	return refuse(BadValue, "clash", "key", "dtype", "value", dtype, "other", "model", "with", ref.Variant).meant(other.Line())
}

// noVariant refuses weights that a repository does not have, and names those that
// it has.
func noVariant(err error, r *Request, name string) error {
	missing, ok := errors.AsType[*hfhub.Error](err)
	if !ok || !errors.Is(err, hfhub.ErrNoVariant) {
		return err
	}
	refused := refuse(BadValue, "no_variant", "model", missing.ID, "value", missing.Path, "have", strings.Join(missing.Variants, ", "))
	near := closest(strings.ToUpper(missing.Path), missing.Variants)
	ref, wrong := hfhub.ParseID(name)
	if near == "" || wrong != nil {
		return refused
	}
	if dtype, known := estimator.FindDType(near); known && ref.Variant == "" {
		return refused.meant(r.With("dtype", dtype.String()))
	}
	other := *r
	other.Models = slices.Clone(r.Models)
	for i, model := range other.Models {
		if model == name {
			id, _, _ := strings.Cut(model, ":"+ref.Variant)
			other.Models[i] = id + ":" + near
		}
	}
	other.Settings = slices.DeleteFunc(slices.Clone(r.Settings), func(s Setting) bool { return s.Key == "dtype" })
	return refused.meant(other.Line())
}

var sizePattern = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)([bmBM])$`)

// readSize reads "7b" or "0.5B".
func readSize(name string) (params int64, ok bool) {
	match := sizePattern.FindStringSubmatch(name)
	if match == nil {
		return 0, false
	}
	number, err := strconv.ParseFloat(match[1], 64)
	if err != nil {
		return 0, false
	}
	unit := 1e9
	if strings.EqualFold(match[2], "m") {
		unit = 1e6
	}
	return int64(number*unit + 0.5), true
}

func sizeModel(name string, params int64) (Found, error) {
	arch, err := estimator.SizeOnly(params).Sealed()
	if err != nil {
		return Found{}, refuse(BadValue, "size", "value", name)
	}
	return Found{ID: strings.ToLower(name), Source: "size", Arch: arch}, nil
}

// customModel makes the model whose shape was typed.
func (s *Service) customModel(r *Request) (Found, error) {
	keys, refused := readShape(r.Custom)
	if refused != nil {
		return Found{}, refused
	}
	family := "llama"
	for _, c := range r.Custom {
		if c.Key == "like" {
			family = c.Value
		}
	}
	arch, err := s.Library.Family(family)
	if err != nil {
		near := nearest(family, s.Library.Families())
		refused := refuse(BadValue, "bad_value", "key", "like", "value", shorten(family), "want", strings.Join(s.Library.Families(), ", "))
		if near != "" {
			refused = refused.meant(strings.Replace(r.Line(), "like:"+family, "like:"+near, 1))
		}
		return Found{}, refused
	}
	arch = unshared(arch)
	invented, refused := keys.apply(&arch)
	if refused != nil {
		return Found{}, refused
	}
	sealed, err := arch.Sealed()
	f := Found{ID: customModel, Source: "custom", Arch: sealed}
	for _, key := range invented {
		f.Notes = append(f.Notes, FoundNote{Code: shapeDefault, Key: key.Key, Value: key.Value})
	}
	return f, err
}

// unshared is a copy whose layers can be changed.
func unshared(a estimator.Arch) estimator.Arch {
	a = a.Unsealed()
	a.Layers = append([]estimator.Layer{}, a.Layers...)
	a.Extra = append([]estimator.Extra{}, a.Extra...)
	a.Towers = nil
	a.File = estimator.File{}
	return a
}

// describe says what was sized.
func describe(f Found, w *Wording) *Model {
	a := &f.Arch
	m := &Model{ID: f.ID, Revision: known(f.Revision), Source: f.Source, Notes: []string{}, Params: known(a.Total())}
	if !f.FetchedAt.IsZero() {
		m.FetchedAt = known(f.FetchedAt.UTC().Format(time.RFC3339))
	}
	for _, n := range f.Notes {
		if n.ofSource() {
			m.Notes = append(m.Notes, w.Text("note."+n.Code, "key", n.Key, "value", n.Value, "count", n.Count))
		}
	}
	m.ModelType = known(a.Family)
	m.StoredBytes = known(int64(a.File.Bytes))
	if a.SizeOnly() {
		return m
	}
	m.ParamsActive = known(a.Active())
	m.Hidden, m.Layers, m.Vocab, m.Context = known(a.Hidden), known(a.Depth()), known(a.Vocab), known(a.Context)
	m.DType = known(storedDType(a))
	describeBlocks(m, a)
	return m
}

// describeBlocks says the heads and widths of the first block that has them.
func describeBlocks(m *Model, a *estimator.Arch) {
	for i := range a.Layers {
		mixer, ffn := &a.Layers[i].Mixer, &a.Layers[i].FFN
		if m.Heads == nil && mixer.Kind.Attends() {
			m.Heads, m.KVHeads, m.HeadDim = known(mixer.Heads), known(mixer.KVHeads), known(mixer.KeyDim)
		}
		if m.FFN == nil {
			m.FFN = known(max(ffn.Width, ffn.ExpertWidth))
		}
	}
}

// storedDType names what the weights are stored in, as the key dtype does; by
// which program they were quantized says nothing of that.
func storedDType(a *estimator.Arch) string {
	if a.Quant.DType != estimator.Stored {
		return a.Quant.DType.String()
	}
	if a.DType == estimator.Stored {
		return ""
	}
	return a.DType.String()
}

// known is a pointer to a value, nil where it is zero: unknown is never 0.
func known[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}
