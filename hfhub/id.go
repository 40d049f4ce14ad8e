package hfhub

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	maxPasted   = 2048 // bytes of a pasted reference
	maxRevision = 255
	maxPath     = 1024
)

// Ref names a model, or something inside it, as people paste it.
type Ref struct {
	ID       string // owner/name, or the bare name of an old model
	Revision string // branch, tag, commit or refs/pr/N; empty for the default branch
	Path     string // file that the address pointed at; empty for none
	Variant  string // what follows a colon (hf.co/owner/name:Q4_K_M); empty for none
}

var (
	repoID      = regexp.MustCompile(`^(?:[A-Za-z0-9_][\w.-]*/)?[A-Za-z0-9_][\w.-]{0,95}$`)
	hexCommit   = regexp.MustCompile(`^[0-9a-f]{40}$`)
	variantName = regexp.MustCompile(`^[\w.-]{1,64}$`)
)

// viewers are the pages of a repository whose address goes on with a revision.
var viewers = map[string]bool{
	"tree": true, "blob": true, "resolve": true, "raw": true,
	"commit": true, "commits": true, "blame": true, "edit": true,
}

// hubHosts are the names under which people paste the public Hub.
var hubHosts = []string{"huggingface.co/", "www.huggingface.co/", "hf.co/", "hf-mirror.com/"}

// ParseID reads a model's id as typed or pasted: owner/name, name,
// owner/name@revision, an address on huggingface.co or hf.co, hf://…, or
// hf.co/owner/name:Q4_K_M. What it returns is safe to build a URL from; any
// other text is an [Error] of kind [ErrBadID].
func ParseID(text string) (Ref, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxPasted {
		return Ref{}, badID("too long")
	}
	rest, isURL, ours := cutScheme(text)
	if !ours {
		return Ref{}, badID("not an address of the Hub")
	}
	if at := strings.IndexAny(rest, "?#"); at >= 0 && isURL {
		rest = rest[:at]
	}
	ref, err := parsePath(strings.Trim(rest, "/"), isURL)
	if err != nil {
		return Ref{}, err
	}
	return ref, ref.check()
}

// cutScheme takes off the scheme and a host of the Hub; any other host is not ours.
func cutScheme(text string) (rest string, isURL, ours bool) {
	lower := strings.ToLower(text)
	web := false
	for _, scheme := range []string{"hf://", "https://", "http://"} {
		if strings.HasPrefix(lower, scheme) {
			text, lower, isURL, web = text[len(scheme):], lower[len(scheme):], true, scheme != "hf://"
			break
		}
	}
	for _, host := range hubHosts {
		if strings.HasPrefix(lower, host) {
			return text[len(host):], true, true
		}
	}
	return text, isURL, !web
}

func parsePath(path string, isURL bool) (Ref, error) {
	parts := strings.Split(path, "/")
	switch {
	case isURL && (parts[0] == "datasets" || parts[0] == "spaces"):
		return Ref{}, badID("that is one of the " + parts[0] + ", not a model")
	case isURL && parts[0] == "api" && len(parts) > 1 && parts[1] == "models":
		parts = parts[2:]
	case isURL && parts[0] == "models":
		parts = parts[1:]
	}
	if !isURL && strings.Count(strings.SplitN(path, "@", 2)[0], "/") > 1 {
		return Ref{}, badID("more than one slash")
	}
	for i := range parts {
		plain, err := url.PathUnescape(parts[i])
		if err != nil {
			return Ref{}, badID("bad escape")
		}
		if isURL {
			parts[i] = plain
		}
	}
	return assemble(parts), nil
}

