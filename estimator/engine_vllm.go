package estimator

import (
	"math"
	"strings"
)

const (
	vllmBlock    = 16       // tokens
	largeCard    = 70 * GiB // from here on vLLM schedules 1024 sequences
	samplerBytes = 38.6     // a sequence and vocabulary entry, fitted on logs of 0.5 to 0.16
	samplerNew   = 16.0     // the same from 0.17
	graphBytes   = 0.6 * (1 << 30)
	vllmSource   = "vLLM logs; arg_utils.py for the defaults"
)

// assumedVLLM is the version that is assumed where none is named: the last one
// whose sampler takes the most, and the newest with many published logs.
var assumedVLLM = Version{0, 16}

// resolveVLLM fills in vLLM's defaults: the model's own length, 1024 sequences
// on cards of 70 GiB and more other than the A100 from 0.8 on, 256 elsewhere,
// and passes of 8192 tokens. Before 0.9 (its first engine still served many
// cards and models) a pass is the whole length, and 2048 tokens beyond 32768.
func resolveVLLM(p *Plan, a *Arch) {
	splitByHeads(p, a)
	v := &p.Serve
	v.Version = or(v.Version, assumedVLLM)
	if v.MaxLen == 0 {
		v.MaxLen = max(p.Seq+p.Out, a.Context*askedNoLength(p))
	}
	large := p.GPU.Memory >= largeCard && !strings.HasPrefix(p.GPU.Name, "a100") && !v.Version.Before(0, 8)
	if v.MaxSeqs == 0 {
		v.MaxSeqs = 256
		if large {
			v.MaxSeqs = 1024
		}
	}
	if v.MaxBatched == 0 {
		v.MaxBatched = 8192
		switch {
		case !chunks(v):
			v.MaxBatched = max(2048, v.MaxLen)
		case v.Version.Before(0, 9):
			v.MaxBatched = 2048
		}
	}
	v.Utilization = or(v.Utilization, 0.9)
}

// askedNoLength is 1 where the plan left the length to the model.
func askedNoLength(p *Plan) int64 {
	if p.Serve.ModelLength {
		return 1
	}
	return 0
}

// chunks says whether prefill is cut into passes.
func chunks(v *Serve) bool {
	switch {
	case v.Chunked != Unset:
		return v.Chunked == On
	case v.Version.Before(0, 9):
		return v.MaxLen > 32768
	default:
		return true
	}
}

func vllmBlocks(*Plan) float64 { return vllmBlock }

// vllmBudget is what the utilisation leaves for caches, the identity that
// vLLM's own log closes: weights, activation peak, non-torch and, from 0.21 on,
// an estimate of the graphs are taken off.
func vllmBudget(s *sheet) float64 {
	left := s.v.util*s.v.usable - s.byPart[Weights] - s.byPart[Workspace] - s.byPart[Buffers]
	if !s.plan.Serve.Version.Before(0, 21) {
		left -= s.byPart[Graphs]
	}
	return left
}

// sampler is the activation peak of the sampler on dummy requests, as many as
// are scheduled at once. The first engine ran none when it cut prefill.
func (s *sheet) sampler() float64 {
	v := &s.plan.Serve
	switch {
	case s.arch.NoHead, v.Version.Before(0, 8) && chunks(v):
		return 0
	case v.Version.Before(0, 17):
		return samplerBytes * s.v.seqs * s.V
	default:
		return samplerNew * s.v.seqs * s.V
	}
}

// pass is the activation peak of one forward pass of m tokens: gate, up and
// their product, the residual stream, what each chosen expert gives back, and
// with ranks the reduced copies.
func (s *sheet) pass() float64 { return s.v.m * (6*s.v.wide/s.t + s.streams()*s.h) }

// streams is the bytes of a pass for each element of the residual stream: 8
// where kernels run one by one, 2 where a compiled graph reuses them.
func (s *sheet) streams() float64 {
	v := &s.plan.Serve
	bytes := 2.0
	if v.Engine == VLLM && (v.Version.Before(0, 9) || v.Eager == On) {
		bytes = 8
	}
	if s.t > 1 {
		bytes += 4
	}
	return bytes + 2*s.v.chosen
}

