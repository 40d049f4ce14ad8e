package estimator

const transformersSource = "Qwen's published tables of max_memory_allocated"

// transformersBills: a generation's peak is the prefill, with one block's MLA
// and the residual stream (before 4.45 the fp32 logits of the whole prompt), or
// the decoding, when one block's cache is copied to make room, or the loading.
var transformersBills = bills(weightBills, cacheBills, []bill{
	{
		part: Weights, moments: WhileServing, basis: Derived, source: "an fp8 checkpoint of a tied model keeps a second head",
		text: "2 * V * h",
		bytes: func(s *sheet) float64 {
			if s.v.counted || s.arch.Quant.DType != FP8 || s.plan.DType != Stored || !s.arch.Tied {
				return 0
			}
			return 2 * s.V * s.h
		},
	},
	{
		part: Workspace, moments: AtPrefill, basis: Derived, source: transformersSource + "; one block's MLP and the residual stream",
		text: "T * (6*F/t + 9*h)",
		bytes: func(s *sheet) float64 {
			if s.wholeLogits() {
				return 0
			}
			return s.T * (6*s.v.wide/s.t + 9*s.h)
		},
	},
	{
		part: Logits, moments: AtPrefill, basis: Derived, source: transformersSource + "; before 4.45 logits of the whole prompt in 16 and 32 bits",
		text: "T * 6 * V",
		bytes: func(s *sheet) float64 {
			if !s.wholeLogits() {
				return 0
			}
			return s.T * 6 * s.V
		},
	},
	{
		part: Workspace, moments: AtDecode, basis: Derived, source: transformersSource + "; the longer cache of one block beside its old one",
		text:  "KV1 * min(1, Pk*p)",
		bytes: func(s *sheet) float64 { return s.v.kv1 * min(1, s.v.cached*s.p) },
	},
	{
		part: Workspace, moments: AtLoad, basis: Derived, source: transformersSource + "; an AWQ checkpoint of a tied model loads a second head",
		text: "2 * V * h",
		bytes: func(s *sheet) float64 {
			if s.arch.Quant.DType != AWQ || !s.arch.Tied {
				return 0
			}
			return 2 * s.V * s.h
		},
	},
	{
		part: Buffers, moments: WhileServing, basis: Derived, source: transformersSource + "; before 4.45 every block caches its own cos and sin",
		text: "4 * min(X, 32768) * D * L * P",
		bytes: func(s *sheet) float64 {
			if !s.plan.Serve.Version.Before(4, 45) {
				return 0
			}
			return 4 * min(s.v.pos, 32768) * s.v.rope * s.L * s.v.on
		},
	},
	{
		part: Workspace, moments: WhileServing, basis: Allowance, source: transformersSource + "; the rest of the workspace",
		text:  "30000000",
		bytes: func(*sheet) float64 { return 30e6 },
	},
})

// wholeLogits says that the logits of the whole prompt are the larger workspace.
func (s *sheet) wholeLogits() bool {
	return s.plan.Serve.Version.Before(4, 45) && !s.arch.NoHead && 6*s.V > 6*s.v.wide/s.t+9*s.h
}
