package estimator

// Plan is how a model is run. The zero value of every field means its default,
// which depends on the others: [Plan.Resolved] fills them in.
type Plan struct {
	Mode  Mode
	DType DType // of the weights; Stored: as the repository holds them
	Seq   int64 // s, tokens in
	Out   int64 // n, new tokens
	Batch int64 // b: sequences at once, or the micro-batch of one GPU
	GPUs  int64
	GPU   GPU // the card; the zero value is none named

	Tensor, Pipeline, Expert, Context int64 // t, p, x, c
	SequenceParallel                  Switch

	Serve     Serve
	Train     Train
	Offload   Offload
	Attention AttentionKernel
}

// Serve holds the options that matter when serving.
type Serve struct {
	Engine        Engine
	Version       Version
	Key, Value    DType   // of the cache; Stored: the model's own
	Utilization   float64 // share of the card that the engine may fill
	MaxLen        int64   // longest sequence that the engine prepares for: Seq, or the model's own
	ModelLength   bool    // Seq was left out: MaxLen is the model's own
	MaxSeqs       int64   // sequences scheduled at once
	MaxBatched    int64   // tokens of one forward pass
	Chunked       Switch  // prefill in chunks of MaxBatched
	MicroBatch    int64   // u, llama.cpp's ubatch, tokens
	GPULayers     Count   // llama.cpp's ngl
	MLAMode       Count   // ik_llama.cpp's mla
	MTP           Count   // tokens drafted by MTP layers
	LoRASlots     int64
	LoRARank      int64
	DecodeContext int64  // decode context parallel degree
	Eager         Switch // no CUDA graphs
}

// Train holds the options that matter when training.
type Train struct {
	Method      Method
	Rank        int64
	Targets     Targets
	Adapters    DType
	LoRADropout float64
	Dropout     Share // hidden and attention; unset: the model's own
	Optimizer   Optimizer
	Precision   Precision
	Stack       Stack
	Version     Version
	ZeRO        Stage
	Grads       Grads
	Accum       int64
	Recompute   Recompute
	Every       int64 // full recompute of every n-th block; 0 and 1: of each
	Loss        Loss
	Compile     Switch
}

// Count is a number whose zero is a value of its own: the zero Count is unset.
type Count struct {
	N   int64
	Set bool
}

// Share is a fraction whose zero is a value of its own: the zero Share is unset.
type Share struct {
	N   float64
	Set bool
}

// Or gives the count, or a default where it is unset.
func (c Count) Or(n int64) int64 {
	if c.Set {
		return c.N
	}
	return n
}

// Version is an engine's or library's version: 0.19, 4.45, or llama.cpp's build
// b10472 as {10472, 0}. The zero value is the newest known.
type Version struct {
	Major, Minor int64
}

// Before compares versions; the zero Version, the newest, is before none.
func (v Version) Before(major, minor int64) bool {
	if v == (Version{}) {
		return false
	}
	return v.Major < major || v.Major == major && v.Minor < minor
}