// nonTorch is NCCL and what else CUDA allocates beside torch, by ranks; 0.20 on
// logs of four and more cards that no NVLink joins.
func (s *sheet) nonTorch() float64 {
	switch {
	case s.t <= 1:
		return 0.1
	case s.plan.GPU.Vendor == "NVIDIA" && !s.plan.GPU.Linked:
		return 0.2
	case s.t <= 2:
		return 0.5
	case s.t <= 4:
		return 0.7
	default:
		return 1.9
	}
}

var vllmBills = bills(weightBills, cacheBills, []bill{
	{
		part: Weights, moments: WhileServing, basis: Derived, source: "vLLM keeps cos and sin of every position in 16 bits",
		text:  "2 * D * X",
		bytes: func(s *sheet) float64 { return 2 * s.v.rope * s.v.pos * s.hasRope() },
	},
	{
		needs: needsVision, part: Weights, moments: WhileServing, basis: Derived, source: "vLLM's mrope.py: four times the positions where videos count them",
		text: "6 * D * X",
		bytes: func(s *sheet) float64 {
			if !videoPositions[s.arch.Family] || s.plan.Serve.Version.Before(0, 7) {
				return 0
			}
			return 6 * s.v.rope * s.v.pos
		},
	},
	{
		needs: needsScheme, part: Weights, moments: WhileServing, basis: Derived, source: "vLLM pads MXFP4 experts to a multiple of 256; logs of gpt-oss",
		text:  "Pad / tx",
		bytes: func(s *sheet) float64 { return s.expertPadding() / s.v.tx },
	},
	{
		needs: needsLatents, part: Weights, moments: WhileServing, basis: Derived, source: "vLLM keeps MLA's up projections a second time, absorbed",
		text:  "Abs / t",
		bytes: func(s *sheet) float64 { return s.absorbed() / s.t },
	},
	{
		needs: needsSlots, part: Adapters, moments: WhileServing, basis: Derived, source: "vLLM's LoRA slots: A of every linear on each rank, B divided",
		text: "2 * Slots * Rank * (In + Outs/t)",
		bytes: func(s *sheet) float64 {
			return 2 * float64(s.plan.Serve.LoRASlots) * s.loraRank() * (s.loraIn() + s.loraOut()/s.t)
		},
	},
	{
		part: Workspace, moments: AtPrefill | AtDecode, basis: Derived, source: vllmSource + "; the sampler's dummy requests or one pass, whichever is larger",
		text:  "max(Samp, m * (6*F/t + Res*h))",
		bytes: func(s *sheet) float64 { return max(s.sampler(), s.pass()) },
	},
	{
		needs: needsLatents, part: Workspace, moments: AtPrefill | AtDecode, basis: Derived, source: "vLLM's mla/common.py: earlier chunks gathered, and expanded to heads",
		text: "2 * Ctx * (r + R + a/t * (d - R + dv))",
		each: func(s *sheet, b *block) float64 {
			if b.index != s.v.latent || b.layer.Mixer.Kind != MLA || s.v.latents == 0 {
				return 0
			}
			return 2 * s.gathered() * (b.r + b.R + b.a/s.t*(b.d-b.R+b.dv))
		},
	},
	{
		needs: needsVision, part: Workspace, moments: AtPrefill | AtDecode, basis: Allowance, source: "vLLM profiles the largest image too; Qwen2.5-VL logs",
		text:  "Img * (2*h + 32*Hv)",
		bytes: func(s *sheet) float64 { return s.image() * (2*s.h + 32*s.towerWidth()) },
	},
	{
		part: Buffers, moments: WhileServing, basis: Allowance, source: "non-torch memory on vLLM logs: 0.1, 0.5, 0.7, 1.9 GiB for 1, 2, 4, 8 ranks",
		text:  "Nt * GiB",
		bytes: func(s *sheet) float64 { return s.nonTorch() * float64(GiB) },
	},
	{
		part: Graphs, moments: AtPrefill | AtDecode, basis: Allowance, source: "CUDA graphs on vLLM logs, 0.1 to 1.2 GiB",
		text: "0.6 * GiB",
		bytes: func(s *sheet) float64 {
			if s.plan.Serve.Eager == On {
				return 0
			}
			return graphBytes
		},
	},
})

