package hfhub

import (
	"maps"
	"strings"

	"membot/estimator"
)

// family is one row of the table of architectures: how the config.json of one
// model_type is read. To add one, add a row that names the row it is like and
// the facts that differ.
type family struct {
	// like is the row this one starts from.
	like string
	// text are the paths, first found first, of the block that describes the
	// language model in a config that nests it; empty where keys are at the top.
	text string
	// textLike is the row for a nested block that does not say its model_type.
	textLike string
	// facts are words "name=key,key:default". A fact is a number (or bool, or
	// word) that blocks are built from; keys are where config.json may hold it,
	// first found first; default is what the class takes when none is there. A
	// word without "=" or ":" keeps what the row it is like says.
	facts string
	// build makes the shape of the facts; nil as the row it is like.
	build func(*reader) estimator.Arch
	// layout gives the kind of each block in turn; nil as the row it is like.
	layout func(*reader) []slot
	// layer makes one block; nil as the row it is like.
	layer func(*reader, slot) estimator.Layer
	// towers are the blocks beside the decoder.
	towers string
}

// fact is where a number stands and what its absence means.
type fact struct {
	keys     []string
	fallback string
	known    bool // fallback is a default, not nothing
}

// resolved is a row with everything it inherits.
type resolved struct {
	name     string
	text     []string
	textLike string
	facts    map[string]fact
	known    map[string]bool // keys that some fact is read from
	build    func(*reader) estimator.Arch
	layout   func(*reader) []slot
	layer    func(*reader, slot) estimator.Layer
	towers   []string
}

// familyOf resolves a row of the table.
func familyOf(name string) (*resolved, bool) {
	if known, ok := memo.read.Load(name); ok {
		return known.(*resolved), true
	}
	row, ok := families()[name]
	if !ok {
		return nil, false
	}
	r := &resolved{facts: map[string]fact{}}
	if row.like != "" {
		parent, ok := familyOf(row.like)
		if !ok {
			return nil, false
		}
		*r = *parent
		r.facts = maps.Clone(parent.facts)
	}
	r.name = name
	r.take(row)
	r.known = r.keys()
	memo.read.Store(name, r)
	return r, true
}

func (r *resolved) take(row family) {
	if row.text != "" {
		r.text = strings.Fields(row.text)
	}
	if row.textLike != "" {
		r.textLike = row.textLike
	}
	if row.towers != "" {
		r.towers = strings.Fields(row.towers)
	}
	if row.build != nil {
		r.build = row.build
	}
	if row.layout != nil {
		r.layout = row.layout
	}
	if row.layer != nil {
		r.layer = row.layer
	}
	for word := range strings.FieldsSeq(row.facts) {
		r.set(word)
	}
}

// set reads one word of facts.
func (r *resolved) set(word string) {
	word, fallback, known := strings.Cut(word, ":")
	name, keys, keyed := strings.Cut(word, "=")
	f := r.facts[name]
	if keyed {
		f.keys = nil
		if keys != "" {
			f.keys = strings.Split(keys, ",")
		}
	}
	if known {
		f.fallback, f.known = fallback, true
	}
	r.facts[name] = f
}
