package estimator

import "slices"

// trainBills lists what each stack but the textbook pays for.
var trainBills = billsByStack()

func billsByStack() (all [numStacks][]bill) {
	for stack := range stacks {
		for _, b := range slices.Concat(stateBills, runBills) {
			if b.payer == nil || b.payer(&stacks[stack]) {
				all[stack] = append(all[stack], b)
			}
		}
	}
	all[Textbook] = textbookTrain
	return all
}

const (
	keptSource   = "autograd's saved tensors, counted storage by storage"
	flightSource = "one block computed again and its gradients, runs of transformers"
)

// runBills are the bills of what comes and goes within a step.
var runBills = []bill{
	{
		part: Gradients, moments: AtBackwardEnd | AtStep, basis: Derived, source: heldSource,
		write: func(s *sheet, _ *block) string { return s.trainedText(s.gw, "Ng", s.Ng) },
		bytes: func(s *sheet) float64 { return s.gradientBytes() },
	},
	{
		needs: needsHeld, part: Gradients, moments: AtLoss | AtBackward, basis: Derived, source: "gradients that accumulate",
		write: func(s *sheet, _ *block) string { return s.trainedText(s.gw, "Ng", s.Ng) },
		bytes: func(s *sheet) float64 {
			if !s.held {
				return 0
			}
			return s.gradientBytes()
		},
	},
	{
		needs: needsHeadFirst, part: Gradients, moments: AtBackward, basis: Derived, source: "the head's gradient comes first",
		text:  "2 * h * Vp / t",
		bytes: func(s *sheet) float64 { return s.headGradient() },
	},
	{
		part: Activations, moments: AtLoss | AtBackward, basis: Counted, source: keptSource,
		write: func(s *sheet, b *block) string { return s.staged(s.keepText(b)) },
		each:  (*sheet).keptBytes,
	},
	{
		needs: needsEncoder, part: Activations, moments: AtLoss | AtBackward, basis: Derived, source: "an encoder of as many tokens",
		text: "T * Enc",
		bytes: func(s *sheet) float64 {
			if s.keptOnHost() {
				return 0
			}
			return s.T * s.Enc
		},
	},
	{
		needs: needsVision, part: Activations, moments: AtLoss | AtBackward, basis: Derived, source: "one image or sound a sequence; a frozen tower keeps its output alone",
		write: func(s *sheet, _ *block) string {
			if s.p == 1 {
				return "Im*Tow"
			}
			return "mb*Im*Tow"
		},
		bytes: (*sheet).towerBytes,
	},
	{
		part: Workspace, moments: AtBackward, basis: Derived, source: flightSource,
		write: func(s *sheet, _ *block) string {
			return s.ofKind(s.flight.kind, s.flightText(&s.blocks[s.flight.kind]))
		},
		bytes: func(s *sheet) float64 { return s.T * s.flight.bytes },
	},
	{
		part: Workspace, moments: AtBackwardEnd, basis: Derived, source: flightSource,
		write: func(s *sheet, _ *block) string {
			return s.ofKind(s.end.kind, s.endText(&s.blocks[s.end.kind]))
		},
		bytes: func(s *sheet) float64 { return s.T * s.end.bytes },
	},
	{
		needs: needsAdapters, part: Activations, moments: AtBackward, basis: Derived, source: "FSDP with a frozen base: runs of 32 and 80 blocks",
		payer: func(r *stackRow) bool { return r.keepsOutputs },
		text:  "2 * (L - 2) * h * T",
		bytes: func(s *sheet) float64 {
			if !s.frozen || s.Nw == 1 || s.keptOnHost() || s.plan.Train.Recompute != RecomputeFull {
				return 0
			}
			return 2 * max(0, s.L-2) * s.h * s.T
		},
	},
	{
		needs: needsLogits, part: Logits, moments: AtLoss, basis: Derived, source: "logits, their copies and gradient by the kind of loss",
		write: (*sheet).lossText,
		bytes: (*sheet).lossBytes,
	},
	{
		needs: needsAdapters, part: Buffers, moments: AtLoss | AtBackward, basis: Derived, source: "bitsandbytes turns the head back into 16 bits: litgpt's runs of six models",
		payer: func(r *stackRow) bool { return r.unpacksHead },
		text:  "2 * h * Vp / t",
		bytes: func(s *sheet) float64 {
			if !s.unpackedHead() {
				return 0
			}
			return 2 * s.h * s.Vp / s.t
		},
	},
	{
		needs: needsGathered, part: Buffers, moments: AtLoss | AtBackward, basis: Derived, source: "FSDP does not free the units of a frozen base: litgpt's runs on 2 and 4 GPUs",
		payer: func(r *stackRow) bool { return r.keepsGathered },
		text:  "2 * P",
		bytes: func(s *sheet) float64 {
			if !s.gathering() || !s.staysGathered() {
				return 0
			}
			return 2 * s.P
		},
	},
	{
		needs: needsGathered, part: Buffers, moments: AtLoss | AtBackward, basis: Derived, source: "the root unit, gathered in 16 bits",
		payer: func(r *stackRow) bool { return r.gathers },
		text:  "2 * Rt",
		bytes: func(s *sheet) float64 {
			if !s.gathering() || s.staysGathered() {
				return 0
			}
			return 2 * s.Rt
		},
	},
	{
		needs: needsShards, part: Buffers, moments: AtLoss | AtBackward, basis: Derived, source: "FSDP's copies of offloaded shards, beside what it gathers of them",
		payer: func(r *stackRow) bool { return r.copiesShards },
		text:  "(2*Rt + min(2, wb)*Lay) / Nw",
		bytes: func(s *sheet) float64 {
			if _, away := s.onHost(); !away || !s.gathering() {
				return 0
			}
			return (2*s.Rt + min(2, s.base)*s.Lay) / s.Nw
		},
	},
	{
		needs: needsGathered, part: Buffers, moments: AtBackward | AtBackwardEnd, basis: Derived, source: "one block, gathered in its own bits",
		payer: func(r *stackRow) bool { return r.gathers },
		text:  "min(2, wb) * Lay",
		bytes: func(s *sheet) float64 {
			if !s.gathering() || s.staysGathered() {
				return 0
			}
			return min(2, s.base) * s.Lay
		},
	},
	{
		part: Buffers, moments: WhileTraining, basis: Allowance, source: "DeepSpeed's buckets, prefetch and live parameters",
		payer: func(r *stackRow) bool { return r.buckets != [numStages]float64{} },
		write: func(s *sheet, _ *block) string { return number(s.bucketBytes()) },
		bytes: (*sheet).bucketBytes,
	},
	{
		needs: needsReduced, part: Buffers, moments: WhileTraining, basis: Derived, source: "torch DDP copies gradients into buckets",
		payer: func(r *stackRow) bool { return r.reduces },
		write: func(s *sheet, _ *block) string { return s.trainedText(s.gw, "Ng", s.Ng) },
		bytes: func(s *sheet) float64 {
			if s.N == 1 || s.Ng > 1 {
				return 0
			}
			return s.gradientBytes()
		},
	},
	{
		needs: needsEight, part: Buffers, moments: WhileTraining, basis: Derived, source: "fp8 copies of the linears' weights and their transposes: Transformer Engine",
		payer: func(r *stackRow) bool { return r.engine8 },
		text:  "2 * (Pm + Px)",
		bytes: (*sheet).eightBytes,
	},
	{
		needs: needsCasts, part: Buffers, moments: AtLoss, basis: Derived, source: "autocast's 16-bit copies of fp32 weights",
		payer: func(r *stackRow) bool { return r.autocasts },
		text:  "2 * (Pm + Px)",
		bytes: (*sheet).castBytes,
	},
	{
		needs: needsStep, part: Workspace, moments: AtStep, basis: Derived, source: "foreach makes a copy of all parameters",
		write: (*sheet).stepText,
		bytes: (*sheet).stepBytes,
	},
	{
		part: Workspace, moments: AtStep, basis: Derived, source: "DeepSpeed casts its part of the gradients to fp32",
		payer: func(r *stackRow) bool { return r.partitionCopy },
		write: (*sheet).castText,
		bytes: (*sheet).gradientCast,
	},
	{
		part: Workspace, moments: WhileTraining, basis: Allowance, source: "workspaces of the libraries",
		write: func(s *sheet, _ *block) string { return number(stacks[s.stack].constant) },
		bytes: func(s *sheet) float64 { return stacks[s.stack].constant },
	},
	{
		needs: needsOthers, part: KVCache, moments: WhileTraining, basis: Derived, source: "the cache of rollouts, in 16 bits",
		text: "2 * l * k * (d + dv) * b * s / t",
		each: func(s *sheet, b *block) float64 {
			if !methods[s.plan.Train.Method].rollout || !b.layer.Mixer.Kind.Attends() {
				return 0
			}
			return 2 * b.l * b.k * (b.d + b.dv) * s.b * s.s / s.t
		},
	},
}

