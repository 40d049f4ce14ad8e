package estimator

// optimizerRow is what an optimizer keeps and needs. Bytes a parameter; a
// state's width follows that of what it updates (wo) unless it is quantized.
type optimizerRow struct {
	states    float64 // of the width of what is updated
	quantized float64 // bytes a parameter of quantized states, for large tensors
	// exempt says that small tensors keep fp32 states, and under transformers
	// embeddings too, where the kernels are bitsandbytes'.
	exempt, bitsandbytes bool
	foreach              bool // the step makes a copy of all parameters
	paged                bool // states may leave the GPU
	// factored keeps a row and a column of each matrix in fp32 (Adafactor);
	// projected keeps states of rank r (GaLore); orthogonal keeps one state for
	// the blocks' matrices and AdamW's two for the rest (Muon).
	factored, projected, orthogonal bool
	temporary                       float64 // bytes an element of the largest tensor at the step
	source                          string
}

// Bytes of a quantized state with its scales.
const (
	eightBit  = 1 + 4.0/256   // an fp32 scale for 256 elements: bitsandbytes 0.45, torchao
	fourBit   = 0.5 + 4.0/128 // for 128 elements: torchao
	eightBitF = 1 + 4.0/256   // fp8 with an fp32 scale for 256: torchao
)

const adamSource = "torch.optim.AdamW: two moments, of the parameters' own width"

// optimizers has one row for each optimizer.
//
// 8-bit: Dettmers et al. 2021, section 2. https://arxiv.org/abs/2110.02861
// Adafactor: Shazeer and Stern 2018, section 3. https://arxiv.org/abs/1804.04235
// Lion: Chen et al. 2023, algorithm 2. https://arxiv.org/abs/2302.06675
// GaLore: Zhao et al. 2024, section 4. https://arxiv.org/abs/2403.03507
// Muon: Jordan et al. 2024. https://kellerjordan.github.io/posts/muon
var optimizers = [numOptimizers]optimizerRow{
	AdamW:          {states: 2, foreach: true, source: adamSource},
	AdamWFused:     {states: 2, source: adamSource},
	AdamW8Bit:      {quantized: 2 * eightBit, exempt: true, bitsandbytes: true, source: "bitsandbytes: tensors under 4096 elements and embeddings stay fp32"},
	AdamW4Bit:      {quantized: 2 * fourBit, exempt: true, source: "torchao AdamW4bit"},
	AdamWFP8:       {quantized: 2 * eightBitF, exempt: true, source: "torchao AdamWFp8"},
	PagedAdamW:     {states: 2, paged: true, source: "bitsandbytes, states in unified memory"},
	PagedAdamW8Bit: {quantized: 2 * eightBit, exempt: true, bitsandbytes: true, paged: true, source: "bitsandbytes, states in unified memory"},
	Adafactor:      {factored: true, temporary: 8, source: "Adafactor: rows and columns in fp32"},
	Lion:           {states: 1, source: "Lion: one moment"},
	Lion8Bit:       {quantized: eightBit, exempt: true, bitsandbytes: true, source: "bitsandbytes, one moment"},
	SGD:            {source: "no state"},
	SGDMomentum:    {states: 1, source: "one moment"},
	Muon:           {states: 1, orthogonal: true, temporary: 6, source: "Muon: one moment for matrices, AdamW for the rest"},
	GaLore:         {projected: true, states: 2, temporary: 4, source: "GaLore: moments of rank r, and the projection"},
}

// fp32Moments is what two moments in fp32 take.
const fp32Moments = 8

// embeddingsExempt are the stacks that have bitsandbytes keep the embeddings'
// states in fp32, as transformers' Trainer does.
var embeddingsExempt = [numStacks]bool{HF: true, DDP: true, DeepSpeed: true, FSDP: true, Unsloth: true}

// exemptEnds says whether embedding and head keep fp32 states.
func (s *sheet) exemptEnds() bool {
	return s.optimizer.exempt && s.optimizer.bitsandbytes && embeddingsExempt[s.stack]
}

// stateWidths are the bytes a parameter of the blocks' matrices, of embedding
// and head, and of everything small.
func (s *sheet) stateWidths() (matrices, ends, rest float64) {
	o := s.optimizer
	whole := o.states * s.wo
	switch {
	case s.exemptEnds():
		return o.quantized, fp32Moments, fp32Moments
	case o.exempt:
		return o.quantized, o.quantized, fp32Moments
	case o.orthogonal:
		return s.wo, 2 * s.wo, 2 * s.wo
	case o.projected && methods[s.plan.Train.Method].adapters: // no rank below their own
		return 2 * s.wo, 2 * s.wo, 2 * s.wo
	case o.projected:
		return 0, 2 * s.wo, 2 * s.wo
	default:
		return whole, whole, whole
	}
}

// dims are sums over the blocks' matrices that optimizers and adapters need.
type dims struct {
	in, out [len(TargetNames) + 1]float64 // of each target, and of what only all-linear adapts
	sides   float64                       // rows and columns of all matrices
	long    float64                       // the longer sides
	short   float64                       // the shorter ones
	largest float64                       // elements of the largest tensor
}

func dimsOf(blocks []block, embedding float64, fused bool) dims {
	d := dims{largest: embedding}
	d.in, d.out = targetWidths(blocks, fused)
	for i := range blocks {
		for _, m := range blocks[i].matrices {
			count := blocks[i].l * float64(m.Count)
			d.sides += count * float64(m.In+m.Out)
			d.long += count * float64(max(m.In, m.Out))
			d.short += count * float64(min(m.In, m.Out))
			d.largest = max(d.largest, float64(m.In)*float64(m.Out))
		}
	}
	return d
}
