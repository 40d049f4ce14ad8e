package hubtest

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strings"
)

// Content is what a file holds: a head, and zeros up to its size. The zeros take
// no memory, so a 15 GB weight file is one header.
type Content struct {
	Head []byte
	Size int64 // bytes in all; len(Head) if smaller
}

// Bytes is a content of just these bytes.
func Bytes(data []byte) Content { return Content{Head: data, Size: int64(len(data))} }

func (c Content) size() int64 { return max(c.Size, int64(len(c.Head))) }

// reader reads the content from the start; it can seek, for ranges.
func (c Content) reader() io.ReadSeeker {
	return io.NewSectionReader(sparse{c}, 0, c.size())
}

// sparse reads zeros past the head.
type sparse struct{ Content }

// ReadAt fills p from the head, then with zeros.
func (s sparse) ReadAt(p []byte, offset int64) (int, error) {
	n := int(min(int64(len(p)), s.size()-offset))
	if n <= 0 {
		return 0, io.EOF
	}
	copied := 0
	if offset < int64(len(s.Head)) {
		copied = copy(p[:n], s.Head[offset:])
	}
	clear(p[copied:n])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Repo is a model repository with its revisions.
type Repo struct {
	id        string
	commit    string
	branches  map[string]string // branch or tag to commit
	snapshots map[string]map[string]Content
	gated     string
	private   bool
	disabled  bool
	library   string
	pipeline  string
	tags      []string
	base      []string
	downloads int
	summary   any // what info shows as safetensors, if set
	noSummary bool
	gguf      any
	fields    map[string]any // shown in info over everything else
	large     map[string]bool
}

// Option changes how a repository behaves.
type Option func(*Repo)

// Gated puts files behind an agreement: "auto" or "manual".
func Gated(how string) Option { return func(r *Repo) { r.gated = how } }

// Private hides the repository from all but the tokens that [Hub.Allow] names.
func Private() Option { return func(r *Repo) { r.private = true } }

// Disabled shows the repository as taken down.
func Disabled() Option { return func(r *Repo) { r.disabled = true } }

// Library sets library_name.
func Library(name string) Option { return func(r *Repo) { r.library = name } }

// Pipeline sets pipeline_tag.
func Pipeline(name string) Option { return func(r *Repo) { r.pipeline = name } }

// Tags sets the tags.
func Tags(tags ...string) Option { return func(r *Repo) { r.tags = tags } }

// Base sets the base models.
func Base(ids ...string) Option { return func(r *Repo) { r.base = ids } }

// Downloads sets the download count, by which search sorts.
func Downloads(n int) Option { return func(r *Repo) { r.downloads = n } }

// Summary shows this count of safetensors elements per dtype in place of the
// true one; total may contradict it.
func Summary(parameters map[string]int64, total int64) Option {
	return func(r *Repo) { r.summary = map[string]any{"parameters": parameters, "total": total} }
}

// NoSummary leaves the safetensors summary out.
func NoSummary() Option { return func(r *Repo) { r.noSummary = true } }

// GGUFSummary shows what the Hub would have read from a GGUF file.
func GGUFSummary(total int64, architecture string, context int64) Option {
	return func(r *Repo) {
		r.gguf = map[string]any{"total": total, "architecture": architecture, "context_length": context}
	}
}

// Field sets a field of info to any value, to lie with.
func Field(name string, value any) Option { return func(r *Repo) { r.fields[name] = value } }

// With adds a file that may be larger than memory.
func With(path string, content Content) Option {
	return func(r *Repo) { r.snapshots[r.commit][path] = content }
}

// Branch adds a branch or tag with files of its own, at a commit of its own.
func Branch(name string, files map[string][]byte) Option {
	return func(r *Repo) {
		commit := commitOf(r.id, name)
		r.branches[name] = commit
		r.snapshots[commit] = contents(files)
	}
}

// LFS serves these small files by the CDN too.
func LFS(paths ...string) Option {
	return func(r *Repo) {
		for _, path := range paths {
			r.large[path] = true
		}
	}
}

// Add puts a repository on the Hub. Files over 10 MB, and those that Git LFS
// keeps by their names, come from the CDN.
func (h *Hub) Add(id string, files map[string][]byte, options ...Option) *Repo {
	commit := commitOf(id, "main")
	r := &Repo{
		id: id, commit: commit, library: "transformers", pipeline: "text-generation",
		branches:  map[string]string{"main": commit},
		snapshots: map[string]map[string]Content{commit: contents(files)},
		fields:    map[string]any{}, large: map[string]bool{},
	}
	for _, option := range options {
		option(r)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.repos[strings.ToLower(id)] = r
	return r
}

// Commit is the commit of the default branch.
func (r *Repo) Commit() string { return r.commit }

func contents(files map[string][]byte) map[string]Content {
	all := make(map[string]Content, len(files))
	for path, data := range files {
		all[path] = Bytes(data)
	}
	return all
}

func commitOf(id, branch string) string {
	sum := sha1.Sum([]byte(id + "@" + branch))
	return hex.EncodeToString(sum[:])
}

// snapshot finds the files of a revision.
func (r *Repo) snapshot(revision string) (commit string, files map[string]Content) {
	if revision == "HEAD" {
		revision = "main"
	}
	if to, ok := r.branches[revision]; ok {
		revision = to
	}
	return revision, r.snapshots[revision]
}

// isLarge says whether Git LFS keeps a file.
func (r *Repo) isLarge(path string, c Content) bool {
	if r.large[path] || c.size() > 10<<20 {
		return true
	}
	for _, end := range []string{".safetensors", ".gguf", ".bin", ".pt", ".onnx"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

func (c Content) etag() string {
	digest := sha256.New()
	digest.Write(c.Head)
	digest.Write([]byte{byte(c.size()), byte(c.size() >> 8), byte(c.size() >> 16)})
	sum := digest.Sum(nil)
	return hex.EncodeToString(sum)
}

func sortedPaths(files map[string]Content) []string { return slices.Sorted(maps.Keys(files)) }