// gradientBytes are those on the GPU: FSDP moves them along with the weights,
// DeepSpeed as they are made, to the optimizer that waits for them on the host.
//
// Ren et al. 2021, ZeRO-Offload, section 4.1. https://arxiv.org/abs/2101.06840
func (s *sheet) gradientBytes() float64 {
	optimizer, weights := s.onHost()
	if weights && s.stack != DeepSpeed || optimizer && s.stack == DeepSpeed {
		return 0
	}
	return s.trained(s.gw, s.Ng, s.Ngx)
}

// headGradient is there when the backward pass of the last block begins.
func (s *sheet) headGradient() float64 {
	if s.frozen || s.held || s.arch.NoHead || !s.last || methods[s.plan.Train.Method].adapters {
		return 0
	}
	return 2 * s.h * s.Vp / s.t
}

// staged multiplies a text by the pipeline's share, where there is one.
func (s *sheet) staged(text string) string {
	if s.p == 1 {
		return text
	}
	return "share*mb*" + text
}

// keptBytes is what one kind of block keeps; offloaded ones wait on the host.
func (s *sheet) keptBytes(b *block) float64 {
	if s.keptOnHost() {
		return 0
	}
	return s.share * s.mb * b.l * s.T * s.keptOfBlock(b)
}

// keptOfBlock is the bytes of a token in one block, remembered for the first
// kinds.
func (s *sheet) keptOfBlock(b *block) float64 {
	if i := int(b.index); i < keptKinds && &s.blocks[i] == b {
		return s.keptOfKind[i]
	}
	s.keepAll(b, &s.scratch)
	s.keptOf(b, &s.scratch)
	return s.scratch.sum
}

