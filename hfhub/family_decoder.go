package hfhub

import (
	"membot/estimator"
)

// slot is what one block of a model is; blocks with equal slots are one kind.
type slot struct {
	mixer   string // a word of mixers
	ffn     string // dense, sparse or none
	heads   int64
	kv      int64
	width   int64 // of the dense FFN
	noIndex bool  // picks tokens by another block's indexer
	shares  bool  // reads another block's keys and values
}

// buildDecoder makes the shape of a decoder of uniform or mixed blocks.
func buildDecoder(r *reader) estimator.Arch {
	a := baseArch(r)
	a.Layers, a.Order = r.group(r.layout(r))
	a.MTP = mtpLayers(r, a)
	if len(a.MTP) > 0 {
		a.MTPExtra = a.MTP[0].Count * (2*a.Hidden*a.Hidden + 3*a.Hidden)
	}
	return a
}

// group makes one Layer of each kind of slot.
func (r *reader) group(slots []slot) (layers []estimator.Layer, order []uint8) {
	index := map[slot]uint8{}
	order = make([]uint8, 0, len(slots))
	for _, s := range slots {
		k, seen := index[s]
		if !seen {
			if len(layers) == 255 {
				r.fail(badf("%s: more than 255 kinds of block", r.file))
				return layers, nil
			}
			k = uint8(len(layers))
			index[s] = k
			layers = append(layers, r.layer(r, s))
		}
		layers[k].Count++
		order = append(order, k)
	}
	for i := 1; i < len(order); i++ {
		if order[i] < order[i-1] {
			return layers, order
		}
	}
	return layers, nil
}

// baseArch is what a shape has outside its blocks.
func baseArch(r *reader) estimator.Arch {
	a := estimator.Arch{
		Family: r.name,
		Hidden: r.int("hidden"), Vocab: r.int("vocab"), Context: max(0, r.int("ctx")-r.int("pad_positions")),
		Tied: r.tied(), NoHead: r.flag("no_head"), HeadBias: r.flag("head_bias"),
		Embed: r.int("embed"),
		DType: dtypes[dtypeWord(r)], FloatState: r.word("state_dtype") == "float32",
	}
	norm, width := r.normParams(a.Hidden), a.Hidden
	if a.Embed > 0 && r.flag("embed_all") {
		width = a.Embed
	}
	a.Extra = keep(
		estimator.Extra{Name: "final norm", Params: r.int("final_norms") * norm},
		estimator.Extra{Name: "embedding norm", Params: r.int("embed_norms") * r.normParams(width)},
		estimator.Extra{Name: "positions", Params: (r.int("positions") + r.int("position_offset")) * width},
		estimator.Extra{Name: "more words", Params: r.int("more_words") * width},
		estimator.Extra{Name: "token types", Params: r.int("token_types") * width},
	)
	return a
}

// normParams is the parameters of one norm over width elements.
func (r *reader) normParams(width int64) int64 {
	switch {
	case r.flag("norm_free"):
		return 0
	case r.flag("norm_bias"):
		return 2 * width
	}
	return width
}

// keep leaves out what holds nothing.
func keep(all ...estimator.Extra) []estimator.Extra {
	var kept []estimator.Extra
	for _, e := range all {
		if e.Params > 0 {
			kept = append(kept, e)
		}
	}
	return kept
}

// tied says whether the head is the embedding: the whole config's word goes
// before the nested block's, and both before the class default.
func (r *reader) tied() bool {
	if r.path != "" {
		for _, key := range r.facts["tied"].keys {
			if v, ok := r.root.get(key); ok && v.IsBool() {
				r.noted["tied"] = true
				r.notes.Facts = append(r.notes.Facts, Fact{Name: "tied", Value: v.String(), File: r.file, Key: key})
				return v.Bool()
			}
		}
	}
	return r.flag("tied")
}

// dtypes are the formats that config.json names.
var dtypes = map[string]estimator.DType{
	"float32": estimator.FP32, "bfloat16": estimator.BF16, "float16": estimator.FP16,
	"fp32": estimator.FP32, "bf16": estimator.BF16, "fp16": estimator.FP16, "half": estimator.FP16, "float": estimator.FP32,
	"torch.float32": estimator.FP32, "torch.bfloat16": estimator.BF16, "torch.float16": estimator.FP16,
}

// dtypeWord finds the stored format: in the block, at the top, or the default.
func dtypeWord(r *reader) string {
	for _, key := range r.facts["dtype"].keys {
		for _, where := range []struct {
			o    object
			path string
		}{{r.block, r.path}, {r.root, ""}} {
			v, ok := where.o.get(key)
			if _, known := dtypes[v.String()]; ok && known {
				r.noted["dtype"] = true
				r.notes.Facts = append(r.notes.Facts, Fact{Name: "dtype", Value: v.String(), File: r.file, Key: where.path + key})
				return v.String()
			}
		}
	}
	word := r.facts["dtype"].fallback
	r.noted["dtype"] = true
	r.notes.Facts = append(r.notes.Facts, Fact{Name: "dtype", Value: word, File: r.file, Key: r.path + "dtype", Assumed: true})
	return word
}

// decoderLayer makes a block of attention and FFN.
func decoderLayer(r *reader, s slot) estimator.Layer {
	l := estimator.Layer{
		Mixer: r.mixer(s), FFN: r.ffn(s),
		Norms: r.int("norms"), NormBias: r.flag("norm_bias"), NormFree: r.flag("norm_free"),
		Extra: r.int("layer_extra"),
	}
	if s.mixer == "none" || s.ffn == "none" {
		l.Norms /= 2
	}
	if s.ffn == "beside" { // the branch beside it has the norms
		l.Norms = 0
	}
	return l
}

// mtpLayers are the layers that predict further tokens: shaped as the last
// block, with their own norms and projection.
func mtpLayers(r *reader, a estimator.Arch) []estimator.Layer {
	n := r.int("mtp")
	if n == 0 || len(a.Layers) == 0 {
		return nil
	}
	last := a.Layers[len(a.Layers)-1]
	if len(a.Order) > 0 {
		last = a.Layers[a.Order[len(a.Order)-1]]
	}
	last.Count = n
	return []estimator.Layer{last}
}
