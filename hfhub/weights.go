package hfhub

// How a [Weights] was read, the cheapest first.
const (
	FromSummary = "summary" // the Hub's own count, checked
	FromIndex   = "index"   // total_size of the index: bytes, no parameters
	FromHeaders = "headers" // the header of every file
	FromGGUF    = "gguf"    // the header of every GGUF file
	FromSizes   = "sizes"   // sizes of files alone: a little more than the tensors
)

// Weights is what a repository's weight files hold, to the byte.
type Weights struct {
	Source     string // one of the From constants
	Stored     int64  // bytes of all tensors
	Parameters int64  // with packed weights unpacked; 0 if not known
	Method     string // quant_method, or "" for plain weights
	Tensors    int    // counted; 0 if no header was read
	DTypes     []DType
	Files      []FileEntry // that were counted
	Variant    string      // which of Variants they are
	Variants   []Variant   // all sets of weights in the repository, the counted one among them
	Components []Component // the parts of a pipeline; nil for a model of one part
	Groups     []Group     // tensors of equal role; nil if no names were read
	Blocks     []Block     // numbered layers; nil if no names were read
	Notes      []string    // what a reader should doubt
}

// DType is what is stored in one element type.
type DType struct {
	Name       string
	Elements   int64 // stored
	Bytes      int64
	Parameters int64 // that the elements stand for
}

// Variant is a set of weight files that stands for the whole model: a GGUF
// quantization, a precision, a copy in another format.
type Variant struct {
	Name   string // Q4_K_M, fp16, consolidated …; "" for the ordinary files
	Format string // "safetensors", "gguf" or "pytorch"
	Files  []FileEntry
	Bytes  int64  // of the files; -1 if the Hub did not say
	Index  string // the index that names the files; empty if none
}

// Component is a part of a pipeline, with weights of its own.
type Component struct {
	Name       string // its folder
	Stored     int64
	Parameters int64
}

// Group is the tensors whose names differ in numbers alone.
type Group struct {
	Name       string // with * for numbers: model.layers.*.mlp.up_proj.weight
	DType      string
	Shape      []int64 // of the first; the others may differ
	Tensors    int
	Bytes      int64
	Parameters int64
}

// Block is one numbered layer: all tensors below it.
type Block struct {
	Prefix     string // model.layers
	Index      int
	Bytes      int64
	Parameters int64
}

// dtype finds a row by its name.
func (w *Weights) dtype(name string) *DType {
	for i := range w.DTypes {
		if w.DTypes[i].Name == name {
			return &w.DTypes[i]
		}
	}
	w.DTypes = append(w.DTypes, DType{Name: name})
	return &w.DTypes[len(w.DTypes)-1]
}
