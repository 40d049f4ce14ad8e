package hfhub

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const pointerPrefix = "version https://git-lfs"

// File is a file of a repository, read whole.
type File struct {
	Path   string
	Commit string
	Data   []byte // shared with the cache; not to be written to
	Fresh
}

// File reads a small file at a commit, of at most limit bytes. A file in a local
// cache is read from there.
func (c *Client) File(ctx context.Context, id, commit, path string, limit int64) (File, error) {
	if err := checkFile(id, commit, path); err != nil {
		return File{}, about(err, oneLine(id), oneLine(commit), oneLine(path))
	}
	pinned := hexCommit.MatchString(commit)
	file := File{Path: path, Commit: commit}
	if pinned {
		if k, found := (local{c.settings.CacheDir}).read(id, commit, path, limit); found {
			file.Data, file.Fresh = k.body, Fresh{Origin: FromCache, FetchedAt: k.at}
			return file, nil
		}
	}
	key := c.key("file", id, commit, path)
	k, fresh, err := c.through(ctx, key, pinned, func(ctx context.Context) ([]byte, error) {
		return c.askFile(ctx, id, commit, path, limit)
	})
	if err != nil {
		return File{}, about(err, id, commit, path)
	}
	if int64(len(k.body)) > limit {
		return File{}, about(broken("larger than %d bytes", limit), id, commit, path)
	}
	file.Data, file.Fresh = k.body, fresh
	return file, nil
}

// askFile asks for a file, and tells a Git LFS pointer from the file it stands for.
func (c *Client) askFile(ctx context.Context, id, commit, path string, limit int64) ([]byte, error) {
	var body []byte
	err := c.fetch(ctx, c.resolve(id, commit, path, func(r *response) error {
		if length, err := strconv.ParseInt(r.header.Get("Content-Length"), 10, 64); err == nil && length > limit {
			return broken("larger than %d bytes", limit)
		}
		text, err := readAll(r.body, limit)
		if err == nil && strings.HasPrefix(string(text[:min(len(text), 64)]), pointerPrefix) {
			err = broken("a Git LFS pointer in place of the file")
		}
		body = text
		return err
	}))
	return body, err
}

// Span is a piece of a file.
type Span struct {
	Data  []byte
	Total int64 // bytes of the whole file; -1 if not known
}

// Range reads length bytes of a file from an offset on; fewer where it ends
// before. It is not cached.
func (c *Client) Range(ctx context.Context, id, commit, path string, offset, length int64) (Span, error) {
	var span Span
	err := c.stream(ctx, id, commit, path, offset, length, func(body io.Reader, total int64) error {
		data, err := io.ReadAll(io.LimitReader(body, length))
		span = Span{Data: data, Total: total}
		return err
	})
	return span, err
}

// stream gives read the bytes of a file from offset on, at most length of them,
// and the size of the whole (-1 if not known). After a failure it may call read
// again, from the beginning. What read leaves unread is not downloaded.
func (c *Client) stream(ctx context.Context, id, commit, path string, offset, length int64, read func(io.Reader, int64) error) error {
	if err := checkFile(id, commit, path); err != nil {
		return about(err, oneLine(id), oneLine(commit), oneLine(path))
	}
	if offset < 0 || length <= 0 || offset > math.MaxInt64-length {
		return about(broken("no range of %d bytes from %d", length, offset), id, commit, path)
	}
	if file, info, err := (local{c.settings.CacheDir}).open(id, commit, path); err == nil {
		defer file.Close()
		return about(asError(read(io.NewSectionReader(file, offset, length), info.Size())), id, commit, path)
	}
	q := c.resolve(id, commit, path, func(r *response) error {
		body, total, err := piece(r, offset, length)
		if err != nil {
			return err
		}
		return read(body, total)
	})
	q.long = length > quickly
	q.span = "bytes=" + strconv.FormatInt(offset, 10) + "-" + strconv.FormatInt(offset+length-1, 10)
	return c.fetch(ctx, q)
}

// asError names a reader's own failure on a local file.
func asError(err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &Error{Kind: ErrBroken, Cause: err}
}

var contentRange = regexp.MustCompile(`^bytes (\d+)-(\d+)/(\d+|\*)$`)

// piece checks that the answer is the range asked for. A server that ignores
// ranges sends the whole file: what comes before the piece is skipped.
func piece(r *response, offset, length int64) (io.Reader, int64, error) {
	total := int64(-1)
	if r.status == http.StatusOK {
		if size, err := strconv.ParseInt(r.header.Get("Content-Length"), 10, 64); err == nil {
			total = size
		}
		if offset > maxSkip {
			return nil, 0, broken("the server does not know ranges")
		}
		if _, err := io.CopyN(io.Discard, r.body, offset); err != nil {
			return nil, 0, err
		}
		return io.LimitReader(r.body, length), total, nil
	}
	found := contentRange.FindStringSubmatch(r.header.Get("Content-Range"))
	if found == nil {
		return nil, 0, broken("partial answer without its range")
	}
	if from, err := strconv.ParseInt(found[1], 10, 64); err != nil || from != offset {
		return nil, 0, broken("another range than the one asked for")
	}
	if size, err := strconv.ParseInt(found[3], 10, 64); err == nil {
		total = size
	}
	return io.LimitReader(r.body, length), total, nil
}

// quickly is a length that one Timeout is enough for.
const quickly = 4 << 20

const maxSkip = 32 << 20 // bytes read past where a server ignores ranges

// resolve is the request for a file.
func (c *Client) resolve(id, commit, path string, read func(*response) error) request {
	at := c.endpoint.JoinPath(id, "resolve", url.PathEscape(commit), escaped(path))
	return request{id: id, revision: commit, path: path, url: at, bucket: bucketResolve, read: read}
}

func checkFile(id, commit, path string) error {
	if commit == "" {
		return badID("no revision")
	}
	if err := (Ref{ID: id, Revision: commit}).check(); err != nil {
		return err
	}
	return checkPath(path)
}
