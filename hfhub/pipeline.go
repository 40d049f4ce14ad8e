package hfhub

import (
	"context"
	"slices"
	"strings"
)

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

// pipeline counts each part of a pipeline by itself, and all together. Of a part
// that has no files of the variant asked for, the ordinary ones are counted, as
// diffusers loads them.
func (c *Client) pipeline(ctx context.Context, info Info, folders []string, o TensorOptions) (Weights, error) {
	all := variants(info.Files, "")
	for _, folder := range folders {
		all = append(all, variants(info.Files, folder)...)
	}
	named := o.Variant == ""
	if one, found := choose(all, o.Variant); found && !named {
		named, o.Variant = true, one.Name
	}
	if !named {
		return Weights{}, noVariant(all)
	}
	sum := newTally(nil)
	sum.weights.Source, sum.weights.Variant, sum.weights.Variants = FromHeaders, o.Variant, all
	for _, folder := range folders {
		chosen, found := choose(variants(info.Files, folder), o.Variant)
		if !found {
			chosen, found = choose(variants(info.Files, folder), "")
		}
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
