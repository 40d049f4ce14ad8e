package commands

import (
	"context"
	"time"

	"membot/estimator"
)

// Library knows models: by id, by nickname, from a config.json.
type Library interface {
	// Model reads the model of a reference: a Hub id with an optional revision, an
	// address, or a nickname. Of several sets of weights it takes the one that
	// variant names, as GGUF repositories have them.
	Model(ctx context.Context, reference, variant string) (Found, error)
	// Read makes a model of a config.json that somebody attached.
	Read(config []byte) (Found, error)
	// Family gives the block of a family, for shapes that copy it.
	Family(name string) (estimator.Arch, error)
	// Families names the families that can be copied.
	Families() []string
	// Nearest lists known names close to one that was not found.
	Nearest(name string, n int) []string
	// Search asks the Hub for models by the words of a name.
	Search(ctx context.Context, words string, n int) []string
	// All lists the models of the catalogue, those most asked for first.
	All() []Found
}

// Found is a model with its shape and where that came from.
type Found struct {
	ID        string
	Revision  string // commit; empty if none
	Source    string // hub, cache, catalogue, file, size, custom
	FetchedAt time.Time
	Arch      estimator.Arch // sealed
	Gated     bool
	GGUF      bool     // no weights but GGUF files
	Variant   string   // of several sets of weights the one that was counted
	Variants  []string // names of the others, of which dtype picks some
	Private   bool     // only the bot's own token can read it
	Notes     []FoundNote
	Facts     []FoundFact
}

// FoundFact is one number of a model with the file and the key that gave it.
type FoundFact struct {
	Name, Value string
	File, Key   string
	Assumed     bool // no key gave it: the class's own default
}

// FoundNote is something that reading the model found out, by code.
type FoundNote struct {
	Code, Key, Value string
	Count            string // a second number, of notes that say two
	Warning          bool
}

// ofSource says whether a note tells where the facts came from, and not what was
// assumed or is to be doubted.
func (n FoundNote) ofSource() bool {
	return !n.Warning && n.Code != classDefault && n.Code != shapeDefault
}

// shapeDefault is the code of a number of a custom shape that was not typed.
const shapeDefault = "shape_default"

// classDefault is the code of a number that no key gave.
const classDefault = "class_default"
