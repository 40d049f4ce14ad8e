package estimator

// spread is how far estimates lie from what runs allocated: the 5th and 95th
// percentiles of estimate ÷ measured.
type spread struct{ low, high float64 }

// trainSpreads has a row for each stack, full fine-tuning and adapters on a
// 16-bit and on a quantized base. A zero is a stack of which no run is known.
//
// hf, fsdp: fms-acceleration, 139 runs. litgpt: its resource tables and
// finetuning hub. torchtune: its README, on one GPU. megatron: its functional tests. deepspeed: Qwen's tables, with
// the allocator's line taken off. fsdp2: torchtitan, likewise.
var trainSpreads = [numStacks]struct{ full, adapted, quantized spread }{
	HF:        {spread{0.997, 1.002}, spread{0.994, 1.002}, spread{0.992, 1.003}},
	FSDP:      {spread{0.996, 1.002}, spread{0.994, 1.058}, spread{0.978, 1.006}},
	LitGPT:    {quantized: spread{0.965, 1.023}, adapted: spread{0.943, 1.038}},
	Torchtune: {full: spread{0.983, 1.032}, adapted: spread{0.986, 1.07}, quantized: spread{1, 1.063}},
	Megatron:  {full: spread{0.958, 1.025}},
	DeepSpeed: {spread{0.936, 1.02}, spread{0.96, 1.05}, spread{0.95, 1.087}},
	FSDP2:     {full: spread{0.92, 1.1}},
}

// anySpread is that of all stacks together, each counted once.
var anySpread = spread{0.92, 1.06}

// spreadOf is the row of the question.
func (s *sheet) spreadOf() spread {
	row := &trainSpreads[s.stack]
	var found spread
	switch {
	case !methods[s.plan.Train.Method].adapters:
		found = row.full
	case s.quantized():
		found = row.quantized
	default:
		found = row.adapted
	}
	if found == (spread{}) || s.plan.Train.Recompute != RecomputeFull && s.stack != LitGPT && s.stack != Megatron && s.stack != Torchtune {
		return anySpread
	}
	return found
}

// fillRange bounds what is allocated; the textbook claims no accuracy.
func (s *sheet) fillRange(b *Breakdown) {
	if s.plan.Train.Stack == Textbook {
		return
	}
	row := s.spreadOf()
	b.Low, b.High = bytesOf(float64(b.Allocated)/row.high), bytesOf(float64(b.Allocated)/row.low)
}
