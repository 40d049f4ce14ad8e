package hfhub

import (
	"context"
	"errors"
	"strings"

	"membot/estimator"
)

// shapeFile turns one kind of file into a shape.
type shapeFile struct {
	path string
	read func(ctx context.Context, r *Resolver, info Info, file File) (estimator.Arch, ReadNotes, error)
}

// shapeFiles are the files that say what a model is, the best first. A repository
// is read by the first that it has.
var shapeFiles = []shapeFile{
	{"config.json", readConfigFile},
	{"params.json", readParamsFile},
}

// fromHub reads a model: its info, what says its shape, and what its files hold.
func (r *Resolver) fromHub(ctx context.Context, ref Ref, variant string) (Model, error) {
	info, err := r.client.Info(ctx, ref.ID, ref.Revision)
	if err != nil {
		return Model{}, err
	}
	if info.Disabled {
		return Model{}, &Error{Kind: ErrDisabled, ID: info.ID}
	}
	m := Model{
		ID: info.ID, Asked: ref.ID, Revision: info.Commit, Source: string(info.Origin), FetchedAt: info.FetchedAt,
		Gated: info.Gated != "", Private: info.Private,
	}
	if info.Renamed() {
		m.Notes = append(m.Notes, Note{Code: "renamed", Key: "model", Value: info.Asked})
	}
	if info.Stale {
		m.Notes = append(m.Notes, Note{Code: "stale", Key: "model", Value: info.FetchedAt.UTC().Format("2006-01-02"), Warning: true})
	}
	weights, weighed := r.weights(ctx, info, ref, variant)
	if errors.Is(weighed, ErrNoVariant) {
		return Model{}, weighed
	}
	if weighed == nil {
		m.Weights = weights
		m.Notes = append(m.Notes, otherVariants(&weights)...)
	}
	if other := r.otherwise(info); other != nil {
		return other(ctx, info, m)
	}
	arch, read, err := r.shape(ctx, info, weights)
	if blockless(info, err) && weights.Parameters > 0 {
		return m.byTensors(err)
	}
	if err != nil {
		return Model{}, err
	}
	m.Read = read
	m.Notes = append(m.Notes, doubted(read)...)
	if weighed == nil {
		m.Notes = append(m.Notes, m.count(&arch, orElse(ref.Variant, variant))...)
		m.Read.Facts = append(m.Read.Facts, weights.facts()...)
	} else if !errors.Is(weighed, ErrNoFile) {
		m.Notes = append(m.Notes, Note{Code: "weights_unread", Key: "weights", Value: info.ID, Warning: true})
	}
	m.Arch, err = arch.Sealed()
	return m, err
}

// weights counts the set of weights that was asked for. A name that came after
// the id must be there; one that is a format too only picks among GGUF files,
// since any other weights can be converted to it.
func (r *Resolver) weights(ctx context.Context, info Info, ref Ref, variant string) (Weights, error) {
	w, err := r.client.Tensors(ctx, info, TensorOptions{Quick: true, Variant: variant})
	missing, ok := errors.AsType[*Error](err)
	if !ok || !errors.Is(err, ErrNoVariant) {
		return w, err
	}
	if ref.Variant == "" && !onlyGGUF(variants(info.Files, "")) {
		return r.client.Tensors(ctx, info, TensorOptions{Quick: true})
	}
	refused := *missing
	refused.Path = variant
	return Weights{}, &refused
}

// otherwise gives how a repository is read that is no model by itself: an
// adapter, or a pipeline of several.
func (r *Resolver) otherwise(info Info) func(context.Context, Info, Model) (Model, error) {
	if _, whole := info.File("config.json"); whole {
		return nil
	}
	if _, pipeline := info.File("model_index.json"); pipeline {
		return r.pipelined
	}
	if _, adapter := info.File("adapter_config.json"); adapter {
		return r.adapted
	}
	return nil
}

// shape reads the first file that says what the model is.
func (r *Resolver) shape(ctx context.Context, info Info, weights Weights) (estimator.Arch, ReadNotes, error) {
	floor := estimator.Bytes(weights.Stored)
	for _, kind := range shapeFiles {
		if _, listed := info.File(kind.path); !listed {
			continue
		}
		file, err := r.client.File(ctx, info.ID, info.Commit, kind.path, maxConfig)
		if err != nil {
			return estimator.Arch{}, ReadNotes{}, err
		}
		arch, notes, err := kind.read(ctx, r, info, file)
		return arch, notes, ofModel(floored(err, floor), info.ID, kind.path)
	}
	for _, f := range weights.Files {
		if strings.HasSuffix(f.Path, ".gguf") {
			return r.shapeOfGGUF(ctx, info, f.Path, weights.Source != FromGGUF, floor)
		}
	}
	return estimator.Arch{}, ReadNotes{}, &Error{Kind: ErrNoFile, ID: info.ID, Path: "config.json"}
}

// shapeOfGGUF reads the shape from a GGUF file's header. Only the Hub's count can
// tell whether a head is stored, where the tensors were not read.
func (r *Resolver) shapeOfGGUF(ctx context.Context, info Info, path string, shapesOnly bool, floor estimator.Bytes) (estimator.Arch, ReadNotes, error) {
	g, err := r.client.GGUF(ctx, info.ID, info.Commit, path, shapesOnly)
	if err != nil {
		return estimator.Arch{}, ReadNotes{}, err
	}
	arch, notes, err := ArchFromGGUF(g, path, floor)
	if err != nil || info.GGUF == nil || info.GGUF.Parameters == 0 || len(g.Tensors) > 0 || arch.NoHead {
		return arch, notes, ofModel(err, info.ID, path)
	}
	other := arch
	other.Tied = !arch.Tied
	if apart(other, info.GGUF.Parameters) < apart(arch, info.GGUF.Parameters) {
		arch = other
	}
	return arch, notes, nil
}

// apart is how far a shape's parameters are from a count.
func apart(a estimator.Arch, params int64) int64 {
	n := a.Params().Total() - params
	return max(n, -n)
}

// sideFiles are what says how weights are quantized where config.json does not.
var sideFiles = []string{"hf_quant_config.json", "quantize_config.json", "quant_config.json"}

func readConfigFile(ctx context.Context, r *Resolver, info Info, file File) (estimator.Arch, ReadNotes, error) {
	options := ConfigOptions{}
	for _, path := range sideFiles {
		if _, listed := info.File(path); !listed {
			continue
		}
		side, err := r.client.File(ctx, info.ID, info.Commit, path, maxConfig)
		if err != nil {
			return estimator.Arch{}, ReadNotes{}, err
		}
		options.Quant = side.Data
		break
	}
	return ReadConfig(file.Data, options)
}

// readParamsFile reads Mistral's params.json, or Meta's.
func readParamsFile(_ context.Context, _ *Resolver, _ Info, file File) (estimator.Arch, ReadNotes, error) {
	return ReadConfig(file.Data, ConfigOptions{File: "params.json"})
}

// ErrUnsupported is the kind of an [Error] whose cause is an [UnsupportedError].
var ErrUnsupported = errors.New("architecture is not supported")

// ofModel says which model an error of a reader is about.
func ofModel(err error, id, path string) error {
	kind := ErrBadMetadata
	switch {
	case err == nil:
		return nil
	case errors.As(err, new(*Error)):
		return err
	case errors.As(err, new(*UnsupportedError)):
		kind = ErrUnsupported
	}
	return &Error{Kind: kind, ID: id, Path: path, Cause: err}
}
