package estimator

// Arch is a model's shape: what its memory depends on, and nothing else. A
// reader of config.json fills it; [Arch.Sealed] checks it and counts its
// parameters once, so that an estimate does not count them again.
type Arch struct {
	Family   string  // model_type
	Hidden   int64   // h
	Vocab    int64   // V
	Context  int64   // longest sequence in tokens, 0 if the model sets none
	Tied     bool    // the head is the embedding
	NoHead   bool    // an encoder, or an embedding model: no logits
	Dropout  float64 // of hidden states and attention when training, as config.json says
	HeadBias bool

	// Embed is the width of the embedding where it is not h (ALBERT, OPT-350m);
	// two projections lead to h and back.
	Embed int64

	// Layers are the kinds of block, each with its count; Order gives the kind of
	// each block in turn, and is nil where the kinds simply follow one another.
	// In an encoder-decoder they are the decoder's.
	Layers []Layer
	Order  []uint8

	// Towers are blocks of another width beside the decoder: an encoder, vision,
	// audio. MTP are the layers that predict further tokens; they are stored, but
	// not part of Φ.
	Towers []Tower
	MTP    []Layer
	// MTPExtra is what MTP layers hold beside their blocks, parameters.
	MTPExtra int64

	// Extra are parameters outside the blocks: learned positions, final norm,
	// token types, projectors.
	Extra []Extra

	DType DType // of the stored weights, as config.json says: BF16, FP16 or FP32
	// FloatState says that config.json wants recurrent states in 32 bits, for
	// engines that else keep them as the model computes.
	FloatState bool

	Quant Quant // the scheme the stored weights are quantized with
	// File is what the repository's tensors really hold; zero where unknown.
	File File

	sums *sums
}

// Extra is a named set of parameters outside the blocks.
type Extra struct {
	Name   string
	Params int64
}

// Tower is a stack of blocks of its own width.
type Tower struct {
	Name   string // encoder, vision, audio
	Hidden int64
	Layers []Layer
	Extra  int64 // parameters beside the blocks: patch embedding, positions, projector
	// Patches are those of one image, or the frames of one sound; 0: not known.
	Patches int64
}

// Quant is how stored weights are quantized. The zero value is not at all.
type Quant struct {
	DType   DType  // Stored: not quantized
	Method  string // as config.json names it: gptq, awq, fp8, bitsandbytes …
	Bits    int64
	Group   int64    // elements that share a scale; 0: a row or the tensor
	Skipped []string // modules_to_not_convert, ignore
	Head    bool     // the head is quantized too
	// Parts are the schemes of a repository that mixes several, the one above the
	// one of most weights. A module that none names is stored as it was.
	Parts []QuantPart
}

// QuantPart is one scheme of several.
type QuantPart struct {
	DType       DType
	Bits, Group int64
	Modules     []string // patterns; nil: all that no other part names
}

// File is what was counted from tensors, not derived from a shape.
type File struct {
	Bytes  Bytes  // of all tensors that the model loads
	Params int64  // logical, unpacked; 0 if unknown
	Source string // which file said so

	// Parts says where the bytes lie, for an engine that does not put them all in
	// one place; nil where only their sum is known.
	Parts *FileParts
}

// FileParts are the bytes of a file's tensors by where llama.cpp puts them. What
// is in none of them goes with the head.
type FileParts struct {
	Input  Bytes   // the token embedding and other tables that stay on the host
	Head   Bytes   // 0: the embedding is held a second time
	Blocks []Bytes // each block of the decoder in turn
}

// Layer is one kind of block.
type Layer struct {
	Count    int64
	Mixer    Mixer // what mixes tokens; None for a block of FFN alone
	Cross    Mixer // attention to an encoder, beside Mixer
	FFN      FFN
	Norms    int64 // norms of width h: 2; Gemma 4; a block with parallel branches 1
	NormBias bool  // LayerNorm: weight and bias
	NormFree bool  // norms without weights (OLMo 1)
	// FloatNorm is an RMSNorm that multiplies by its weight in fp32 (Gemma).
	FloatNorm bool
	Extra     int64 // parameters that nothing else names
}

// Kind is what a block mixes tokens with.
type Kind uint8

// The kinds.
const (
	None Kind = iota
	Full
	Window  // sliding window
	Chunked // attention within chunks (Llama 4)
	MLA     // multi-head latent attention (DeepSeek)
	Linear  // gated DeltaNet and its like
	Mamba1
	Mamba2
	ShortConv // LFM2
	numKinds
)

var kindNames = [numKinds]string{"none", "full attention", "sliding window", "chunked attention", "MLA", "linear attention", "Mamba", "Mamba-2", "short convolution"}

// String names the kind.
func (k Kind) String() string { return kindNames[k] }

// Attends says whether the kind keeps keys and values for each token.
func (k Kind) Attends() bool { return k >= Full && k <= MLA }

// Recurrent says whether the kind keeps a state of constant size.
func (k Kind) Recurrent() bool { return k >= Linear }

// QKNorm is the norm on queries and keys.
type QKNorm uint8

// The norms: none, one of a head's width (Qwen3), one of all heads (OLMo 2).
const (
	NoQKNorm QKNorm = iota
	HeadQKNorm
	WideQKNorm
)

// Mixer is the part of a block that mixes tokens.
type Mixer struct {
	Kind     Kind
	Heads    int64 // a
	KVHeads  int64 // k
	KeyDim   int64 // d of queries and keys
	ValueDim int64 // d of values
	Window   int64 // tokens, for Window and Chunked
	Compress int64 // beyond Window, one key is kept for so many tokens; 0: for each
	Index    int64 // width of the key that a sparse indexer keeps beside each latent
	Encoded  int64 // of Cross: the tokens that the encoder always gives; 0: those asked for
	SharesKV bool  // reads another layer's keys and values: none of its own
	QKVBias  bool
	OutBias  bool
	QKNorm   QKNorm
	Gate     bool // an output gate as wide as the queries
	Sinks    bool // one learned logit a head
	Cap      bool // a tanh bounds the attention's logits (Gemma 2)

	// MLA: the ranks of the latent projections, and the parts of KeyDim.
	QueryRank, KVRank, RopeDim int64

	// Recurrent kinds: heads × key × value is the state, Conv the kernel over
	// ConvDim channels. Inner is Mamba's width, Groups its B and C groups, or the
	// key heads of linear attention; TimeRank is Mamba-1's.
	StateHeads, StateKey, StateValue, Conv, Inner, Groups, TimeRank int64

	// Matrices replaces the linears that the fields above imply, for blocks that
	// are put together otherwise.
	Matrices []Matrix
	Extra    int64 // parameters that are no linear: convolutions, decays
}

// FFN is the part of a block that works on each token alone.
type FFN struct {
	Width int64 // f; 0 where every token goes to experts
	Gated bool  // three linears, not two
	Bias  bool

	Experts     int64 // E
	TopK        int64 // e, chosen for each token
	ExpertWidth int64 // f_e
	SharedWidth int64 // width of all shared experts together
	SharedGate  bool  // a linear of width 1 weighs the shared expert
	RouterBias  bool
	ExpertBias  bool
	// WrittenGELU is a GELU whose tanh formula is written out in Python (gelu_new):
	// its steps are kept as well.
	WrittenGELU bool
	LatentWidth int64 // experts work on a projection of h of this width; 0: on h
}
