package estimator

import "math"

// fillWeights works out what the fullest GPU holds of the weights.
func (s *sheet) fillWeights() {
	v, p := &s.v, &s.plan
	format := s.format()
	s.fillLinears(format)
	s.fillEdges(format)
	s.fillStage()
	small := s.smallWidth(format)
	v.low, v.tow = s.small*small, s.towers*s.edgeWidth(format)
	if v.row.hostEmbedding { // llama.cpp keeps a vision tower in a file of its own
		v.tow = 0
	}
	whole := p.GPUs == 1 && v.on == 1 && !v.row.hostEmbedding
	v.counted = format == Stored && s.arch.File.Bytes > 0 && !s.recount()
	v.uniform = whole && (format.Plain() || format == Stored && s.arch.Quant.DType == Stored)
	gpu := s.ranked()
	all := s.v.lin + s.v.rep + s.v.exp + v.low + v.tow + s.v.allKV + s.v.we0*s.Emb + s.v.wo0*s.Head
	if v.counted {
		v.file, v.uniform = float64(s.arch.File.Bytes), false
		v.share = 1
		if !whole && all > 0 {
			v.share = min(1, gpu/all)
		}
		if parts := s.arch.File.Parts; parts != nil && v.row.hostEmbedding && p.Offload == OffloadNone {
			s.fillParts(parts)
			return
		}
	}
	v.host = s.hostWeights(gpu, all)
}

// fillParts lays a file's own tensors out as llama.cpp does: the tables of the
// input on the host, the last of the blocks on the GPUs, each as many, and what
// makes the logits with the last of them if it is offloaded at all.
//
// llama.cpp, src/llama-model.cpp, load_tensors.
func (s *sheet) fillParts(f *FileParts) {
	v, depth := &s.v, int64(len(f.Blocks))
	offloaded, n := depth, s.plan.Serve.GPULayers
	if n.Set {
		offloaded = min(depth, n.N)
	}
	logits := v.file - float64(f.Input)
	for _, b := range f.Blocks {
		logits -= float64(b)
	}
	v.host = float64(f.Input)
	for _, b := range f.Blocks[:depth-offloaded] {
		v.host += float64(b)
	}
	switch {
	case n.Set && n.N <= depth:
		v.host, logits = v.host+logits, 0
	case f.Head == 0 && !s.arch.NoHead:
		logits += float64(f.Input)
	}
	v.share = fullestStage(f.Blocks[depth-offloaded:], int64(s.p), logits) / s.t / v.file
}

// fullestStage is the bytes of the fullest of so many stages of blocks, the last
// of which makes the logits too.
func fullestStage(blocks []Bytes, stages int64, logits float64) float64 {
	each := max(1, (int64(len(blocks))+stages-1)/stages)
	fullest, held := logits, 0.0
	for i, b := range blocks {
		if int64(i)%each == 0 {
			held = 0
		}
		held += float64(b)
		if i == len(blocks)-1 {
			held += logits
		}
		fullest = max(fullest, held)
	}
	return fullest
}

// format is the weights' format: Stored where the plan asks for the one that
// the repository has anyway. transformers unpacks a GGUF file as it loads it.
//
// https://huggingface.co/docs/transformers/gguf
func (s *sheet) format() DType {
	asked, own := s.plan.DType, s.arch.Quant.DType
	if s.plan.converts(own) {
		return or(s.arch.DType, BF16)
	}
	if own.GGUF() && s.v.row.unpacksGGUF && (asked == own || asked == Stored) {
		return s.arch.DType
	}
	if asked == own || asked != Stored && own == Stored && asked == s.arch.DType && asked != FP32 {
		return Stored
	}
	return asked
}

// recount says that the engine does not hold the tensors as they are stored.
func (s *sheet) recount() bool {
	return s.v.row.castsFP32 && (s.arch.Quant.DType == NF4DQ || s.arch.DType == FP32 && s.arch.Quant.DType == Stored)
}

// plainOf is the bytes of a weight that no scheme converts.
func (s *sheet) plainOf(format DType) float64 {
	switch {
	case format.Plain():
		return format.Width()
	case format != Stored, s.v.row.castsFP32:
		return min(2, s.plain)
	default:
		return s.plain
	}
}

// linearBytes is the bytes of a share in a format.
func (s *sheet) linearBytes(format DType, b *block, sh *share) float64 {
	expert := sh.split == byExpert
	switch {
	case format == Stored:
		return s.storedShare(sh)
	case format.Plain():
		return sh.elems * format.Width()
	case format.GGUF():
		if recipeOf(format) != nil {
			return sh.elems * format.mixedWidth(s.sums, b, sh)
		}
		return sh.elems * format.stored(sh.fine).Width()
	case format == MXFP4 && s.experts > 0 && !expert:
		return sh.elems * s.plainOf(format)
	default:
		return sh.elems * s.formatWidth(format)
	}
}

// storedShare is a share as the repository's own scheme stores it, or as the
// engine unpacks that.
func (s *sheet) storedShare(sh *share) float64 {
	switch {
	case s.v.row.castsFP32 && s.arch.Quant.DType == NF4DQ:
		return s.unpacked(sh)
	case s.arch.Quant.DType == Stored:
		return sh.elems * s.plainOf(Stored)
	default:
		return sh.bytes
	}
}

