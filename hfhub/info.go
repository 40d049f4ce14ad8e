package hfhub

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

const (
	maxInfo   = 16 << 20 // bytes; ordinary answers are 5 to 22 KB and 100 bytes a file
	maxFiles  = 100_000
	maxDTypes = 64
)

// Info is what the Hub says about a model, pinned to a commit.
type Info struct {
	ID       string // as the Hub spells it now
	Asked    string // as it was asked; differs from ID after a rename
	Revision string // as it was asked; empty for the default branch
	Commit   string // 40 hex digits; everything else is read at it

	Gated    string // "auto" or "manual"; empty if open
	Private  bool
	Disabled bool

	Library       string
	Pipeline      string
	ModelType     string // from the Hub's summary of config.json; may be empty
	Architectures []string
	Quantization  string // quant_method, from the same summary; may be empty
	Tags          []string
	BaseModels    []string
	LastModified  time.Time

	Summary *Summary     // the Hub's own count of safetensors; nil if none
	GGUF    *GGUFSummary // the Hub's reading of one GGUF file; nil if none
	Files   []FileEntry

	Fresh
}

// Summary is the Hub's count of stored elements per dtype. It may count packed
// words for parameters; [Client.Tensors] knows when it can be believed.
type Summary struct {
	Parameters map[string]int64
	Total      int64
}

// GGUFSummary is what the Hub read from one GGUF file of the repository.
type GGUFSummary struct {
	Parameters   int64
	Architecture string
	Context      int64 // tokens
}

// FileEntry is a file of a repository.
type FileEntry struct {
	Path string
	Size int64 // bytes; -1 if the Hub did not say
}

// Renamed says whether the model has moved to another name.
func (i Info) Renamed() bool { return i.Asked != i.ID }

// File finds a file by its path.
func (i Info) File(path string) (FileEntry, bool) {
	at := slices.IndexFunc(i.Files, func(f FileEntry) bool { return f.Path == path })
	if at < 0 {
		return FileEntry{}, false
	}
	return i.Files[at], true
}

// Info asks what a model is, at a revision (empty for the default branch): one
// request, or none while an earlier answer holds. When the Hub is down it answers
// from what it kept or from a local cache, and Fresh says so.
func (c *Client) Info(ctx context.Context, id, revision string) (Info, error) {
	ref := Ref{ID: id, Revision: revision}
	if err := ref.check(); err != nil {
		return Info{}, about(err, oneLine(id), oneLine(revision), "")
	}
	pinned := hexCommit.MatchString(revision)
	k, fresh, err := c.through(ctx, c.key("info", id, revision), pinned, func(ctx context.Context) ([]byte, error) {
		return c.askInfo(ctx, id, revision)
	})
	if err != nil {
		if info, found := c.localInfo(id, revision); found && down(err) {
			return info, nil
		}
		return Info{}, about(err, id, revision, "")
	}
	info, err := parseInfo(k.body)
	if err != nil {
		return Info{}, about(err, id, revision, "")
	}
	info.Asked, info.Revision, info.Fresh = id, revision, fresh
	return info, nil
}

// askInfo asks with blobs=true: it cannot be combined with expand, but the whole
// answer has all that expand would name, and the sizes of the files besides.
func (c *Client) askInfo(ctx context.Context, id, revision string) ([]byte, error) {
	at := c.endpoint.JoinPath("api/models", id)
	if revision != "" {
		at = c.endpoint.JoinPath("api/models", id, "revision", url.PathEscape(revision))
	}
	at.RawQuery = "blobs=true"
	var body []byte
	err := c.fetch(ctx, request{id: id, revision: revision, url: at, bucket: bucketAPI, read: func(r *response) error {
		text, err := readAll(r.body, maxInfo)
		if err != nil {
			return err
		}
		if _, err := parseInfo(text); err != nil {
			return err
		}
		body = text
		return nil
	}})
	return body, err
}

// localInfo is what a local cache knows of a model: commit and files.
func (c *Client) localInfo(id, revision string) (Info, bool) {
	cache := local{c.settings.CacheDir}
	commit, at, err := cache.commit(id, revision)
	if err != nil {
		return Info{}, false
	}
	files, err := cache.files(id, commit)
	if err != nil {
		return Info{}, false
	}
	fresh := Fresh{Origin: FromCache, FetchedAt: at.UTC(), Stale: !hexCommit.MatchString(revision)}
	return Info{ID: id, Asked: id, Revision: revision, Commit: commit, Files: files, Fresh: fresh}, true
}

