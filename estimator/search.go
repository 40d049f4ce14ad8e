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

// within says whether the peak stays within the limit and, where the engine
// sets a share of a named card aside for its cache, the cache within that.
func within(a Arch, p Plan, limit Bytes) bool {
	s, err := open(&a, &p)
	if err != nil {
		return false
	}
	defer s.close()
	return s.shows() <= float64(limit) && s.cacheFits()
}

// Fits gives [Peak] and whether it fits the plan's card: within its usable
// memory and, where the engine sets a share of the card aside for its cache, the
// cache within that. A plan that names no card fits.
func Fits(a Arch, p Plan) (Bytes, bool, error) {
	s, err := open(&a, &p)
	if err != nil {
		return 0, false, err
	}
	defer s.close()
	total := bytesOf(s.shows())
	if float64(total) >= tooLarge {
		return total, false, ErrTooLarge
	}
	return total, p.GPU.Usable == 0 || total <= p.GPU.Usable && s.cacheFits(), nil
}

func (s *sheet) cacheFits() bool {
	if s.plan.Mode == Training || s.v.row.budget == nil || s.v.usable == 0 {
		return true
	}
	return s.cache() <= s.v.row.budget(s)
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

// lastWithin is the last n from 1 to top for which something is spare, or 0.
// Memory grows nearly in a straight line, so it looks where the line through
// both ends of the gap crosses zero; every third time it halves the gap, which
// blocks and windows may need.
func lastWithin(top int64, spare func(int64) float64) int64 {
	most := spare(top)
	if most >= 0 {
		return top
	}
	least := spare(1)
	if least < 0 {
		return 0
	}
	good, bad := int64(1), top
	for step := 1; bad-good > 1; step++ {
		next := good + (bad-good)/2
		if step%3 != 0 {
			next = crossing(good, bad, least, most)
		}
		if left := spare(next); left >= 0 {
			good, least = next, left
		} else {
			bad, most = next, left
		}
	}
	return good
}

// crossing is where a line that begins at good with something left and ends at
// bad with something missing crosses zero, between the two.
func crossing(good, bad int64, left, missing float64) int64 {
	next := good + int64(float64(bad-good)*left/(left-missing))
	return min(max(next, good+1), bad-1)
}
