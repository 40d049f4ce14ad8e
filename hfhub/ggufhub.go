package hfhub

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// ggufRanges are the lengths asked for, one after the other, until a header fits:
// shapes stand in the first kilobytes, tensors after a vocabulary of megabytes.
// What is not needed of a range is not downloaded.
var ggufRanges = map[bool][]int64{
	true:  {256 << 10, 32 << 20, 128 << 20},
	false: {32 << 20, 128 << 20},
}

// GGUF reads the header of a GGUF file at a commit; only what says its shape if
// shapesOnly.
func (c *Client) GGUF(ctx context.Context, id, commit, path string, shapesOnly bool) (*GGUF, error) {
	key := c.key("gguf", id, commit, path, strconv.FormatBool(shapesOnly))
	k, _, err := c.through(ctx, key, hexCommit.MatchString(commit), func(ctx context.Context) ([]byte, error) {
		g, err := c.askGGUF(ctx, id, commit, path, shapesOnly)
		if err != nil {
			return nil, err
		}
		return json.Marshal(g)
	})
	if err != nil {
		return nil, about(err, id, commit, path)
	}
	g := new(GGUF)
	if err := json.Unmarshal(k.body, g); err != nil {
		return nil, about(&Error{Kind: ErrBroken, Cause: err}, id, commit, path)
	}
	return g, nil
}

func (c *Client) askGGUF(ctx context.Context, id, commit, path string, shapesOnly bool) (g *GGUF, err error) {
	for _, length := range ggufRanges[shapesOnly] {
		err = c.stream(ctx, id, commit, path, 0, length, func(r io.Reader, total int64) (err error) {
			g, err = ReadGGUF(r, total, shapesOnly)
			return err
		})
		if !errors.Is(err, errShort) {
			break
		}
	}
	return g, err
}

// ggufWeights counts a set of GGUF files, the parts of a split one each by its own list.
func (c *Client) ggufWeights(ctx context.Context, info Info, v Variant, o TensorOptions) (Weights, error) {
	if o.Quick && o.Each == nil && v.Bytes >= 0 {
		return Weights{Source: FromSizes, Stored: v.Bytes, Method: "gguf", Files: v.Files}, nil
	}
	headers := make([]*GGUF, len(v.Files))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, f := range v.Files {
		group.Go(func() (err error) {
			headers[i], err = c.askGGUF(inner, info.ID, info.Commit, f.Path, false)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return Weights{}, err
	}
	sum := newTally(nil)
	for i, g := range headers {
		for _, t := range g.Tensors {
			t.File = v.Files[i].Path
			sum.add(t)
			if o.Each != nil {
				o.Each(t)
			}
		}
	}
	w := sum.finish()
	w.Source, w.Method, w.Files = FromGGUF, "gguf", v.Files
	w.Notes = ggufDoubts(headers, w)
	return w, nil
}

func ggufDoubts(headers []*GGUF, w Weights) []string {
	var notes []string
	if parts, ok := headers[0].Int("split.count"); ok && parts > 0 && parts != int64(len(headers)) {
		notes = append(notes, "a part of the split file is missing")
	}
	for _, d := range w.DTypes {
		if strings.HasPrefix(d.Name, "type") {
			notes = append(notes, "unknown "+d.Name+": sized by its offsets")
		}
	}
	return notes
}
