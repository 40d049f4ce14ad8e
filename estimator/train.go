package estimator

import "math"

// training holds the letters and switches of a training run, for one GPU: the
// fullest.
type training struct {
	Pm  float64 // parameters of the blocks' linears on one rank, experts left out
	Pe  float64 // of the embedding and the head
	Ps  float64 // of norms, biases, routers and the rest
	Px  float64 // of the routed experts
	P   float64 // all of them
	A   float64 // parameters of the adapters
	Rt  float64 // parameters that FSDP's root unit gathers
	Lay float64 // parameters of one block, the largest kind

	Nox, Ngx, Nwx float64 // ranks that share the experts' optimizer states, gradients, weights

	ww   float64 // bytes of a weight, trained or frozen
	base float64 // bytes of a weight of the frozen base's linears
	wm   float64 // bytes of a master weight
	gw   float64 // bytes of a gradient
	wo   float64 // bytes of one moment, where the optimizer keeps it whole
	aw   float64 // bytes of an adapter's weight
	ain  float64 // bytes of an element of what adapters read
	rank float64

	share float64 // of the blocks that the fullest pipeline stage holds
	mb    float64 // micro-batches whose activations it keeps
	Vp    float64 // vocabulary, padded where the stack pads it

	lV, lh float64 // bytes of the loss a token, by V and by h

	keep    float64 // bytes a token that all blocks keep
	flight  top     // bytes a token of the block in flight when the backward pass begins
	end     top     // and of the last one, when it ends
	Enc     float64 // bytes a token that an encoder keeps
	Im      float64 // images, or sounds, at once
	Tow     float64 // bytes that the towers keep of each
	scratch kept

	act       float64 // bytes of an element of the activations
	stack     Stack
	optimizer *optimizerRow
	kernel    AttentionKernel
	targets   Targets

	eight                                                                   bool // Transformer Engine keeps inputs in fp8
	autocast                                                                bool // fp32 weights, 16-bit products
	frozen, fused, fusedLoRA, dropout, loraDropout, repeats, sequence, held bool
	first, last                                                             bool // the fullest stage has the embedding, the head
}

// fillTraining works out the letters of a training run.
func (s *sheet) fillTraining() {
	if s.plan.Mode != Training || s.plan.Train.Stack == Textbook {
		return
	}
	t := &s.plan.Train
	s.training = training{}
	s.stack = t.Stack
	s.fillSwitches()
	s.fillWidths()
	s.T = s.b * s.s / s.c * methods[t.Method].sequences
	s.fillStages()
	s.fillRank()
	s.fillLoss()
	s.fillBlocks()
	s.fillEncoder()
	if len(s.sights) > 0 {
		s.fillTowers()
	}
	s.met |= s.trainingNeeds() | s.stageNeeds()
	if s.p > 1 {
		s.fillFullest()
	}
}

// fillSwitches decides what the pieces of a block are computed with.
func (s *sheet) fillSwitches() {
	t, row := &s.plan.Train, &stacks[s.stack]
	adapted := methods[t.Method].adapters
	s.kernel = s.plan.Attention
	s.fused = row.fusedNorms || t.Compile == On || t.Loss == LossFused || t.Loss == LossLinear
	s.frozen = adapted && s.stack != LitGPT
	s.dropout = t.Dropout.N > 0
	s.loraDropout = adapted && t.LoRADropout > 0
	s.fusedLoRA = adapted && s.quantized() && s.fused && t.Compile != On
	s.repeats = repeatsKV(s.arch.Family, t)
	s.sequence = s.plan.SequenceParallel == On && s.t > 1
	s.eight = row.engine8 && t.Precision == FP8Training
	s.held = t.Accum > 1 || row.holdsGradients
	if adapted {
		s.targets = t.Targets
		s.rank = float64(t.Rank)
	}
}

// repeaters are the families whose modelling code repeated the KV heads before
// a flash kernel until transformers 4.48; Llama's did not.
var repeaters = map[string]bool{
	"mistral": true, "mixtral": true, "qwen2": true, "qwen2_moe": true, "phi3": true, "starcoder2": true,
}

func repeatsKV(family string, t *Train) bool {
	return t.beforeTransformers(48) && repeaters[family]
}

// untrainable are the formats that transformers refuses to train adapters on: it
// turns the base back into 16 bits. gpt-oss-20b takes 42 GiB under ms-swift and
// 44 under axolotl, not the 13 of its MXFP4.
//
// transformers, is_trainable of each of its quantizers.
var untrainable = [numDTypes]bool{FP8: true, MXFP4: true, NVFP4: true}

// unpacked says whether a repository's own format is turned back into 16 bits
// before adapters are put on it.
func (t DType) unpacked() bool { return t.GGUF() || untrainable[t] }

// quantized says whether the linears of the frozen base are quantized.
func (s *sheet) quantized() bool {
	own := s.arch.Quant.DType
	return s.plan.DType.Blockwise() || s.plan.DType == Stored && own != Stored && !own.unpacked()
}

// precisionRow is the bytes of a parameter while it is trained.
type precisionRow struct{ weights, master, moment, grads, activation float64 }

// precisions has one row for each precision, as the option table gives them.
var precisions = [numPrecisions]precisionRow{
	Mixed:       {2, 4, 4, 2, 2},
	AMP:         {4, 0, 4, 4, 2},
	PureBF16:    {2, 0, 2, 2, 2},
	PureFP32:    {4, 0, 4, 4, 4},
	FP8Training: {2, 4, 4, 2, 2},
}

