package estimator

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Shapes of published models, for what engines logged about them.

func long(a Arch, context int64) Arch {
	a.Context = context
	return a
}

func quantized(a Arch, q Quant) Arch {
	a.Quant = q
	return a
}

// schemes are the quantizations that Qwen publishes its models in.
var schemes = map[string]Quant{
	"-gptq4": {DType: GPTQ, Method: "gptq", Bits: 4, Group: 128},
	"-gptq8": {DType: GPTQ, Method: "gptq", Bits: 8, Group: 128},
	"-awq":   {DType: AWQ, Method: "awq", Bits: 4, Group: 128},
	"-fp8":   {DType: FP8, Method: "fp8", Bits: 8, Group: 128},
}

// moeOf turns every block's FFN into experts.
func moeOf(a Arch, experts, topK, width int64) Arch {
	a.Layers[0].FFN = FFN{Gated: true, Experts: experts, TopK: topK, ExpertWidth: width}
	return a
}

// latentShape is DeepSeek's: MLA in every block, the first few dense.
func latentShape(layers, dense, h, a, queryRank, f, fe, experts, topK, sharedWidth, vocab, context int64) Arch {
	mla := Mixer{Kind: MLA, Heads: a, KVHeads: a, KeyDim: 192, ValueDim: 128, QueryRank: queryRank, KVRank: 512, RopeDim: 64}
	return Arch{
		Family: "deepseek_v3", Hidden: h, Vocab: vocab, Context: context, DType: BF16, Extra: []Extra{{"final norm", h}},
		Layers: []Layer{
			{Count: dense, Mixer: mla, FFN: FFN{Width: f, Gated: true}, Norms: 2},
			{Count: layers - dense, Mixer: mla, FFN: FFN{Gated: true, Experts: experts, TopK: topK, ExpertWidth: fe, SharedWidth: sharedWidth}, Norms: 2},
		},
	}
}

// windowShape lets every n-th block see everything, the others a window.
func windowShape(a Arch, every, window int64) Arch {
	near, far := a.Layers[0], a.Layers[0]
	total := near.Count
	near.Mixer.Kind, near.Mixer.Window = Window, window
	a.Order = make([]uint8, total)
	near.Count, far.Count = 0, 0
	for i := range total {
		if (i+1)%every == 0 {
			a.Order[i] = 1
			far.Count++
		} else {
			near.Count++
		}
	}
	a.Layers = []Layer{near, far}
	return a
}

func gptOSS(layers, experts int64) Arch {
	a := moeOf(llama(layers, 2880, 64, 8, 64, 0, 201088, false), experts, 4, 2880)
	a.Family, a.Context = "gpt_oss", 131072
	m, f := &a.Layers[0].Mixer, &a.Layers[0].FFN
	m.QKVBias, m.OutBias, m.Sinks, f.RouterBias, f.ExpertBias = true, true, true, true, true
	a.Quant = Quant{DType: MXFP4, Method: "mxfp4", Skipped: []string{"model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"}}
	return windowShape(a, 2, 128)
}

func gemma3(layers, h, a, k, d, f, vocab, window, context int64) Arch {
	arch := llama(layers, h, a, k, d, f, vocab, true)
	arch.Family, arch.Context = "gemma3_text", context
	arch.Layers[0].Norms, arch.Layers[0].Mixer.QKNorm = 4, HeadQKNorm
	return windowShape(arch, 6, window)
}

func pythia() Arch {
	a := llama(32, 2560, 32, 32, 80, 10240, 50304, false)
	a.Family, a.Context = "gpt_neox", 2048
	l := &a.Layers[0]
	l.FFN.Gated, l.FFN.Bias, l.NormBias = false, true, true
	l.Mixer.QKVBias, l.Mixer.OutBias = true, true
	a.Extra = []Extra{{"final norm", 2 * 2560}}
	return a
}

// hybridShape is Qwen3.5's 27B: three blocks of gated DeltaNet to one of
// attention.
func hybridShape() Arch {
	a := llama(64, 5120, 24, 4, 256, 17408, 248320, false)
	a.Family, a.Context = "qwen3_5", 262144
	linear := a.Layers[0]
	linear.Count = 48
	linear.Mixer = Mixer{Kind: Linear, StateHeads: 48, StateKey: 128, StateValue: 128, Groups: 16, Conv: 4}
	a.Layers[0].Count = 16
	a.Layers[0].Mixer.Gate = true
	a.Layers = []Layer{linear, a.Layers[0]}
	a.MTP = []Layer{{Count: 1, Mixer: a.Layers[1].Mixer, FFN: a.Layers[1].FFN, Norms: 2}}
	for i := range 64 {
		a.Order = append(a.Order, uint8(i%4/3))
	}
	return a
}

// servedArchs are the shapes that testdata/serving.tsv names.
func servedArchs(t *testing.T) map[string]Arch {
	t.Helper()
	return maps.Clone(servedShapes())
}

