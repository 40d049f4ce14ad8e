package estimator

import "strings"

const transformersSource = "Qwen's published tables of max_memory_allocated"

// transformersBills: a generation's peak is the prefill, with one block's MLA
// and the residual stream (before 4.45 the fp32 logits of the whole prompt), or
// the decoding, when one block's cache is copied to make room, or the loading.
var transformersBills = bills(weightBills, growingCache(cacheBills), []bill{
	{
		needs: needsScheme, part: Weights, moments: WhileServing, basis: Derived, source: "an fp8 checkpoint of a tied model keeps a second head",
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
		needs: needsWindow, part: Workspace, moments: AtPrefill, basis: Derived, source: "transformers' cache_utils.py: a window's last tokens are a view of the whole prompt",
		text: "l * kh * (wk*d + wv*vd) * Tv * Pk",
		each: func(s *sheet, b *block) float64 {
			if !s.keeps(b) {
				return 0
			}
			return s.headToken(b) * s.viewed(b) * s.v.cached
		},
	},
	{
		part: Workspace, moments: AtDecode, basis: Derived, source: transformersSource + "; one block's longer keys beside its old ones, then its values",
		text:  "KV1 / 2",
		bytes: func(s *sheet) float64 { return s.largestCache() / 2 },
	},
	{
		part: Workspace, moments: AtDecode, basis: Derived, source: "sdpa and eager repeat one block's keys and values for every query head",
		text: "4 * A * Dh * b * (s + n) / t",
		bytes: func(s *sheet) float64 {
			if s.plan.Attention == Flash {
				return 0
			}
			return 4 * s.A * s.headDim() * s.b * (s.s + s.n) / s.t
		},
	},
	{
		needs: needsScheme, part: Workspace, moments: AtDecode, basis: Derived, source: "GPTQ's kernels keep room for one linear in 16 bits; " + transformersSource,
		text: "2 * F * h / t",
		bytes: func(s *sheet) float64 {
			if s.plan.DType != GPTQ && (s.plan.DType != Stored || s.arch.Quant.Method != "gptq") {
				return 0
			}
			return 2 * s.v.wide * s.h / s.t
		},
	},
	{
		needs: needsWritten, part: Workspace, moments: AtPrefill, basis: Derived, source: "eager attention keeps one block's scores in 32 and 16 bits",
		text: "6 * A * b * s * s / t",
		bytes: func(s *sheet) float64 {
			if s.plan.Attention != Eager {
				return 0
			}
			return 6 * s.A * s.b * s.s * s.s / s.t
		},
	},
	{
		needs: needsScheme, part: Workspace, moments: AtLoad, basis: Derived, source: transformersSource + "; an AWQ checkpoint of a tied model loads a second head",
		text: "2 * V * h",
		bytes: func(s *sheet) float64 {
			if s.arch.Quant.DType != AWQ || !s.arch.Tied {
				return 0
			}
			return 2 * s.V * s.h
		},
	},
	{
		part: Buffers, moments: AtPrefill | AtDecode, basis: Derived, source: transformersSource + "; before 4.45 every block caches its own cos and sin",
		text: "4 * min(X, 32768) * D * L * P",
		bytes: func(s *sheet) float64 {
			if !s.plan.Serve.Version.Before(4, 45) {
				return 0
			}
			return 4 * min(s.v.pos, 32768) * s.v.rope * s.L * s.v.on
		},
	},
	{
		part: Workspace, moments: AtPrefill | AtDecode, basis: Allowance, source: transformersSource + "; the rest of the workspace",
		text:  "30000000",
		bytes: func(*sheet) float64 { return 30e6 },
	},
})

// wholeLogits says that the logits of the whole prompt are the larger workspace.
func (s *sheet) wholeLogits() bool {
	return s.plan.Serve.Version.Before(4, 45) && !s.arch.NoHead && 6*s.V > 6*s.v.wide/s.t+9*s.h
}

// growingCache turns the bills of a cache that is there from the start into
// those of one that grows: all of it while decoding, the prompt's share after
// prefill.
func growingCache(cache []bill) []bill {
	var all []bill
	for _, b := range cache {
		if !b.fixed {
			b.moments = AtDecode
		}
		all = append(all, b)
	}
	for _, b := range cache {
		if !b.fixed {
			all = append(all, afterPrompt(b))
		}
	}
	return all
}

// afterPrompt is a bill of a cache as the prompts leave it.
func afterPrompt(b bill) bill {
	b.moments = AtPrefill
	if bytes := b.bytes; bytes != nil {
		b.text = "(" + b.text + ") * Ps"
		b.bytes = func(s *sheet) float64 { return bytes(s) * s.promptShare() }
		return b
	}
	each := b.each
	b.text = strings.ReplaceAll(b.text, "Tk", "Tp")
	b.each = func(s *sheet, k *block) float64 {
		whole := each(s, k)
		if whole == 0 {
			return 0
		}
		return whole / s.kept(k) * s.keptOfPrompt(k)
	}
	return b
}

// promptShare is the prompt's share of all tokens.
func (s *sheet) promptShare() float64 { return s.s / (s.s + s.n) }

// headDim is the head size of the first block that attends.
func (s *sheet) headDim() float64 {
	for i := range s.blocks {
		if s.blocks[i].layer.Mixer.Kind.Attends() {
			return s.blocks[i].d
		}
	}
	return 0
}
