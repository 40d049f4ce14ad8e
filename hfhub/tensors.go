package hfhub

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
)

const (
	parallel   = 8         // files read at once
	maxTensors = 1_000_000 // of one model
	maxConfig  = 10 << 20  // bytes
	slackBytes = 1 << 20   // of header that a weight file may have for a summary to agree with its size
)

// TensorOptions say which weights to count, and how closely. The zero value
// counts the ordinary weights exactly.
type TensorOptions struct {
	Variant string       // one of Weights.Variants; "" for the ordinary files
	Quick   bool         // settle for bytes where parameters would cost a request a file
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
	all := variants(info.Files, "")
	if parts := pipelineParts(info); len(parts) > 0 && o.Variant == "" {
		w, err := c.pipeline(ctx, info, parts, o)
		w.Variants = all
		return w, err
	}
	chosen, found := choose(all, o.Variant)
	if !found {
		return Weights{}, &Error{Kind: ErrNoFile, Message: noWeights(o.Variant)}
	}
	read := map[string]func(context.Context, Info, Variant, TensorOptions) (Weights, error){
		"safetensors": c.safetensors, "gguf": c.ggufWeights, "pytorch": c.sizes,
	}[chosen.Format]
	w, err := read(ctx, info, chosen, o)
	w.Variant, w.Variants = chosen.Name, all
	return w, err
}

func noWeights(variant string) string {
	if variant == "" {
		return "the repository holds no weights"
	}
	return "the repository holds no weights called " + oneLine(variant)
}

// safetensors counts a set of safetensors files.
func (c *Client) safetensors(ctx context.Context, info Info, v Variant, o TensorOptions) (Weights, error) {
	if o.Each == nil && plausible(info.Summary, v) {
		if w, ok, err := c.believe(ctx, info, v); ok || err != nil {
			return w, err
		}
	}
	shards, total, err := c.shards(ctx, info, v)
	if err != nil {
		return Weights{}, err
	}
	if o.Quick && o.Each == nil && total >= 0 && len(shards) > 1 {
		return quickWeights(info, shards, total), nil
	}
	tensors, err := c.headers(ctx, info, shards)
	if err != nil {
		return Weights{}, err
	}
	return c.tallied(ctx, info, tensors, shards, o)
}

// plausible says whether the Hub's summary can be a count of parameters: plain
// floats alone, a total that is their sum, and files of that size.
func plausible(s *Summary, v Variant) bool {
	if s == nil || v.Name != "" || len(s.Parameters) == 0 {
		return false
	}
	elements, stored := int64(0), int64(0)
	for dtype, n := range s.Parameters {
		size, ok := DTypeBytes(dtype, n)
		if !ok || !plainFloats[dtype] {
			return false
		}
		elements, stored = plus(elements, n), plus(stored, size)
	}
	return elements == s.Total && (v.Bytes < 0 || v.Bytes >= stored && v.Bytes-stored <= slackBytes*int64(max(len(v.Files), 1)))
}

// believe takes a plausible summary, unless the config says that weights are
// packed. Where a gate hides the config, the Hub's own summary of it must do.
func (c *Client) believe(ctx context.Context, info Info, v Variant) (Weights, bool, error) {
	p, err := c.packing(ctx, info)
	note := ""
	if err != nil && info.Gated != "" && info.Quantization == "" && locked(err) {
		p, err, note = nil, nil, "config.json is behind the gate: the summary is unchecked"
	}
	if err != nil || p != nil {
		return Weights{}, false, err
	}
	w := summarized(info.Summary)
	w.Source, w.Files = FromSummary, v.Files
	for _, d := range w.DTypes {
		w.Parameters = plus(w.Parameters, d.Parameters)
	}
	if note != "" {
		w.Notes = append(w.Notes, note)
	}
	return w, true, nil
}

func locked(err error) bool {
	return errors.Is(err, ErrGated) || errors.Is(err, ErrForbidden) || errors.Is(err, ErrMissingOrPrivate)
}

