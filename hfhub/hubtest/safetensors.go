package hubtest

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tensor is a tensor of a made-up weight file.
type Tensor struct {
	Name  string
	DType string // as safetensors writes it: BF16, F8_E4M3, U8 …
	Shape []int64
}

// bitsOf are the sizes of the dtypes that safetensors knows.
var bitsOf = map[string]int64{
	"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
	"I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64,
}

func (t Tensor) bytes() int64 {
	n := int64(1)
	for _, dim := range t.Shape {
		n *= dim
	}
	return n * bitsOf[t.DType] / 8
}

// entry is a tensor in a safetensors header.
type entry struct {
	DType   string   `json:"dtype"`
	Shape   []int64  `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// Safetensors is a valid file with these tensors, all zeros. metadata may be nil.
func Safetensors(metadata map[string]string, tensors ...Tensor) Content {
	var b strings.Builder
	b.WriteByte('{')
	if metadata != nil {
		text, _ := json.Marshal(metadata)
		fmt.Fprintf(&b, `"__metadata__":%s,`, text)
	}
	var end int64
	for i, t := range tensors {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(t.Name)
		shape, _ := json.Marshal(append([]int64{}, t.Shape...))
		fmt.Fprintf(&b, `%s:{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}`, name, t.DType, shape, end, end+t.bytes())
		end += t.bytes()
	}
	text := strings.TrimSuffix(b.String(), ",") + "}"
	text += strings.Repeat(" ", (8-len(text)%8)%8)
	return Header(text, end)
}

// Header is a safetensors file with this header, true or not, and so many bytes
// of data after it.
func Header(text string, data int64) Content {
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	head = append(head, text...)
	return Content{Head: head, Size: int64(len(head)) + data}
}

// Sharded spreads tensors over so many files and adds their index: names as
// transformers writes them.
func Sharded(shards int, tensors ...Tensor) []Option {
	weightMap, total := map[string]string{}, int64(0)
	var options []Option
	per := (len(tensors) + shards - 1) / shards
	for i := range shards {
		name := fmt.Sprintf("model-%05d-of-%05d.safetensors", i+1, shards)
		part := tensors[min(i*per, len(tensors)):min((i+1)*per, len(tensors))]
		for _, t := range part {
			weightMap[t.Name] = name
			total += t.bytes()
		}
		options = append(options, With(name, Safetensors(map[string]string{"format": "pt"}, part...)))
	}
	return append(options, With("model.safetensors.index.json", Index(total, weightMap)))
}

// Index is a model.safetensors.index.json.
func Index(total int64, weightMap map[string]string) Content {
	var b strings.Builder
	fmt.Fprintf(&b, "{\n  \"metadata\": {\n    \"total_size\": %d\n  },\n  \"weight_map\": {\n", total)
	for i, name := range slices.Sorted(maps.Keys(weightMap)) {
		if i > 0 {
			b.WriteString(",\n")
		}
		key, _ := json.Marshal(name)
		value, _ := json.Marshal(weightMap[name])
		fmt.Fprintf(&b, "    %s: %s", key, value)
	}
	b.WriteString("\n  }\n}\n")
	return Bytes([]byte(b.String()))
}

// header reads the tensors of a file that Safetensors made; nil if it is broken.
func header(head []byte) map[string]entry {
	if len(head) < 8 {
		return nil
	}
	n := binary.LittleEndian.Uint64(head)
	if n > uint64(len(head)-8) {
		return nil
	}
	var raw map[string]json.RawMessage
	if json.Unmarshal(head[8:8+n], &raw) != nil {
		return nil
	}
	all := map[string]entry{}
	for name, text := range raw {
		var e entry
		if name != "__metadata__" && json.Unmarshal(text, &e) == nil {
			all[name] = e
		}
	}
	return all
}
