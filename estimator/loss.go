package estimator

// lossRow is the bytes of a token between the last block and the loss: by V the
// logits in their copies, by h the final norm and the head's input.
type lossRow struct {
	perV, perH float64
	old        [2]float64 // the same for transformers 4.45 and before
	compiled   float64    // perV where the loss is compiled
	source     string
}

// losses has one row for each loss. From transformers 4.46 on the 16-bit logits
// stay alive beside their fp32 copy.
var losses = [numLosses]lossRow{
	LossStandard:      {perV: 14, perH: 6, old: [2]float64{12, 8}, compiled: 12, source: "fp32 logits, their copies and gradient: runs of transformers"},
	LossBF16:          {perV: 8, perH: 6, compiled: 8, source: "cross entropy on 16-bit logits"},
	LossFused:         {perV: 10, perH: 4, old: [2]float64{8, 4}, compiled: 4, source: "fused kernel on materialized logits"},
	LossChunked:       {perV: 2, perH: 6, compiled: 2, source: "16-bit logits and one chunk"},
	LossLinear:        {perV: 0, perH: 6, compiled: 0, source: "fused linear cross entropy: no logits but a chunk"},
	LossVocabParallel: {perV: 6, perH: 2, compiled: 6, source: "fp32 logits and their 16-bit copy, over t"},
}

// fillLoss gives the loss's bytes a token.
func (s *sheet) fillLoss() {
	t := &s.plan.Train
	row := &losses[t.Loss]
	s.lV, s.lh = row.perV, row.perH
	switch {
	case s.arch.NoHead:
		s.lV = 0
	case t.beforeTransformers(46) && row.old[0] > 0:
		s.lV, s.lh = row.old[0], row.old[1]
	case t.Compile == On:
		s.lV = row.compiled
	}
	if s.act == 4 && t.Loss == LossStandard {
		s.lV = 12
	}
	if t.Loss == LossChunked && lossChunks[s.stack] != (chunkRow{}) {
		s.lV = lossChunks[s.stack].perV
	}
	s.lV /= s.t
}
