// Package estimator counts the GPU memory that a model needs to serve or to
// train.
//
// An [Arch] says what the model is, a [Plan] how it is run. [Estimate] gives a
// [Breakdown]: every part in bytes for the fullest GPU, with the formula it was
// computed by. [Peak] is the same sum without the words, for searches.
//
// The package is pure: no I/O, no clock, no goroutine, no log.
package estimator
