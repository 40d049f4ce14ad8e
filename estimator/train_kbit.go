package estimator

// kbitBytes is what PEFT's prepare_model_for_kbit_training adds to a quantized
// base on one GPU: embedding, head and norms in fp32, and with them the hidden
// states; the logits come out in fp32 and spare their 16-bit copy. PowerLM-3B
// with and without it at 16,384 and 32,768 tokens: within 1%.
func (s *sheet) kbitBytes() float64 {
	if !stacks[s.stack].prepares || !s.quantized() || !methods[s.plan.Train.Method].adapters || s.plan.Train.Recompute != RecomputeFull {
		return 0
	}
	logits := 0.0
	if s.plan.Train.Loss == LossStandard && s.lV > 0 {
		logits = 2 * s.Vp
	}
	return 2*(s.Pe+s.Ps) + s.T*max(0, 2*s.L*s.h-logits)
}
