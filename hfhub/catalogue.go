package hfhub

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"membot/estimator"
)

// catalogueDate is when the facts of the built-in catalogue were gathered.
const catalogueDate = "2026-11"

//go:embed catalogue.tsv
var catalogueText string

// Catalog is the built-in list of models people ask about, read without a
// network. Its rows are in the order to offer them in.
type Catalog struct {
	rows   []*row
	exact  map[string]*row   // lower-case id or nickname
	spoken map[string]*row   // words of a name, however they are separated
	glued  map[string][]*row // the same without any separator
}

// Entry is one model of the catalogue.
type Entry struct {
	ID     string
	Names  []string // nicknames
	Gated  bool     // its files cannot be read without a token
	Params int64    // Φ
	Mark   string   // counted, or derived from the facts
	Source string   // who counted
	Date   string   // when the facts were gathered
	row    *row
}

// row is an entry with its shape, made when first asked for.
type row struct {
	Entry
	config string
	words  []string
	once   sync.Once
	arch   estimator.Arch
	notes  ReadNotes
	err    error
}

// Catalogue gives the built-in catalogue.
func Catalogue() *Catalog { return catalogue() }

var catalogue = sync.OnceValue(func() *Catalog { return readCatalogue(catalogueText) })

// readCatalogue reads id, nicknames, gated, Φ, mark, source and facts, one model
// a line. The facts stay text until a model is asked for.
func readCatalogue(text string) *Catalog {
	c := &Catalog{exact: map[string]*row{}, spoken: map[string]*row{}, glued: map[string][]*row{}}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(cells) != 7 || strings.HasPrefix(line, "#") {
			continue
		}
		r := &row{Entry: Entry{ID: cells[0], Gated: cells[2] == "gated", Mark: cells[4], Source: cells[5], Date: catalogueDate}, config: cells[6]}
		r.Names = strings.Fields(cells[1])
		r.Params, _ = strconv.ParseInt(cells[3], 10, 64)
		r.row = r
		c.add(r)
	}
	return c
}

// add indexes a row; the earlier of two rows keeps a name.
func (c *Catalog) add(r *row) {
	c.rows = append(c.rows, r)
	_, base, _ := strings.Cut(r.ID, "/")
	r.words = wordsOf(base)
	for _, name := range r.Names {
		c.exact[strings.ToLower(name)] = r
		c.spoken[strings.Join(wordsOf(name), " ")] = r
	}
	for _, name := range []string{r.ID, base} {
		if low := strings.ToLower(name); c.exact[low] == nil {
			c.exact[low] = r
		}
	}
	if key := strings.Join(r.words, " "); c.spoken[key] == nil {
		c.spoken[key] = r
	}
	for _, name := range append([]string{base}, r.Names...) {
		c.glued[glue(name)] = append(c.glued[glue(name)], r)
	}
}

// All lists the catalogue in the order to offer it in.
func (c *Catalog) All() []Entry {
	all := make([]Entry, len(c.rows))
	for i, r := range c.rows {
		all[i] = r.Entry
	}
	return all
}

// Arch gives the entry's shape, checked and counted; it is made once.
func (e Entry) Arch() (estimator.Arch, error) {
	arch, _, err := e.Read()
	return arch, err
}

// Read gives the entry's shape and where each of its numbers came from.
func (e Entry) Read() (estimator.Arch, ReadNotes, error) {
	r := e.row
	if r == nil {
		return estimator.Arch{}, ReadNotes{}, ErrNoConfig
	}
	r.once.Do(func() {
		r.arch, r.notes, r.err = ReadConfig([]byte(r.config), ConfigOptions{File: "catalogue"})
		if r.err == nil {
			r.arch, r.err = r.arch.Sealed()
		}
	})
	return r.arch, r.notes, r.err
}

// Config gives the facts the catalogue holds of a model, as a config.json.
func (e Entry) Config() []byte {
	if e.row == nil {
		return nil
	}
	return []byte(e.row.config)
}
