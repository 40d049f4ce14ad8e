package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"membot/hfhub"
)

// suggestions are how many lines a refusal offers.
const suggestions = 3

// searchTime is how long a refusal may wait for the Hub's own search.
const searchTime = 1500 * time.Millisecond

// suggest adds the lines that a refusal of a model may have meant: the same
// question about models of a like name.
func (s *Service) suggest(ctx context.Context, r *Request, err error, a *Answer) {
	if a.Error.Code != ModelNotFound && a.Error.Code != HubUnreachable || len(r.Models) == 0 {
		return
	}
	missing := r.Models[0]
	for _, name := range r.Models {
		if lost, ok := errors.AsType[*hfhub.Error](err); ok && lost.ID == name {
			missing = name
		}
	}
	names := slices.DeleteFunc(s.Library.Nearest(missing, suggestions), func(name string) bool { return name == missing || !alike(missing, name) })
	if len(names) < suggestions && a.Error.Code == ModelNotFound {
		ctx, cancel := context.WithTimeout(ctx, searchTime)
		defer cancel()
		names = append(names, s.Library.Search(ctx, missing, suggestions)...)
	}
	for _, name := range names {
		line := r.about(missing, name)
		if len(a.Error.DidYouMean) < suggestions && !slices.Contains(a.Error.DidYouMean, line) {
			a.Error.DidYouMean = append(a.Error.DidYouMean, line)
		}
	}
}

// about is the request's line with another model in the place of one.
func (r *Request) about(old, name string) string {
	other := *r
	other.Models = slices.Clone(r.Models)
	for i := range other.Models {
		if other.Models[i] == old {
			other.Models[i] = name
		}
	}
	return other.Line()
}

// alike says whether two names of models may be one mistyped: they are of one
// family, less than a third of the letters of their last parts differ, or one
// begins with the other.
func alike(a, b string) bool {
	if hfhub.Kin(a, b) {
		return true
	}
	a, b = bare(a), bare(b)
	limit := (max(len(a), len(b)) + 2) / 3
	return editDistance(a, b, limit+1) < limit || len(a) >= 4 && strings.HasPrefix(b, a) || 2*len(a) > len(b) && strings.Contains(b, a)
}

// bare is a model's name without its owner and revision, in small letters.
func bare(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(name), "@")
	return name[strings.LastIndexByte(name, '/')+1:]
}
