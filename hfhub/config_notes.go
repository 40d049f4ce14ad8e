package hfhub

import "slices"

// ReadNotes says where a shape came from: which file and key gave each number,
// what was assumed, and what a reader of the answer should be warned of.
type ReadNotes struct {
	Family   string // the row of the table that read it
	Facts    []Fact
	Warnings []string
}

// Fact is one number of a shape and its origin.
type Fact struct {
	Name    string // in the words of the families: hidden, layers, kv …
	Value   string
	File    string // config.json …
	Key     string // with its path: text_config.hidden_size
	Assumed bool   // the key is absent, so this is the class's own default
}

func (n *ReadNotes) warn(text string) {
	if !slices.Contains(n.Warnings, text) {
		n.Warnings = append(n.Warnings, text)
	}
}

// Assumptions lists the facts that no key gave.
func (n ReadNotes) Assumptions() []Fact {
	var all []Fact
	for _, f := range n.Facts {
		if f.Assumed {
			all = append(all, f)
		}
	}
	return all
}
