package estimator

// DType is a number format, exact for those below a byte: Block elements take
// BlockBytes bytes, scales and zero points included. GGUF's recipes are formats
// too: they mix several by what a tensor does ([recipes]).
type DType uint8

// The formats. The zero value is the model's own: as it is stored.
const (
	Stored DType = iota
	FP32
	BF16
	FP16
	FP8
	INT8
	INT4
	NF4
	NF4DQ
	AWQ
	GPTQ
	MXFP4
	NVFP4
	Q4_0
	Q4_1
	Q5_0
	Q5_1
	Q8_0
	Q2K
	Q3K
	Q4K
	Q5K
	Q6K
	IQ4NL
	IQ4XS
	IQ3XXS
	IQ3S
	IQ2XXS
	IQ2XS
	IQ2S
	IQ1S
	IQ1M
	Q2KS
	Q3KS
	Q3KM
	Q3KL
	Q4KS
	Q4KM
	Q5KS
	Q5KM
	IQ3XS
	IQ3M
	IQ2M
	numDTypes
)

// dtypes has one row for each format.
//
// GGUF blocks: ggml-common.h of llama.cpp. NF4: one fp32 scale for 64 elements;
// with double quantization one byte for 64 and one fp32 for 256 of those
// (QLoRA, section 3). AWQ and GPTQ: group of 128 with a 16-bit scale and a
// 4-bit zero point. fp8: blocks of 128 × 128 with an fp32 scale. MXFP4: 32
// elements with an 8-bit scale. NVFP4: 16 elements with an fp8 scale. A recipe's
// block is that of its base format.
var dtypes = [numDTypes]struct {
	name       string
	block      int64 // elements
	blockBytes int64
	blockwise  bool // converts the linears of the blocks only
	gguf       bool
	aliases    string // further names, space on both sides of each
}{
	Stored: {"stored", 1, 2, false, false, " auto "},
	FP32:   {"fp32", 1, 4, false, false, " f32 float32 float "},
	BF16:   {"bf16", 1, 2, false, false, " bfloat16 16bit "},
	FP16:   {"fp16", 1, 2, false, false, " f16 float16 half "},
	FP8:    {"fp8", 128 * 128, 128*128 + 4, true, false, " f8 fp8_e4m3 fp8_e5m2 e4m3 w8a8-fp8 "},
	INT8:   {"int8", 1, 1, true, false, " i8 8bit w8a8 w8a16 "},
	INT4:   {"int4", 256, 133, true, false, " i4 4bit w4a16 "},
	NF4:    {"nf4", 64, 36, true, false, " bnb bnb-4bit fp4 "},
	NF4DQ:  {"nf4-dq", 64 * 256, 64*256/2 + 256 + 4, true, false, " nf4dq bnb-nf4-dq "},
	AWQ:    {"awq", 256, 133, true, false, " awq-int4 "},
	GPTQ:   {"gptq", 256, 133, true, false, " gptq-int4 "},
	MXFP4:  {"mxfp4", 32, 17, true, false, " mx4 "},
	NVFP4:  {"nvfp4", 16, 9, true, false, ""},
	Q4_0:   {"q4_0", 32, 18, false, true, ""},
	Q4_1:   {"q4_1", 32, 20, false, true, ""},
	Q5_0:   {"q5_0", 32, 22, false, true, ""},
	Q5_1:   {"q5_1", 32, 24, false, true, ""},
	Q8_0:   {"q8_0", 32, 34, false, true, " q8 "},
	Q2K:    {"q2_k", 256, 84, false, true, " q2 q2k "},
	Q3K:    {"q3_k", 256, 110, false, true, " q3 q3k "},
	Q4K:    {"q4_k", 256, 144, false, true, " q4 q4k "},
	Q5K:    {"q5_k", 256, 176, false, true, " q5 q5k "},
	Q6K:    {"q6_k", 256, 210, false, true, " q6 q6k "},
	IQ4NL:  {"iq4_nl", 32, 18, false, true, ""},
	IQ4XS:  {"iq4_xs", 256, 136, false, true, ""},
	IQ3XXS: {"iq3_xxs", 256, 98, false, true, ""},
	IQ3S:   {"iq3_s", 256, 110, false, true, ""},
	IQ2XXS: {"iq2_xxs", 256, 66, false, true, ""},
	IQ2XS:  {"iq2_xs", 256, 74, false, true, ""},
	IQ2S:   {"iq2_s", 256, 82, false, true, ""},
	IQ1S:   {"iq1_s", 256, 50, false, true, ""},
	IQ1M:   {"iq1_m", 256, 56, false, true, ""},
	Q2KS:   {"q2_k_s", 256, 84, false, true, ""},
	Q3KS:   {"q3_k_s", 256, 110, false, true, ""},
	Q3KM:   {"q3_k_m", 256, 110, false, true, ""},
	Q3KL:   {"q3_k_l", 256, 110, false, true, ""},
	Q4KS:   {"q4_k_s", 256, 144, false, true, ""},
	Q4KM:   {"q4_k_m", 256, 144, false, true, ""},
	Q5KS:   {"q5_k_s", 256, 176, false, true, ""},
	Q5KM:   {"q5_k_m", 256, 176, false, true, ""},
	IQ3XS:  {"iq3_xs", 256, 110, false, true, ""},
	IQ3M:   {"iq3_m", 256, 110, false, true, ""},
	IQ2M:   {"iq2_m", 256, 82, false, true, ""},
}

// String gives the name that people type.
func (t DType) String() string { return dtypes[t].name }

// Width is the bytes of one element, a fraction below a byte.
func (t DType) Width() float64 { return widths[t] }

// widths is the same ratio, worked out once.
var widths = func() (w [numDTypes]float64) {
	for i, row := range dtypes {
		w[i] = float64(row.blockBytes) / float64(row.block)
	}
	return w
}()

// Bytes is the memory of n elements, whole blocks.
func (t DType) Bytes(n int64) Bytes {
	row := dtypes[t]
	return bytesOf(float64((n+row.block-1)/row.block) * float64(row.blockBytes))
}

// Blockwise says whether a model in this format keeps everything but the
// linears of its blocks in 16 bits.
func (t DType) Blockwise() bool { return dtypes[t].blockwise }

// GGUF says whether the format is one of llama.cpp's, a recipe or a block.
func (t DType) GGUF() bool { return dtypes[t].gguf }

// Plain says whether every tensor is in this one format: 32 or 16 bits.
func (t DType) Plain() bool { return t == FP32 || t == BF16 || t == FP16 }

// DTypes lists the formats in the order of the table.
func DTypes() []DType { return choices(numDTypes) }
