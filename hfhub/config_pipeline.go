package hfhub

import (
	"github.com/tidwall/gjson"

	"membot/estimator"
)

// maxComponents bounds a pipeline's parts; real ones have up to ten.
const maxComponents = 64

// pipelineOf reads a pipeline of diffusers whose parts stand with their counts of
// parameters, as the catalogue writes one: no file describes all of them.
func pipelineOf(class string, parts gjson.Result, options ConfigOptions, notes *ReadNotes) (estimator.Arch, error) {
	var w Weights
	var wrong error
	parts.ForEach(func(name, count gjson.Result) bool {
		params, ok := whole(count)
		if !ok || params < 1 || params > 1<<45 || len(w.Components) == maxComponents {
			wrong = &ShapeError{File: options.File, Key: "components." + oneLine(name.Str), Value: short(count.Raw)}
			return false
		}
		w.Components = append(w.Components, Component{Name: oneLine(name.Str), Parameters: params})
		notes.Facts = append(notes.Facts, Fact{Name: "params", Value: count.Raw, File: options.File, Key: "components." + oneLine(name.Str)})
		return true
	})
	notes.Family = class
	notes.warn("no config describes the blocks of " + class + ": its tensors alone are counted")
	if wrong == nil && len(w.Components) == 0 {
		wrong = &ShapeError{File: options.File, Key: "components"}
	}
	return partsOf(class, w), wrong
}
