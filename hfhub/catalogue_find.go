package hfhub

import (
	"slices"
	"strings"
	"unicode"
)

// Find gives the model that a name means: an id, a nickname, or the words of
// one, in any case and with any separators. A shorter name than the model's is
// taken only if what is left out does not change its size: qwen2.5-7b is
// Qwen2.5-7B if the catalogue has it, else its Instruct. The answer's ID says
// which was taken.
func (c *Catalog) Find(name string) (Entry, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || len(name) > 200 {
		return Entry{}, false
	}
	if r := c.exact[name]; r != nil {
		return r.Entry, true
	}
	owner, base, owned := strings.Cut(name, "/")
	if !owned {
		base = name
	}
	words := wordsOf(base)
	if len(words) == 0 {
		return Entry{}, false
	}
	if owned {
		return c.ofOwner(owner, words)
	}
	if r := c.spoken[strings.Join(words, " ")]; r != nil {
		return r.Entry, true
	}
	if all := c.glued[glue(base)]; len(all) > 0 && sameModel(all) {
		return all[0].Entry, true
	}
	return c.shortened(words)
}

// named says whether a name is the entry's own, not one that was completed.
func (e Entry) named(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	_, base, owned := strings.Cut(strings.ToLower(e.ID), "/")
	if strings.Contains(name, "/") && owned {
		return true
	}
	for _, own := range append([]string{base}, e.Names...) {
		if glue(own) == glue(name) || slices.Equal(wordsOf(own), wordsOf(name)) {
			return true
		}
	}
	return false
}

// ofOwner finds an id whose separators or case differ. A full id is never
// stretched to another model of the same owner.
func (c *Catalog) ofOwner(owner string, words []string) (Entry, bool) {
	for _, r := range c.rows {
		if o, _, _ := strings.Cut(r.ID, "/"); strings.EqualFold(o, owner) && slices.Equal(r.words, words) {
			return r.Entry, true
		}
	}
	return Entry{}, false
}

// benign are the words that may be left out of a name, and how far each is
// from what was asked for: a base model before its tuned one.
var benign = map[string]int{
	"hf": 1, "base": 1, "v": 2, "0.1": 3, "1.0": 3, "it": 4, "instruct": 4, "chat": 4, "0.2": 3, "0.3": 3, "4k": 3,
	"2507": 3, "2512": 3, "0905": 3,
}

// shortened finds the model whose name begins with the words asked for and goes
// on with benign ones only.
func (c *Catalog) shortened(words []string) (Entry, bool) {
	if len(words) < 2 {
		return Entry{}, false
	}
	var best *row
	cost := 0
	for _, r := range c.rows {
		if n, ok := leftover(withoutVendor(r.words), words); ok && (best == nil || n < cost) {
			best, cost = r, n
		}
	}
	if best == nil {
		return Entry{}, false
	}
	return best.Entry, true
}

// withoutVendor drops the maker's name that some models repeat.
func withoutVendor(words []string) []string {
	if len(words) > 1 && (words[0] == "meta" || words[0] == "nvidia") {
		return words[1:]
	}
	return words
}

func leftover(words, asked []string) (int, bool) {
	asked = withoutVendor(asked)
	if len(words) < len(asked) || !slices.Equal(words[:len(asked)], asked) {
		return 0, false
	}
	cost := 0
	for _, w := range words[len(asked):] {
		n, ok := benign[w]
		if !ok {
			return 0, false
		}
		cost += n
	}
	return cost, true
}

func sameModel(all []*row) bool {
	for _, r := range all {
		if r.Params != all[0].Params {
			return false
		}
	}
	return true
}

// wordsOf cuts a name where a separator stands or a number begins: Qwen2.5-7B
// is qwen, 2.5, 7b.
func wordsOf(name string) []string {
	var words []string
	word := []rune(nil)
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.Trim(string(word), "."))
			word = word[:0]
		}
	}
	for _, c := range strings.ToLower(name) {
		switch {
		case strings.ContainsRune("-_ /:", c):
			flush()
			continue
		case unicode.IsDigit(c) && len(word) > 0 && !unicode.IsDigit(word[len(word)-1]) && word[len(word)-1] != '.':
			flush()
		}
		word = append(word, c)
	}
	flush()
	return words
}

// glue is a name without separators; the dot of a version stays.
func glue(name string) string { return separators.Replace(strings.ToLower(name)) }

var separators = strings.NewReplacer("-", "", "_", "", " ", "")

// Nearest gives the n names nearest to one that was not found: the sizes of its
// family, then those spelled most like it.
func (c *Catalog) Nearest(name string, n int) []Entry {
	name = strings.ToLower(name)
	if len(name) > 100 {
		name = name[:100]
	}
	nearest := c.family(name, n)
	for _, e := range c.spelled(name, n) {
		if len(nearest) < n && !slices.ContainsFunc(nearest, func(o Entry) bool { return o.ID == e.ID }) {
			nearest = append(nearest, e)
		}
	}
	return nearest
}

// spelled gives the n names that take the fewest changes to reach.
func (c *Catalog) spelled(name string, n int) []Entry {
	type scored struct {
		row  *row
		cost int
	}
	all := make([]scored, 0, len(c.rows))
	for _, r := range c.rows {
		all = append(all, scored{r, r.distance(name)})
	}
	slices.SortStableFunc(all, func(a, b scored) int { return a.cost - b.cost })
	var nearest []Entry
	for _, s := range all[:min(n, len(all))] {
		nearest = append(nearest, s.row.Entry)
	}
	return nearest
}

// distance is how far a name is from the nearest of the row's names.
func (r *row) distance(name string) int {
	_, base, _ := strings.Cut(r.ID, "/")
	names := append([]string{base}, r.Names...)
	if strings.Contains(name, "/") {
		names = []string{r.ID}
	}
	best := 1 << 20
	for _, candidate := range names {
		candidate = strings.ToLower(candidate)
		cost := 2 * editDistance(glue(name), glue(candidate))
		if strings.Contains(candidate, name) {
			cost /= 2
		}
		best = min(best, cost)
	}
	return best
}

// editDistance is Levenshtein's, over bytes.
func editDistance(a, b string) int {
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		diagonal := last[0]
		last[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = last[j+1]
			last[j+1] = min(cost, last[j]+1, last[j+1]+1)
		}
	}
	return last[len(b)]
}
