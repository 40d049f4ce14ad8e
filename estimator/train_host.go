package estimator

import "strconv"

// hostBytes is what waits outside the GPU: offloaded states, a rank's part of
// them, and the paged states of an optimizer.
func (s *sheet) hostBytes() float64 {
	total := 0.0
	optimizer, weights := s.onHost()
	if optimizer {
		total += s.masterBytes() + s.allStates()
		if s.stack == DeepSpeed {
			total += s.trained(4, s.No, s.Nox) // DeepSpeedCPUAdam works on fp32 gradients
		}
	} else if s.optimizer.paged {
		total += s.allStates()
	}
	if weights {
		total += s.weightBytes()
		if s.stack != DeepSpeed {
			total += s.trained(s.gw, s.Ng, s.Ngx)
		}
	}
	if s.keptOnHost() {
		total += s.T*(s.share*s.mb*s.keep+s.Enc) + s.mb*s.Im*s.Tow
	}
	return total
}

// keptOnHost says whether what blocks keep waits on the host.
func (s *sheet) keptOnHost() bool {
	return s.plan.Offload == OffloadActivations || s.stack == Unsloth && s.plan.Train.Recompute == RecomputeFull
}

// finishTraining fills in range, host and notes.
func (s *sheet) finishTraining(b *Breakdown) {
	if s.plan.Train.Stack == Textbook {
		return
	}
	b.Host = bytesOf(s.hostBytes())
	s.fillRange(b)
	b.Notes = append(b.Notes, s.trainNotes()...)
}

// trainNotes are what the answer assumes and the options do not say.
func (s *sheet) trainNotes() []Note {
	var notes []Note
	m := &methods[s.plan.Train.Method]
	for _, row := range []struct {
		holds bool
		note  Note
	}{
		{s.arch.File.Source == likelySource, Note{Code: "likely_shape", Key: "model", Value: s.arch.Family}},
		{m.adapters && s.plan.DType == Stored && untrainable[s.arch.Quant.DType], Note{Code: "unpacked_base", Key: "dtype", Value: s.arch.Quant.DType.String()}},
		{s.optimizer.paged, Note{Code: "paged_optimizer", Key: "optimizer", Value: s.plan.Train.Optimizer.String()}},
		{m.reference > 0, Note{Code: "reference_model", Key: "method", Value: s.plan.Train.Method.String()}},
		{m.value > 0, Note{Code: "value_model", Key: "method", Value: s.plan.Train.Method.String()}},
		{m.rollout, Note{Code: "rollout_cache", Key: "method", Value: s.plan.Train.Method.String()}},
		{s.optimizer.projected && !m.adapters, Note{Code: "galore_rank", Key: "optimizer", Value: strconv.FormatInt(s.plan.Train.Rank, 10)}},
	} {
		if row.holds {
			notes = append(notes, row.note)
		}
	}
	if extra := s.kbitBytes(); extra > 0 {
		notes = append(notes, Note{Code: "kbit_training", Key: "method", Value: bytesOf(extra).String()})
	}
	if s.mayStayGathered() {
		notes = append(notes, Note{Code: "live_weights", Key: "zero", Value: bytesOf(2 * s.P).String()})
	}
	if note, ok := s.towerNote(); ok {
		notes = append(notes, note)
	}
	return notes
}
