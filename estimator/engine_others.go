package estimator

import "math"

// resolveSGLang: chunks of prefill and sequences by the card, as
// server_args.py chooses them.
func resolveSGLang(p *Plan, a *Arch) {
	splitByHeads(p, a)
	v := &p.Serve
	if v.MaxLen == 0 {
		v.MaxLen = max(p.Seq+p.Out, a.Context*askedNoLength(p))
	}
	size := or(p.GPU.Memory, 80*GiB)
	for _, row := range sglangCards {
		if size < row.below {
			v.MaxBatched = or(v.MaxBatched, row.chunk)
			v.MaxSeqs = or(v.MaxSeqs, row.graphs[min(1, p.Tensor/4)])
			break
		}
	}
	v.Utilization = or(v.Utilization, sglangShare(p))
}

// sglangCards has the chunk of prefill in tokens and the largest captured batch,
// below four tensor ranks and from there on, for cards below a size.
var sglangCards = []struct {
	below  Bytes
	chunk  int64
	graphs [2]int64
}{
	{20 * GiB, 2048, [2]int64{8, 8}},
	{35 * GiB, 2048, [2]int64{24, 80}},
	{60 * GiB, 4096, [2]int64{32, 160}},
	{90 * GiB, 8192, [2]int64{256, 512}},
	{160 * GiB, 8192, [2]int64{256, 512}},
	{MaxBytes, 16384, [2]int64{512, 512}},
}

// sglangShare is mem_fraction_static where nobody names it. Before 0.5 it went by
// the ranks alone; since, what is left is room for a chunk of prefill, for graphs
// and their lengths, and for the ranks: 0.854 of a B200 on its log.
//
// _handle_gpu_memory_settings in SGLang's server_args.py.
func sglangShare(p *Plan) float64 {
	ranks := float64(p.Tensor * p.Pipeline)
	if p.Serve.Version.Before(0, 5) {
		for _, row := range []struct{ from, share float64 }{{16, 0.79}, {8, 0.81}, {4, 0.85}, {2, 0.87}} {
			if ranks >= row.from {
				return row.share
			}
		}
		return 0.88
	}
	shown := float64(or(p.GPU.Usable, or(p.GPU.Memory, 80*GiB))) / float64(MiB)
	chunk := float64(p.Serve.MaxBatched)
	kept := 512 + 1.5*max(chunk, 2048) + 2*float64(p.Serve.MaxSeqs) + 128*ranks + 8*graphLengths(chunk)
	if shown > 60*1024 {
		kept = max(kept, 10*1024)
	}
	return max(0.5, math.Round(1000*(1-kept/shown))/1000)
}

// graphLengths is how many lengths of prefill SGLang captures up to a chunk.
func graphLengths(chunk float64) float64 {
	n, from := 0.0, 0.0
	for _, row := range []struct{ to, step float64 }{{32, 4}, {256, 16}, {512, 32}, {1024, 64}, {4096, 256}, {math.Inf(1), 512}} {
		n += max(0, math.Floor((min(row.to, chunk)-from)/row.step))
		from = row.to
	}
	return n
}

// sglangBudget: weights and caches share the static part of what is free once
// the context and NCCL stand.
//
// profile_max_num_token in SGLang's model_runner.py.
func sglangBudget(s *sheet) float64 {
	free := s.v.usable - total(s, serveContext) - s.byPart[Buffers]
	return s.v.util*free - s.byPart[Weights] - s.byPart[Adapters]
}

var sglangBills = bills(weightBills, cacheBills, []bill{
	{
		part: Weights, moments: WhileServing, basis: Derived, source: "cos and sin of every position in 32 bits",
		text:  "4 * D * X",
		bytes: func(s *sheet) float64 { return 4 * s.v.rope * s.v.pos * s.hasRope() },
	},
	{
		needs: needsLatents, part: Weights, moments: WhileServing, basis: Derived, source: "SGLang keeps MLA's up projections a second time, absorbed",
		text:  "Abs / t",
		bytes: func(s *sheet) float64 { return s.absorbed() / s.t },
	},
	passBill,
	{
		part: Buffers, moments: WhileServing, basis: Allowance, source: "NCCL by ranks, as on vLLM logs",
		text:  "Nt * GiB",
		bytes: func(s *sheet) float64 { return s.nonTorch() * float64(GiB) },
	},
	{
		part: Graphs, moments: AtPrefill | AtDecode, basis: Allowance, source: "CUDA graphs on SGLang logs, 0.03 to 1.4 GiB",
		text: "0.7 * GiB",
		bytes: func(s *sheet) float64 {
			if s.plan.Serve.Eager == On {
				return 0
			}
			return 0.7 * float64(GiB)
		},
	},
})

