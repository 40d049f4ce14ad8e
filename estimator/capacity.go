package estimator

import "math"

// longestSeq bounds a search for the longest context of a model that names
// none, tokens.
const longestSeq = 1 << 24

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

// fillCapacity says what a named card holds.
func (s *sheet) fillCapacity(b *Breakdown) {
	c := &b.Capacity
	cache := s.cache()
	one := cache / s.b
	budget := s.v.usable - (s.shows() - cache)
	if s.v.row.budget != nil {
		budget = s.v.row.budget(s)
		c.ReservedByEngine = bytesOf(s.reserved())
	}
	c.KVBudget = bytesOf(max(0, budget))
	c.KVTokens = s.tokensIn(budget, one)
	limit := s.arch.Context
	if limit == 0 {
		limit = longestSeq
	}
	batch, seq, out := s.b, s.s, s.n
	s.n = 0
	c.MaxSeq, _ = largest(limit, func(n int64) bool { return s.holds(float64(n), 1) })
	s.n = out
	most := int64(1_000_000)
	if s.v.row.budget != nil && s.v.seqs > 0 {
		most = int64(s.v.seqs)
	}
	c.MaxBatch, _ = largest(most, func(n int64) bool { return s.holds(seq, float64(n)) })
	s.resize(seq, batch)
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
	total := min(s.v.usable, s.v.util*s.v.usable+s.sum(s.v.row.context, ContextPart))
	if s.plan.Serve.Engine == VLLM && s.plan.Serve.Version.Before(0, 21) {
		total += s.sum(vllmBills, Graphs)
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

// holds says whether so many sequences of so many tokens fit the card.
func (s *sheet) holds(seq, batch float64) bool {
	s.resize(seq, batch)
	return s.cacheFits() && s.shows() <= s.v.usable
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
	sum := s.allocated
	contexts := s.contexts()
	for i := range contexts {
		sum += contexts[i].amount(s)
	}
	s.allocated = allocated
	return sum
}
