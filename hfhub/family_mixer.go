package hfhub

import (
	"strconv"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// mixer makes the part of a block that mixes tokens.
func (r *reader) mixer(s slot) estimator.Mixer {
	build, ok := mixerWords[s.mixer]
	if !ok || !r.describes(s.mixer) {
		r.unsupported(r.layerKey(), s.mixer)
		return estimator.Mixer{}
	}
	return build(r, s)
}

// layerKey is the key that named the kinds of block.
func (r *reader) layerKey() string {
	if keys := r.facts["types"].keys; len(keys) > 0 {
		for _, k := range keys {
			if _, ok := r.block.get(k); ok {
				return k
			}
		}
		return keys[0]
	}
	return "layer_types"
}

// attention reads the heads of one block.
func attention(r *reader, s slot) estimator.Mixer {
	m := estimator.Mixer{
		Kind: estimator.Full, Heads: s.heads, KVHeads: s.kv,
		QKVBias: r.flag("qkv_bias"), OutBias: r.flag("out_bias"),
		QKNorm: r.qkNorm(), Gate: r.flag("out_gate"), Sinks: r.flag("sinks"),
		SharesKV: s.shares,
	}
	m.KeyDim = r.int("head_dim")
	if v, key, ok := r.find("head_dim"); ok && v.Type == gjson.Number && m.KeyDim == 0 {
		r.bad(key, "0", "")
	}
	if m.KeyDim == 0 {
		if m.Heads == 0 {
			r.bad(r.keyOf("heads"), "0", "")
			return m
		}
		width := r.int("attn_width")
		if width == 0 {
			width = r.int("hidden")
		}
		if width%m.Heads != 0 && !r.facts["tower"].known { // a tower may have a width of its own
			r.bad(r.keyOf("heads"), strconv.FormatInt(m.Heads, 10), ", which do not share a width of "+strconv.FormatInt(width, 10))
		}
		m.KeyDim = width / m.Heads
	}
	m.ValueDim = r.int("v_head_dim")
	if m.ValueDim == 0 {
		m.ValueDim = m.KeyDim
	}
	if r.flag("no_key_bias") {
		m.Extra -= m.KVHeads * m.KeyDim
	}
	if r.flag("head_gate") {
		m.Extra += r.int("hidden") * m.Heads
	}
	return m
}

// keyOf is the key a fact is usually found under.
func (r *reader) keyOf(name string) string {
	if _, key, ok := r.find(name); ok {
		return key
	}
	if keys := r.facts[name].keys; len(keys) > 0 {
		return keys[0]
	}
	return name
}

var qkNorms = map[string]estimator.QKNorm{
	"head": estimator.HeadQKNorm, "wide": estimator.WideQKNorm,
}

func (r *reader) qkNorm() estimator.QKNorm {
	if !r.flag("qk_on") {
		return estimator.NoQKNorm
	}
	return qkNorms[r.word("qk_norm")]
}

func fullAttention(r *reader, s slot) estimator.Mixer {
	if r.int("kv_rank") > 0 && r.flag("mla_on") {
		return latentAttention(r, s)
	}
	return attention(r, s)
}

func windowAttention(r *reader, s slot) estimator.Mixer {
	if n := r.int("window_heads"); n > 0 {
		s.heads = n
	}
	if n := r.int("window_kv"); n > 0 {
		s.kv = n
	}
	m := attention(r, s)
	m.Sinks = m.Sinks || r.flag("window_sinks")
	if w := r.int("window"); w > 0 {
		m.Kind, m.Window = estimator.Window, w
	}
	if d := r.int("window_head_dim"); d > 0 {
		m.KeyDim = d
		m.ValueDim = d
	}
	if d := r.int("window_v_head_dim"); d > 0 {
		m.ValueDim = d
	}
	return m
}

func chunkedAttention(r *reader, s slot) estimator.Mixer {
	m := attention(r, s)
	if w := r.int("chunk"); w > 0 {
		m.Kind, m.Window = estimator.Chunked, w
	}
	return m
}

// latentAttention reads DeepSeek's MLA (DeepSeek-V2, section 2.1).
func latentAttention(r *reader, s slot) estimator.Mixer {
	m := estimator.Mixer{
		Kind: estimator.MLA, Heads: s.heads, KVHeads: s.heads,
		QueryRank: r.int("q_rank"), KVRank: r.int("kv_rank"), RopeDim: r.int("rope_dim"),
		QKVBias: r.flag("qkv_bias"), OutBias: r.flag("out_bias"),
	}
	if !s.noIndex {
		m.Extra, m.Index = r.indexer(), r.int("index_dim")
	}
	m.KeyDim = r.int("nope_dim") + m.RopeDim
	m.ValueDim = r.int("v_head_dim")
	if m.ValueDim == 0 {
		m.ValueDim = r.int("hidden") / max(1, s.heads)
	}
	if r.flag("latent_gate") {
		m.Extra += r.int("hidden") * m.Heads * m.ValueDim
	}
	return m
}

// indexer is the parameters of the lightning indexer that picks the tokens a
// sparse layer attends to (DeepSeek-V3.2): a projection of the query's latent to
// its heads, one key, the heads' weights, and the key's LayerNorm.
func (r *reader) indexer() int64 {
	heads, dim := r.int("index_heads"), r.int("index_dim")
	if heads == 0 {
		return 0
	}
	h := r.int("hidden")
	return r.int("q_rank")*heads*dim + h*dim + h*heads + 2*dim
}
