package estimator

import "strconv"

// otherVersion is, for each engine, the newest version of an older behaviour:
// what an answer for the newest is compared with.
var otherVersion = [numEngines]struct {
	version Version
	text    string
}{
	Transformers: {Version{4, 44}, "transformers@4.44"},
	VLLM:         {Version{0, 16}, "vllm@0.16"},
	LlamaCPP:     {Version{5400, 0}, "llama.cpp@b5400"},
}

// serveNotes says what was assumed of the engine and the card, and what stands
// in the way.
func (s *sheet) serveNotes(b *Breakdown) {
	note := func(code, key, value string, warning bool) {
		b.Notes = append(b.Notes, Note{Code: code, Key: key, Value: value, Warning: warning})
	}
	if other, total := s.asOther(); other != "" && total != b.Total {
		note("other_version", "engine", other+" → "+total.String(), false)
	}
	if s.v.row.hostEmbedding && s.towers > 0 {
		note("tower_apart", "engine", Bytes(2*s.towers).String(), false)
	}
	if s.plan.GPU.Usable == 0 {
		return
	}
	if !s.plan.GPU.Measured {
		note("usable_nominal", "gpu", s.plan.GPU.Usable.String(), false)
	}
	if s.v.row.budget == nil {
		return
	}
	note("fills_card", "util", strconv.FormatFloat(s.plan.Serve.Utilization, 'g', 3, 64), false)
	switch need := s.cache(); {
	case need > float64(b.Capacity.KVBudget):
		note("cache_too_small", "util", b.Capacity.KVBudget.String(), true)
	case s.plan.Serve.ModelLength && b.Capacity.MaxSeq < int64(s.v.maxLen):
		note("length_too_long", "seq", strconv.FormatInt(b.Capacity.MaxSeq, 10), true)
	}
}

// asOther is the total under the engine's other behaviour: the older one where
// the newest was assumed, else the newest.
func (s *sheet) asOther() (string, Bytes) {
	other := &otherVersion[s.plan.Serve.Engine]
	if other.text == "" {
		return "", 0
	}
	p, name := s.asked, other.text
	p.Serve.Version = other.version
	if s.plan.Serve.Version != (Version{}) {
		p.Serve.Version, name = Version{}, s.plan.Serve.Engine.String()
	}
	total, err := Peak(s.arch, p)
	if err != nil {
		return "", 0
	}
	return name, total
}
