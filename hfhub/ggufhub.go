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

// ggufWeights counts a set of GGUF files, the parts of a split one each by its own
// list. In a hurry the sizes of the files must do where there are many of them, or
// where their lists cannot be read.
func (c *Client) ggufWeights(ctx context.Context, info Info, v Variant, o TensorOptions) (Weights, error) {
	hurry := o.Quick && o.Each == nil && v.Bytes >= 0
	bySize := Weights{Source: FromSizes, Stored: v.Bytes, Method: "gguf", Files: v.Files}
	if hurry && len(v.Files) > fewShards {
		return bySize, nil
	}
	w, err := c.ggufTensors(ctx, info, v, o)
	if hurry && (errors.Is(err, ErrBroken) || err == nil && !fills(&w, v)) {
		return bySize, nil
	}
	return w, err
}

// ggufSlack is the most that a file holds beside its tensors, in bytes: a
// vocabulary and what pads each tensor.
const ggufSlack = 64 << 20

// fills says whether the tensors that were listed are what the files hold.
func fills(w *Weights, v Variant) bool {
	return w.Stored > 0 && v.Bytes-w.Stored <= ggufSlack*int64(len(v.Files))
}

func (c *Client) ggufTensors(ctx context.Context, info Info, v Variant, o TensorOptions) (Weights, error) {
	headers := make([]*GGUF, len(v.Files))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, f := range v.Files {
		group.Go(func() (err error) {
			headers[i], err = c.GGUF(inner, info.ID, info.Commit, f.Path, false)
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