// unpacked is a share of doubly quantized NF4 whose scales the engine turns
// back into fp32: 4.5 bits in place of 4.127. What the scheme skipped stays.
func (s *sheet) unpacked(sh *share) float64 {
	packed, full := NF4DQ.Width(), s.plain
	quantized := max(0, sh.elems*full-sh.bytes) / (full - packed)
	return sh.bytes + quantized*(NF4.Width()-packed)
}

// formatWidth is the bytes of a weight in a format that was asked for.
func (s *sheet) formatWidth(format DType) float64 {
	if format == NF4DQ && s.v.row.castsFP32 {
		return NF4.Width()
	}
	return format.Width()
}

// apart says whether a format treats the linears of one split each otherwise.
func (s *sheet) apart(format DType) bool {
	return format.GGUF() || format == Stored && s.arch.Quant.DType == NF4DQ && s.v.row.castsFP32
}

func (s *sheet) fillLinears(format DType) {
	v := &s.v
	s.v.allKV = 0
	for i := range s.blocks {
		b := &s.blocks[i]
		shares := b.totals
		if s.apart(format) {
			shares = b.shares
		}
		for j := range shares {
			sh := &shares[j]
			bytes := s.linearBytes(format, b, sh)
			switch sh.split {
			case divided:
				v.lin += bytes
			case byKVHead:
				s.v.allKV += bytes
				v.kv += bytes * s.kvHeads(b) / max(1, b.k)
			case repeated:
				v.rep += bytes
			default:
				v.exp += bytes
			}
		}
	}
}

// smallWidth is the bytes of a norm's weight: GGUF keeps them in fp32.
func (s *sheet) smallWidth(format DType) float64 {
	if format.GGUF() || s.v.row.hostEmbedding {
		return 4
	}
	return s.plainOf(format)
}

// edgeWidth is the bytes of an embedding's weight.
func (s *sheet) edgeWidth(format DType) float64 {
	if !format.GGUF() {
		return s.plainOf(format)
	}
	base, fine := format, fineness(int64(s.v.emb))
	if r := recipeOf(format); r != nil {
		base = or(r.embed, r.base)
	}
	return base.stored(fine).Width()
}

// headBytes is the bytes of a head's weight.
func (s *sheet) headBytes(format DType) float64 {
	switch {
	case format == Stored && s.arch.Quant.Head:
		return s.headWidth
	case !format.GGUF():
		return s.plainOf(format)
	}
	fine := fineness(int64(s.v.emb))
	r := recipeOf(format)
	switch {
	case r == nil:
		return format.stored(fine).Width()
	case fine > 0:
		return Q8_0.stored(fine).Width()
	default:
		return or(r.output, r.base).Width()
	}
}

// fillEdges decides which tables the fullest GPU holds: with stages the larger
// of embedding and head, in llama.cpp the head, or the copy of the embedding
// that serves as one.
func (s *sheet) fillEdges(format DType) {
	v := &s.v
	s.v.we0, s.v.wo0 = s.edgeWidth(format), s.headBytes(format)
	v.vp = s.V
	if v.row.padsVocab {
		v.vp = math.Ceil(s.V/(64*s.t)) * 64 * s.t
	}
	head := s.Head > 0
	switch {
	case v.row.hostEmbedding:
		v.wo = s.v.wo0
		if s.plan.Serve.GPULayers.Set && float64(s.plan.Serve.GPULayers.N) <= s.L {
			v.wo = 0
		}
	case s.p == 1:
		v.we = s.v.we0
		if head {
			v.wo = s.v.wo0
		}
	case head:
		v.wo = max(s.v.we0, s.v.wo0)
	default:
		v.we = s.v.we0
	}
	if s.arch.NoHead && v.row.hostEmbedding {
		v.wo = 0
	}
}

// fillStage is the share of the blocks on the fullest GPU: uneven stages, and
// what stays on the host.
func (s *sheet) fillStage() {
	v, p := &s.v, &s.plan
	layers := s.L
	if p.Serve.GPULayers.Set && v.row.hostEmbedding {
		layers = min(layers, float64(p.Serve.GPULayers.N))
	}
	stage := math.Ceil(layers / s.p)
	v.on, v.cached = 1, 1
	if s.L > 0 {
		v.on, v.cached = stage/s.L, stage/s.L
	}
	if p.Offload == OffloadParams || p.Offload == OffloadBoth {
		v.on = min(v.on, 2/max(2, s.L)) // the block at work and the next one on its way
	}
}

// ranked is the bytes of weights on the fullest GPU.
func (s *sheet) ranked() float64 {
	return heldLinears(s) + s.v.we*s.v.vp*s.v.emb/s.t + s.v.wo*s.v.vp*s.v.emb/s.t
}

// heldLinears is everything but embedding and head.
func heldLinears(s *sheet) float64 {
	return (s.v.lin/s.t+s.v.kv+s.v.rep+s.v.exp/s.v.tx+s.v.low)*s.v.on + s.v.tow/s.t
}

// hostWeights is what the plan leaves outside the GPUs.
func (s *sheet) hostWeights(gpu, all float64) float64 {
	ranks := s.t * s.p
	if s.v.row.hostEmbedding {
		extra := 0.0
		if s.Head == 0 {
			extra = s.v.we0 * s.Emb // llama.cpp holds a tied embedding twice
		}
		return max(s.v.we0*s.Emb, all+extra-gpu*ranks)
	}
	if s.v.on < 1/s.p {
		return max(0, all-gpu*ranks)
	}
	return 0
}
