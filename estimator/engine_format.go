package estimator

import "slices"

// onLoading are the formats that an engine turns plain weights into while it
// loads them; every other format has to lie in the checkpoint already.
var onLoading = [numEngines][]DType{
	Transformers: {INT8, NF4, NF4DQ},
	VLLM:         {FP8, NF4},
	SGLang:       {FP8},
}

// converts says that llama.cpp is asked for a repository as it is whose scheme no
// GGUF file holds: its converter turns the weights back into 16 bits.
//
// convert_hf_to_gguf.py, dequant_model.
func (p *Plan) converts(own DType) bool {
	e := p.Serve.Engine
	return p.Mode == Infer && (e == LlamaCPP || e == IKLlamaCPP) && (p.DType == Stored || p.DType == own) &&
		own != Stored && !own.GGUF() && own != MXFP4 && own != NVFP4
}

// HeldIn is the format that the linears of a model are held in as it is.
func (p Plan) HeldIn(a Arch) DType {
	p.DType = Stored
	if a.Quant.DType == Stored || p.converts(a.Quant.DType) {
		return or(a.DType, BF16)
	}
	return a.Quant.DType
}

// NeedsCheckpoint says whether the plan's format has to lie in the checkpoint
// already, and this model's own is another.
func (p Plan) NeedsCheckpoint(a Arch) bool {
	e := p.Serve.Engine
	if p.Mode != Infer || e == LlamaCPP || e == IKLlamaCPP || e == TextbookEngine || p.DType == Stored || p.DType.Plain() {
		return false
	}
	return a.Quant.DType != p.DType && !slices.Contains(onLoading[e], p.DType)
}
