package estimator

// need is what a bill asks of the model and the plan. A bill whose needs are not
// met comes to nothing, and a search of thousands is spared working that out.
type need uint32

// The needs of serving and of training.
const (
	needsLatents   need = 1 << iota // MLA
	needsCross                      // attention to an encoder
	needsWindow                     // attention to a window or a chunk
	needsState                      // a recurrent mixer
	needsVision                     // a tower
	needsEncoder                    // an encoder whose blocks are known
	needsScheme                     // weights quantized, or asked for in another format
	needsUniform                    // every tensor in one width, on one GPU
	needsFile                       // the repository's own bytes
	needsSplit                      // weights each in its format, split over the ranks
	needsDrafts                     // tokens drafted by further layers
	needsSlots                      // LoRA slots
	needsWritten                    // attention written out
	needsAdapters                   // a frozen base
	needsOthers                     // models beside the one that is trained
	needsHeld                       // gradients that live through the step
	needsGathered                   // weights that ranks share
	needsReduced                    // gradients that several data-parallel ranks copy whole
	needsMaster                     // master weights
	needsLogits                     // the stage that has the head
	needsHeadFirst                  // a head whose gradient comes before all others
	needsEight                      // copies of the weights in fp8
	needsCasts                      // fp32 weights under autocast
	needsStep                       // an optimizer whose step makes something of its own
	needsShards                     // divided weights that wait on the host
	needsSearch                     // grows with the length or the batch
	needsStart                      // does not
)

// A search for lengths adds up what does not grow at its start, and the rest at
// each step; every other question meets both.
const bothPaces = needsSearch | needsStart

// growing are the letters whose value a length or a batch changes.
var growing = map[string]bool{
	"b": true, "s": true, "n": true, "T": true, "Tok": true, "Tk": true, "Tp": true, "Tv": true, "Te": true, "Ps": true, "KV1": true, "Unp": true, "Mla": true,
}

// pace says by the letters of a bill's text whether it grows.
func pace(text string) need {
	for start, end := nextName(text, 0); start < end; start, end = nextName(text, end) {
		if growing[text[start:end]] {
			return needsSearch
		}
	}
	return needsStart
}

// when is the need where its condition holds, else none.
func (n need) when(holds bool) need {
	if holds {
		return n
	}
	return 0
}

// needsOf is what of the needs a model's shape meets.
func needsOf(a *Arch, s *sums) need {
	met := bothPaces | needsVision.when(len(a.Towers) > 0) | needsEncoder.when(len(s.encoder) > 0)
	for i := range s.blocks {
		b := &s.blocks[i]
		m := &b.layer.Mixer
		met |= needsLatents.when(m.Kind == MLA) | needsCross.when(b.layer.Cross.Kind != None) | needsWindow.when(b.slides()) | needsState.when(b.ss+b.sc > 0)
	}
	return met
}

// servingNeeds is what of them a plan to serve meets.
func (s *sheet) servingNeeds() need {
	v, p := &s.v, &s.plan
	return needsScheme.when(s.arch.Quant.DType != Stored || p.DType != Stored) |
		needsUniform.when(v.uniform) | needsFile.when(v.counted) | needsSplit.when(!v.uniform && !v.counted) |
		needsDrafts.when(v.drafts > 0) | needsSlots.when(p.Serve.LoRASlots > 0) | needsWritten.when(p.Attention == Eager)
}

// trainingNeeds is what of them a plan to train meets.
func (s *sheet) trainingNeeds() need {
	m := &methods[s.plan.Train.Method]
	return needsAdapters.when(m.adapters) | needsOthers.when(m.reference > 0 || m.value > 0) | needsHeld.when(s.held) |
		needsGathered.when(s.Nw > 1) | needsReduced.when(s.N > 1 && s.Ng == 1) | needsMaster.when(s.wm > 0) |
		needsEight.when(s.eight) | needsCasts.when(s.autocast) | needsStep.when(s.optimizer.temporary > 0 || s.copies()) |
		needsShards.when(s.Nw > 1 && s.plan.Offload != OffloadNone)
}

// stageNeeds is what of them a pipeline's stage meets.
func (s *sheet) stageNeeds() need {
	return needsLogits.when(s.last) | needsHeadFirst.when(s.last && !s.held && !s.frozen)
}