// passBill is one forward pass of as many tokens as the engine takes at once.
var passBill = bill{
	part: Workspace, moments: AtPrefill | AtDecode, basis: Derived, source: "one pass: gate, up and their product, the residual stream; 16-bit logits of the sequences",
	text:  "m * (6*F/t + Res*h) + 6 * Q * V / t",
	bytes: func(s *sheet) float64 { return s.pass() + 6*s.v.seqs*s.V/s.t },
}

// resolveTensorRT: passes of 8192 tokens, 2048 sequences at most, and nine
// tenths of the memory left free for the cache.
func resolveTensorRT(p *Plan, a *Arch) {
	splitByHeads(p, a)
	v := &p.Serve
	v.MaxLen = or(v.MaxLen, max(p.Seq+p.Out, a.Context*askedNoLength(p)))
	v.MaxBatched = or(v.MaxBatched, 8192)
	v.MaxSeqs = or(v.MaxSeqs, 256)
	v.Utilization = or(v.Utilization, 0.9)
}

// resolveLMDeploy: passes of 8192 tokens and eight tenths of what is free.
func resolveLMDeploy(p *Plan, a *Arch) {
	splitByTensor(p, a)
	v := &p.Serve
	v.MaxLen = or(v.MaxLen, max(p.Seq+p.Out, a.Context*askedNoLength(p)))
	v.MaxBatched = or(v.MaxBatched, 8192)
	v.MaxSeqs = or(v.MaxSeqs, 128)
	v.Utilization = or(v.Utilization, 0.8)
}

func tensorrtBlocks(p *Plan) float64 {
	if p.Serve.Version.Before(0, 9) {
		return 64
	}
	return 32
}

func lmdeployBlocks(p *Plan) float64 {
	if p.Serve.Version.Before(0, 1) {
		return 128
	}
	return 64
}

// freeBudget is a share of what is free once the engine stands.
func freeBudget(s *sheet) float64 {
	held := s.byPart[Weights] + s.byPart[Workspace] + s.byPart[Buffers]
	return s.v.util * (s.v.usable - held - 0.6*float64(GiB))
}

var tensorrtBills = bills(weightBills, cacheBills, []bill{
	passBill,
	{
		part: Buffers, moments: WhileServing, basis: Allowance, source: "NCCL by ranks, as on vLLM logs",
		text:  "Nt * GiB",
		bytes: func(s *sheet) float64 { return s.nonTorch() * float64(GiB) },
	},
})

// llamaCells is the cells that llama.cpp rounds a cache up to.
const llamaCells = 256

// resolveLlama: 512 tokens in a ubatch, layers over the cards, the cache in 16
// bits whatever the model's own.
func resolveLlama(p *Plan, a *Arch) {
	splitByLayers(p, a)
	v := &p.Serve
	v.MicroBatch = or(v.MicroBatch, 512)
	v.MaxLen = or(v.MaxLen, p.Seq+p.Out)
	v.MaxSeqs = or(v.MaxSeqs, p.Batch)
}

// llamaBlocks: cells of 256, of 32 where attention is not fused.
func llamaBlocks(p *Plan) float64 {
	if p.Attention == Flash {
		return llamaCells
	}
	return 32
}

// computeBuffer is llama.cpp's: fp32 logits and the residual stream of a
// ubatch, or without fused attention one block's scores, whichever is larger.
func (s *sheet) computeBuffer() float64 {
	n := s.v.tokens
	if s.needsOnly() {
		return s.v.u*2*n + max(s.unpackedCache()+32*s.v.u*s.h, 4*s.v.u*(3*s.v.wide+s.inputs()*s.h))
	}
	fused := 4 * s.v.u * (s.V + s.h)
	if s.plan.Attention == Flash {
		return fused
	}
	return math.Max(fused, 4*s.v.u*(n*s.A+n*s.masks()+s.lanes()))
}

