package words

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"membot/estimator"
)

// cardRow is a card as people speak of it.
type cardRow struct {
	base  string  // its name without a size
	sizes []int64 // GB, the commonest first
	usual int     // how many of the sizes are sold, and not made by hand
}

// cards finds a card by its names.
type cards struct {
	names     *trie // key "card", value: base
	rows      map[string]*cardRow
	instances *trie           // rented machines; key "instance", value: their name
	rented    map[string]card // what is in them
}

// card is a mention of a card: a name, a size, or both; and how many.
type card struct {
	from, to int
	base     string  // empty: only a size was said
	gb       float64 // 0: not said
	count    int64   // 0: not said
	one      bool    // "one", "a single"
	rented   string  // the machine that it stands in, where only that was named
	inside   int64   // how many stand in it
	weak     bool    // a place to run, taken only where no card is named
	part     bool    // gb is less than the card has: a slice, or what is free
	total    bool    // gb is that of all of them together
	left     bool    // gb is what is free of another
	host     bool    // no card: the system's memory
	wanted   bool    // what one may change to: "from 1x3090 to 2x3090"
	others   []int64 // further numbers of it: "2 or 4", "1-8"
	last     int     // where it was named again; 0: it was not
}

// newCards reads the tables of cards and of rented machines, and adds the GPUs
// that the estimator knows.
func newCards(table, instances string, words lexicon) *cards {
	c := &cards{names: &trie{words: words}, rows: map[string]*cardRow{}, instances: &trie{words: words}, rented: map[string]card{}}
	c.learnInstances(instances)
	lines(table, func(left string, right []string) {
		fields := strings.Fields(right[0])
		row := &cardRow{base: fields[0]}
		for _, f := range fields[1:] {
			gb, _ := strconv.ParseInt(f, 10, 64)
			row.sizes = append(row.sizes, gb)
		}
		row.usual = len(row.sizes)
		c.rows[row.base] = row
		for name := range strings.SplitSeq(left, " | ") {
			c.names.add(name, tag{"card", row.base})
			if last := name[len(name)-1]; last >= 'a' && last <= 'z' && last != 's' {
				c.names.add(name+"s", tag{"card", row.base}) // A10Gs
			}
			if strings.HasSuffix(name, " xt") || strings.HasSuffix(name, " gre") {
				c.names.add("rx "+strings.TrimPrefix(name, "rx "), tag{"card", row.base})
			}
		}
	})
	for _, g := range estimator.GPUs() {
		c.learn(strings.ToLower(g.Name))
	}
	return c
}

// learn adds a GPU that the estimator knows: "a100-80g" is an a100 of 80 GB.
func (c *cards) learn(name string) {
	base, gb := name, int64(0)
	if at := strings.LastIndexByte(name, '-'); at > 0 {
		if n, err := strconv.ParseInt(strings.TrimSuffix(name[at+1:], "g"), 10, 64); err == nil && strings.HasSuffix(name, "g") {
			base, gb = name[:at], n
		}
	}
	row := c.rows[base]
	if row == nil {
		row = &cardRow{base: base}
		c.rows[base] = row
	}
	if len(base) > 2 && !c.names.has(base) { // "l2" is a norm, "m1" a moment
		c.names.add(strings.ReplaceAll(base, "-", " "), tag{"card", base})
	}
	if gb > 0 && !slices.Contains(row.sizes, gb) {
		row.sizes = append(row.sizes, gb)
	}
}

// memoryUnits follow the number of a memory size.
var memoryUnits = map[string]float64{"g": 1, "gb": 1, "gib": 1, "gbs": 1, "go": 1, "gig": 1, "gigs": 1, "gigabyte": 1, "gigabytes": 1, "gbyte": 1, "gram": 1, "gvram": 1, "tb": 1024, "mb": 1.0 / 1024, "mib": 1.0 / 1024}

// memoryAt reads a memory size at i: 80G, 24 GB.
func (s *scan) memoryAt(i int) (end int, gb float64) {
	if i+1 >= len(s.atoms) || s.atoms[i].kind != number || !s.free(i) || !s.free(i+1) {
		return i, 0
	}
	unit, ok := memoryUnits[s.atoms[i+1].text]
	if !ok {
		return i, 0
	}
	if end, gb := s.profileAt(i); end > i {
		return end, gb
	}
	if v := s.atoms[i].value; unit < 1 && v >= 4000 && math.Mod(v, 1000) == 0 {
		return i + 2, v / 1000 // 8000MiB are what is sold as 8 GB
	}
	return i + 2, s.atoms[i].value * unit
}

