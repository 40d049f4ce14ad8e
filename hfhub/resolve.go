package hfhub

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"membot/estimator"
)

// Model is a model with its shape, and where both came from.
type Model struct {
	ID        string // as the Hub spells it
	Asked     string // the reference as it was given
	Revision  string // commit; empty from the catalogue
	Source    string // hub, cache, catalogue or file
	FetchedAt time.Time
	Arch      estimator.Arch // sealed
	Weights   Weights        // what the files hold; zero from the catalogue
	Gated     bool
	Private   bool
	Read      ReadNotes // which key gave each number
	Notes     []Note
}

// Note is something that reading a model found out, by code, for a caller to
// word.
type Note struct {
	Code, Key, Value string
	Count            string // a second number, of notes that say two
	Warning          bool
}

// hubPatience is how long a model that the catalogue knows waits for the Hub.
const hubPatience = 2500 * time.Millisecond

// A Hub that could not be reached is not asked again for a while: longer for a
// model that the catalogue knows.
const (
	sulkListed   = time.Minute
	sulkUnlisted = 10 * time.Second
)

// Resolver finds models: nicknames in the catalogue, ids on the Hub, and in the
// catalogue again where the Hub is closed or away. It is safe for concurrent use.
type Resolver struct {
	client *Client      // nil: the catalogue alone
	down   atomic.Int64 // when the Hub was last found away, Unix nanoseconds
}

// NewResolver makes a resolver; without a client it knows the catalogue alone.
func NewResolver(c *Client) *Resolver { return &Resolver{client: c} }

// Model finds the model of a reference: a nickname, an id with an optional
// revision, or an address. Of several sets of weights it takes the one that
// variant names. The error is an [Error], an [UnsupportedError], or one of
// [ErrBadMetadata] and [ErrNoConfig].
func (r *Resolver) Model(ctx context.Context, reference, variant string) (Model, error) {
	entry, listed := Catalogue().Find(reference)
	if listed && !strings.Contains(reference, "/") {
		return fromCatalogue(entry, Ref{ID: reference}, "")
	}
	ref, err := ParseID(reference)
	if err != nil {
		return Model{}, about(err, oneLine(reference), "", "")
	}
	if !listed && ref.Revision == "" {
		entry, listed = Catalogue().Find(ref.ID)
	}
	if ref.Variant != "" {
		variant = ref.Variant
	}
	if !listed {
		return r.only(ctx, ref, variant)
	}
	return r.either(ctx, ref, entry, variant)
}

// only asks the Hub for a model that nobody else knows.
func (r *Resolver) only(ctx context.Context, ref Ref, variant string) (Model, error) {
	if r.client == nil {
		return Model{}, &Error{Kind: ErrOffline, ID: ref.ID}
	}
	sulking := r.awayFor(sulkUnlisted)
	if sulking {
		ctx = withoutAsking(ctx) // what is kept still answers
	}
	model, err := r.fromHub(ctx, ref, variant)
	if errors.Is(err, ErrUnreachable) && !sulking {
		r.down.Store(time.Now().UnixNano())
	}
	return model, err
}

// either asks the Hub for a model that the catalogue knows, and takes the
// catalogue's facts where the Hub does not show the files or is away.
func (r *Resolver) either(ctx context.Context, ref Ref, entry Entry, variant string) (Model, error) {
	if r.client == nil {
		return fromCatalogue(entry, ref, "unreachable_catalogue")
	}
	sulking := r.awayFor(sulkListed)
	if sulking {
		ctx = withoutAsking(ctx) // what is kept still answers
	}
	ctx, cancel := context.WithTimeout(ctx, hubPatience)
	defer cancel()
	model, err := r.fromHub(ctx, ref, variant)
	switch {
	case err == nil:
		return model, nil
	case errors.Is(err, ErrGated), errors.Is(err, ErrForbidden):
		return fromCatalogue(entry, ref, "gated_catalogue")
	case down(err) || errors.Is(err, context.DeadlineExceeded):
		if !sulking {
			r.down.Store(time.Now().UnixNano())
		}
		return fromCatalogue(entry, ref, "unreachable_catalogue")
	case errors.Is(err, ErrMissingOrPrivate):
		return fromCatalogue(entry, ref, "gone_catalogue")
	default:
		return Model{}, err
	}
}

// awayFor says whether the Hub was found away that recently.
func (r *Resolver) awayFor(long time.Duration) bool {
	return time.Since(time.Unix(0, r.down.Load())) < long
}

// doubted are the warnings of a reading.
func doubted(read ReadNotes) []Note {
	var notes []Note
	for _, text := range read.Warnings {
		notes = append(notes, Note{Code: "as_read", Value: text, Warning: true})
	}
	return notes
}

// fromCatalogue is a model by the built-in facts. A format of GGUF that the
// reference names after a colon is said to be its only weights, uncounted.
func fromCatalogue(e Entry, ref Ref, note string) (Model, error) {
	arch, read, err := e.Read()
	if err != nil {
		return Model{}, err
	}
	asked, variant := ref.ID, Variant{Name: ref.Variant, Format: "gguf"}
	at, err := time.Parse("2006-01", e.Date)
	if err != nil {
		at = time.Time{}
	}
	m := Model{ID: e.ID, Asked: asked, Source: "catalogue", FetchedAt: at, Arch: arch, Gated: e.Gated, Read: read}
	if variant.DType() != estimator.Stored {
		m.Weights.Variant, m.Weights.Variants = ref.Variant, []Variant{variant}
	}
	if !e.named(asked) {
		m.Notes = append(m.Notes, Note{Code: "taken_as", Key: asked, Value: e.ID})
	}
	m.Notes = append(m.Notes, doubted(read)...)
	if note != "" {
		m.Notes = append(m.Notes, Note{Code: note, Key: "model", Value: e.ID})
	}
	return m, nil
}

// Search lists the ids of models on the Hub by the words of a name, the most
// downloaded first; none where the Hub is away.
func (r *Resolver) Search(ctx context.Context, words string, n int) []string {
	if r.client == nil || r.awayFor(sulkUnlisted) {
		return nil
	}
	_, name, owned := strings.Cut(words, "/")
	if owned {
		words = name
	}
	found, err := r.client.Search(ctx, words, n)
	if err != nil {
		return nil
	}
	var ids []string
	for _, f := range found {
		ids = append(ids, f.ID)
	}
	return ids
}
