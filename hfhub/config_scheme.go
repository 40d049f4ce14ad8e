package hfhub

import (
	"math"
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// fixed is a scheme without parameters.
func fixed(t estimator.DType) func(gjson.Result) estimator.Quant {
	return func(gjson.Result) estimator.Quant { return estimator.Quant{DType: t, Bits: int64(t.Width() * 8)} }
}

// grouped is a scheme of so many bits with a scale for each group; -1 is a
// scale for each output channel.
func grouped(t estimator.DType, bits, group int64) func(gjson.Result) estimator.Quant {
	return func(q gjson.Result) estimator.Quant {
		s := estimator.Quant{DType: t, Bits: bits, Group: group}
		for _, key := range []string{"bits", "w_bit", "nbits_per_codebook"} {
			if v := q.Get(key); v.Type == gjson.Number && v.Num > 0 && v.Num <= 32 {
				s.Bits = int64(math.Ceil(v.Num)) // EXL2 has fractions; too much is the safe side
				break
			}
		}
		for _, key := range []string{"group_size", "q_group_size"} {
			if v := q.Get(key); v.Type == gjson.Number {
				s.Group = quantNumber(q, key, 0)
			}
		}
		return s
	}
}

func hqqScheme(q gjson.Result) estimator.Quant {
	weights := q.Get("quant_config.weight_quant_params")
	if !weights.Exists() {
		weights = q.Get("weight_quant_params")
	}
	return estimator.Quant{DType: estimator.INT4, Bits: quantNumber(weights, "nbits", quantNumber(q, "nbits", 4)), Group: quantNumber(weights, "group_size", quantNumber(q, "group_size", 64))}
}

func quantoScheme(q gjson.Result) estimator.Quant {
	return named(q.Get("weights").String(), 0)
}

// bitsandbytesScheme: 8 bits is LLM.int8(), 4 bits NF4 or FP4, whose scales may
// be quantized again.
func bitsandbytesScheme(q gjson.Result) estimator.Quant {
	switch {
	case q.Get("load_in_8bit").Bool() || q.Get("_load_in_8bit").Bool():
		return estimator.Quant{DType: estimator.INT8, Bits: 8}
	case q.Get("bnb_4bit_use_double_quant").Bool():
		return estimator.Quant{DType: estimator.NF4DQ, Bits: 4, Group: 64}
	}
	return estimator.Quant{DType: estimator.NF4, Bits: 4, Group: 64}
}

// fp8Scheme: a scale for each block, or each row.
func fp8Scheme(q gjson.Result) estimator.Quant {
	return estimator.Quant{DType: estimator.FP8, Bits: 8, Group: quantNumber(q, "weight_block_size.0", 0)}
}

func fpQuantScheme(q gjson.Result) estimator.Quant {
	if strings.Contains(strings.ToLower(q.Get("forward_dtype").String()), "nv") {
		return estimator.Quant{DType: estimator.NVFP4, Bits: 4, Group: 16}
	}
	return estimator.Quant{DType: estimator.MXFP4, Bits: 4, Group: 32}
}

// compressedScheme reads the groups that quantize weights; several of different
// types are the parts of a mixed scheme.
func compressedScheme(q gjson.Result) estimator.Quant {
	common := q.Get("format").String()
	var all parted
	q.Get("config_groups").ForEach(func(_, group gjson.Result) bool {
		weights := group.Get("weights")
		if !weights.IsObject() {
			return true
		}
		format := orElse(group.Get("format").String(), common)
		s := typed(weights.Get("type").String(), quantNumber(weights, "num_bits", 8), quantNumber(weights, "group_size", 0), format)
		if weights.Get("strategy").String() == "block" {
			s.Group = quantNumber(weights, "block_structure.0", 128)
		}
		all.add(s, targetsOf(group))
		return true
	})
	return mixedScheme(all.parts)
}

// typed is the scheme of a type, a number of bits and a group.
func typed(kind string, bits, group int64, format string) estimator.Quant {
	switch {
	case strings.HasPrefix(format, "nvfp4"), kind == "float" && bits == 4 && group == 16:
		return estimator.Quant{DType: estimator.NVFP4, Bits: 4, Group: 16}
	case strings.HasPrefix(format, "mxfp4"), kind == "float" && bits == 4:
		return estimator.Quant{DType: estimator.MXFP4, Bits: 4, Group: 32}
	case kind == "float":
		return estimator.Quant{DType: estimator.FP8, Bits: 8}
	case bits >= 8:
		return estimator.Quant{DType: estimator.INT8, Bits: 8, Group: group}
	}
	return estimator.Quant{DType: estimator.INT4, Bits: bits, Group: group}
}

// modeloptScheme reads NVIDIA's quant_algo, of mixed precision that of each module.
func modeloptScheme(q gjson.Result) estimator.Quant {
	group := quantNumber(q, "group_size", 0)
	algo := strings.ToUpper(q.Get("quant_algo").String())
	if algo != "MIXED_PRECISION" {
		return modeloptAlgo(algo, group)
	}
	var all parted
	algos, several := map[string]string{}, map[string]bool{}
	each := func(do func(name, everywhere, algo string, layer gjson.Result)) {
		q.Get("quantized_layers").ForEach(func(module, layer gjson.Result) bool {
			name := module.Str
			do(name, blockNumber.ReplaceAllString(name, "layers.*."), strings.ToUpper(layer.Get("quant_algo").String()), layer)
			return true
		})
	}
	each(func(_, everywhere, algo string, _ gjson.Result) {
		several[everywhere] = several[everywhere] || algos[everywhere] != "" && algos[everywhere] != algo
		algos[everywhere] = algo
	})
	each(func(name, everywhere, algo string, layer gjson.Result) {
		if !several[everywhere] { // the blocks that it leaves alone are excluded by name
			name = everywhere
		}
		if s := modeloptAlgo(algo, quantNumber(layer, "group_size", group)); s.DType != estimator.Stored {
			all.add(s, moduleNames(name))
		}
	})
	s := mixedScheme(all.parts)
	s.Parts = all.parts // what none names stays as it was, also where there is but one
	return s
}

// modeloptAlgo is the scheme of one of modelopt's algorithms.
func modeloptAlgo(algo string, group int64) estimator.Quant {
	switch {
	case strings.Contains(algo, "NVFP4"):
		return estimator.Quant{DType: estimator.NVFP4, Bits: 4, Group: 16}
	case strings.Contains(algo, "MXFP4"):
		return estimator.Quant{DType: estimator.MXFP4, Bits: 4, Group: 32}
	case strings.Contains(algo, "AWQ"), strings.HasPrefix(algo, "W4"):
		return estimator.Quant{DType: estimator.INT4, Bits: 4, Group: group}
	case strings.HasPrefix(algo, "W8A16"), strings.Contains(algo, "INT8"), strings.Contains(algo, "W8A8_SQ"):
		return estimator.Quant{DType: estimator.INT8, Bits: 8}
	case strings.Contains(algo, "FP8_PB"), strings.Contains(algo, "BLOCK"):
		return estimator.Quant{DType: estimator.FP8, Bits: 8, Group: 128}
	case strings.Contains(algo, "FP8"):
		return estimator.Quant{DType: estimator.FP8, Bits: 8}
	}
	return estimator.Quant{}
}

// torchaoScheme reads the name of torchao's config.
func torchaoScheme(q gjson.Result) estimator.Quant {
	kind := q.Get("quant_type")
	group := quantNumber(q, "quant_type_kwargs.group_size", 0)
	if kind.IsObject() {
		group = quantNumber(kind, "default._data.group_size", 0)
		return named(kind.Get("default._type").String(), group)
	}
	return named(kind.String(), group)
}

// quarkScheme reads AMD's description of the weights.
func quarkScheme(q gjson.Result) estimator.Quant {
	weights := q.Get("global_quant_config.weight")
	if weights.IsArray() {
		weights = weights.Get("0")
	}
	return named(weights.Get("dtype").String(), quantNumber(weights, "group_size", 0))
}

// named is the scheme that a word means: int4_weight_only, Float8WeightOnlyConfig,
// qint8, fp8_e4m3, fp4 …
func named(word string, group int64) estimator.Quant {
	word = strings.ToLower(word)
	for _, row := range []struct {
		part  string
		dtype estimator.DType
		bits  int64
	}{
		{"nvfp4", estimator.NVFP4, 4},
		{"fp4", estimator.MXFP4, 4},
		{"float4", estimator.MXFP4, 4},
		{"float8", estimator.FP8, 8},
		{"fp8", estimator.FP8, 8},
		{"int8", estimator.INT8, 8},
		{"int4", estimator.INT4, 4},
		{"int2", estimator.INT4, 2},
	} {
		if strings.Contains(word, row.part) {
			s := estimator.Quant{DType: row.dtype, Bits: row.bits}
			if row.dtype == estimator.INT4 {
				s.Group = group
			}
			return s
		}
	}
	return estimator.Quant{}
}

// mlxScheme: MLX quantizes embedding and head too, and keeps a scale and a bias
// for each group.
func mlxScheme(q gjson.Result) estimator.Quant {
	s := grouped(estimator.INT4, 4, 64)(q)
	switch q.Get("mode").String() {
	case "mxfp4":
		s.DType = estimator.MXFP4
	case "nvfp4":
		s.DType = estimator.NVFP4
	}
	if s.Bits == 8 && s.DType == estimator.INT4 {
		s.DType = estimator.INT8
	}
	s.Head = true
	return s
}
