package estimator

// What fp8 changes. torchao casts inputs and weights on the fly and keeps them in
// 16 bits for the backward pass: Llama-3.1-8B on 8 GPUs takes 76.8 GiB with it
// and 77.0 without, Llama 4's blocks 146.6 and 145.6. Transformer Engine keeps
// the linears' inputs in 8 bits, and beside the weights their copies in fp8 and
// the transposes of these.
//
// TransformerEngine issues 257, 1261 and 1764, where its authors say so.

// inputWidth is the bytes of an element of what a trained linear keeps to read.
func (s *sheet) inputWidth() float64 {
	if s.eight {
		return 1
	}
	return s.act
}

// keepEight are the inputs that are no longer shared with what made them: the
// attention's output stays in 16 bits as well.
func (s *sheet) keepEight(k *kept) {
	if s.eight && !s.frozen {
		k.cut(perOut, 1)
	}
}

// copiesInEight are the weights in fp8 and their transposes, a byte each.
const copiesInEight = 2

// eightBytes is the copies of the linears' weights; those of divided ones come
// and go with the gathered unit.
func (s *sheet) eightBytes() float64 {
	if !s.eight || s.gathering() {
		return 0
	}
	return copiesInEight * (s.Pm + s.Px)
}
