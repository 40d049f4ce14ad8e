package hfhub

import (
	"errors"
	"fmt"

	"membot/estimator"
)

// ErrBadMetadata is a file that is no JSON, or says what no model can be.
var ErrBadMetadata = errors.New("bad metadata")

// ErrNoConfig is a repository that holds nothing a shape can be read from.
var ErrNoConfig = errors.New("no config")

// UnsupportedError is a shape that the families do not understand. It names what
// blocked it, so that a person can say what is new, and a floor where the
// weights are known: nobody is given a guess.
type UnsupportedError struct {
	ModelType string          // model_type, or the class, as the file says
	Key       string          // the key that blocked it
	Kind      string          // what that key said: a kind of layer, a class
	Floor     estimator.Bytes // bytes of the stored weights; 0 where unknown
}

// Error names the model type, the key and what it said.
func (e *UnsupportedError) Error() string {
	text := "read architecture " + e.ModelType
	if e.Key != "" {
		text += ": " + e.Key
	}
	if e.Kind != "" {
		text += fmt.Sprintf(" says %q", e.Kind)
	}
	return text + ": unsupported"
}

// ShapeError is a number that no model can have, or that every model has and the
// file does not say. It is an [ErrBadMetadata] that names the key.
type ShapeError struct {
	File  string
	Key   string // with its path
	Value string // what the file says; empty where it says nothing
	Why   string // what is wrong with it, for a log
}

// Error names the file, the key and what it says.
func (e *ShapeError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("read %s: it has no %s: %v", e.File, e.Key, ErrBadMetadata)
	}
	return fmt.Sprintf("read %s: %s is %s%s: %v", e.File, e.Key, e.Value, e.Why, ErrBadMetadata)
}

// Unwrap gives the kind.
func (e *ShapeError) Unwrap() error { return ErrBadMetadata }

// badf is an ErrBadMetadata that says where.
func badf(format string, args ...any) error {
	return fmt.Errorf("read "+format+": %w", append(args, ErrBadMetadata)...)
}
