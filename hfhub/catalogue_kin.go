package hfhub

import (
	"regexp"
	"slices"
	"strings"
)

// sizeWord is a word of a name that says how large the model is.
var sizeWord = regexp.MustCompile(`^(\d+x)?\d+(\.\d+)?[bm]$`)

// packedName end the names of copies in fewer bits, which are not offered
// where the size was left open.
var packedName = regexp.MustCompile(`(?i)awq|gptq|int[48]|fp8|fp4|4bit`)

// Kin says that a name's family is the model's: qwen3-vl and qwen3-vl-72b are
// kin to Qwen3-VL-8B-Instruct, llama3 to Llama-3.1-8B, llama-1 not to llama-13b.
// A name with an owner has no kin but that owner's.
func Kin(name, id string) bool {
	asked, _ := stemOf(name)
	return ownedAlike(name, id) && kin(asked, wordsOf(baseOf(id)))
}

// ownedAlike says that a name has no owner or the id's.
func ownedAlike(name, id string) bool {
	owner, _, owned := strings.Cut(name, "/")
	of, _, _ := strings.Cut(id, "/")
	return !owned || strings.EqualFold(owner, of)
}

// baseOf is a name without its owner.
func baseOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// stemOf cuts a name into its words up to the first that gives a size, and that
// size.
func stemOf(name string) (stem []string, size string) {
	words := withoutVendor(wordsOf(baseOf(name)))
	if i := slices.IndexFunc(words, sizeWord.MatchString); i > 0 {
		return words[:i], words[i]
	}
	return words, ""
}

// kin says that words begin as the stem does; its last may be a version whose
// smaller part was left out.
func kin(stem, words []string) bool {
	words = withoutVendor(words)
	last := len(stem) - 1
	if last < 0 || len(words) <= last || !slices.Equal(words[:last], stem[:last]) || len(stem) == 1 && len(stem[0]) < 2 {
		return false
	}
	return words[last] == stem[last] || last > 0 && strings.HasPrefix(words[last], stem[last]+".")
}

// family lists up to n models of a name's family, one of each size: those of
// the size that was asked for first, then those whose names say the least more.
func (c *Catalog) family(name string, n int) []Entry {
	stem, size := stemOf(name)
	var found []*row
	for _, r := range c.rows {
		if ownedAlike(name, r.ID) && !packedName.MatchString(r.ID) && kin(stem, r.words) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b *row) int { return a.beyond(stem, size) - b.beyond(stem, size) })
	var list []Entry
	seen := map[int64]bool{}
	for _, r := range found {
		if !seen[r.Params] && len(list) < n {
			list = append(list, r.Entry)
		}
		seen[r.Params] = true
	}
	return list
}

// beyond is how much a row's name says that was not asked for.
func (r *row) beyond(stem []string, size string) int {
	words, extra := withoutVendor(r.words), 0
	if size != "" && !slices.Contains(words, size) {
		extra += 100
	}
	if last := len(stem) - 1; words[last] != stem[last] {
		extra += 2 // a later version
	}
	for _, w := range words[len(stem):] {
		if _, ok := benign[w]; !ok && !sizeWord.MatchString(w) {
			extra += 2
		}
	}
	return extra
}