// gathering says whether weights are divided, to be collected unit by unit.
func (s *sheet) gathering() bool { return s.Nw > 1 }

// staysGathered says whether the units of a frozen base are whole all the time.
func (s *sheet) staysGathered() bool {
	return stacks[s.stack].keepsGathered && methods[s.plan.Train.Method].adapters
}

// unpackedHead says whether a quantized base has a head to turn back.
func (s *sheet) unpackedHead() bool {
	return methods[s.plan.Train.Method].adapters && s.quantized() && !s.arch.NoHead && s.last
}

// castBytes: autocast keeps its copies until the forward pass ends. A quantized
// base is unpacked to 16 bits as it is.
func (s *sheet) castBytes() float64 {
	if s.base < 4 || s.act == 4 {
		return 0
	}
	return 2 * (s.Pm + s.Px)
}

// stepBytes is what the optimizer's step makes beside its states.
func (s *sheet) stepBytes() float64 {
	o := s.optimizer
	width := max(s.wm, s.ww)
	if methods[s.plan.Train.Method].adapters {
		width = max(s.wm, s.aw)
	}
	temporary := 0.0
	if o.temporary > 0 {
		temporary = o.temporary * s.dims.largest / s.t
	}
	if s.copies() {
		temporary += s.trained(width, s.No, s.Nox)
	}
	return s.onGPU(temporary)
}

// fusedStep are the stacks whose AdamW is their own kernel.
var fusedStep = [numStacks]bool{DeepSpeed: true, Megatron: true, Torchtune: true}

// copies says whether the step copies all parameters: torch's foreach did not
// exist for the optimizers of transformers before 4.30.
func (s *sheet) copies() bool {
	return s.optimizer.foreach && !fusedStep[s.stack] && !s.plan.Train.beforeTransformers(30)
}

func (s *sheet) stepText(*block) string {
	o := s.optimizer
	if !s.copies() {
		return number(o.temporary) + "*" + per("big", "t", s.t)
	}
	if methods[s.plan.Train.Method].adapters {
		return s.trainedText(max(s.wm, s.aw), "No", s.No)
	}
	return s.trainedText(max(s.wm, s.ww), "No", s.No)
}

// lossBytes is what a token keeps between the last block and the loss, and the
// chunk that a chunked loss works on.
func (s *sheet) lossBytes() float64 {
	if !s.last {
		return 0
	}
	return s.T*(s.lV*s.Vp+s.lh*s.h) + s.chunkBytes()
}

// chunkWidth is the bytes of a logit while a chunk is worked on.
const chunkWidth = 12

func (s *sheet) chunkBytes() float64 {
	if s.arch.NoHead {
		return 0
	}
	return chunkWidth * s.chunkTokens() * s.Vp / s.t
}

func (s *sheet) lossText(*block) string {
	text := "T*(" + number(s.lV*s.t) + "*" + per("Vp", "t", s.t) + " + " + number(s.lh) + "*h)"
	if s.chunkBytes() > 0 {
		text += " + 12*Ch*" + per("Vp", "t", s.t)
	}
	return text
}
