package hfhub

import (
	"bytes"
	"context"
	"io"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// firstRange is what is asked for where a header's length cannot be guessed, in
// bytes: 97 of 100 headers are below 100 KB, and another range costs two requests.
const firstRange = 200 << 10

// shard is a weight file with what is known before it is read.
type shard struct {
	FileEntry
	tensors int
	guess   int64 // bytes that should hold its header
}

// shards lists the files of a set; by its index where it has one, since a
// repository may hold older shards beside the ones in use.
// Without an index its total_size is -1.
func (c *Client) shards(ctx context.Context, info Info, v Variant) ([]shard, Index, error) {
	index := Index{TotalSize: -1}
	if v.Index == "" || len(v.Files) == 1 {
		var list []shard
		for _, f := range v.Files {
			list = append(list, shard{FileEntry: f, guess: firstRange})
		}
		return list, index, nil
	}
	err := c.stream(ctx, info.ID, info.Commit, v.Index, 0, maxIndex, func(r io.Reader, _ int64) (err error) {
		index, err = ReadIndex(r)
		return err
	})
	if err != nil {
		return nil, index, err
	}
	var list []shard
	for file, s := range index.Shards {
		full := path.Join(path.Dir(v.Index), file)
		entry, listed := info.File(full)
		if !listed {
			entry = FileEntry{Path: full, Size: -1}
		}
		list = append(list, shard{FileEntry: entry, tensors: s.Tensors, guess: s.guess()})
	}
	slices.SortFunc(list, func(a, b shard) int { return strings.Compare(a.Path, b.Path) })
	return list, index, nil
}

// headers reads the headers of files, several at once, and gives all tensors in
// the order of the files.
func (c *Client) headers(ctx context.Context, info Info, shards []shard) ([]Tensor, error) {
	lists := make([][]Tensor, len(shards))
	var count atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, s := range shards {
		group.Go(func() error {
			list, err := c.header(ctx, info, s)
			lists[i] = list
			if err == nil && count.Add(int64(len(list))) > maxTensors {
				err = broken("more than %d tensors", maxTensors)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if len(lists) == 1 {
		return lists[0], nil
	}
	return slices.Concat(lists...), nil
}

// header reads one file's header: in one range, or two where the guess was short.
func (c *Client) header(ctx context.Context, info Info, s shard) ([]Tensor, error) {
	var tensors []Tensor
	var early []byte // the part of a long header that came with the first range
	var length, size int64
	want := s.guess
	if s.Size >= 0 {
		want = max(min(want, s.Size), lengthOf)
	}
	err := c.stream(ctx, info.ID, info.Commit, s.Path, 0, want, func(r io.Reader, total int64) (err error) {
		tensors, early = nil, nil
		if size = total; size < 0 {
			size = s.Size
		}
		if length, err = headerLength(r, size); err != nil {
			return err
		}
		if lengthOf+length > want {
			early, err = io.ReadAll(r)
			return err
		}
		tensors, err = readHeader(r, length, size)
		return err
	})
	if err == nil && early != nil {
		tensors, err = c.longHeader(ctx, info, s, early, length, size)
	}
	for i := range tensors {
		tensors[i].File = s.Path
	}
	return tensors, err
}

// longHeader reads the rest of a header after what came first.
func (c *Client) longHeader(ctx context.Context, info Info, s shard, early []byte, length, size int64) (tensors []Tensor, err error) {
	from := lengthOf + int64(len(early))
	err = c.stream(ctx, info.ID, info.Commit, s.Path, from, length-int64(len(early)), func(r io.Reader, _ int64) (err error) {
		tensors, err = readHeader(io.MultiReader(bytes.NewReader(early), r), length, size)
		return err
	})
	return tensors, err
}
