package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"membot/estimator"
	"membot/hfhub"
)

// Shelf is the library of the built-in catalogue: no network, no token.
type Shelf struct{}

var _ Library = Shelf{}

// Model finds a model of the catalogue.
func (Shelf) Model(_ context.Context, reference string) (Found, error) {
	entry, ok := hfhub.Catalogue().Find(reference)
	if !ok {
		return Found{}, &hfhub.Error{Kind: hfhub.ErrOffline, ID: reference}
	}
	return foundEntry(entry)
}

// catalogueTime is when the facts of the catalogue were gathered.
func catalogueTime(e hfhub.Entry) time.Time {
	at, err := time.Parse("2006-01", e.Date)
	if err != nil {
		return time.Time{}
	}
	return at
}

func foundEntry(e hfhub.Entry) (Found, error) {
	arch, notes, err := e.Read()
	if err != nil {
		return Found{}, err
	}
	return Found{ID: e.ID, Source: "catalogue", FetchedAt: catalogueTime(e), Arch: arch, Gated: e.Gated, Notes: assumed(notes)}, nil
}

// assumed words what the reader took from the class's defaults.
func assumed(notes hfhub.ReadNotes) []FoundNote {
	var list []FoundNote
	for _, f := range notes.Assumptions() {
		list = append(list, FoundNote{Code: "class_default", Key: f.Name, Value: f.Value})
	}
	return list
}

// Read makes a model of an attached config.json.
func (Shelf) Read(config []byte) (Found, error) {
	arch, notes, err := hfhub.ReadConfig(config, hfhub.ConfigOptions{})
	if err != nil {
		return Found{}, err
	}
	arch, err = arch.Sealed()
	return Found{ID: "config.json", Source: "file", Arch: arch, Notes: assumed(notes)}, err
}

// familyConfigs are the least that a config of each family says, so that the
// rest is the class's default.
var familyConfigs = map[string]string{
	"llama": "llama", "mistral": "mistral", "mixtral": "mixtral", "qwen2": "qwen2", "qwen3": "qwen3", "qwen2_moe": "qwen2_moe",
	"qwen3_moe": "qwen3_moe", "gemma": "gemma", "gemma2": "gemma2", "gemma3": "gemma3_text", "phi3": "phi3", "gpt2": "gpt2",
	"gpt_neox": "gpt_neox", "opt": "opt", "bloom": "bloom", "falcon": "falcon", "olmo2": "olmo2", "granite": "granite",
	"deepseek_v2": "deepseek_v2", "deepseek_v3": "deepseek_v3", "bert": "bert",
}

// Family gives the block of a family with its class's own sizes.
func (Shelf) Family(name string) (estimator.Arch, error) {
	modelType, ok := familyConfigs[name]
	if !ok {
		modelType = name
	}
	arch, _, err := hfhub.ReadConfig([]byte(fmt.Sprintf(`{"model_type":%q}`, modelType)), hfhub.ConfigOptions{})
	return arch, err
}

// Families names the families that can be copied.
func (Shelf) Families() []string {
	names := make([]string, 0, len(familyConfigs))
	for name := range familyConfigs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Nearest lists names close to one that was not found.
func (Shelf) Nearest(name string, n int) []string {
	var list []string
	for _, e := range hfhub.Catalogue().Nearest(name, n) {
		list = append(list, e.ID)
	}
	return list
}

// All lists the models of the catalogue.
func (Shelf) All() []Found {
	var list []Found
	for _, e := range hfhub.Catalogue().All() {
		if f, err := foundEntry(e); err == nil {
			list = append(list, f)
		}
	}
	return list
}
