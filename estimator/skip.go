package estimator

import (
	"strconv"
	"strings"
)

// skipper knows which modules a quantization scheme leaves alone, from the
// patterns of modules_to_not_convert or ignore.
type skipper struct {
	patterns []string
	kinds    []uint8
}

// modules are the names that a role's linear has in transformers, one of which
// a pattern must hit.
var modules = [numRoles]string{
	RoleQ: "self_attn.q_proj", RoleK: "self_attn.k_proj", RoleV: "self_attn.v_proj", RoleO: "self_attn.o_proj",
	RoleGate: "mlp.gate_proj", RoleUp: "mlp.up_proj", RoleDown: "mlp.down_proj",
	RoleRouter: "mlp.gate", RoleLatent: "self_attn.kv_a_proj_with_mqa", RoleExpand: "self_attn.kv_b_proj",
	RoleIn: "linear_attn.in_proj", RoleOut: "linear_attn.out_proj",
	RoleExpertGate: "mlp.experts.0.gate_proj", RoleExpertUp: "mlp.experts.0.up_proj", RoleExpertDown: "mlp.experts.0.down_proj",
	RoleSharedGate: "mlp.shared_expert.gate_proj", RoleSharedUp: "mlp.shared_expert.up_proj", RoleSharedDown: "mlp.shared_expert.down_proj",
}

func newSkipper(a *Arch) *skipper {
	s := &skipper{}
	if a.Quant.DType == Stored {
		return s
	}
	for _, p := range a.Quant.Skipped {
		p = strings.TrimPrefix(p, "re:")
		p = strings.NewReplacer(`\.`, ".", `\d+`, "*", `[0-9]+`, "*", ".*", "*", "^", "", "$", "").Replace(p)
		if outside(p) {
			continue
		}
		s.patterns = append(s.patterns, strings.Trim(p, "*"))
	}
	if len(s.patterns) > 0 {
		s.kinds = a.kindsInOrder()
	}
	return s
}

// outside says whether a pattern can only name something outside the blocks'
// linears: the head, the embedding, a vision tower, a norm.
func outside(pattern string) bool {
	for _, word := range []string{"lm_head", "embed", "visual", "vision", "multi_modal", "norm", "mtp", "audio"} {
		if strings.Contains(pattern, word) {
			return true
		}
	}
	return strings.Trim(pattern, "*. ") == ""
}

// part is the share of a kind's blocks whose linears of that role stay as they
// are.
func (s *skipper) part(b *block, r Role) float64 {
	if len(s.patterns) == 0 {
		return 0
	}
	skipped, all := 0, 0
	for i, kind := range s.kinds {
		if kind != b.index {
			continue
		}
		all++
		if s.hits(i, r) {
			skipped++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(skipped) / float64(all)
}

// hits says whether a pattern names the role's module in block i.
func (s *skipper) hits(i int, r Role) bool {
	path := "model.layers." + strconv.Itoa(i) + "." + modules[r] + "."
	for _, p := range s.patterns {
		if matches(path, p) {
			return true
		}
	}
	return false
}

// matches says whether the words of a pattern, between stars, stand in the path
// in turn, the first and last at whole names.
func matches(path, pattern string) bool {
	at := 0
	for word := range strings.SplitSeq(pattern, "*") {
		word = strings.Trim(word, ".")
		if word == "" {
			continue
		}
		found := strings.Index("."+path[at:], "."+word+".")
		if found < 0 {
			return false
		}
		at += found + len(word)
	}
	return true
}
