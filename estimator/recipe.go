package estimator

// A recipe is how llama.cpp mixes block formats over the tensors of a model:
// llama-quant.cpp, llama_tensor_get_type, without an importance matrix's finer
// points. Norms, biases and routers stay fp32 in all of them.
type recipe struct {
	base   DType
	embed  DType // of the embedding; Stored: the base
	output DType // of the head, or of the embedding that serves as one; Stored: the base
	mixes  []mix
}

// mix says which blocks hold a class of tensors in another format; of several
// for one class the first that applies to a block decides.
type mix struct {
	class class
	when  when
	only  condition
	to    DType
}

// class is what recipes tell tensors apart by.
type class uint8

const (
	otherTensor class = iota
	attnQ
	attnK
	attnV
	attnOut
	attnFused
	ffnGate
	ffnUp
	ffnDown
	numClasses
)

// classes says which class a linear is of.
var classes = [numRoles]class{
	RoleQ: attnQ, RoleK: attnK, RoleV: attnV, RoleO: attnOut,
	RoleGate: ffnGate, RoleUp: ffnUp, RoleDown: ffnDown,
	RoleExpertGate: ffnGate, RoleExpertUp: ffnUp, RoleExpertDown: ffnDown,
	RoleSharedGate: ffnGate, RoleSharedUp: ffnUp, RoleSharedDown: ffnDown,
}

// when is a set of blocks by their place: of n blocks, block i.
type when uint8

const (
	always       when = iota
	moreBits          // the first and last eighth, and every third between
	firstEighth       // i < n/8
	firstSixteen      // i < n/16
	firstTwo
	firstFour
	middle // all but the first and last eighth
	numWhens
)

// places decides whether block i of n is in the set.
var places = [numWhens]func(i, n int64) bool{
	always:       func(_, _ int64) bool { return true },
	moreBits:     func(i, n int64) bool { return i < n/8 || i >= 7*n/8 || (i-n/8)%3 == 2 },
	firstEighth:  func(i, n int64) bool { return i < n/8 },
	firstSixteen: func(i, n int64) bool { return i < n/16 },
	firstTwo:     func(i, _ int64) bool { return i < 2 },
	firstFour:    func(i, _ int64) bool { return i < 4 },
	middle:       func(i, n int64) bool { return i >= n/8 && i < 7*n/8 },
}

// condition is what a mix asks of the model.
type condition uint8

const (
	anyModel condition = iota
	grouped            // four or more query heads for each KV head
	ungrouped
	shared // grouped, or four or more experts
	unshared
	eight // eight experts
	notEight
	eighty // eighty blocks: the 70B class
	numConditions
)

var conditions = [numConditions]func(b *block, depth float64) bool{
	anyModel:  func(*block, float64) bool { return true },
	grouped:   func(b *block, _ float64) bool { return b.a >= 4*b.k },
	ungrouped: func(b *block, _ float64) bool { return b.a < 4*b.k },
	shared:    func(b *block, _ float64) bool { return b.a >= 4*b.k || b.E >= 4 },
	unshared:  func(b *block, _ float64) bool { return b.a < 4*b.k && b.E < 4 },
	eight:     func(b *block, _ float64) bool { return b.E == 8 },
	notEight:  func(b *block, _ float64) bool { return b.E != 8 },
	eighty:    func(_ *block, depth float64) bool { return depth == 80 },
}

// narrowed is what takes a format's place where a row is no multiple of 256.
var narrowed = [numDTypes]DType{
	Q2K: IQ4NL, Q3K: IQ4NL, IQ4XS: IQ4NL, IQ3XXS: IQ4NL, IQ3S: IQ4NL, IQ2XXS: IQ4NL, IQ2XS: IQ4NL, IQ2S: IQ4NL, IQ1S: IQ4NL, IQ1M: IQ4NL,
	Q4K: Q5_0, Q5K: Q5_1, Q6K: Q8_0,
}

// stored is the format of a tensor whose rows have a multiple of 256 elements
// (fine 0), of 32 (1), or of neither (2).
func (t DType) stored(fine uint8) DType {
	switch {
	case fine == 2:
		return FP16
	case fine == 1 && narrowed[t] != Stored:
		return narrowed[t]
	default:
		return t
	}
}

// mixesByClass has the mixes of each recipe by the class that they are for.
var mixesByClass = func() (all [numDTypes][numClasses][]mix) {
	for t := range recipes {
		for _, m := range recipes[t].mixes {
			all[t][m.class] = append(all[t][m.class], m)
		}
	}
	return all
}()

// mixedWidth is the average bytes of an element of a role's tensors over the
// blocks of a kind, in a recipe's format.
func (t DType) mixedWidth(s *sums, b *block, share *share) float64 {
	left, bytes := b.l, 0.0
	mixes := mixesByClass[t][share.class]
	for i := range mixes {
		m := &mixes[i]
		if !conditions[m.only](b, float64(s.layers)) {
			continue
		}
		taken := min(left, b.at[share.attends][m.when])
		bytes += taken * m.to.stored(share.fine).Width()
		left -= taken
	}
	return (bytes + left*recipes[t].base.stored(share.fine).Width()) / b.l
}

// fusedQKV are the families whose GGUF keeps queries, keys and values in one
// tensor, as llama.cpp's architectures write them.
var fusedQKV = map[string]bool{
	"gpt_neox": true, "gpt2": true, "falcon": true, "bloom": true, "mpt": true, "gpt_bigcode": true,
	"phi": true, "phi3": true, "qwen": true, "chatglm": true, "dbrx": true, "jais": true, "codeshell": true,
}
