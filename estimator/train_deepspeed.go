package estimator

// DeepSpeed's buffers, and what its step and its gathered weights take.

// bucketBytes are DeepSpeed's buffers, which hold no more than the model: ZeRO-3
// reduces 5e8 elements in 16 bits and in fp32. A model of 254 million parameters
// takes 4.3 GB less than the whole buckets (DeepSpeedExamples, bf16_master_weight).
func (s *sheet) bucketBytes() float64 {
	all := stacks[s.stack].buckets[s.plan.Train.ZeRO]
	if s.plan.Train.ZeRO != Stage3 {
		return min(all, 2*s.P)
	}
	if optimizer, _ := s.onHost(); optimizer {
		return restBytes + min(liveBytes, 2*s.P)
	}
	return min(all, reduceWidth*min(s.P, reduceElements)+2*s.P)
}

// What ZeRO-3 holds beside its states where the optimizer waits on the host:
// 1e9 live parameters in 16 bits, and a rest. LLaMA-7B on eight GPUs holds 2.2
// GiB of both, whatever else is offloaded.
const (
	liveBytes = 2e9
	restBytes = 0.36e9
)

// What ZeRO-3 reduces at once: elements, and the bytes of each.
const (
	reduceElements = 5e8
	reduceWidth    = 2 + 4
)

// subGroups bounds the gradients that ZeRO-3 casts at once: two sub-groups of
// 1e9 elements, of which one is being filled. Qwen-7B on two GPUs steps with
// them, not with all of its part.
const subGroups = 4 * 2e9

// gradientCast is the fp32 copy of a rank's gradients at DeepSpeed's step.
func (s *sheet) gradientCast() float64 {
	if s.plan.Train.Precision != Mixed {
		return 0
	}
	all := s.trained(4, s.No, s.Nox)
	if s.plan.Train.ZeRO == Stage3 {
		all = min(all, subGroups)
	}
	return s.onGPU(all)
}

func (s *sheet) castText(*block) string {
	text := s.trainedText(4, "No", s.No)
	if s.plan.Train.ZeRO == Stage3 {
		return "min(" + text + ", " + number(subGroups) + ")"
	}
	return text
}

// mayStayGathered says whether DeepSpeed may leave gathered weights to autograd:
// its linear, which does not, is only put in place by zero.Init. LLaMA-7B with two
// sequences a GPU takes 55 GiB more than with checkpoints, of which the blocks
// keep 43.5 and the weights in 16 bits are 12.6; a 254M model takes 0.49 more on
// four GPUs than on one, its weights are 0.47.
//
// chenyaofo, LLaMA-7B on eight A800; DeepSpeedExamples, bf16_master_weight.
func (s *sheet) mayStayGathered() bool {
	return s.stack == DeepSpeed && s.gathering() && s.plan.Train.Recompute != RecomputeFull
}
