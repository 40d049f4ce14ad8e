package estimator

import "strings"

// FindDType finds a format by its name or by another that people use for it:
// half, f16, 4bit, q4.
func FindDType(name string) (DType, bool) {
	name = strings.ToLower(name)
	if t, ok := Choose(DTypes(), name); ok {
		return t, true
	}
	if name == "" || strings.Contains(name, " ") {
		return Stored, false
	}
	for t := range numDTypes {
		if strings.Contains(dtypes[t].aliases, " "+name+" ") {
			return t, true
		}
	}
	return Stored, false
}

// cacheWidths is the bytes of one element of a cache in each format: that of
// the blocks of a GGUF format, else of the bare number, since caches keep their
// scales per tensor or per head.
func cacheWidth(t DType) float64 {
	if bare := bareWidths[t]; bare > 0 {
		return bare
	}
	return widths[t]
}

var bareWidths = [numDTypes]float64{FP8: 1, INT8: 1, INT4: 0.5, NF4: 0.5, NF4DQ: 0.5, AWQ: 0.5, GPTQ: 0.5}

// CacheDTypes lists the formats that a cache may have.
func CacheDTypes() []DType {
	return []DType{BF16, FP16, FP32, FP8, INT8, INT4, Q8_0, Q5_1, Q5_0, Q4_1, Q4_0, IQ4NL, NVFP4}
}