// fillWidths gives the bytes of an element of each state.
func (s *sheet) fillWidths() {
	t := &s.plan.Train
	row := precisions[t.Precision]
	if t.Precision == FP8Training && stacks[s.stack].precision != Mixed {
		row = precisions[stacks[s.stack].precision]
	}
	s.ww, s.wm, s.wo, s.act = row.weights, row.master, row.moment, row.activation
	s.gw = gradBytes[t.Grads]
	s.optimizer = &optimizers[t.Optimizer]
	s.autocast = s.ww == 4 && s.act == 2
	s.base = s.ww
	if !methods[t.Method].adapters {
		return
	}
	s.aw = t.Adapters.Width()
	s.ain = s.aw
	if stacks[s.stack].castless {
		s.ain = s.act
	}
	s.wm, s.wo, s.gw = 0, s.aw, s.aw
	if t.Precision == Mixed && s.aw < 4 {
		s.wm, s.wo = 4, 4
	}
	if t.Precision != PureFP32 && t.Precision != AMP { // AMP is asked for: a frozen base is in 16 bits by itself
		s.ww = min(s.ww, 2)
	}
	s.base = s.ww
	if s.quantized() {
		s.base = s.baseWidth()
	}
}

// baseWidth is the bytes of a weight of the linears of a quantized base.
func (s *sheet) baseWidth() float64 {
	width := s.plan.DType
	if width == Stored {
		width = s.arch.Quant.DType
	}
	if q := &s.arch.Quant; q.DType == width && (width == GPTQ || width == AWQ) && q.Bits > 0 {
		if q.Group <= 0 {
			return float64(q.Bits)/8 + 0.001
		}
		return (float64(q.Bits) + (16+float64(q.Bits))/float64(q.Group)) / 8
	}
	return width.Width()
}

// fillStages says what the fullest pipeline stage holds: with 1F1B the first
// keeps as many micro-batches as there are stages, the last one.
func (s *sheet) fillStages() {
	s.share, s.mb, s.first, s.last = 1, 1, true, true
	if s.p > 1 && s.L > 0 {
		s.share = math.Ceil(s.L/s.p) / s.L
		s.mb, s.last = s.p, false
		if accum := float64(s.plan.Train.Accum); accum > 1 {
			s.mb = min(s.p, accum)
		}
	}
	s.Vp = s.V
	if s.stack == Megatron {
		pad := 128 * s.t
		s.Vp = math.Ceil(s.V/pad) * pad
	}
}

// fillRank counts the parameters of one rank.
func (s *sheet) fillRank() {
	cut := s.share / s.t
	s.Pm = s.linears * cut
	s.Px = s.experts * cut / s.x
	s.Ps = s.rest * s.share
	if s.towerLinears > 0 {
		s.placeTowers()
	}
	s.fillEnds()
	s.A = s.adapterParams() * cut
	s.Nox, s.Ngx, s.Nwx = max(1, s.No/s.x), max(1, s.Ng/s.x), max(1, s.Nw/s.x)
	for i := range s.blocks {
		b := &s.blocks[i]
		s.Lay = max(s.Lay, (b.linears+b.experts/s.x)/s.t+b.rest)
	}
}

// placeTowers takes the towers' linears out of the rest: they are cut like the
// blocks' own, and quantized with them unless the repository's scheme leaves
// them alone.
func (s *sheet) placeTowers() {
	s.Ps -= s.towerLinears * s.share
	if s.quantized() && s.plan.DType == Stored {
		s.Ps += s.towerLinears / s.t
		return
	}
	s.Pm += s.towerLinears / s.t
}

// fillEnds counts the embedding and the head, where the stage has them.
func (s *sheet) fillEnds() {
	s.Pe, s.Rt = 0, 0
	wide := s.Vp / max(1, s.V) / s.t
	embed, head := s.Emb*wide, s.Head*wide
	if s.first {
		s.Pe += embed
	}
	switch {
	case s.last && s.arch.Tied && !s.first:
		s.Pe += embed
	case s.last && s.arch.Tied && stacks[s.stack].unties:
		s.Pe += embed
	case s.last:
		s.Pe += head
	}
	s.Rt = s.Pe
	if stacks[s.stack].halves {
		s.Rt = max(embed, head)
	}
	s.P = s.Pm + s.Pe + s.Ps + s.Px
}

// fillFullest takes the first stage, which keeps more micro-batches, or the
// last, which has the head and the logits: whichever comes to more. Its sums are
// left to be read.
func (s *sheet) fillFullest() {
	mb := s.mb
	s.atStage(false, 1)
	last, account, top := s.stagePeak(), s.account, s.top
	s.atStage(true, mb)
	if s.stagePeak() <= last {
		s.atStage(false, 1)
		s.allocated, s.account, s.top = last, account, top
	}
	s.settled = s.allocated < tooLarge
}

// atStage takes the first stage or the last, with so many micro-batches.
func (s *sheet) atStage(first bool, mb float64) {
	s.first, s.last, s.mb = first, !first, mb
	s.met = s.met&^(needsLogits|needsHeadFirst) | s.stageNeeds()
	s.fillEnds()
}

// stagePeak is what the stage allocates at its highest moment.
func (s *sheet) stagePeak() float64 {
	if _, err := s.settle(); err != nil {
		return float64(MaxBytes)
	}
	return s.allocated
}
