package commands

import "fmt"

// Codes of refusals, as programs read them.
const (
	BadRequest    = "bad_request"
	UnknownOption = "unknown_option"
	BadValue      = "bad_value"
)

// Refused is a question that cannot be read or cannot be answered as asked. It
// carries the id and the values of a sentence, which [Wording] says in the
// asker's language.
type Refused struct {
	Code       string
	ID         string // of the wording, below "refused."
	Pairs      []any
	DidYouMean []string // lines to paste
}

// Error says it for a log; people read the wording.
func (r *Refused) Error() string { return fmt.Sprintf("read the question: %s %v", r.ID, r.Pairs) }

func refuse(code, id string, pairs ...any) *Refused {
	return &Refused{Code: code, ID: id, Pairs: pairs}
}

// meant adds lines to paste, those that are not empty.
func (r *Refused) meant(lines ...string) *Refused {
	for _, line := range lines {
		if line != "" {
			r.DidYouMean = append(r.DidYouMean, line)
		}
	}
	return r
}
