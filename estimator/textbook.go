package estimator

// The textbook is the model of the blog that membot comes from: "LLM
// 大模型训练-推理显存占用分析" (chaofa, 2024-10-06). It knows a model by Φ, h, l and
// a alone, and every other stack is one word apart from it.

const textbookSource = "chaofa 2024, LLM memory of training and inference"

// textbookInfer is 2Φ and a cache in 16 bits that knows no grouped heads.
var textbookInfer = bills([]bill{
	{
		part: Weights, moments: WhileServing, basis: Derived, source: textbookSource,
		text:  "2 * Phi / (t * p)",
		bytes: func(s *sheet) float64 { return 2 * s.Phi / (s.t * s.p) },
	},
	{
		part: KVCache, moments: AtPrefill | AtDecode, basis: Derived, source: textbookSource,
		text:  "4 * b * L * h * (s + n) / (t * p)",
		bytes: func(s *sheet) float64 { return 4 * s.b * s.L * s.h * (s.s + s.n) / (s.t * s.p) },
	},
})

// sizeInfer is the rule for a model of which only a size is known: the weights at
// the width asked for, and a fifth on top for everything else.
var sizeInfer = bills([]bill{
	{
		part: Weights, moments: WhileServing, basis: Derived, source: textbookSource,
		text:  "w * Phi / (t * p)",
		bytes: func(s *sheet) float64 { return s.w * s.Phi / (s.t * s.p) },
	},
	{
		part: Workspace, moments: AtDecode, basis: Allowance, source: textbookSource + ", the rule 1.2 × 2Φ",
		text:  "0.2 * w * Phi / (t * p)",
		bytes: func(s *sheet) float64 { return 0.2 * s.w * s.Phi / (s.t * s.p) },
	},
})

// textbookTrain is AdamW in mixed precision: 16Φ, 18Φ or 20Φ by the gradients
// that are kept, divided by the ZeRO stage, and undivided activations.
//
// ZeRO: Rajbhandari et al. 2020, figure 1. Activations: Korthikanti et al.
// 2022, section 4.1. https://arxiv.org/abs/2205.05198
var textbookTrain = []bill{
	{
		part: Weights, moments: WhileTraining, basis: Derived, source: textbookSource,
		text:  "2 * Phi / Nw",
		bytes: func(s *sheet) float64 { return 2 * s.Phi / s.Nw },
	},
	{
		part: Master, moments: WhileTraining, basis: Derived, source: textbookSource,
		text:  "4 * Phi / No",
		bytes: func(s *sheet) float64 { return 4 * s.Phi / s.No },
	},
	{
		part: Gradients, moments: WhileTraining, basis: Derived, source: textbookSource,
		text:  "g * Phi / Ng",
		bytes: func(s *sheet) float64 { return s.g * s.Phi / s.Ng },
	},
	{
		part: OptimizerState, moments: WhileTraining, basis: Derived, source: textbookSource,
		text:  "8 * Phi / No",
		bytes: func(s *sheet) float64 { return 8 * s.Phi / s.No },
	},
	{
		part: Activations, moments: AtLoss | AtBackward, basis: Derived, source: "Korthikanti et al. 2022, equation 2",
		text:  "(34*b*s*h + 5*b*s*s*A) * L",
		bytes: func(s *sheet) float64 { return (34*s.b*s.s*s.h + 5*s.b*s.s*s.s*s.A) * s.L },
	},
}
