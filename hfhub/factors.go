package hfhub

import (
	"strings"
)

// integers are the types that hold packed weights, with their bits.
var integers = map[string]int64{"U8": 8, "I8": 8, "I16": 16, "U16": 16, "I32": 32, "U32": 32, "I64": 64, "U64": 64}

// packedWords is for GPTQ and AWQ: 32-bit words full of weights, whole words even
// where the bits do not divide 32.
func packedWords(suffix string) func(*packing, Tensor, string) fraction {
	return func(p *packing, t Tensor, last string) fraction {
		if last != suffix {
			return asStored
		}
		return fraction{orElse(integers[t.DType], 32), orElse(p.bits, 4)}
	}
}

// modeloptFactor is for modelopt: bytes only ever hold pairs of 4-bit weights,
// also where the layers are of mixed precision.
func modeloptFactor(_ *packing, t Tensor, _ string) fraction {
	if t.DType == "U8" {
		return fraction{2, 1}
	}
	return asStored
}

// packedBytes is for bitsandbytes and what is not known: two weights to
// a byte in 4 bits.
func packedBytes(p *packing, t Tensor, _ string) fraction {
	if t.DType == "U8" && p.fourBit {
		return fraction{2, 1}
	}
	return asStored
}

// packedContainer is for torchao and Quark: integers of any width full of weights.
func packedContainer(p *packing, t Tensor, last string) fraction {
	container := integers[t.DType]
	isWeight := last == "weight" || strings.HasSuffix(last, "qdata") || strings.HasSuffix(last, "weight_data")
	if container == 0 || p.bits == 0 || p.bits > container || !isWeight || p.excludes(t.Name) {
		return asStored
	}
	return fraction{container, p.bits}
}

// compressedFactor follows the group that a tensor's module belongs to.
func compressedFactor(p *packing, t Tensor, _ string) fraction {
	container := integers[t.DType]
	if container == 0 {
		return asStored
	}
	group, found := p.group(t.Name)
	if !found || group.bits <= 0 || group.bits > container || !strings.HasSuffix(group.format, "pack-quantized") {
		return asStored
	}
	return fraction{container, group.bits}
}

// group finds a module's group: one that names it, else one for a whole class.
func (p *packing) group(name string) (packGroup, bool) {
	var class packGroup
	found := false
	for _, g := range p.groups {
		for _, target := range g.targets {
			if strings.HasPrefix(target, "re:") || strings.Contains(target, ".") {
				if matches(target, name) {
					return g, true
				}
			} else if !found {
				class, found = g, true
			}
		}
		if len(g.targets) == 0 && !found {
			class, found = g, true
		}
	}
	return class, found
}

// mxfp4Factor is for gpt-oss: experts in blocks of two weights a byte.
func mxfp4Factor(_ *packing, t Tensor, last string) fraction {
	switch {
	case t.DType == "U8" && strings.HasSuffix(last, "_blocks"):
		return fraction{2, 1}
	case t.DType == "U8" && strings.HasSuffix(last, "_scales"):
		return none
	}
	return asStored
}

// fp8Factor counts 8-bit floats as they are; some keep their routed experts in
// 4-bit pairs.
func fp8Factor(p *packing, t Tensor, _ string) fraction {
	routed := strings.Contains(t.Name, ".experts.") && !strings.Contains(t.Name, "shared")
	if p.fp4Expert && routed && (t.DType == "I8" || t.DType == "U8") {
		return fraction{2, 1}
	}
	return asStored
}

// mlxFactor is for MLX: 32-bit words, with bits that a module may have of its own.
func mlxFactor(p *packing, t Tensor, last string) fraction {
	if t.DType != "U32" || last != "weight" {
		return asStored
	}
	bits := orElse(p.bits, 4)
	if own, ok := p.overrides[strings.TrimSuffix(t.Name, ".weight")]; ok && own > 0 && own <= 32 {
		bits = own
	}
	return fraction{32, bits}
}

// trellisFactor is for EXL3: tiles of 16 by 16 weights, whatever their bits.
func trellisFactor(_ *packing, t Tensor, last string) fraction {
	if last != "trellis" || len(t.Shape) != 3 || t.Shape[2] <= 0 {
		return asStored
	}
	return fraction{256, t.Shape[2]}
}

// hqqFactor is for HQQ: several weights to a byte, and ten 3-bit ones to a word.
func hqqFactor(p *packing, t Tensor, last string) fraction {
	switch bits := orElse(p.bits, 4); {
	case last != "W_q":
		return asStored
	case t.DType == "I32" && bits == 3:
		return fraction{10, 1}
	case t.DType == "U8" && bits <= 8:
		return fraction{8 / bits, 1}
	}
	return asStored
}

// bitnetFactor is for BitNet: four ternary weights to a byte.
func bitnetFactor(_ *packing, t Tensor, _ string) fraction {
	if t.DType == "U8" {
		return fraction{4, 1}
	}
	return asStored
}
