package hfhub

import (
	"context"
	"errors"
)

// slackBytes is the header that a weight file may have for a summary to agree
// with its size.
const slackBytes = 1 << 20

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
func quickWeights(info Info, shards []shard, index Index) Weights {
	w := Weights{Source: FromIndex, Stored: index.TotalSize, Method: info.Quantization, Groups: index.Groups, Blocks: index.Blocks}
	for _, s := range shards {
		w.Tensors += s.tensors
		w.Files = append(w.Files, s.FileEntry)
	}
	if info.Summary == nil {
		return w
	}
	if s := summarized(info.Summary); s.Stored == index.TotalSize {
		w.DTypes = s.DTypes
		for i := range w.DTypes {
			w.DTypes[i].Parameters = 0 // elements may be packed
		}
	}
	return w
}