// gathered is the tokens of earlier chunks that MLA's prefill gathers at once.
func (s *sheet) gathered() float64 {
	most := 131072.0
	if !s.plan.Serve.Version.Before(0, 11) {
		most = 65536
	}
	return min(8*s.v.maxLen, most)
}

// hasRope is 1 for models whose positions are turned, not learned.
func (s *sheet) hasRope() float64 {
	if s.learned || s.v.rope == 0 {
		return 0
	}
	return 1
}

// videoPositions are the families whose whole heads turn by a token's time, row
// and column.
var videoPositions = map[string]bool{
	"qwen2_vl": true, "qwen2_5_vl": true, "qwen3_vl": true, "qwen3_vl_moe": true, "qwen2_5_omni": true, "qwen3_omni_moe": true,
}

var learnedPositions = map[string]bool{"gpt2": true, "opt": true, "gpt_bigcode": true, "bloom": true, "mpt": true, "bert": true, "roberta": true, "t5": true, "whisper": true}

// padExperts is the multiple that vLLM pads the width of MXFP4 experts to.
const padExperts = 256

// expertPadding is the bytes that padding adds to MXFP4 experts.
func (s *sheet) expertPadding() float64 {
	format := s.format()
	if format != MXFP4 && (format != Stored || s.arch.Quant.DType != MXFP4) {
		return 0
	}
	total := 0.0
	for i := range s.blocks {
		b := &s.blocks[i]
		if b.fe == 0 {
			continue
		}
		padded := roundUp(b.fe/s.t, padExperts) * s.t
		total += b.l * b.experts * MXFP4.Width() * (padded/b.fe - 1)
	}
	return total * s.v.on
}

// absorbed is the bytes of the second copy of MLA's up projections: of the keys
// and values, and in 0.7 of their products with the queries' and the output's.
func (s *sheet) absorbed() float64 {
	if s.v.latents == 0 {
		return 0
	}
	total := 0.0
	for i := range s.blocks {
		b := &s.blocks[i]
		if b.layer.Mixer.Kind != MLA {
			continue
		}
		width := b.r * (b.d - b.R + b.dv)
		if s.plan.Serve.Engine == VLLM && s.plan.Serve.Version.Before(0, 8) {
			in := or(float64(b.layer.Mixer.QueryRank), s.h)
			width = b.r * (in + s.h)
		}
		total += 2 * b.l * b.a * width
	}
	return total * s.v.on
}

func (s *sheet) loraRank() float64 { return float64(or(s.plan.Serve.LoRARank, 16)) }

// loraIn and loraOut are the channels of all linears that take adapters.
func (s *sheet) loraIn() float64 {
	return s.channels(func(sh *share) float64 { return sh.inputs }) * s.v.on
}

func (s *sheet) loraOut() float64 {
	return s.channels(func(sh *share) float64 { return sh.outputs }) * s.v.on
}

func (s *sheet) channels(of func(*share) float64) float64 {
	if s.plan.Serve.LoRASlots == 0 {
		return 0
	}
	total := 0.0
	for i := range s.blocks {
		for j := range s.blocks[i].shares {
			if sh := &s.blocks[i].shares[j]; sh.split != byExpert {
				total += of(sh)
			}
		}
	}
	return total
}

// imageTokens is the tokens that the largest image becomes.
var imageTokens = map[string]float64{"qwen2_vl": 16384, "qwen2_5_vl": 16384, "qwen3_vl": 16384, "qwen3_vl_moe": 16384}

// image is the tokens of an image that the profiling run encodes.
func (s *sheet) image() float64 {
	if s.towerWidth() == 0 {
		return 0
	}
	return min(or(imageTokens[s.arch.Family], 2048), max(s.v.m, s.v.maxLen))
}

// towerWidth is the width of the vision tower, 0 without one.
func (s *sheet) towerWidth() float64 {
	width := 0.0
	for i := range s.arch.Towers {
		if t := &s.arch.Towers[i]; t.Name == "vision" {
			width = math.Max(width, float64(t.Hidden))
		}
	}
	return width
}