func parseInfo(text []byte) (Info, error) {
	if err := validJSON(text); err != nil {
		return Info{}, err
	}
	top := gjson.ParseBytes(text)
	info := Info{
		ID:            orElse(text1(top, "id"), text1(top, "modelId")),
		Commit:        text1(top, "sha"),
		Gated:         gate(top.Get("gated")),
		Private:       top.Get("private").Type == gjson.True,
		Disabled:      top.Get("disabled").Type == gjson.True,
		Library:       text1(top, "library_name"),
		Pipeline:      text1(top, "pipeline_tag"),
		ModelType:     text1(top, "config.model_type"),
		Architectures: texts(top.Get("config.architectures")),
		Quantization:  text1(top, "config.quantization_config.quant_method"),
		Tags:          texts(top.Get("tags")),
		BaseModels:    baseModels(top),
		Summary:       summary(top.Get("safetensors")),
		GGUF:          ggufSummary(top.Get("gguf")),
	}
	info.LastModified, _ = time.Parse(time.RFC3339, text1(top, "lastModified"))
	if err := (Ref{ID: info.ID}).check(); err != nil {
		return Info{}, broken("answer names no model")
	}
	if !hexCommit.MatchString(info.Commit) {
		return Info{}, broken("answer names no commit")
	}
	var err error
	info.Files, err = fileEntries(top.Get("siblings"))
	return info, err
}

// fileEntries reads the list of files; a path that could not be asked for is left out.
func fileEntries(siblings gjson.Result) ([]FileEntry, error) {
	var files []FileEntry
	siblings.ForEach(func(_, one gjson.Result) bool {
		path := text1(one, "rfilename")
		if checkPath(path) != nil {
			return true
		}
		entry := FileEntry{Path: path, Size: -1}
		for _, key := range []string{"lfs.size", "size"} {
			if size, ok := whole(one.Get(key)); ok {
				entry.Size = size
				break
			}
		}
		files = append(files, entry)
		return len(files) <= maxFiles
	})
	if len(files) > maxFiles {
		return nil, broken("more than %d files", maxFiles)
	}
	return files, nil
}

// gate reads false, "auto", "manual" or true.
func gate(r gjson.Result) string {
	switch r.Type {
	case gjson.True:
		return "auto"
	case gjson.String:
		return r.Str
	default:
		return ""
	}
}

func summary(r gjson.Result) *Summary {
	if !r.IsObject() {
		return nil
	}
	s := &Summary{Parameters: map[string]int64{}}
	var ok bool
	if s.Total, ok = whole(r.Get("total")); !ok {
		s.Total = -1
	}
	r.Get("parameters").ForEach(func(dtype, count gjson.Result) bool {
		n, ok := whole(count)
		if !ok {
			s.Total = -1 // not to be believed
		}
		s.Parameters[oneLine(dtype.Str)] = n
		return len(s.Parameters) < maxDTypes
	})
	return s
}

func ggufSummary(r gjson.Result) *GGUFSummary {
	if !r.IsObject() {
		return nil
	}
	g := &GGUFSummary{Architecture: text1(r, "architecture")}
	g.Parameters, _ = whole(r.Get("total"))
	g.Context, _ = whole(r.Get("context_length"))
	return g
}

// baseModels reads baseModels, or base_model of the card: a name or a list.
func baseModels(top gjson.Result) []string {
	var ids []string
	top.Get("baseModels.models").ForEach(func(_, one gjson.Result) bool {
		ids = append(ids, text1(one, "id"))
		return true
	})
	if ids == nil {
		ids = texts(top.Get("cardData.base_model"))
	}
	return slices.DeleteFunc(ids, func(id string) bool { return Ref{ID: id}.check() != nil })
}

// text1 is a string at a path; empty for anything else.
func text1(r gjson.Result, path string) string {
	if found := r.Get(path); found.Type == gjson.String {
		return strings.ToValidUTF8(found.Str, "")
	}
	return ""
}

// texts is a list of strings, or one string.
func texts(r gjson.Result) []string {
	if r.Type == gjson.String {
		return []string{r.Str}
	}
	var all []string
	if r.IsArray() {
		r.ForEach(func(_, one gjson.Result) bool {
			if one.Type == gjson.String {
				all = append(all, one.Str)
			}
			return len(all) < 1000
		})
	}
	return all
}
