package main

import (
	"slices"
	"strings"

	"membot/commands"
	"membot/estimator"
)

// completer completes commands, models, modes, options and their values.
type completer struct{}

// Do gives what may follow the word at the cursor, and how much of it is there
// already; see [readline.AutoCompleter].
func (completer) Do(line []rune, pos int) ([][]rune, int) {
	before := string(line[:pos])
	word := before[strings.LastIndexByte(before, ' ')+1:]
	var ends [][]rune
	for _, candidate := range candidates(before, word) {
		if rest, ok := cutFold(candidate, word); ok {
			ends = append(ends, []rune(rest))
		}
	}
	return ends, len([]rune(word))
}

// maxCandidates is how many completions are offered at once.
const maxCandidates = 60

// candidates are whole words that may stand where the word is, those that start
// with it.
func candidates(before, word string) []string {
	first := strings.TrimSpace(strings.TrimSuffix(before, word)) == ""
	var all []string
	switch key, value, option := strings.Cut(word, ":"); {
	case first:
		for _, c := range commands.Commands() {
			all = append(all, "/"+c.Name+" ")
		}
	case option:
		all = values(key, value)
	default:
		all = words(before)
	}
	all = slices.DeleteFunc(all, func(c string) bool { _, ok := cutFold(c, word); return !ok })
	return all[:min(len(all), maxCandidates)]
}

// values are key:value for each value an option takes.
func values(key, _ string) []string {
	var all []string
	if strings.EqualFold(key, "gpu") {
		for _, g := range estimator.GPUs() {
			all = append(all, key+":"+g.Name+" ")
		}
		return all
	}
	for _, o := range commands.Options() {
		if strings.EqualFold(o.Key, key) {
			for _, v := range o.Values {
				all = append(all, key+":"+v+" ")
			}
		}
	}
	return all
}

// words are modes, option keys not yet used, and models.
func words(before string) []string {
	used := strings.Fields(before)
	has := func(prefix string) bool {
		return slices.ContainsFunc(used, func(w string) bool { return strings.HasPrefix(w, prefix) })
	}
	var all []string
	if !has("infer") && !has("train") {
		all = append(all, "infer ", "train ")
	}
	for _, o := range commands.Options() {
		if !has(o.Key + ":") {
			all = append(all, o.Key+":")
		}
	}
	return append(all, models()...)
}

// models are the catalogue's ids.
func models() []string {
	var all []string
	for _, m := range (commands.Shelf{}).All() {
		all = append(all, m.ID+" ")
	}
	return all
}

// cutFold cuts a prefix whatever its case.
func cutFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return "", false
	}
	return text[len(prefix):], true
}
