package hfhub

import (
	"slices"
	"strings"

	"membot/estimator"
)

// favourites are the GGUF quantizations that are taken where none is asked for,
// as llama.cpp takes them.
var favourites = []string{"Q4_K_M", "Q4_0", "Q8_0"}

// otherNames are names of one format that differ only in who wrote them.
var otherNames = map[string][]string{
	"fp16": {"f16"}, "f16": {"fp16"}, "fp32": {"f32"}, "f32": {"fp32"}, "mxfp4": {"mxfp4_moe"},
}

// choose picks the variant of that name, or the ordinary one.
func choose(all []Variant, name string) (Variant, bool) {
	if one, found := called(all, name); found || name != "" && !strings.EqualFold(name, "latest") { // Ollama's name for the ordinary one
		return one, found
	}
	for _, wanted := range append([]string{"", "pytorch"}, favourites...) {
		at := slices.IndexFunc(all, func(v Variant) bool { return v.Name == wanted })
		if at >= 0 {
			return all[at], true
		}
	}
	for _, v := range all {
		if !v.projector() {
			return v, true
		}
	}
	return Variant{}, false
}

// called finds a variant by its name, by another that people use for it, or by
// the name of the format that it is a version of (UD-Q2_K for q2_k).
func called(all []Variant, name string) (Variant, bool) {
	if name == "" {
		return Variant{}, false
	}
	lower := strings.ToLower(name)
	for _, wanted := range slices.Concat([]string{lower}, otherNames[lower], []string{"ud-" + lower}) {
		at := slices.IndexFunc(all, func(v Variant) bool { return strings.ToLower(v.Name) == wanted })
		if at >= 0 {
			return all[at], true
		}
	}
	return Variant{}, false
}

// projector says whether a set is a model's vision tower alone.
func (v Variant) projector() bool { return strings.HasPrefix(strings.ToLower(v.Name), "mmproj") }

// DType is the format that a variant's name means, as the key dtype takes it;
// Stored where the name is no format's.
func (v Variant) DType() estimator.DType {
	dtype, found := estimator.FindDType(strings.TrimPrefix(v.Name, "UD-"))
	if !found || v.Format != "gguf" && !dtype.Plain() && dtype != estimator.FP8 {
		return estimator.Stored
	}
	return dtype
}

// pickable are the sets of weights that stand for the whole model and are not
// copies of the ordinary files in another format.
func pickable(all []Variant) []Variant {
	return slices.DeleteFunc(slices.Clone(all), func(v Variant) bool {
		return v.projector() || v.Format == "pytorch" || v.Name == "consolidated"
	})
}

// namesOf are the names of sets, the ordinary one's left out, each once.
func namesOf(all []Variant) []string {
	var names []string
	for _, v := range all {
		if v.Name != "" && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}

// Names are the names of all sets of weights that stand for the whole model.
func (w *Weights) Names() []string { return namesOf(pickable(w.Variants)) }

// OnlyGGUF says whether a repository has GGUF files and no other weights.
func (w *Weights) OnlyGGUF() bool { return onlyGGUF(w.Variants) }

func onlyGGUF(all []Variant) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(v Variant) bool { return v.Format != "gguf" })
}

// maxNamed is how many variants a note names.
const maxNamed = 40

// otherVariants says which other sets of weights there are: those that the key
// dtype picks, and those that only their name after the id does.
func otherVariants(w *Weights) []Note {
	var byType, byName []string
	counted := Variant{Name: w.Variant, Format: "gguf"}.DType()
	for _, v := range pickable(w.Variants) {
		dtype := v.DType()
		clear := dtype != estimator.Stored && dtype != counted && !slices.Contains(byType, dtype.String())
		switch {
		case v.Name == w.Variant || v.Name == "":
		case clear:
			byType = append(byType, dtype.String())
		case !slices.Contains(byName, v.Name):
			byName = append(byName, v.Name)
		}
	}
	var notes []Note
	for _, row := range []struct {
		code  string
		names []string
	}{{"variants", byType}, {"variants_named", byName}} {
		if len(row.names) > 0 {
			notes = append(notes, Note{Code: row.code, Key: w.Variant, Value: listed(row.names)})
		}
	}
	if len(notes) > 0 && w.Variant != "" {
		notes = slices.Insert(notes, 0, Note{Code: "variant", Key: "weights", Value: w.Variant})
	}
	return notes
}

func listed(names []string) string {
	if len(names) > maxNamed {
		names = append(slices.Clone(names[:maxNamed]), "…")
	}
	return strings.Join(names, ", ")
}
