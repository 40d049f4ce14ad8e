package commands

import (
	"context"
	"fmt"
	"path"
	"slices"

	"membot/estimator"
	"membot/hfhub"
)

// Shelf is the library of the Hub and the built-in catalogue. The zero value is
// the catalogue alone: no network, no token.
type Shelf struct {
	Resolver *hfhub.Resolver
}

var _ Library = Shelf{}

// Model finds a model on the Hub or in the catalogue.
func (s Shelf) Model(ctx context.Context, reference, variant string) (Found, error) {
	resolver := s.Resolver
	if resolver == nil {
		resolver = hfhub.NewResolver(nil)
	}
	m, err := resolver.Model(ctx, reference, variant)
	if err != nil {
		return Found{}, err
	}
	f := Found{
		ID: m.ID, Revision: m.Revision, Source: m.Source, FetchedAt: m.FetchedAt, Arch: m.Arch,
		Gated: m.Gated, Private: m.Private || m.Gated && m.Source != "catalogue", Notes: assumed(m.Read, &m.Arch), Facts: factsOf(m.Read),
		GGUF: m.Weights.OnlyGGUF(), Variant: m.Weights.Variant, Variants: m.Weights.Names(),
	}
	if f.Private {
		f.Notes = append(f.Notes, FoundNote{Code: "by_token", Key: "model", Value: m.ID})
	}
	for _, n := range m.Notes {
		f.Notes = append(f.Notes, FoundNote(n))
	}
	return f, nil
}

// factsOf lists where each number came from.
func factsOf(notes hfhub.ReadNotes) []FoundFact {
	list := make([]FoundFact, 0, len(notes.Facts))
	for _, f := range notes.Facts {
		list = append(list, FoundFact(f))
	}
	return list
}

// configs are the files whose silence means a class's default.
var configs = []string{"config.json", "params.json"}

// assumed words what the reader took from the class's defaults, a window only
// where a block has one.
func assumed(notes hfhub.ReadNotes, a *estimator.Arch) []FoundNote {
	var list []FoundNote
	windowed := slices.ContainsFunc(a.Layers, func(l estimator.Layer) bool { return l.Mixer.Window > 0 })
	for _, f := range notes.Assumptions() {
		if f.Name == "window" && !windowed || f.File != "" && !slices.Contains(configs, path.Base(f.File)) {
			continue
		}
		list = append(list, FoundNote{Code: classDefault, Key: f.Name, Value: f.Value})
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
	return Found{ID: "config.json", Source: "file", Arch: arch, Notes: assumed(notes, &arch), Facts: factsOf(notes)}, err
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

// Search asks the Hub for models by the words of a name; none where it is away.
func (s Shelf) Search(ctx context.Context, words string, n int) []string {
	if s.Resolver == nil {
		return nil
	}
	return s.Resolver.Search(ctx, words, n)
}

// All lists the models of the catalogue.
func (Shelf) All() []Found {
	var list []Found
	for _, e := range hfhub.Catalogue().All() {
		if arch, err := e.Arch(); err == nil {
			list = append(list, Found{ID: e.ID, Source: "catalogue", Arch: arch, Gated: e.Gated})
		}
	}
	return list
}
