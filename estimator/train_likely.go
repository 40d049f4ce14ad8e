package estimator

import "math"

// likelySource marks a shape that was inferred from a size alone.
const likelySource = "likely shape"

// likelyShapes are published shapes of the Llama kind, by size.
var likelyShapes = []struct{ params, layers, hidden, heads, kv, dim, ffn, vocab int64 }{
	{494_032_768, 24, 896, 14, 2, 64, 4864, 151936},             // Qwen2-0.5B
	{1_543_714_304, 28, 1536, 12, 2, 128, 8960, 151936},         // Qwen2-1.5B
	{3_212_749_824, 28, 3072, 24, 8, 128, 8192, 128256},         // Llama-3.2-3B
	{7_241_732_096, 32, 4096, 32, 8, 128, 14336, 32000},         // Mistral-7B
	{8_030_261_248, 32, 4096, 32, 8, 128, 14336, 128256},        // Llama-3-8B
	{13_015_864_320, 40, 5120, 40, 40, 128, 13824, 32000},       // Llama-2-13B
	{32_763_876_352, 64, 5120, 40, 8, 128, 27648, 152064},       // Qwen2.5-32B
	{70_553_706_496, 80, 8192, 64, 8, 128, 28672, 128256},       // Llama-3-70B
	{405_853_388_800, 126, 16384, 128, 8, 128, 53248, 128256},   // Llama-3.1-405B
	{1_000_000_000_000, 160, 22528, 176, 8, 128, 73216, 128256}, // one step on
}

// likelyShape is the published shape nearest in size, made wider or narrower to
// meet it.
func likelyShape(params int64) Arch {
	row, gap := likelyShapes[0], math.Inf(1)
	for _, r := range likelyShapes {
		if d := math.Abs(math.Log(float64(params) / float64(r.params))); d < gap {
			row, gap = r, d
		}
	}
	factor := math.Sqrt(float64(params) / float64(row.params))
	scaled := func(n, step int64) int64 { return max(1, int64(math.Round(float64(n)*factor/float64(step)))) * step }
	heads := scaled(row.heads, 1)
	kv := max(1, row.kv)
	for heads%kv != 0 {
		kv--
	}
	return Arch{
		Family: "llama", Hidden: heads * row.hidden / row.heads, Vocab: row.vocab, DType: BF16, Tied: params < 4e9,
		Layers: []Layer{{
			Count: row.layers,
			Mixer: Mixer{Kind: Full, Heads: heads, KVHeads: kv, KeyDim: row.dim, ValueDim: row.dim},
			FFN:   FFN{Width: scaled(row.ffn, 64), Gated: true},
			Norms: 2,
		}},
		File: File{Params: params, Source: likelySource},
	}
}

// likelyOf is the shape that adapters of a model of which only a size is known
// are counted on.
func likelyOf(a *Arch) *Arch {
	if !a.sizeOnly() {
		return nil
	}
	sealed, err := likelyShape(a.File.Params).Sealed()
	if err != nil {
		return nil
	}
	return &sealed
}

// inferShape replaces a bare size by its likely shape, where adapters are
// trained: the rules of thumb do not know them.
func (s *sheet) inferShape() {
	if s.plan.adaptsSize(&s.arch) && s.likely != nil {
		s.arch = *s.likely
		s.sums = s.arch.sums
	}
}

// adaptsSize says whether the plan trains adapters on a bare size.
func (p *Plan) adaptsSize(a *Arch) bool {
	return p.Mode == Training && a.sizeOnly() && methods[p.Train.Method].adapters && p.Train.Stack != Textbook
}
