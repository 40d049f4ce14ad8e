package hfhub

import (
	"path"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// packing is how a repository's weights are quantized: what to make of a stored
// tensor when parameters are counted.
type packing struct {
	method    string
	rule      rule
	bits      int64            // of a packed weight; 0 if the config does not say
	fourBit   bool             // load_in_4bit, or bits 4
	fp4Expert bool             // experts in 4 bits though the method says fp8
	groups    []packGroup      // compressed-tensors
	overrides map[string]int64 // MLX: bits of a module
	excluded  []string         // modules that stay as they are
}

// packGroup is a group of compressed-tensors: which modules, and how packed.
type packGroup struct {
	targets []string
	format  string
	bits    int64
}

// rule says what a method stores: the last parts of names that are no
// parameters, and how many parameters an element of a tensor holds.
type rule struct {
	skip   []string
	factor func(p *packing, t Tensor, name string) fraction
}

// fraction is parameters per stored element.
type fraction struct{ num, den int64 }

var (
	asStored = fraction{1, 1}
	none     = fraction{0, 1}
)

func (f fraction) of(elements int64) int64 {
	n, fits := product(elements, f.num)
	if !fits {
		return n
	}
	return (n + f.den/2) / f.den
}

// packings are the methods by their quant_method. A method that is not here
// counts as "other".
var packings = map[string]rule{
	"gptq":               {[]string{"qzeros", "g_idx", "scales"}, packedWords("qweight")},
	"awq":                {[]string{"qzeros", "g_idx", "scales"}, packedWords("qweight")},
	"auto-round":         {[]string{"qzeros", "g_idx", "scales"}, packedWords("qweight")},
	"compressed-tensors": {compressedSkip, compressedFactor},
	"bitsandbytes":       {[]string{"absmax", "quant_map", "nested_absmax", "nested_quant_map", "bitsandbytes__nf4", "bitsandbytes__fp4", "SCB", "weight_format"}, packedBytes},
	"mxfp4":              {nil, mxfp4Factor},
	"fp8":                {[]string{"weight_scale_inv", "weight_scale", "weight_scale_2", "input_scale", "activation_scale", "k_scale", "v_scale"}, fp8Factor},
	"fbgemm_fp8":         {[]string{"weight_scale", "input_scale_ub"}, nil},
	"modelopt":           {[]string{"weight_scale", "weight_scale_2", "input_scale", "k_scale", "v_scale", "pre_quant_scale"}, modeloptFactor},
	"mlx":                {[]string{"scales", "biases"}, mlxFactor},
	"torchao":            {[]string{"weight_scale", "weight_zero_point", "weight_scale_and_zero", "_weight_scale", "_weight_zero_point", "_weight_scale_and_zero", "weight_act_pre_scale", "_weight_act_pre_scale"}, packedContainer},
	"quark":              {[]string{"weight_scale", "weight_zero_point", "input_scale", "input_zero_point", "output_scale", "weight_scale_2"}, packedContainer},
	"exl2":               {[]string{"q_scale", "q_groups", "q_invperm", "q_perm", "q_scale_max", "q_group_map"}, nil},
	"exl3":               {[]string{"suh", "svh", "su", "sv", "mcg", "mul1"}, trellisFactor},
	"hqq":                {[]string{"scale", "zero", "nbits", "group_size", "channel_wise", "optimize", "round_zero", "axis", "packing", "shape", "unpack_view_dtype", "view_as_float", "compute_dtype", "quant_scale", "quant_zero", "offload_meta", "stores_quant_config"}, hqqFactor},
	"bitnet":             {[]string{"weight_scale"}, bitnetFactor},
	"quanto":             {[]string{"_scale", "_shift", "input_scale", "output_scale"}, packedBytes},
	"eetq":               {[]string{"weight_scales"}, nil},
	"other":              {[]string{"weight_scale", "weight_scale_inv", "weight_zero_point"}, packedBytes},
}

var sameMethod = map[string]string{
	"gptqmodel": "gptq", "gptq_marlin": "gptq", "awq_marlin": "awq", "autoround": "auto-round", "intel/auto-round": "auto-round",
	"compressed_tensors": "compressed-tensors", "fp8_e4m3": "fp8", "finegrained_fp8": "fp8", "modelopt_fp4": "modelopt", "modelopt_mixed": "modelopt",
}

var compressedSkip = []string{
	"weight_scale", "weight_zero_point", "weight_shape", "weight_g_idx", "input_scale", "input_zero_point",
	"output_scale", "output_zero_point", "weight_global_scale", "input_global_scale", "k_scale", "v_scale",
}

// sideMethods are the methods whose settings older tools left in a file of their own.
var sideMethods = map[string]string{"quantize_config.json": "gptq", "quant_config.json": "awq"}

// parsePacking reads the quantization of a config.json, of a modelopt
// hf_quant_config.json, or, where a method is given, of a file that is nothing
// else; nil if there is none. It needs no more of the file than that part, and
// takes what Python writes for JSON.
func parsePacking(config []byte, method string) (*packing, error) {
	if depth(config) > maxDepth {
		return nil, broken("nested deeper than %d", maxDepth)
	}
	top := gjson.ParseBytes(config)
	for _, at := range []string{"quantization_config", "text_config.quantization_config", "llm_config.quantization_config", "language_config.quantization_config"} {
		if q := top.Get(at); q.IsObject() && !isMLX(top, q) {
			p := newPacking(q, orElse(text1(q, "quant_method"), unnamed(q)))
			p.fp4Expert = p.fp4Expert || isFP4(top.Get("expert_dtype")) || isFP4(top.Get("text_config.expert_dtype"))
			return p, nil
		}
	}
	if q := top.Get("quantization"); q.IsObject() {
		return newPacking(q, orElse(unnamed(q), "mlx")), nil
	}
	if method != "" && packedBits(top) > 0 {
		return newPacking(top, orElse(text1(top, "quant_method"), method)), nil
	}
	return nil, nil
}

// unnamed is the method of a quantization that does not name it: modelopt's, by
// its algorithm.
func unnamed(q gjson.Result) string {
	if q.Get("quant_algo").Exists() {
		return "modelopt"
	}
	return ""
}

func isFP4(r gjson.Result) bool { return strings.Contains(strings.ToLower(r.String()), "fp4") }

// isMLX says whether a quantization without a method is the copy that MLX makes
// of its own.
func isMLX(top, q gjson.Result) bool {
	return !q.Get("quant_method").Exists() && top.Get("quantization").IsObject() && unnamed(q) == ""
}

func newPacking(q gjson.Result, method string) *packing {
	p := &packing{method: strings.ToLower(orElse(method, "other")), overrides: map[string]int64{}}
	key := orElse(sameMethod[p.method], p.method)
	if q.Get("trellis").Exists() || p.method == "exl3" {
		key = "exl3"
	}
	var known bool
	if p.rule, known = packings[key]; !known {
		p.rule = packings["other"]
	}
	p.bits = packedBits(q)
	p.fourBit = q.Get("load_in_4bit").Type == gjson.True || q.Get("_load_in_4bit").Type == gjson.True || p.bits == 4
	for _, at := range []string{"expert_dtype", "store_dtype", "moe_quant_algo"} {
		p.fp4Expert = p.fp4Expert || isFP4(q.Get(at))
	}
	p.excluded = slices.Concat(texts(q.Get("modules_to_not_convert")), texts(q.Get("ignore")), texts(q.Get("exclude_modules")))
	p.readGroups(q)
	q.ForEach(func(module, one gjson.Result) bool { // MLX: a module's own bits beside the common ones
		if bits, ok := whole(one.Get("bits")); ok && one.IsObject() {
			p.overrides[module.Str] = bits
		}
		return len(p.overrides) < 100_000
	})
	return p
}

// bitsPaths are where configs say how many bits a weight has.
var bitsPaths = []string{
	"bits", "w_bit", "nbits", "weight_bits", "quant_config.weight_quant_params.nbits", "config_groups.group_0.weights.num_bits",
}

// bitsNames are types whose names stand where bits are meant.
var bitsNames = map[string]int64{
	"nvfp4": 4, "w4a16_awq": 4, "w4a8_awq": 4, "mxfp4": 4, "fp4": 4, "int4": 4, "uint4": 4, "nf4": 4, "fp8": 8, "int8": 8, "uint8": 8,
	"fp8_e4m3": 8, "fp8_e5m2": 8, "qint4": 4, "qint8": 8, "qint2": 2, "int2": 2, "fp6_e2m3": 6, "fp6_e3m2": 6,
}

func packedBits(q gjson.Result) int64 {
	for _, at := range bitsPaths {
		if bits, ok := whole(q.Get(at)); ok && bits > 0 && bits <= 64 {
			return bits
		}
	}
	for _, at := range []string{"quant_algo", "global_quant_config.weight.dtype", "global_quant_config.weight.0.dtype", "weights", "weight_format", "quant_type"} {
		if bits, ok := bitsNames[strings.ToLower(text1(q, at))]; ok {
			return bits
		}
	}
	kind := strings.ToLower(q.Get("quant_type").Raw)
	for _, name := range []string{"int4", "uint4", "float4", "fp4"} {
		if strings.Contains(kind, name) && !strings.Contains(kind, "int8") {
			return 4
		}
	}
	return 0
}

func (p *packing) readGroups(q gjson.Result) {
	common := text1(q, "format")
	q.Get("config_groups").ForEach(func(_, one gjson.Result) bool {
		group := packGroup{targets: texts(one.Get("targets")), format: orElse(text1(one, "format"), common)}
		group.bits, _ = whole(one.Get("weights.num_bits"))
		p.groups = append(p.groups, group)
		return len(p.groups) < 1000
	})
}

// parameters is how many parameters a stored tensor holds.
func (p *packing) parameters(t Tensor) int64 {
	elements := t.Elements()
	switch {
	case scaleOnly[t.DType]:
		return 0
	case p == nil:
		return elements
	}
	last := t.Name[strings.LastIndexByte(t.Name, '.')+1:]
	if slices.Contains(p.rule.skip, last) || p.method == "bitsandbytes" && strings.Contains(t.Name, "bitsandbytes__") {
		return 0
	}
	if p.rule.factor == nil {
		return elements
	}
	return p.rule.factor(p, t, last).of(elements)
}

// excludes says whether a module stays as it was.
func (p *packing) excludes(name string) bool {
	return slices.ContainsFunc(p.excluded, func(module string) bool { return matches(module, name) })
}

// matches compares a module's pattern with a tensor's name: a regular expression
// (re:…) as the glob it stands for, never compiled; a glob; else a part of the name.
func matches(pattern, name string) bool {
	module := name[:max(strings.LastIndexByte(name, '.'), 0)]
	if regex, ok := strings.CutPrefix(pattern, "re:"); ok {
		pattern = strings.NewReplacer(`.*`, "*", `\.`, ".", "^", "", "$", "").Replace(regex)
	}
	if !strings.Contains(pattern, "*") {
		return pattern != "" && strings.Contains(name, pattern)
	}
	if len(pattern) > 256 || strings.Count(pattern, "*") > 8 {
		return false
	}
	escape := strings.NewReplacer("/", "\x00", "[", "?", "]", "?", "\\", "?")
	matched, err := path.Match(escape.Replace(pattern), strings.ReplaceAll(module, "/", "\x00"))
	return err == nil && matched
}
