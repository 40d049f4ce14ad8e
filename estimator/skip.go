package estimator

import (
	"slices"
	"strconv"
	"strings"
)

// skipper knows which modules a quantization scheme leaves alone, from the
// patterns of modules_to_not_convert or ignore.
type skipper struct {
	anywhere []string         // patterns of all blocks
	in       map[int][]string // of one block, by its place
	odd      []string         // that name some blocks by a part of their number
	known    [numRoles]int8   // what anywhere says of a role: 1 yes, -1 no
	kinds    []uint8
	names    *[numRoles]string
}

// maxOdd is how many patterns are held against each block.
const maxOdd = 16

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

// besideFFN are the modules of blocks whose experts stand beside a dense FFN, not
// in its place (Gemma 4).
var besideFFN = func() [numRoles]string {
	names := modules
	for _, r := range []Role{RoleExpertGate, RoleExpertUp, RoleExpertDown} {
		names[r] = strings.TrimPrefix(names[r], "mlp.")
	}
	return names
}()

func newSkipper(a *Arch) *skipper {
	if a.Quant.DType == Stored {
		return &skipper{}
	}
	return skipperOf(a, a.Quant.Skipped)
}

// skipperOf knows which modules patterns name.
func skipperOf(a *Arch, patterns []string) *skipper {
	s := &skipper{names: &modules}
	if a.expertsBeside() {
		s.names = &besideFFN
	}
	for _, p := range patterns {
		p = strings.TrimPrefix(p, "re:")
		p = strings.NewReplacer(`\.`, ".", `\d+`, "*", `[0-9]+`, "*", ".*", "*", "^", "", "$", "", "shared_experts", "shared_expert").Replace(p)
		if !outside(p) {
			s.add(strings.Trim(p, "*"))
		}
	}
	if len(s.anywhere)+len(s.in)+len(s.odd) > 0 {
		s.kinds = a.kindsInOrder()
	}
	return s
}

// add files a pattern under the block that it names, so that a list of thousands
// of modules is not searched for each.
func (s *skipper) add(pattern string) {
	_, after, ok := strings.Cut(pattern, "layers.")
	digits, _, _ := strings.Cut(after, ".")
	block, err := strconv.Atoi(digits)
	switch {
	case ok && err == nil:
	case !strings.ContainsAny(strings.ReplaceAll(pattern, "experts.0", ""), "0123456789"):
		s.anywhere = append(s.anywhere, pattern)
		return
	case len(s.odd) < maxOdd:
		s.odd = append(s.odd, pattern)
		return
	default:
		return
	}
	if s.in == nil {
		s.in = map[int][]string{}
	}
	s.in[block] = append(s.in[block], pattern)
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

// expertsBeside says whether a block has a dense FFN and routed experts both.
func (a *Arch) expertsBeside() bool {
	for i := range a.Layers {
		if f := &a.Layers[i].FFN; f.Width > 0 && f.Experts > 0 {
			return true
		}
	}
	return false
}

// part is the share of a kind's blocks whose linears of that role stay as they
// are.
func (s *skipper) part(b *block, r Role) float64 {
	if s.kinds == nil {
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
	path := "model.layers." + strconv.Itoa(i) + "." + s.names[r] + "."
	named := func(p string) bool { return matches(path, p) }
	if s.known[r] == 0 {
		s.known[r] = -1
		if slices.ContainsFunc(s.anywhere, named) {
			s.known[r] = 1
		}
	}
	return s.known[r] > 0 || slices.ContainsFunc(s.in[i], named) || slices.ContainsFunc(s.odd, named)
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

// parts are the shares of a kind's blocks whose linears of a role each part of a
// mixed scheme stores.
func (q *scheme) partsOf(b *block, r Role, kept float64) []float64 {
	shares := make([]float64, len(q.Parts))
	left, rest := 1-kept, -1
	for i := range q.Parts {
		if q.Parts[i].Modules == nil {
			rest = i
			continue
		}
		shares[i] = min(left, q.named[i].part(b, r))
		left -= shares[i]
	}
	if rest >= 0 {
		shares[rest] = left
	}
	return shares
}

// mixed is the bytes of linears of which each part of the scheme stores a share.
func (q *scheme) mixed(b *block, r Role, kept, weights, inputs, outputs float64) float64 {
	total, plain := 0.0, 1.0
	for i, share := range q.partsOf(b, r, kept) {
		one := &q.Parts[i]
		part := scheme{Quant: Quant{DType: one.DType, Bits: one.Bits, Group: one.Group}, plain: q.plain}
		total += share * part.bytes(weights, inputs, outputs)
		plain -= share
	}
	return total + plain*weights*q.plain
}

// LinearWeights counts the weights of the blocks' linears that module patterns name,
// as modules_to_not_convert and the like write them.
func (a Arch) LinearWeights(patterns []string) int64 {
	named, total := skipperOf(&a, patterns), 0.0
	for i := range a.Layers {
		b := blockOf(&a.Layers[i], a.Hidden)
		b.index = uint8(i)
		for _, m := range b.matrices {
			total += float64(m.Weights()) * b.l * named.part(&b, m.Role)
		}
	}
	return int64(total)
}