var servedShapes = sync.OnceValue(func() map[string]Arch {
	qwen25 := func(l, h, a, k, f, vocab int64, tied bool) Arch {
		return long(qwen2(llama(l, h, a, k, h/a, f, vocab, tied)), 32768)
	}
	qwen3of := func(l, h, a, k, f int64, tied bool) Arch {
		return long(qwen3(llama(l, h, a, k, 128, f, 151936, tied)), 40960)
	}
	half := qwen25(24, 896, 14, 2, 4864, 151936, true)
	half7 := qwen25(28, 3584, 28, 4, 18944, 152064, false)
	half15 := qwen25(28, 1536, 12, 2, 8960, 151936, true)
	llama31 := long(llama(32, 4096, 32, 8, 128, 14336, 128256, false), 131072)
	fp8 := Quant{DType: FP8, Method: "compressed-tensors", Bits: 8, Skipped: []string{"lm_head"}}
	all := map[string]Arch{
		"qwen2-0.5b": half, "qwen2.5-0.5b": half, "qwen2.5-1.5b": half15, "qwen2-7b": half7, "qwen2.5-7b": half7,
		"qwen2.5-7b-128k":   long(half7, 131072),
		"qwen2.5-14b":       qwen25(48, 5120, 40, 8, 13824, 152064, false),
		"qwen2.5-32b":       qwen25(64, 5120, 40, 8, 27648, 152064, false),
		"qwen2.5-32b-128k":  long(qwen25(64, 5120, 40, 8, 27648, 152064, false), 131072),
		"qwen2.5-3b":        qwen25(36, 2048, 16, 2, 11008, 151936, true),
		"qwen2.5-72b":       qwen25(80, 8192, 64, 8, 29568, 152064, false),
		"qwen2-72b":         qwen25(80, 8192, 64, 8, 29568, 152064, false),
		"qwen3-1.7b":        qwen3of(28, 2048, 16, 8, 6144, true),
		"qwen3-0.6b":        qwen3of(28, 1024, 16, 8, 3072, true),
		"qwen3-4b":          qwen3of(36, 2560, 32, 8, 9728, true),
		"qwen3-8b":          qwen3of(36, 4096, 32, 8, 12288, false),
		"qwen3-14b":         qwen3of(40, 5120, 40, 8, 17408, false),
		"qwen3-32b":         qwen3of(64, 5120, 64, 8, 25600, false),
		"qwen3-30b":         moeOf(qwen3of(48, 2048, 32, 4, 0, false), 128, 8, 768),
		"qwen3-235b":        moeOf(qwen3of(94, 4096, 64, 4, 0, false), 128, 8, 1536),
		"llama-3-8b":        long(llama31, 8192),
		"llama-3.1-8b":      llama31,
		"llama-3.2-3b":      long(llama(28, 3072, 24, 8, 128, 8192, 128256, true), 131072),
		"llama-3.3-70b-fp8": quantized(long(llama(80, 8192, 64, 8, 128, 28672, 128256, false), 131072), fp8),
		"mistral-7b":        long(llama(32, 4096, 32, 8, 128, 14336, 32000, false), 32768),
		"mistral-7b-v0.3":   long(llama(32, 4096, 32, 8, 128, 14336, 32768, false), 32768),
		"pythia-2.8b":       pythia(),
		"gpt-oss-20b":       gptOSS(24, 32),
		"gpt-oss-120b":      gptOSS(36, 128),
		"gemma-3-1b":        gemma3(26, 1152, 4, 1, 256, 6912, 262144, 512, 32768),
		"gemma-3-27b":       gemma3(62, 5376, 32, 16, 128, 21504, 262208, 1024, 131072),
		"deepseek-v3":       latentShape(61, 3, 7168, 128, 1536, 18432, 2048, 256, 8, 2048, 129280, 163840),
		"kimi-k2":           latentShape(61, 1, 7168, 64, 1536, 18432, 2048, 384, 8, 2048, 163840, 131072),
		"deepseek-v2-lite":  latentShape(27, 1, 2048, 16, 0, 10944, 1408, 64, 6, 2816, 102400, 163840),
		"glm-z1-32b-k8":     long(llama(61, 6144, 48, 8, 128, 23040, 151552, false), 32768),
		"glm-z1-32b-k2":     long(llama(61, 6144, 48, 2, 128, 23040, 151552, false), 32768),
		"bitnet-2b":         long(llama(30, 2560, 20, 5, 128, 6912, 128256, false), 4096),
		"qwen3.5-27b":       hybridShape(),
	}
	for _, name := range slices.Collect(maps.Keys(all)) {
		if strings.HasPrefix(name, "qwen") && all[name].Layers[0].FFN.Experts == 0 {
			for suffix, scheme := range schemes {
				all[name+suffix] = quantized(all[name], scheme)
			}
		}
	}
	for name, a := range all {
		a.Layers = slices.Clone(a.Layers)
		sealed, err := a.Sealed()
		if err != nil {
			panic(name + ": " + err.Error())
		}
		all[name] = sealed
	}
	return all
})
