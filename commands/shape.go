package commands

import (
	"maps"

	"membot/estimator"
)

// customModel is the model of which the asker gives the shape.
const customModel = "custom"

// custom says whether the asker gives the shape.
func (r *Request) custom() bool { return len(r.Models) == 1 && r.Models[0] == customModel }

// ShapeKey is one key of a custom model's shape.
type ShapeKey struct {
	Key     string
	Max     int64 // 0: on or off, or a name
	English string
	Chinese string
	set     func(a *estimator.Arch, n int64)
}

// ShapeKeys lists the keys of a custom model. `like` names the family whose
// block is copied, and the others change it.
func ShapeKeys() []ShapeKey { return shapeKeys }

var shapeKeys = []ShapeKey{
	{Key: "like", English: "the family whose block it copies, llama", Chinese: "沿用哪个模型族的结构，默认 llama"},
	{"h", 1 << 20, "hidden size", "隐藏维度", func(a *estimator.Arch, n int64) { resize(a, n) }},
	{"l", 10_000, "blocks", "层数", func(a *estimator.Arch, n int64) { relayer(a, n) }},
	{"a", 1 << 16, "query heads", "注意力头数", mixers(func(m *estimator.Mixer, n int64) { m.Heads = n })},
	{"kv-heads", 1 << 16, "KV heads, as many as query heads", "KV 头数，默认与注意力头数相同", mixers(func(m *estimator.Mixer, n int64) { m.KVHeads = n })},
	{"d", 1 << 20, "head size, h/a", "每个头的维度，默认 h/a", mixers(func(m *estimator.Mixer, n int64) { m.KeyDim, m.ValueDim = n, n })},
	{"ffn", 1 << 24, "FFN width", "FFN 宽度", ffns(func(f *estimator.FFN, n int64) { f.Width = n })},
	{"vocab", 1 << 25, "vocabulary", "词表大小", func(a *estimator.Arch, n int64) { a.Vocab = n }},
	{"positions", 1 << 40, "longest sequence", "最大位置数", func(a *estimator.Arch, n int64) { reposition(a, n) }},
	{"gated", 0, "three linears in the FFN, not two: on or off", "FFN 是否带门控：on 或 off", ffns(func(f *estimator.FFN, n int64) { f.Gated = n == 1 })},
	{"tied", 0, "the head is the embedding: on or off", "输出层与词嵌入共享：on 或 off", func(a *estimator.Arch, n int64) { a.Tied = n == 1 }},
	{"experts", 1 << 16, "experts", "专家数", ffns(func(f *estimator.FFN, n int64) { f.Experts = n })},
	{"topk", 1 << 16, "experts chosen for each token, 2", "每个 token 选用的专家数，默认 2", ffns(func(f *estimator.FFN, n int64) { f.TopK = n })},
	{"expert-ffn", 1 << 24, "width of an expert, ffn", "专家宽度，默认同 ffn", ffns(func(f *estimator.FFN, n int64) { f.ExpertWidth = n })},
}

func findShapeKey(key string) (*ShapeKey, bool) {
	for i := range shapeKeys {
		if shapeKeys[i].Key == key {
			return &shapeKeys[i], true
		}
	}
	return nil, false
}

func shapeKeyNames() []string {
	names := make([]string, 0, len(shapeKeys))
	for i := range shapeKeys {
		names = append(names, shapeKeys[i].Key)
	}
	return names
}

// mixers sets something on the mixer of every kind of block.
func mixers(set func(*estimator.Mixer, int64)) func(*estimator.Arch, int64) {
	return func(a *estimator.Arch, n int64) {
		for i := range a.Layers {
			set(&a.Layers[i].Mixer, n)
		}
	}
}

// ffns sets something on the FFN of every kind of block.
func ffns(set func(*estimator.FFN, int64)) func(*estimator.Arch, int64) {
	return func(a *estimator.Arch, n int64) {
		for i := range a.Layers {
			set(&a.Layers[i].FFN, n)
		}
	}
}

// resize changes h, and with it whatever outside the blocks is as wide.
func resize(a *estimator.Arch, h int64) {
	for i := range a.Extra {
		if a.Hidden > 0 {
			a.Extra[i].Params = a.Extra[i].Params / a.Hidden * h
		}
	}
	a.Hidden = h
}

// relayer spreads l blocks over the kinds in the proportions of the family.
func relayer(a *estimator.Arch, l int64) {
	depth := a.Depth()
	left := l
	for i := range a.Layers {
		count := left
		if i < len(a.Layers)-1 && depth > 0 {
			count = a.Layers[i].Count * l / depth
		}
		a.Layers[i].Count = count
		left -= count
	}
	a.Order = nil
}

