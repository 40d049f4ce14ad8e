package hfhub

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
)

const (
	parallel   = 8         // files read at once
	maxTensors = 1_000_000 // of one model
	maxConfig  = 10 << 20  // bytes
	fewShards  = 8         // whose headers are read also in a hurry
)

// TensorOptions say which weights to count, and how closely. The zero value
// counts the ordinary weights exactly.
type TensorOptions struct {
	Variant string       // one of Weights.Variants; "" for the ordinary files
	Quick   bool         // settle for bytes where parameters would cost a request each of many files
	Each    func(Tensor) // sees every tensor, in order; headers are then read in any case
}

// Tensors says what the weights of a model take, and how many parameters they
// hold, in as few requests as that needs: none beside config.json where the Hub's
// summary can be believed, else one range of each file.
func (c *Client) Tensors(ctx context.Context, info Info, o TensorOptions) (Weights, error) {
	if o.Each != nil {
		w, err := c.weigh(ctx, info, o)
		return w, about(err, info.ID, info.Revision, "")
	}
	key := c.key("tensors", info.ID, info.Commit, o.Variant, strconv.FormatBool(o.Quick))
	k, _, err := c.through(ctx, key, true, func(ctx context.Context) ([]byte, error) {
		w, err := c.weigh(ctx, info, o)
		if err != nil {
			return nil, err
		}
		return json.Marshal(w)
	})
	if err != nil {
		return Weights{}, about(err, info.ID, info.Revision, "")
	}
	var w Weights
	if err := json.Unmarshal(k.body, &w); err != nil {
		return Weights{}, about(&Error{Kind: ErrBroken, Cause: err}, info.ID, info.Revision, "")
	}
	return w, nil
}

// weigh finds the weights and reads them by their format.
func (c *Client) weigh(ctx context.Context, info Info, o TensorOptions) (Weights, error) {
	if len(info.Files) == 0 {
		return c.unlisted(ctx, info, o)
	}
	all := variants(info.Files, "")
	_, single := called(all, o.Variant) // the whole pipeline in one file
	if parts := pipelineParts(info); len(parts) > 0 && !single {
		return c.pipeline(ctx, info, parts, o)
	}
	chosen, found := choose(all, o.Variant)
	switch {
	case !found && len(pickable(all)) > 0 && o.Variant != "":
		return Weights{}, noVariant(all)
	case !found:
		return Weights{}, &Error{Kind: ErrNoFile, Message: "the repository holds no weights"}
	}
	read := map[string]func(context.Context, Info, Variant, TensorOptions) (Weights, error){
		"safetensors": c.safetensors, "gguf": c.ggufWeights, "pytorch": c.sizes,
	}[chosen.Format]
	w, err := read(ctx, info, chosen, o)
	w.Variant, w.Variants = chosen.Name, all
	return w, err
}

// unlisted tries the usual names where the Hub, or a mirror of it, lists no files.
func (c *Client) unlisted(ctx context.Context, info Info, o TensorOptions) (Weights, error) {
	config := FileEntry{Path: "config.json", Size: -1}
	info.Files = []FileEntry{config, {Path: "model.safetensors", Size: -1}}
	w, err := c.weigh(ctx, info, o)
	if errors.Is(err, ErrNoFile) {
		info.Files = []FileEntry{config, {Path: "model.safetensors.index.json", Size: -1}}
		w, err = c.weigh(ctx, info, o)
	}
	return w, err
}

// noVariant refuses a name that no set of weights has.
func noVariant(all []Variant) *Error {
	return &Error{Kind: ErrNoVariant, Variants: namesOf(pickable(all))}
}

// safetensors counts a set of safetensors files.
func (c *Client) safetensors(ctx context.Context, info Info, v Variant, o TensorOptions) (Weights, error) {
	if o.Each == nil && plausible(info.Summary, v) {
		if w, ok, err := c.believe(ctx, info, v); ok || err != nil {
			return w, err
		}
	}
	shards, index, err := c.shards(ctx, info, v)
	if err != nil {
		return Weights{}, err
	}
	if o.Quick && o.Each == nil && index.TotalSize >= 0 && len(shards) > fewShards {
		return quickWeights(info, shards, index), nil
	}
	tensors, err := c.headers(ctx, info, shards)
	if err != nil {
		return Weights{}, err
	}
	return c.tallied(ctx, info, tensors, shards, o)
}

// packing reads how config.json says the weights are packed; nil for plain ones.
// A config that cannot be read now is an error: without it packed weights would
// be counted wrong.
func (c *Client) packing(ctx context.Context, info Info) (*packing, error) {
	for _, path := range []string{"config.json", "hf_quant_config.json", "quantize_config.json", "quant_config.json"} {
		if _, listed := info.File(path); !listed {
			continue
		}
		file, err := c.File(ctx, info.ID, info.Commit, path, maxConfig)
		if errors.Is(err, ErrNoFile) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p, err := parsePacking(file.Data, sideMethods[path]); p != nil || err != nil {
			return p, err
		}
	}
	return nil, nil
}

// tallied adds tensors up. The config is only asked for if some may be packed.
func (c *Client) tallied(ctx context.Context, info Info, tensors []Tensor, shards []shard, o TensorOptions) (Weights, error) {
	var p *packing
	if slices.ContainsFunc(tensors, func(t Tensor) bool { return !plainFloats[t.DType] }) {
		var err error
		if p, err = c.packing(ctx, info); err != nil {
			return Weights{}, err
		}
	}
	sum := newTally(p)
	for _, t := range tensors {
		sum.add(t)
		if o.Each != nil {
			o.Each(t)
		}
	}
	w := sum.finish()
	w.Source = FromHeaders
	for _, s := range shards {
		w.Files = append(w.Files, s.FileEntry)
	}
	w.Notes = doubts(w, p)
	return w, nil
}

// doubts says what in a count may be wrong.
func doubts(w Weights, p *packing) []string {
	var notes []string
	for _, d := range w.DTypes {
		if _, known := dtypeBits[d.Name]; !known {
			notes = append(notes, "unknown type "+d.Name+": sized by its offsets")
		}
		_, packs := integers[d.Name]
		if packs && p == nil && d.Bytes > w.Stored/10 {
			notes = append(notes, "much of "+d.Name+" but no quantization in the config: parameters may be packed")
		}
	}
	if p != nil {
		if _, known := packings[orElse(sameMethod[p.method], p.method)]; !known {
			notes = append(notes, "unknown packing "+oneLine(p.method)+": parameters may be wrong")
		}
	}
	return notes
}

// sizes is all that can be said of pickled weights without running them.
func (c *Client) sizes(ctx context.Context, info Info, v Variant, _ TensorOptions) (Weights, error) {
	w := Weights{Source: FromSizes, Files: slices.Clone(v.Files), Notes: []string{"pickled weights: file sizes, a little over the tensors"}}
	for i, f := range w.Files {
		if f.Size < 0 { // not listed: a byte of the file tells
			one, err := c.Range(ctx, info.ID, info.Commit, f.Path, 0, 1)
			if err != nil {
				return Weights{}, err
			}
			if one.Total < 0 {
				return Weights{}, broken("%s has no size", oneLine(f.Path))
			}
			w.Files[i].Size = one.Total
		}
		w.Stored = plus(w.Stored, w.Files[i].Size)
	}
	return w, nil
}
