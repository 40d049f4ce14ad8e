package hfhub

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// quantKeys are where a config says how its weights are quantized.
var quantKeys = []string{"quantization_config", "quantization", "compression_config"}

// quantSchemes lead from quant_method to the reader of the rest.
var quantSchemes = map[string]func(q gjson.Result) estimator.Quant{
	"gptq":               grouped(estimator.GPTQ, 4, 128),
	"gptqmodel":          grouped(estimator.GPTQ, 4, 128),
	"awq":                grouped(estimator.AWQ, 4, 128),
	"auto-round":         grouped(estimator.INT4, 4, 128),
	"intel/auto-round":   grouped(estimator.INT4, 4, 128),
	"hqq":                hqqScheme,
	"exl2":               grouped(estimator.INT4, 4, 0),
	"exl3":               grouped(estimator.INT4, 4, 0),
	"aqlm":               grouped(estimator.INT4, 2, 0),
	"vptq":               grouped(estimator.INT4, 2, 0),
	"higgs":              grouped(estimator.INT4, 4, 256),
	"quanto":             quantoScheme,
	"bitnet":             grouped(estimator.INT4, 2, 0),
	"bitsandbytes":       bitsandbytesScheme,
	"fp8":                fp8Scheme,
	"fbgemm_fp8":         fp8Scheme,
	"finegrained_fp8":    fp8Scheme,
	"ptpc_fp8":           fp8Scheme,
	"mxfp4":              fixed(estimator.MXFP4),
	"petit_nvfp4":        fixed(estimator.NVFP4),
	"fp_quant":           fpQuantScheme,
	"compressed-tensors": compressedScheme,
	"compressed_tensors": compressedScheme,
	"modelopt":           modeloptScheme,
	"modelopt_fp4":       modeloptScheme,
	"torchao":            torchaoScheme,
	"quark":              quarkScheme,
	"eetq":               fixed(estimator.INT8),
	"experts_int8":       fixed(estimator.INT8),
	"mlx":                mlxScheme,
}

// quant reads how the weights are quantized: from the config, else from the
// file beside it. A scheme that nobody here knows is told, not guessed.
func (r *reader) quant(side []byte, a *estimator.Arch) estimator.Quant {
	q, key := r.quantBlock(side)
	if key == "" {
		return estimator.Quant{}
	}
	method := quantMethod(q, key)
	read, ok := quantSchemes[method]
	if !ok {
		if method != "none" {
			r.notes.warn("quantization by " + short(orElse(method, "an unnamed method")) + " is not known: weights are counted as if they were not quantized")
		}
		return estimator.Quant{}
	}
	scheme := read(q)
	scheme.Method = method
	scheme.Skipped = skippedModules(q)
	scheme.Head = scheme.Head || q.Get("lm_head").Bool()
	if len(scheme.Parts) > 1 {
		foremost(&scheme, a)
	}
	for _, p := range scheme.Parts {
		scheme.Head = scheme.Head || slices.Contains(p.Modules, "lm_head")
	}
	if method == "compressed-tensors" || method == "compressed_tensors" {
		scheme.Head = !mentions(scheme.Skipped, "lm_head")
	}
	if r.experts4(&scheme) {
		r.notes.warn("experts are in 4 bits, the rest in fp8; the rest is counted in 16 bits")
	}
	from := Fact{Name: "quantization", Value: method + " " + scheme.DType.String(), File: r.file, Key: key}
	if file, inner, side := strings.Cut(key, ": "); side {
		from.File, from.Key = file, inner
	}
	r.notes.Facts = append(r.notes.Facts, from)
	return scheme
}

// quantBlock finds the description, in the config or beside it.
func (r *reader) quantBlock(side []byte) (gjson.Result, string) {
	for _, where := range []struct {
		o    object
		path string
	}{{r.root, ""}, {r.block, r.path}} {
		for _, key := range quantKeys {
			if q, ok := where.o.get(key); ok && q.IsObject() && len(q.Raw) > 2 {
				return q, where.path + key
			}
		}
	}
	if len(side) == 0 {
		return gjson.Result{}, ""
	}
	clean, err := cleanJSON(side, "hf_quant_config.json")
	if err != nil {
		return gjson.Result{}, ""
	}
	q := gjson.ParseBytes(clean)
	if inner := q.Get("quantization"); inner.IsObject() {
		q = inner
	}
	return q, "hf_quant_config.json: quantization"
}

// quantMethod is quant_method, or what the other keys give away.
func quantMethod(q gjson.Result, key string) string {
	method := strings.ToLower(q.Get("quant_method").String())
	switch {
	case q.Get("quant_algo").Exists() && method != "compressed-tensors":
		return "modelopt"
	case method != "":
		return method
	case q.Get("load_in_4bit").Bool() || q.Get("load_in_8bit").Bool():
		return "bitsandbytes"
	case strings.HasSuffix(key, "quantization") && !strings.Contains(key, ":") || q.Get("bits").Exists() && q.Get("group_size").Exists() && !q.Get("desc_act").Exists():
		return "mlx"
	case q.Get("desc_act").Exists():
		return "gptq"
	case q.Get("w_bit").Exists():
		return "awq"
	case q.Get("config_groups").Exists():
		return "compressed-tensors"
	}
	return ""
}

// skippedModules are the modules left as they are, in the words that a llama's
// modules have.
func skippedModules(q gjson.Result) []string {
	var all []string
	for _, key := range []string{"modules_to_not_convert", "ignore", "ignored_layers", "exclude_modules", "exclude", "llm_int8_skip_modules"} {
		for _, v := range q.Get(key).Array() {
			if v.Type != gjson.String || len(all) >= 10_000 {
				continue
			}
			all = append(all, alternatives(moduleWords.Replace(v.Str))...)
		}
	}
	return all
}

// moduleWords makes the names of other model classes those of llama's.
var moduleWords = strings.NewReplacer(
	"model.language_model.layers", "model.layers", "language_model.model.layers", "model.layers", "backbone.layers", "model.layers",
	"shared_experts", "shared_expert", "block_sparse_moe", "mlp", ".ffn.", ".mlp.", ".attn.", ".self_attn.",
)

// alternatives writes out (gate|up|down)_proj.
func alternatives(pattern string) []string {
	open, close := strings.IndexByte(pattern, '('), strings.IndexByte(pattern, ')')
	if open < 0 || close < open || !strings.Contains(pattern[open:close], "|") {
		return []string{pattern}
	}
	var all []string
	for word := range strings.SplitSeq(pattern[open+1:close], "|") {
		all = append(all, pattern[:open]+word+pattern[close+1:])
	}
	return all
}

func mentions(patterns []string, word string) bool {
	for _, p := range patterns {
		if strings.Contains(p, word) {
			return true
		}
	}
	return false
}

// experts4 says whether experts are in 4 bits though the method says fp8
// (DeepSeek-V4), and makes that the scheme.
func (r *reader) experts4(q *estimator.Quant) bool {
	v, ok := r.block.get("expert_dtype")
	if !ok || v.String() != "fp4" || q.DType != estimator.FP8 {
		return false
	}
	q.DType, q.Bits, q.Group = estimator.MXFP4, 4, 32
	q.Skipped = append(q.Skipped, "self_attn", "mlp.shared_expert")
	return true
}

// quantNumber reads a small number of a scheme.
func quantNumber(q gjson.Result, path string, fallback int64) int64 {
	v := q.Get(path)
	if v.Type != gjson.Number || v.Num < 0 || v.Num > 1<<20 {
		return fallback
	}
	return int64(v.Num)
}
