package hfhub

// dtypeBits are the sizes of the element types that safetensors files may hold,
// as its reference lists them, and the names that the Hub's own reader adds.
var dtypeBits = map[string]int64{
	"F4": 4, "FP4": 4,
	"F6_E2M3": 6, "F6_E3M2": 6,
	"BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "E8M0": 8, "UE8": 8,
	"F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
	"I16": 16, "U16": 16, "F16": 16, "BF16": 16,
	"I32": 32, "U32": 32, "F32": 32,
	"I64": 64, "U64": 64, "F64": 64, "C64": 64,
}

// plainFloats are the types whose elements are parameters, one for one.
var plainFloats = map[string]bool{"F16": true, "BF16": true, "F32": true, "F64": true}

// scaleOnly are types that only ever hold scales of other tensors.
var scaleOnly = map[string]bool{"F8_E8M0": true, "E8M0": true, "UE8": true}

// DTypeBytes is the size of so many elements of a safetensors type; false for a
// type that is not known or a size that is not whole or too large.
func DTypeBytes(dtype string, elements int64) (int64, bool) {
	bits, known := dtypeBits[dtype]
	if !known {
		return 0, false
	}
	total, fits := product(elements, bits)
	return total / 8, fits && total%8 == 0
}