// needsOnly says that the build reserves only the logits it needs: 2026's, and
// so every build that knows recurrent hybrids.
func (s *sheet) needsOnly() bool {
	v := s.plan.Serve.Version
	if s.plan.Attention != Flash || s.plan.Serve.Engine != LlamaCPP {
		return false
	}
	return v.Major >= recentBuild || v == (Version{}) && s.hybrid()
}

// recentBuild is the first build whose server reserves the logits of its slots
// alone.
//
// https://github.com/ggml-org/llama.cpp/pull/23861, June 2026
const recentBuild = 9_430

// inputs is how many rows of the residual stream live beside gate, up and their
// product in such a build: exact on logs of Qwen3.6-27B and Qwen3-4B.
func (s *sheet) inputs() float64 {
	if s.hybrid() {
		return 2
	}
	return 4
}

func (s *sheet) hybrid() bool {
	for i := range s.blocks {
		if s.blocks[i].ss > 0 {
			return true
		}
	}
	return false
}

// unpackedCache is one block's keys and values turned from a quantized cache
// into 16 bits.
func (s *sheet) unpackedCache() float64 {
	widest := 0.0
	if s.wk >= 2 && s.wv >= 2 {
		return 0
	}
	for i := range s.blocks {
		b := &s.blocks[i]
		if s.keeps(b) {
			widest = max(widest, 2*s.kvHeads(b)*(b.d+b.dv))
		}
	}
	return widest * s.v.tokens
}

// masks is how many attention masks a pass needs: one more for windows.
func (s *sheet) masks() float64 {
	for i := range s.blocks {
		if k := s.blocks[i].layer.Mixer.Kind; k == Window || k == Chunked {
			return 2
		}
	}
	return 1
}

// lanes is the fp32 rows that live beside the scores: the residual stream and
// the queries twice each; with queries, keys and values in one tensor that one
// whole, its queries and keys, and the stream.
func (s *sheet) lanes() float64 {
	for i := range s.blocks {
		b := &s.blocks[i]
		if !b.layer.Mixer.Kind.Attends() {
			continue
		}
		if s.fusedQKV {
			return s.h + (b.a+b.k+b.k)*b.d + (b.a+b.k)*b.d
		}
		return 2*s.h + 2*b.a*b.d
	}
	return 2 * s.h
}

// expandedLatents is what modes 2 and 3 of ik_llama.cpp unpack of the latents:
// keys and values of all heads for the whole context, in 16 bits.
func (s *sheet) expandedLatents() float64 {
	if s.v.latents == 0 || s.plan.Serve.Engine != IKLlamaCPP {
		return 0
	}
	for i := range s.blocks {
		if b := &s.blocks[i]; b.layer.Mixer.Kind == MLA {
			return 2 * b.a * (b.d + b.dv) * s.v.tokens
		}
	}
	return 0
}

const llamaSource = "ggml's graph allocator, exact on logs of llama.cpp and ik_llama.cpp"

var llamaBills = bills(weightBills, cacheBills, []bill{
	{
		part: Workspace, moments: AtPrefill | AtDecode, basis: Derived, source: llamaSource + "; builds that reserve all logits, fused attention",
		text: "4 * u * (V + h)",
		bytes: func(s *sheet) float64 {
			if s.needsOnly() || s.plan.Attention != Flash {
				return 0
			}
			return s.computeBuffer()
		},
	},
	{
		part: Workspace, moments: AtPrefill | AtDecode, basis: Derived, source: llamaSource + "; one block's scores where attention is not fused",
		text: "4 * u * max(V + h, Tok*(A + Masks) + Lanes)",
		bytes: func(s *sheet) float64 {
			if s.plan.Attention == Flash {
				return 0
			}
			return s.computeBuffer()
		},
	},
	{
		part: Workspace, moments: AtPrefill | AtDecode, basis: Derived, source: llamaSource + "; builds that reserve the needed logits only",
		text: "2*u*Tok + max(Unp + 32*u*h, 4*u*(3*F + Hin*h))",
		bytes: func(s *sheet) float64 {
			if !s.needsOnly() {
				return 0
			}
			return s.computeBuffer()
		},
	},
	{
		needs: needsLatents, part: Workspace, moments: AtPrefill | AtDecode, basis: Allowance, source: "0.4 to 11.7 GiB on logs, by mla mode and context: latents of one block unpacked",
		text:  "Mla",
		bytes: func(s *sheet) float64 { return s.expandedLatents() },
	},
})