// summarized turns a summary into rows, with elements as parameters.
func summarized(s *Summary) Weights {
	var w Weights
	for dtype, n := range s.Parameters {
		size, _ := DTypeBytes(dtype, n)
		w.DTypes = append(w.DTypes, DType{Name: dtype, Elements: n, Bytes: size, Parameters: n})
		w.Stored = plus(w.Stored, size)
	}
	sortDTypes(w.DTypes)
	return w
}

// quickWeights is what index and summary say together: the bytes, and the split
// by type where both agree.
func quickWeights(info Info, shards []shard, total int64) Weights {
	w := Weights{Source: FromIndex, Stored: total, Method: info.Quantization}
	for _, s := range shards {
		w.Tensors += s.tensors
		w.Files = append(w.Files, s.FileEntry)
	}
	if info.Summary == nil {
		return w
	}
	if s := summarized(info.Summary); s.Stored == total {
		w.DTypes = s.DTypes
		for i := range w.DTypes {
			w.DTypes[i].Parameters = 0 // elements may be packed
		}
	}
	return w
}

// packing reads how config.json says the weights are packed; nil for plain ones.
// A config that cannot be read now is an error: without it packed weights would
// be counted wrong.
func (c *Client) packing(ctx context.Context, info Info) (*packing, error) {
	for _, path := range []string{"config.json", "hf_quant_config.json"} {
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
		if p, err := parsePacking(file.Data); p != nil || err != nil {
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
func (c *Client) sizes(_ context.Context, _ Info, v Variant, _ TensorOptions) (Weights, error) {
	if v.Bytes < 0 {
		return Weights{}, &Error{Kind: ErrBroken, Message: "the sizes of the weights are not known"}
	}
	return Weights{Source: FromSizes, Stored: v.Bytes, Files: v.Files, Notes: []string{"pickled weights: file sizes, a little over the tensors"}}, nil
}

// pipelineParts are the folders of a diffusion pipeline that hold weights.
func pipelineParts(info Info) []string {
	if _, found := info.File("model_index.json"); !found && info.Library != "diffusers" {
		return nil
	}
	var folders []string
	for _, f := range info.Files {
		folder, name, found := strings.Cut(f.Path, "/")
		weighty := strings.HasSuffix(name, ".safetensors") || strings.HasSuffix(name, ".bin")
		if found && weighty && !strings.Contains(name, "/") && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// pipeline counts each part of a pipeline by itself, and all together.
func (c *Client) pipeline(ctx context.Context, info Info, folders []string, o TensorOptions) (Weights, error) {
	sum := newTally(nil)
	sum.weights.Source = FromHeaders
	for _, folder := range folders {
		chosen, found := choose(variants(info.Files, folder), "")
		if !found {
			continue
		}
		part := Component{Name: folder}
		if chosen.Format != "safetensors" {
			part.Stored = max(chosen.Bytes, 0)
			sum.weights.Stored = plus(sum.weights.Stored, part.Stored)
		} else if err := c.component(ctx, info, chosen, o, sum, &part); err != nil {
			return Weights{}, err
		}
		sum.weights.Files = append(sum.weights.Files, chosen.Files...)
		sum.weights.Components = append(sum.weights.Components, part)
	}
	return sum.finish(), nil
}

func (c *Client) component(ctx context.Context, info Info, v Variant, o TensorOptions, sum *tally, part *Component) error {
	shards, _, err := c.shards(ctx, info, v)
	if err != nil {
		return err
	}
	tensors, err := c.headers(ctx, info, shards)
	if err != nil {
		return err
	}
	before := sum.weights
	for _, t := range tensors {
		t.Name = part.Name + "/" + t.Name
		sum.add(t)
		if o.Each != nil {
			o.Each(t)
		}
	}
	part.Stored = sum.weights.Stored - before.Stored
	part.Parameters = sum.weights.Parameters - before.Parameters
	return nil
}
