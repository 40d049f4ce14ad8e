package commands

import (
	"slices"
	"strings"

	"membot/estimator"
)

// strayKeys are the options whose values people type alone, the likeliest first:
// "vllm", "4090", "qlora".
var strayKeys = []string{"gpu", "engine", "method", "stack", "optimizer", "dtype", "attn"}

// valueOf finds the option that a word alone is a value of, in the mode asked for
// or, where none is, in any.
func (p *parser) valueOf(word string) (*OptionRow, bool) {
	mode, given := p.mode(), p.modeGiven()
	for _, key := range strayKeys {
		o, ok := findOption(key)
		if ok && o.takes(word) && !p.says(key) && (!given || o.Scope.covers(mode)) {
			return o, true
		}
	}
	return nil, false
}

// takes says that a word is one of the option's values.
func (o *OptionRow) takes(word string) bool {
	var scratch estimator.Plan
	_, err := o.read(strings.ToLower(word), &scratch)
	return err == nil
}

// isValue says that a word is a value of some option and so no part of a name.
func isValue(word string) bool {
	return slices.ContainsFunc(strayKeys, func(key string) bool {
		o, ok := findOption(key)
		return ok && o.takes(word)
	})
}

// modeGiven says whether a word of the line names a mode.
func (p *parser) modeGiven() bool {
	return slices.ContainsFunc(p.words, func(word string) bool {
		_, ok := modeWords[strings.ToLower(word)]
		return ok
	})
}

// says says whether the line gives an option.
func (p *parser) says(key string) bool {
	return slices.ContainsFunc(p.words[1:], func(word string) bool {
		said, _, ok := cutOption(word)
		if alias := keyAliases[said]; alias != "" {
			said = alias
		}
		return ok && said == key
	})
}

// strayValue refuses a word that is a value of an option, and offers the line
// with that and every later word of the kind written as options; none for any
// other word.
func (p *parser) strayValue(word string) *Refused {
	o, ok := p.valueOf(word)
	if !ok || !p.request.Command.Mode {
		return nil
	}
	words, seen := slices.Clone(p.words), map[string]bool{}
	training := false
	for i := p.at; i < len(words); i++ {
		_, isMode := modeWords[strings.ToLower(words[i])]
		if _, _, isOption := cutOption(words[i]); isMode || isOption {
			continue
		}
		option, ok := p.valueOf(words[i])
		if !ok || seen[option.Key] {
			continue
		}
		seen[option.Key] = true
		words[i] = option.Key + ":" + strings.ToLower(words[i])
		training = training || option.Scope == Training
	}
	if training && !p.modeGiven() {
		words = slices.Insert(words, p.at, "train")
	}
	return refuse(BadRequest, "stray_value", "word", shorten(word), "key", o.Key).meant(slashed(words))
}
