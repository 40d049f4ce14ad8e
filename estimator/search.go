package estimator

// LargestSeq is the longest sequence of the plan whose peak stays within the
// limit, or false if not even one token does. Memory grows with the sequence, so
// bisection finds it.
func LargestSeq(a Arch, p Plan, limit Bytes) (int64, bool) {
	top := int64(1) << 27
	if a.Context > 0 {
		top = a.Context
	}
	return largest(top, func(n int64) bool {
		p.Seq = n
		return within(a, p, limit)
	})
}

// LargestBatch is the largest batch, or micro-batch, of the plan whose peak
// stays within the limit, or false if not even one sequence does.
func LargestBatch(a Arch, p Plan, limit Bytes) (int64, bool) {
	return largest(1<<16, func(n int64) bool {
		p.Batch = n
		return within(a, p, limit)
	})
}

func within(a Arch, p Plan, limit Bytes) bool {
	total, err := Peak(a, p)
	return err == nil && total <= limit
}

// largest is the largest n from 1 to top for which fits holds: it doubles until
// it fails, then halves the gap.
func largest(top int64, fits func(int64) bool) (int64, bool) {
	if !fits(1) {
		return 0, false
	}
	good, bad := int64(1), top+1
	for next := int64(2); next < bad; next *= 2 {
		if !fits(next) {
			bad = next
			break
		}
		good = next
	}
	for bad-good > 1 {
		middle := good + (bad-good)/2
		if fits(middle) {
			good = middle
		} else {
			bad = middle
		}
	}
	return good, true
}
