package estimator

import "slices"

// engineRow says how an engine fills a card.
type engineRow struct {
	// resolve fills in the engine's own defaults.
	resolve func(*Plan, *Arch)
	bills   []bill
	context []bill // what torch or the engine does not count as its own

	block   func(*Plan) float64          // tokens of one block of cache
	window  func(*sheet, *block) float64 // tokens a window keeps of one sequence
	latents func(*sheet) float64         // copies of MLA's latent; nil: one
	budget  func(*sheet) float64         // bytes for caches on the card; nil: what is left
	// states is the bytes of an element of a recurrent state and of its
	// convolution's; nil: 4 and 4.
	states func(*sheet) (state, conv float64)

	grows         bool // the cache is made as tokens come, not at the start
	padsVocab     bool // to a multiple of 64 on each rank
	padsValues    bool // MLA's values to the width of its keys
	castsFP32     bool // weights of 32 bits, and scales of NF4, to its own liking
	hostEmbedding bool // the embedding stays on the host
	sparseLatents bool // an indexer's keys in fp8, beside latents in a layout of their own
	unpacksGGUF   bool // blocks of GGUF become plain weights
}

// engines has one row for each engine.
var engines = [numEngines]engineRow{
	Transformers: {
		resolve: splitByLayers, bills: transformersBills, context: serveContext,
		block: one, window: transformersWindow, grows: true, unpacksGGUF: true,
	},
	VLLM: {
		resolve: resolveVLLM, bills: vllmBills, context: serveContext,
		block: vllmBlocks, window: pagedWindow, latents: vllmLatents, budget: vllmBudget,
		states: vllmStates, padsVocab: true, padsValues: true, castsFP32: true, sparseLatents: true,
	},
	SGLang: {
		resolve: resolveSGLang, bills: sglangBills, context: serveContext,
		block: one, window: poolWindow, budget: sglangBudget,
		states: sglangStates, padsVocab: true, castsFP32: true, sparseLatents: true,
	},
	LlamaCPP: {
		resolve: resolveLlama, bills: llamaBills, context: serveContext,
		block: llamaBlocks, window: cellWindow, latents: llamaLatents, hostEmbedding: true,
	},
	IKLlamaCPP: {
		resolve: resolveLlama, bills: llamaBills, context: serveContext,
		block: llamaBlocks, window: wholeWindow, latents: mlaModes, hostEmbedding: true,
	},
	TensorRTLLM: {
		resolve: resolveTensorRT, bills: tensorrtBills, context: serveContext,
		block: tensorrtBlocks, window: wholeWindow, budget: freeBudget, padsVocab: true,
	},
	LMDeploy: {
		resolve: resolveLMDeploy, bills: tensorrtBills, context: serveContext,
		block: lmdeployBlocks, window: wholeWindow, budget: freeBudget, padsVocab: true, castsFP32: true,
	},
	TextbookEngine: {resolve: splitByTensor, bills: textbookInfer, block: one, window: wholeWindow},
}

// splitByTensor puts all GPUs into the tensor degree.
func splitByTensor(p *Plan, _ *Arch) {
	p.Pipeline = or(p.Pipeline, 1)
	if p.Tensor == 0 {
		p.Tensor = max(1, p.GPUs/p.Pipeline/p.Context)
	}
}

// splitByHeads puts all GPUs into the tensor degree, or where the heads do not
// divide over them the most that divides both, and into stages of a pipeline what
// is left, as vLLM's guide advises.
//
// https://docs.vllm.ai/en/latest/serving/parallelism_scaling/
func splitByHeads(p *Plan, a *Arch) {
	stages, tensor := p.Pipeline, p.Tensor
	splitByTensor(p, a)
	if stages != 0 || tensor != 0 {
		return
	}
	for ranks := p.Tensor; p.Tensor > 1; p.Tensor-- {
		if ranks%p.Tensor == 0 && p.unevenHeads(a) == nil {
			break
		}
		p.Pipeline = ranks
	}
	p.Pipeline = max(1, p.Pipeline/p.Tensor)
	if p.Pipeline > a.depth() { // some would hold no block
		p.Tensor, p.Pipeline = p.Tensor*p.Pipeline, 1
	}
}

// splitByLayers gives each GPU some of the blocks.
func splitByLayers(p *Plan, _ *Arch) {
	p.Tensor = or(p.Tensor, 1)
	if p.Pipeline == 0 {
		p.Pipeline = max(1, p.GPUs/p.Tensor/p.Context)
	}
}

func one(*Plan) float64 { return 1 }

// weightBills are the weights as they lie on the fullest GPU. One of the first
// three applies: a plain format on one GPU, the repository's own tensors, or
// everything by its own format and split.
var weightBills = []bill{
	{
		needs: needsUniform, part: Weights, moments: WhileServing, basis: Derived, source: "Φ at the weights' own width",
		text: "wp * Phi",
		bytes: func(s *sheet) float64 {
			if !s.v.uniform {
				return 0
			}
			return s.v.we0 * s.Phi
		},
	},
	{
		needs: needsFile, part: Weights, moments: WhileServing, basis: Counted, source: "the repository's tensors",
		text: "File * Held",
		bytes: func(s *sheet) float64 {
			if !s.v.counted {
				return 0
			}
			return s.v.file * s.v.share
		},
	},
	{
		needs: needsSplit, part: Weights, moments: WhileServing, basis: Derived, source: "each tensor in its own format; Shoeybi et al. 2019, section 3",
		text: "(Lin/t + Lkv + Lre + Exp/tx + Low) * P + Tow/t",
		bytes: func(s *sheet) float64 {
			if s.v.uniform || s.v.counted {
				return 0
			}
			return heldLinears(s)
		},
	},
	{
		needs: needsSplit, part: Weights, moments: WhileServing, basis: Derived, source: "embedding and head, each rank its rows",
		text: "(we + wo) * Vp * H / t",
		bytes: func(s *sheet) float64 {
			if s.v.uniform || s.v.counted {
				return 0
			}
			return (s.v.we + s.v.wo) * s.v.vp * s.v.emb / s.t
		},
	},
	{
		needs: needsDrafts, part: Weights, moments: WhileServing, basis: Derived, source: "layers that draft further tokens",
		text: "wp * Mtp / t",
		bytes: func(s *sheet) float64 {
			if s.v.drafts == 0 {
				return 0
			}
			return s.v.we0 * float64(s.params.MTP) / s.t
		},
	},
}

// serveContext is the CUDA context and its libraries.
var serveContext = []bill{{
	part: ContextPart, moments: WhileServing, basis: Allowance, source: "0.5 to 0.7 GiB on logs of vLLM and TensorRT-LLM",
	text:  "0.6 * GiB",
	bytes: func(*sheet) float64 { return 0.6 * float64(GiB) },
}}

// bills joins the tables of an engine.
func bills(tables ...[]bill) []bill {
	all := slices.Concat(tables...)
	for i := range all {
		all[i].needs |= pace(all[i].text)
	}
	return all
}