// skipWords stand around a card's name and say nothing.
var skipWords = map[string]bool{"nvidia": true, "rtx": true, "geforce": true, "gtx": true, "tesla": true, "quadro": true, "amd": true, "radeon": true, "的": true, "(": true, "of": true, "gpu": true, "gpus": true, "pcie": true, "sxm": true, "sxm4": true, "sxm5": true, "laptop": true, "显": true, "卡": true, "super": false, "-": true, "with": true, "英": true, "伟": true, "达": true, "x": false, "s": true, "本": true, "each": true, "vram": true, "memory": true, "ram": true, "mobile": true, "card": true, "cards": true, "graphics": true, "video": true, "instinct": true, "apiece": true}

// cardStarts says that a card's name begins at i.
func (s *scan) cardStarts(i int) bool {
	for i < len(s.atoms) && skipWords[s.atoms[i].text] && s.atoms[i].kind == letters {
		i++
	}
	end, _ := s.cardAt(i)
	return end > i
}

// cardAt reads a card's name at i.
func (s *scan) cardAt(i int) (int, string) {
	if i >= len(s.atoms) {
		return i, ""
	}
	end, tags := s.r.cards.names.longest(s.atoms, i, s.free)
	for end > i {
		if s.cardSound(i, end) {
			return end, tags[0].value
		}
		shorter := end - 1
		end, tags = s.r.cards.names.longest(s.atoms, i, func(k int) bool { return k < shorter && s.free(k) })
	}
	return i, ""
}

// cardSound says that the atoms really are a card's name, and not a number of
// tokens, "a 100" or "4090 ds" with DeepSpeed.
func (s *scan) cardSound(i, end int) bool {
	for k := i + 1; k < end; k++ {
		before, here := s.atoms[k-1], s.atoms[k]
		model := k+1 < end && s.atoms[k+1].gap == glued // the b of b60
		if here.gap == spaced && (before.kind == letters && len(before.text) < 2 || here.kind == letters && (len(here.text) < 2 || here.is("ds")) && !model) {
			return false
		}
	}
	if end < len(s.atoms) {
		next := s.atoms[end]
		if next.gap == glued && next.kind == letters && !next.is("s") && !next.is("x") {
			return false
		}
		if s.atoms[end-1].kind == number && tokenWords[next.text] {
			return false
		}
	}
	if s.atoms[i].kind == number && s.taggedBefore(i, "index") {
		return false
	}
	if s.atoms[i].kind == number && i > 1 && s.atoms[i].gap == glued && s.atoms[i-1].is(":") && s.atoms[i-2].gap == hyphen {
		return false // a line of a file: model_runner.py:1070
	}
	if s.atoms[i].kind == number && i > 0 && s.atoms[i].gap == glued && s.atoms[i-1].kind == letters && !skipWords[s.atoms[i-1].text] && !s.atoms[i-1].is("x") {
		return false
	}
	return true
}

// tokenWords follow a number of tokens.
var tokenWords = map[string]bool{"k": true, "token": true, "tokens": true, "ctx": true, "context": true, "词": true, "个": true, "b": true, "%": true}

// name gives the card as the typed line says it, and the sizes it comes in
// where none was said and there are several.
func (c *cards) name(m card) (string, []int64) {
	row := c.rows[m.base]
	switch {
	case row == nil:
		return fmt.Sprintf("%sg", trimFloat(m.gb)), nil
	case m.gb > 0:
		return row.sized(m.gb), nil
	case len(row.sizes) == 0:
		return row.base, nil
	}
	if known, ok := estimator.FindGPU(row.base); ok {
		return row.sized(float64(known.Memory) / float64(estimator.GiB)), row.sizes[:row.usual]
	}
	return row.sized(float64(row.sizes[0])), row.sizes[:row.usual]
}

// nearSize is how far, in GB, a card's size may be off as people say it.
const nearSize = 1

// sized spells a card of a size: by its name alone where that size is the
// card's own, so that "4090 24g" is a 4090.
func (row *cardRow) sized(gb float64) string {
	known, ok := estimator.FindGPU(row.base)
	if ok && math.Abs(float64(known.Memory)/float64(estimator.GiB)-gb) <= nearSize {
		if len(row.sizes) > 1 {
			return known.Name
		}
		return row.base
	}
	for _, size := range row.sizes {
		if math.Abs(gb-float64(size)) <= nearSize {
			gb = float64(size)
		}
	}
	return fmt.Sprintf("%s-%sg", row.base, trimFloat(gb))
}
