package estimator

// engineRow says how an engine fills a card.
type engineRow struct {
	// resolve fills in the engine's own defaults.
	resolve func(*Plan, *Arch)
	bills   []bill
	context []bill // what torch or the engine does not count as its own
}

// engines has one row for each engine.
var engines = [numEngines]engineRow{
	Transformers:   {splitByLayers, generalInfer, serveContext},
	VLLM:           {splitByTensor, generalInfer, serveContext},
	SGLang:         {splitByTensor, generalInfer, serveContext},
	LlamaCPP:       {splitByLayers, generalInfer, serveContext},
	IKLlamaCPP:     {splitByLayers, generalInfer, serveContext},
	TensorRTLLM:    {splitByTensor, generalInfer, serveContext},
	LMDeploy:       {splitByTensor, generalInfer, serveContext},
	TextbookEngine: {splitByTensor, textbookInfer, nil},
}

// splitByTensor puts all GPUs into the tensor degree.
func splitByTensor(p *Plan, _ *Arch) {
	p.Pipeline = or(p.Pipeline, 1)
	p.Tensor = or(p.Tensor, max(1, p.GPUs/p.Pipeline/p.Context))
}

// splitByLayers gives each GPU some of the blocks.
func splitByLayers(p *Plan, _ *Arch) {
	p.Tensor = or(p.Tensor, 1)
	p.Pipeline = or(p.Pipeline, max(1, p.GPUs/p.Tensor/p.Context))
}

// generalInfer is what every engine holds: the weights and, for each token, a
// key and a value for each KV head.
//
// Pope et al. 2022, section 3. https://arxiv.org/abs/2211.05102
var generalInfer = []bill{
	{
		part: Weights, moments: WhileServing, basis: Derived, source: "Φ at the weights' own width",
		text:  "w * Phi / (t * p)",
		bytes: func(s *sheet) float64 { return s.w * s.Phi / (s.t * s.p) },
	},
	{
		part: KVCache, moments: AtPrefill | AtDecode, basis: Derived, source: "Pope et al. 2022, section 3",
		text: "l * k * d * (wk + wv) * b * (s + n) / (t * p)",
		each: func(s *sheet, b *block) float64 {
			return b.l * b.k * b.d * (s.wk + s.wv) * s.b * (s.s + s.n) / (s.t * s.p)
		},
	},
}

// serveContext is the CUDA context and its libraries.
var serveContext = []bill{{
	part: ContextPart, moments: WhileServing, basis: Allowance, source: "0.5 to 0.7 GiB on logs of vLLM and TensorRT-LLM",
	text:  "0.6 * GiB",
	bytes: func(*sheet) float64 { return 0.6 * float64(GiB) },
}}
