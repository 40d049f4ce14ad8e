package hubtest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// KV is a key of a made-up GGUF file with its value: string, bool, int32, uint32,
// uint64, float32, or a slice of string, int32, uint32 or float32.
type KV struct {
	Key   string
	Value any
}

// ggml are types by name: number, elements and bytes of a block.
var ggml = map[string][3]int64{
	"F32": {0, 1, 4}, "F16": {1, 1, 2}, "Q4_0": {2, 32, 18}, "Q8_0": {8, 32, 34}, "Q2_K": {10, 256, 84},
	"Q4_K": {12, 256, 144}, "Q5_K": {13, 256, 176}, "Q6_K": {14, 256, 210}, "BF16": {30, 1, 2}, "MXFP4": {39, 32, 17},
}

// GGUF is a valid file (version 3) with these keys and tensors, all zeros. Shapes
// are given slowest first, as in safetensors.
func GGUF(keys []KV, tensors ...Tensor) Content {
	var b bytes.Buffer
	b.WriteString("GGUF")
	put(&b, uint32(3), uint64(len(tensors)), uint64(len(keys)))
	for _, kv := range keys {
		putText(&b, kv.Key)
		kind, _ := kindOf(kv.Value)
		put(&b, kind)
		putValue(&b, kv.Value)
	}
	end := int64(0)
	for _, t := range tensors {
		kind := ggml[t.DType]
		elements := int64(1)
		putText(&b, t.Name)
		put(&b, uint32(len(t.Shape)))
		for _, dim := range slices.Backward(t.Shape) {
			put(&b, uint64(dim))
			elements *= dim
		}
		put(&b, uint32(kind[0]), uint64(end))
		end = align(end + elements/kind[1]*kind[2])
	}
	b.Write(make([]byte, align(int64(b.Len()))-int64(b.Len())))
	return Content{Head: b.Bytes(), Size: int64(b.Len()) + end}
}

func align(n int64) int64 { return (n + 31) / 32 * 32 }

func put(b *bytes.Buffer, values ...any) {
	for _, v := range values {
		_ = binary.Write(b, binary.LittleEndian, v)
	}
}

func putText(b *bytes.Buffer, text string) {
	put(b, uint64(len(text)))
	b.WriteString(text)
}

// kindOf is the type number of a value, and of its elements if it is a list.
func kindOf(value any) (kind, element uint32) {
	switch value.(type) {
	case uint32:
		return 4, 0
	case int32:
		return 5, 0
	case float32:
		return 6, 0
	case bool:
		return 7, 0
	case string:
		return 8, 0
	case uint64:
		return 10, 0
	case []string:
		return 9, 8
	case []uint32:
		return 9, 4
	case []int32:
		return 9, 5
	case []float32:
		return 9, 6
	}
	panic(fmt.Sprintf("hubtest: a GGUF value of type %T", value))
}

func putValue(b *bytes.Buffer, value any) {
	_, element := kindOf(value)
	list := func(n int) {
		put(b, element, uint64(n))
	}
	switch v := value.(type) {
	case string:
		putText(b, v)
	case []string:
		list(len(v))
		for _, text := range v {
			putText(b, text)
		}
	case []uint32:
		list(len(v))
		put(b, v)
	case []int32:
		list(len(v))
		put(b, v)
	case []float32:
		list(len(v))
		put(b, v)
	default:
		put(b, v)
	}
}
