package estimator

import "math"

// The ends of a search for the longest context of a model that names none,
// tokens, and for the most sequences of an engine that schedules none.
const (
	longestSeq = 1 << 24
	mostSeqs   = 1_000_000
)

// finishServing fills in what the card holds beyond the question.
func (s *sheet) finishServing(b *Breakdown) {
	b.Capacity.KVBytesPerToken = bytesOf(s.perToken())
	b.Host = bytesOf(s.v.host + s.hostCache())
	s.rangeOf(b)
	if s.v.usable > 0 {
		s.fillCapacity(b)
	}
	s.serveNotes(b)
}

// fillCapacity says what a named card holds. Where no cache or state is known,
// neither is how long or how many the sequences may be.
func (s *sheet) fillCapacity(b *Breakdown) {
	c := &b.Capacity
	cache := s.cache()
	budget := s.v.usable - (s.shows() - cache)
	if s.v.row.budget != nil {
		budget = s.v.row.budget(s)
		c.ReservedByEngine = bytesOf(s.reserved())
	}
	if cache == 0 {
		return
	}
	c.KVBudget = bytesOf(max(0, budget))
	c.KVTokens = s.tokensIn(budget, cache/s.b)
	seq := s.s
	s.search(func() { c.MaxSeq, c.MaxBatch = s.longest(), s.most(seq) })
}

// search runs a search for lengths or batches, for which what does not grow is
// added up once, and leaves the question as it was.
func (s *sheet) search(run func()) {
	batch, seq, met := s.b, s.s, s.met
	s.met = met &^ needsSearch
	_, _ = s.settle() // too much is found again at each step
	s.steady, s.met = s.account, met&^needsStart
	run()
	s.steady, s.met = account{}, met
	s.resize(seq, batch)
}

// longest is the longest context of one sequence, tokens; 0 where neither the
// model nor the card bounds it.
func (s *sheet) longest() int64 {
	out := s.n
	s.n = 0
	limit := or(s.arch.Context, longestSeq)
	n := lastWithin(limit, func(n int64) float64 { return s.spare(float64(n), 1) })
	s.n = out
	return bounded(n, s.arch.Context > 0, longestSeq)
}

// most is how many sequences of a length fit at once; 0 where neither the engine
// nor the card bounds them.
func (s *sheet) most(seq float64) int64 {
	limit, scheduled := int64(mostSeqs), s.v.row.budget != nil && s.v.seqs > 0
	if scheduled {
		limit = int64(s.v.seqs)
	}
	n := lastWithin(limit, func(n int64) float64 { return s.spare(seq, float64(n)) })
	return bounded(n, scheduled, mostSeqs)
}

// bounded is what a search found, or 0 where it met nothing but its own end.
func bounded(n int64, real bool, end int64) int64 {
	if !real && n == end {
		return 0
	}
	return n
}

// hostCache is the cache of the blocks that stay on the host.
func (s *sheet) hostCache() float64 {
	held := s.v.cached
	if held*s.p >= 1 || s.L == 0 {
		return 0
	}
	s.v.cached = 1
	all := s.cache()
	s.v.cached = held
	return all * (1 - held*s.p)
}

// reserved is what the card shows once the engine has taken its share.
func (s *sheet) reserved() float64 {
	total := min(s.v.usable, s.v.util*s.v.usable+s.aside())
	if s.plan.Serve.Engine == VLLM && s.plan.Serve.Version.Before(0, 21) {
		total += s.byPart[Graphs]
	}
	return min(total, s.v.usable)
}

// tokensIn is the tokens that a budget caches: in whole blocks where every
// token costs the same, else as many sequences of the length asked for as fit.
func (s *sheet) tokensIn(budget, one float64) int64 {
	perToken := s.perToken()
	if budget <= 0 {
		return 0
	}
	if s.even() && perToken > 0 {
		block := s.v.row.block(&s.plan)
		return int64(math.Floor(budget/(perToken*block)) * block)
	}
	if one <= 0 {
		return 0
	}
	return int64(min(budget/one*(s.s+s.n), 1<<53))
}

// even says that every token of the cache costs the same: no window, no state.
func (s *sheet) even() bool {
	for i := range s.blocks {
		b := &s.blocks[i]
		m := &b.layer.Mixer
		if m.Kind.Recurrent() || b.layer.Cross.Kind != None || (m.Kind == Window || m.Kind == Chunked) && b.W > 0 {
			return false
		}
	}
	return true
}

// spare is what the card has left beside so many sequences of so many tokens,
// or their cache within the engine's share: the less of the two.
func (s *sheet) spare(seq, batch float64) float64 {
	s.resize(seq, batch)
	left := s.v.usable - s.shows()
	if s.v.row.budget != nil {
		left = min(left, s.v.row.budget(s)-s.cache())
	}
	return left
}

// resize changes the question's length and batch, and what hangs on them.
func (s *sheet) resize(seq, batch float64) {
	s.s, s.b = seq, batch
	s.T = s.b * s.s
	s.fillCache()
}

// shows is what the card shows at the moment that decides.
func (s *sheet) shows() float64 {
	allocated := s.allocated
	if _, err := s.settle(); err != nil {
		s.allocated = allocated
		return math.MaxFloat64
	}
	sum := s.allocated + s.aside()
	s.allocated = allocated
	return sum
}

// aside is what comes on top of what is allocated.
func (s *sheet) aside() float64 {
	sum := 0.0
	contexts := s.contexts()
	for i := range contexts {
		sum += contexts[i].amount(s)
	}
	return sum
}
