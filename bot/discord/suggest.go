package discord

import (
	"context"
	"slices"
	"strings"
	"sync"

	"membot/commands"
	"membot/estimator"
)

// Suggester offers further values for an option while the user types, such as
// models that a search of the Hub finds. It is called with every keystroke and
// has 40 ms; what comes later is dropped.
type Suggester interface {
	// Suggest returns values for an option of a command, best first, for what
	// has been typed so far, which is not empty.
	Suggest(ctx context.Context, command, option, typed string) []string
}

// usualBesideFound is how many values that need nobody to be asked come before
// those that a search found.
const usualBesideFound = 10

// maxSuggestions is how many values Discord shows.
const maxSuggestions = 25

// handleAutocomplete offers values. It is never late: what is not there in
// time is left out.
func (b *Bot) handleAutocomplete(ctx context.Context, i *Interaction) Response {
	r := Response{Type: respondAutocomplete, Choices: []Choice{}, outcome: "answered"}
	if i.Data == nil {
		return r
	}
	command, known := b.commands[i.Data.Name]
	if !known {
		return r
	}
	for _, v := range i.Data.Options {
		if !v.Focused {
			continue
		}
		for _, o := range command.Options {
			if o.Name == v.Name && o.Autocomplete {
				typed, _ := Option{}.text(v.Value) // a value of the wrong type suggests as if empty
				r.Choices = b.suggest(ctx, command.Name, strings.TrimRight(o.Name, "234"), clip(typed, maxOptionText))
			}
		}
	}
	return r
}

func (b *Bot) suggest(ctx context.Context, command, option, typed string) []Choice {
	ctx, cancel := context.WithTimeout(ctx, suggestWithin)
	defer cancel()
	var own []string
	if option == "model" {
		own = b.recent.matching(typed)
	}
	more := matching(b.usual(option), typed)
	var found []string
	if b.cfg.Suggester != nil && typed != "" { // what people usually want needs no search
		done := make(chan []string, 1)
		go func() {
			defer func() {
				if recover() != nil {
					done <- nil
				}
			}()
			done <- b.cfg.Suggester.Suggest(ctx, command, option, typed)
		}()
		select {
		case found = <-done:
		case <-ctx.Done():
		}
	}
	if len(found) > 0 && len(more) > usualBesideFound {
		return choices(typed, option, own, more[:usualBesideFound], found, more[usualBesideFound:])
	}
	return choices(typed, option, own, more, found)
}

// choices are the values as Discord takes them: each once, none too long, and
// what was typed itself kept possible.
func choices(typed, option string, lists ...[]string) []Choice {
	offered := []Choice{}
	seen := map[string]bool{}
	add := func(value string) {
		value = oneLine(value)
		key := strings.ToLower(value)
		if strings.TrimSpace(value) == "" || seen[key] || units(value) > maxOptionText || len(offered) == maxSuggestions {
			return
		}
		seen[key] = true
		offered = append(offered, Choice{Name: value, Value: value})
	}
	for _, list := range lists {
		for _, value := range list {
			add(value)
		}
	}
	if option == "model" && strings.Contains(typed, "/") && len(offered) < maxSuggestions {
		add(typed)
	}
	return offered
}

// popular are what people usually want, for what the tables have in another
// order or not at all.
var popular = map[string][]string{
	"model": {"Qwen/Qwen2-0.5B-Instruct", "llama-7b", "llama-3-8b", "qwen2.5-7b", "deepseek-v3", "mistral-7b", "gemma-2-9b"},
	"gpu":   {"4090", "5090", "a100-40g", "a100-80g", "h100-80g", "h200", "l40s", "b200", "mi300x", "24g", "48g", "80g"},
	"dtype": {"bf16", "fp16", "fp8", "int8", "awq", "gptq", "nf4", "q4_k_m", "q5_k_m", "q6_k", "q8_0", "fp32", "mxfp4"},
}

// usual are the values of an option that need nobody to be asked.
func (b *Bot) usual(option string) []string {
	values := slices.Clone(popular[option])
	switch option {
	case "model":
		values = append(values, b.cfg.Models...)
	case "gpu", "name":
		known := cardNames()
		values = slices.DeleteFunc(slices.Clone(popular["gpu"]), func(v string) bool { return !isSize(v) && !slices.Contains(known, v) })
		values = append(values, known...)
	default:
		for _, row := range commands.Options() {
			if row.Key == option {
				values = append(values, row.Values...)
			}
		}
	}
	return values
}

// cardNames are the names of the table of cards.
var cardNames = sync.OnceValue(func() []string {
	var names []string
	for _, g := range estimator.GPUs() {
		names = append(names, g.Name)
	}
	return names
})

// isSize reports whether a card is named by its memory: 24g.
func isSize(card string) bool { return len(card) <= 4 && strings.HasSuffix(card, "g") }

// matching keeps the values that hold what was typed, those that begin with it
// first.
func matching(values []string, typed string) []string {
	typed = strings.ToLower(typed)
	var first, then []string
	for _, v := range values {
		low := strings.ToLower(v)
		switch {
		case strings.HasPrefix(low, typed):
			first = append(first, v)
		case strings.Contains(low, typed):
			then = append(then, v)
		}
	}
	return append(first, then...)
}

// recent is what was asked before, newest first.
type recent struct {
	mu     sync.Mutex
	models []string
}

const maxRecent = 200

func newRecent() *recent { return &recent{} }

func (r *recent) add(model string) {
	if model == "" || units(model) > maxOptionText {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.models) > 0 && r.models[0] == model {
		return
	}
	kept := make([]string, 0, len(r.models)+1)
	kept = append(kept, model)
	for _, had := range r.models {
		if had != model && len(kept) < maxRecent {
			kept = append(kept, had)
		}
	}
	r.models = kept
}

func (r *recent) matching(typed string) []string {
	r.mu.Lock()
	models := r.models // never changed in place
	r.mu.Unlock()
	found := matching(models, typed)
	return found[:min(len(found), 10)]
}