// assemble puts owner, name, revision and path together.
func assemble(parts []string) Ref {
	var ref Ref
	taken := min(2, len(parts))
	if taken == 2 && (viewers[parts[1]] || strings.Contains(parts[0], "@")) {
		taken = 1
	}
	name, tail := strings.Join(parts[:taken], "/"), parts[taken:]
	name, ref.Revision, _ = strings.Cut(name, "@")
	ref.ID, ref.Variant, _ = strings.Cut(name, ":")
	switch {
	case len(tail) >= 2 && viewers[tail[0]]:
		ref.Revision, tail = tail[1], tail[2:]
	case len(tail) == 1 && viewers[tail[0]]:
		tail = nil
	case ref.Revision == "refs" && len(tail) >= 2: // @refs/pr/1
		ref.Revision, tail = "refs/"+tail[0]+"/"+tail[1], tail[2:]
	case ref.Revision != "" && len(tail) > 0 && !strings.Contains(tail[len(tail)-1], "."):
		ref.Revision, tail = ref.Revision+"/"+strings.Join(tail, "/"), nil // a branch with a slash
	}
	ref.Path = strings.Join(tail, "/")
	return ref
}

// check refuses what must not reach a URL.
func (r Ref) check() error {
	_, name, owned := strings.Cut(r.ID, "/")
	if !owned {
		name = r.ID
	}
	switch {
	case r.ID == "":
		return badID("empty")
	case !repoID.MatchString(r.ID), len(r.ID) > 2*96+1:
		return badID("want owner/name of letters, digits, - _ .")
	case strings.Contains(r.ID, "--"), strings.Contains(r.ID, ".."), strings.HasSuffix(r.ID, ".git"):
		return badID("-- and .. and .git are not allowed")
	case strings.HasSuffix(name, "-"), strings.HasSuffix(name, "."), strings.HasSuffix(r.ID, "/"):
		return badID("ends in - or .")
	case owned && isHubHost(r.ID):
		return badID("names the Hub twice")
	case owned && viewers[name]:
		return badID("names a page of the Hub")
	case r.Variant != "" && !variantName.MatchString(r.Variant):
		return badID("bad variant")
	}
	if err := checkRevision(r.Revision); err != nil {
		return err
	}
	if r.Path == "" {
		return nil
	}
	return checkPath(r.Path)
}

// isHubHost reports whether an id starts with a name of the Hub itself, which
// no owner bears: hf.co/huggingface.co/x is an address pasted after another.
func isHubHost(id string) bool {
	lower := strings.ToLower(id)
	return slices.ContainsFunc(hubHosts, func(host string) bool { return strings.HasPrefix(lower, host) })
}

// checkRevision refuses revisions that git would refuse.
func checkRevision(revision string) error {
	if len(revision) > maxRevision || strings.Contains(revision, "..") || strings.HasPrefix(revision, "/") ||
		strings.ContainsAny(revision, " ~^:?*[\\%") || hasControl(revision) {
		return badID("bad revision")
	}
	if revision == "" {
		return nil
	}
	for part := range strings.SplitSeq(revision, "/") {
		if part == "" || part[0] == '.' {
			return badID("bad revision")
		}
	}
	return nil
}

// checkPath refuses a path that could leave its repository, escaped or not.
func checkPath(path string) error {
	for range 4 {
		if err := checkPlainPath(path); err != nil {
			return err
		}
		plain, err := url.PathUnescape(path)
		if err != nil || plain == path {
			return nil
		}
		path = plain
	}
	return badID("bad path")
}

func checkPlainPath(path string) error {
	if path == "" || len(path) > maxPath || strings.ContainsAny(path, "\\") || hasControl(path) {
		return badID("bad path")
	}
	for i, part := range strings.Split(path, "/") {
		if part == "" || part == "." || part == ".." || i == 0 && strings.Contains(part, ":") {
			return badID("bad path")
		}
	}
	return nil
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r == 0x7f })
}

func badID(why string) error { return &Error{Kind: ErrBadID, Message: why} }

// escaped escapes each segment of a path and keeps the slashes.
func escaped(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// String writes the reference the way ParseID reads it.
func (r Ref) String() string {
	text := r.ID
	if r.Variant != "" {
		text += ":" + r.Variant
	}
	if r.Revision != "" {
		text = fmt.Sprintf("%s@%s", text, r.Revision)
	}
	return text
}
