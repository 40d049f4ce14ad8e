package estimator

import "strconv"

// versionPairs has, for each engine whose versions differ, the last of an older
// behaviour and the first of a newer one: an answer names what the other gives.
var versionPairs = [numEngines]struct {
	older, newer         Version
	olderText, newerText string
}{
	Transformers: {Version{4, 44}, Version{4, 45}, "transformers@4.44", "transformers@4.45"},
	VLLM:         {Version{0, 16}, Version{0, 21}, "vllm@0.16", "vllm@0.21"},
	LlamaCPP:     {Version{5429, 0}, Version{recentBuild, 0}, "llama.cpp@b5429", "llama.cpp@b10000"},
}

// serveNotes says what was assumed of the engine and the card, and what stands
// in the way.
func (s *sheet) serveNotes(b *Breakdown) {
	note := func(code, key, value string, warning bool) {
		b.Notes = append(b.Notes, Note{Code: code, Key: key, Value: value, Warning: warning})
	}
	if s.stagesAssumed() {
		note("split_in_stages", "pp", strconv.FormatInt(s.plan.Pipeline, 10)+" × "+strconv.FormatInt(s.plan.Tensor, 10), false)
	}
	if other, total := s.asOther(); other != "" && total != b.Total {
		note("other_version", "engine", other+" → "+total.String(), false)
	}
	if heads := s.expanded(); heads > 0 && s.plan.Serve.Engine == Transformers {
		note("mla_expanded", "engine", strconv.FormatFloat(heads, 'f', 0, 64), true)
	}
	if token := s.latentTokens(); token > 0 && s.v.latents == 0 {
		note("mla_by_head", "engine", strconv.FormatFloat(token, 'f', 0, 64), true)
	}
	if s.asked.NeedsCheckpoint(s.arch) {
		note("needs_checkpoint", "dtype", s.asked.DType.String(), false)
	}
	if s.plan.converts(s.arch.Quant.DType) {
		note("gguf_unpacks", "dtype", s.arch.Quant.DType.String(), true)
	}
	if code, value := s.windowNote(); code != "" {
		note(code, "engine", value, false)
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
	case need > 0 && s.plan.Serve.ModelLength && b.Capacity.MaxSeq < int64(s.v.maxLen):
		note("length_too_long", "seq", strconv.FormatInt(b.Capacity.MaxSeq, 10), true)
	}
}

// stagesAssumed says that stages share GPUs that the heads do not divide over, though
// nobody asked for stages.
func (s *sheet) stagesAssumed() bool {
	return s.asked.Tensor == 0 && s.asked.Pipeline == 0 && s.plan.Pipeline > 1 && s.v.row.budget != nil
}

// asOther is the total under the engine's other behaviour.
func (s *sheet) asOther() (string, Bytes) {
	pair := &versionPairs[s.plan.Serve.Engine]
	if pair.olderText == "" {
		return "", 0
	}
	p, name := s.asked, pair.olderText
	p.Serve.Version = pair.older
	if s.plan.Serve.Version.Before(pair.newer.Major, pair.newer.Minor) {
		p.Serve.Version, name = pair.newer, pair.newerText
	}
	total, err := Peak(s.arch, p)
	if err != nil {
		return "", 0
	}
	return name, total
}

// windowNote says where windows cost more than their tokens: an engine that
// keeps them whole, or a cache that holds the prompt until it slides.
func (s *sheet) windowNote() (code, value string) {
	whole, prompt := 0.0, 0.0
	for i := range s.blocks {
		b := &s.blocks[i]
		if !b.slides() || b.W >= s.s+s.n || !s.keeps(b) {
			continue
		}
		token := s.headToken(b) * s.v.cached
		if s.v.row.window(s, b) == s.s+s.n {
			whole += token * (s.kept(b) - s.b*b.W)
		} else if s.v.row.grows {
			prompt += token * s.viewed(b)
		}
	}
	switch {
	case whole > 0:
		return "window_whole", bytesOf(whole).String()
	case prompt > 0:
		return "window_prompt", bytesOf(prompt).String()
	}
	return "", ""
}
