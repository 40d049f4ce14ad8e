package estimator

// The states of a training run: weights, adapters, master weights, gradients
// and the optimizer's, each divided by what the ZeRO stage divides.

// over divides what the experts are left out of by n, and the experts by nx:
// expert parallel ranks are data parallel ranks for everything else.
func (s *sheet) over(n, nx float64) float64 { return (s.P-s.Px)/n + s.Px/nx }

// overText writes [sheet.over] out for the letters N and Nx.
func (s *sheet) overText(n string, ranks float64) string {
	switch {
	case ranks == 1:
		return "P"
	case s.Px == 0:
		return "P/" + n
	default:
		return "((P - Px)/" + n + " + Px/" + n + "x)"
	}
}

// per writes x/n, or x where nothing divides it.
func per(x, n string, ranks float64) string {
	if ranks == 1 {
		return x
	}
	return x + "/" + n
}

const (
	heldSource  = "bytes a parameter by precision, runs of each stack"
	zeroSource  = "Rajbhandari et al. 2020, section 5"
	adapterFrom = "Hu et al. 2021, section 4.1"
)

// onHost says which states the plan offloads.
func (s *sheet) onHost() (optimizer, weights bool) {
	o := s.plan.Offload
	fsdp := o == OffloadParams && s.stack != DeepSpeed // FSDP moves gradients and optimizer along
	return o == OffloadOptimizer || o == OffloadBoth || fsdp, o == OffloadParams || o == OffloadBoth
}

// weightBytes is the model as it is held, the linears of a quantized base in
// their own bits.
func (s *sheet) weightBytes() float64 {
	return s.base*(s.Pm/s.Nw+s.Px/s.Nwx) + s.ww*(s.Pe+s.Ps)/s.Nw
}

func (s *sheet) weightText(*block) string {
	if s.base == s.ww {
		return number(s.ww) + "*" + s.overText("Nw", s.Nw)
	}
	linears := per("Pm", "Nw", s.Nw)
	if s.Px > 0 {
		linears = "(" + linears + " + " + per("Px", "Nwx", s.Nwx) + ")"
	}
	return "wb*" + linears + " + " + number(s.ww) + "*" + per("(Pe + Ps)", "Nw", s.Nw)
}

// trainedStates are the bills of what is held for good.
var stateBills = []bill{
	{
		part: Weights, moments: WhileTraining, basis: Counted, source: heldSource,
		write: (*sheet).weightText,
		bytes: func(s *sheet) float64 {
			if _, away := s.onHost(); away {
				return 0
			}
			return s.weightBytes()
		},
	},
	{
		needs: needsOthers, part: Weights, moments: WhileTraining, basis: Derived, source: "frozen reference and reward models, a value model",
		write: func(s *sheet, _ *block) string {
			return number(s.companions()) + "*" + s.overText("Nw", s.Nw)
		},
		bytes: func(s *sheet) float64 { return s.companions() * s.over(s.Nw, s.Nwx) },
	},
	{
		needs: needsAdapters, part: Adapters, moments: WhileTraining, basis: Counted, source: adapterFrom,
		write: func(s *sheet, _ *block) string { return number(s.aw) + "*" + per("Ad", "Nw", s.Nw) },
		bytes: func(s *sheet) float64 { return s.aw * s.A / s.Nw },
	},
	{
		needs: needsMaster, part: Master, moments: WhileTraining, basis: Derived, source: zeroSource,
		write: func(s *sheet, _ *block) string { return s.trainedText(s.wm, "No", s.No) },
		bytes: func(s *sheet) float64 { return s.onGPU(s.masterBytes()) },
	},
	{
		part: OptimizerState, moments: WhileTraining, basis: Derived, source: "the optimizer's own states",
		write: (*sheet).optimizerText,
		bytes: func(s *sheet) float64 { return s.onGPU(s.optimizerBytes()) },
	},
}

// companions are the bytes a parameter of the models beside the one trained.
func (s *sheet) companions() float64 {
	m := &methods[s.plan.Train.Method]
	return 2*m.reference + m.value*s.ww
}

// onGPU is what of the optimizer's bytes stays on the GPU.
func (s *sheet) onGPU(bytes float64) float64 {
	if away, _ := s.onHost(); away {
		return 0
	}
	return bytes
}

// trainedText writes width × the trained parameters.
func (s *sheet) trainedText(width float64, n string, ranks float64) string {
	if methods[s.plan.Train.Method].adapters {
		return number(width) + "*" + per("Ad", n, ranks)
	}
	return number(width*s.models()) + "*" + s.overText(n, ranks)
}

// models is how many models are trained.
func (s *sheet) models() float64 { return 1 + methods[s.plan.Train.Method].value }

func (s *sheet) trained(width, n, nx float64) float64 {
	if methods[s.plan.Train.Method].adapters {
		return width * s.A / n
	}
	return width * s.models() * s.over(n, nx)
}

func (s *sheet) masterBytes() float64 { return s.trained(s.wm, s.No, s.Nox) }

// optimizerBytes is the optimizer's states; paged ones live on the host.
func (s *sheet) optimizerBytes() float64 {
	o := s.optimizer
	if o.paged {
		return 0
	}
	return s.allStates()
}

func (s *sheet) allStates() float64 {
	matrices, ends, rest := s.stateWidths()
	if methods[s.plan.Train.Method].adapters {
		return matrices * s.A / s.No
	}
	return s.models() * (matrices*(s.Pm/s.No+s.Px/s.Nox) + ends*s.Pe/s.No + rest*s.Ps/s.No + s.factors()/s.No)
}

// projected is GaLore's rank: no projection is wider than the model.
func (s *sheet) projected() float64 { return min(float64(s.plan.Train.Rank), s.h) }

// factors is what optimizers keep of a matrix's sides.
func (s *sheet) factors() float64 {
	switch {
	case methods[s.plan.Train.Method].adapters:
		return 0
	case s.optimizer.factored:
		return 4 * s.dims.sides * s.share / s.t
	case s.optimizer.projected:
		return s.wo * s.projected() * (2*s.dims.long + s.dims.short) * s.share / s.t
	default:
		return 0
	}
}

func (s *sheet) factorsText() string {
	switch {
	case s.factors() == 0:
		return ""
	case s.optimizer.factored:
		return " + 4*sides*share/t/No"
	default:
		return " + " + number(s.wo*s.projected()) + "*(2*long + short)*share/t/No"
	}
}

func (s *sheet) optimizerText(*block) string {
	matrices, ends, rest := s.stateWidths()
	if methods[s.plan.Train.Method].adapters {
		return number(matrices) + "*" + per("Ad", "No", s.No)
	}
	text := number(matrices) + "*" + s.overText("No", s.No)
	if matrices != ends || ends != rest {
		experts := ""
		if s.Px > 0 {
			experts = " + " + number(matrices) + "*" + per("Px", "Nox", s.Nox)
		}
		text = number(matrices) + "*" + per("Pm", "No", s.No) + experts +
			" + " + number(ends) + "*" + per("Pe", "No", s.No) + " + " + number(rest) + "*" + per("Ps", "No", s.No)
	}
	text += s.factorsText()
	if s.models() > 1 {
		return number(s.models()) + "*(" + text + ")"
	}
	return text
}