// learnedPositions is the name of learned positions among [estimator.Arch.Extra].
const learnedPositions = "positions"

// reposition changes the longest sequence, and the learned positions if the
// family has them.
func reposition(a *estimator.Arch, n int64) {
	a.Context = n
	for i := range a.Extra {
		if a.Extra[i].Name == learnedPositions {
			a.Extra[i].Params = n * a.Hidden
		}
	}
}

// shape is a custom model's keys as numbers.
type shape map[string]int64

// readShape reads the keys of a custom model.
func readShape(custom []Setting) (shape, *Refused) {
	s := shape{}
	for _, c := range custom {
		if c.Key == "like" {
			continue
		}
		key, _ := findShapeKey(c.Key)
		n, bad := key.read(c.Value)
		if bad != nil {
			return nil, refuse(BadValue, "bad_value", "key", c.Key, "value", shorten(c.Value), "want", bad.want)
		}
		s[c.Key] = n
	}
	return s, nil
}

func (k *ShapeKey) read(value string) (int64, *valueError) {
	if k.Max == 0 {
		on, ok := map[string]int64{"on": 1, "off": 0, "true": 1, "false": 0, "yes": 1, "no": 0}[value]
		if !ok {
			return 0, &valueError{want: "on, off"}
		}
		return on, nil
	}
	n, bad := wholeNumber(value)
	if bad != nil {
		return 0, bad
	}
	if n < 1 || n > k.Max {
		return 0, &valueError{want: "1 to " + valueText(k.Max)}
	}
	return n, nil
}

// apply changes a family's block into the asker's shape; what follows from other
// keys is filled in where it was not given. It returns the keys that were not.
func (s shape) apply(a *estimator.Arch) ([]Setting, *Refused) {
	given := maps.Clone(s)
	s.derive(a)
	if refused := s.check(); refused != nil {
		return nil, refused
	}
	var invented []Setting
	for i := range shapeKeys {
		key := &shapeKeys[i]
		n, set := s[key.Key]
		if !set || key.set == nil {
			continue
		}
		key.set(a, n)
		if _, typed := given[key.Key]; !typed {
			invented = append(invented, Setting{key.Key, valueText(n)})
		}
	}
	if s["experts"] > 0 {
		ffns(func(f *estimator.FFN, _ int64) { f.Width = 0 })(a, 0)
	}
	return invented, nil
}

// derive fills in what one key says of another, and takes the rest from the
// family in the proportion of h.
func (s shape) derive(family *estimator.Arch) {
	fill := func(key string, n int64) {
		if _, given := s[key]; !given && n > 0 {
			s[key] = n
		}
	}
	h, mixer, ffn := family.Hidden, &family.Layers[0].Mixer, widest(family)
	fill("h", h)
	scaled := func(n int64) int64 { return n * s["h"] / max(1, h) }
	fill("l", family.Depth())
	fill("vocab", family.Vocab)
	if _, given := s["a"]; given {
		fill("kv-heads", s["a"])
	} else {
		fill("a", max(1, scaled(mixer.Heads)))
		fill("kv-heads", max(1, scaled(mixer.KVHeads)))
	}
	if plain := mixer.Kind != estimator.MLA && mixer.Heads*mixer.KeyDim == h; plain {
		fill("d", s["h"]/s["a"])
	}
	if s["experts"] == 0 {
		fill("ffn", scaled(ffn.Width))
		return
	}
	fill("topk", min(s["experts"], max(ffn.TopK, 2)))
	fill("expert-ffn", s["ffn"])
	fill("expert-ffn", scaled(max(ffn.ExpertWidth, ffn.Width)))
}

// widest is the FFN of the family's last kind of block, where experts are.
func widest(a *estimator.Arch) *estimator.FFN { return &a.Layers[len(a.Layers)-1].FFN }

// check refuses keys that contradict each other.
func (s shape) check() *Refused {
	switch {
	case s["a"]%max(1, s["kv-heads"]) != 0:
		return refuse(BadValue, "clash", "key", "kv-heads", "value", valueText(s["kv-heads"]), "other", "a", "with", valueText(s["a"]))
	case s["d"] > 0 && s["d"] == s["h"]/s["a"] && s["h"]%s["a"] != 0:
		return refuse(BadValue, "clash", "key", "a", "value", valueText(s["a"]), "other", "h", "with", valueText(s["h"]))
	case s["topk"] > s["experts"] && s["experts"] > 0:
		return refuse(BadValue, "clash", "key", "topk", "value", valueText(s["topk"]), "other", "experts", "with", valueText(s["experts"]))
	}
	return nil
}
