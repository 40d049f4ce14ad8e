package commands

import "membot/estimator"

// gigabyte and gibibyte are what disks and memory are counted in.
const (
	gigabyte = 1e9
	gibibyte = float64(estimator.GiB)
)

// states are the parts of training that scale with Φ alone.
var states = []estimator.PartName{estimator.Weights, estimator.Master, estimator.Gradients, estimator.OptimizerState}

// conceptRows has one row for each notion; its text is in concepts/.
var conceptRows = []conceptRow{
	{"bytes_per_parameter", bytesPerParameter},
	{"mixed_precision", mixedPrecision},
	{"bf16_vs_fp16", func(f *figures) {
		f.set("bytes", estimator.BF16.Width())
		f.set("gb", f.params()*estimator.BF16.Width()/gigabyte)
		f.set("fp32_gb", f.params()*estimator.FP32.Width()/gigabyte)
	}},
	{"params_vs_disk", paramsAndDisk},
	{"inference_overhead", inferenceOverhead},
	{"kv_cache", func(f *figures) { f.cache(estimator.Transformers); f.cacheShape(); f.cacheFormats() }},
	{"gqa", groupedHeads},
	{"mla", latent},
	{"zero_stages", zeroStages},
	{"offload", offloading},
	{"gradient_checkpointing", checkpointing},
	{"activations", func(f *figures) { f.kept(); f.set("states_gib", f.parts(trainPlan(), states...)/gibibyte) }},
	{"flash_attention", flashAttention},
	{"lora", adapters},
	{"quantization", formats},
	{"logits", logits},
	{"moe", experts},
	{"preallocation", reserved},
	{"fragmentation", func(f *figures) { f.slack() }},
	{"oom", func(f *figures) { f.slack(); f.moments() }},
	{"units", func(f *figures) {
		f.set("gib_bytes", gibibyte)
		f.set("ratio_percent", 100*(gibibyte/gigabyte-1))
		f.set("gb24_gib", 24*gigabyte/gibibyte)
		if card, ok := estimator.FindGPU("a100-80g"); ok {
			f.set("card_gib", float64(card.Usable)/gibibyte)
		}
	}},
}

// textbookPlanOf is the blog's training plan with some gradients.
func textbookPlanOf(g estimator.Grads) estimator.Plan {
	return estimator.Plan{Mode: estimator.Training, Train: estimator.Train{Stack: estimator.Textbook, Grads: g}}
}

// trainPlan is a plain training plan: 2048 tokens, one sequence.
func trainPlan() estimator.Plan {
	return estimator.Plan{Mode: estimator.Training, Seq: 2048, Batch: 1}
}

func bytesPerParameter(f *figures) {
	phi := f.params()
	for name, grads := range map[string]estimator.Grads{"least": estimator.GradsBF16, "middle": estimator.GradsFP32, "most": estimator.GradsBoth} {
		p := textbookPlanOf(grads)
		f.set(name, f.parts(p, states...)/phi)
		f.set("gradients_"+name, f.parts(p, estimator.Gradients)/phi)
		f.set(name+"_gb", f.parts(p, states...)/gigabyte)
	}
	p := textbookPlanOf(estimator.GradsBoth)
	f.set("weights", estimator.BF16.Width())
	f.set("master", estimator.FP32.Width())
	f.set("moments", f.parts(p, estimator.OptimizerState)/phi)
	f.set("fp32", 4*estimator.FP32.Width())
}

func mixedPrecision(f *figures) {
	f.set("mixed", f.parts(textbookPlanOf(estimator.GradsBoth), states...)/f.params())
	f.set("fp32", 4*estimator.FP32.Width())
	full, half := trainPlan(), trainPlan()
	full.Batch, half.Batch = 8, 8
	full.Train.Precision = estimator.PureFP32
	f.set("fp32_gib", f.parts(full, estimator.Activations)/gibibyte)
	f.set("mixed_gib", f.parts(half, estimator.Activations)/gibibyte)
	f.set("batch", float64(half.Batch))
	f.set("seq", float64(half.Seq))
}

func paramsAndDisk(f *figures) {
	for name, d := range map[string]estimator.DType{"fp32": estimator.FP32, "bf16": estimator.BF16, "int8": estimator.INT8, "nf4": estimator.NF4} {
		f.set(name+"_gb", d.Width())
	}
	f.set("params_b", f.params()/1e9)
	f.set("model_gb", f.params()*estimator.BF16.Width()/gigabyte)
	f.set("checkpoint_gb", f.params()*(3*estimator.FP32.Width()+estimator.BF16.Width())/gigabyte)
}

// inferenceOverhead sets the rule of 1.2 times the weights beside what it stands
// for: the cache at a short and a long context, and what else is not weights.
func inferenceOverhead(f *figures) {
	if size, err := sizeModel("1b", 1_000_000_000); err == nil {
		weights := bytesOfParts(size.Arch, estimator.Plan{}, estimator.Weights)
		over := bytesOfParts(size.Arch, estimator.Plan{}, estimator.Workspace) / weights
		f.set("factor", 1+over)
		f.set("percent", 100*over)
		f.set("rule_gib", (1+over)*f.params()*estimator.BF16.Width()/gibibyte)
	}
	f.set("weights_gib", f.params()*estimator.BF16.Width()/gibibyte)
	for name, seq := range map[string]int64{"short": 2048, "long": 32768} {
		p := estimator.Plan{Seq: seq, Batch: 1, Serve: estimator.Serve{Engine: estimator.Transformers}}
		total, _ := estimator.Peak(f.arch, p)
		f.set(name, float64(seq))
		f.set(name+"_gib", float64(total)/gibibyte)
		f.set(name+"_factor", float64(total)/(f.params()*estimator.BF16.Width()))
	}
}

// cache sets what the KV cache takes in an engine.
func (f *figures) cache(e estimator.Engine) {
	b, err := estimator.Estimate(f.arch, estimator.Plan{Seq: 8192, Batch: 1, Serve: estimator.Serve{Engine: e}})
	if err != nil {
		return
	}
	perToken := float64(b.Capacity.KVBytesPerToken)
	f.set("kib", perToken/1024)
	f.set("bytes_per_token", perToken)
	f.set("tokens", 8192)
	f.set("gib", perToken*8192/gibibyte)
}

// cacheFormats sets what a token takes in caches of fewer bits.
func (f *figures) cacheFormats() {
	for name, serve := range map[string]estimator.Serve{
		"fp8_kib":      {Engine: estimator.VLLM, Key: estimator.FP8, Value: estimator.FP8},
		"four_bit_kib": {Engine: estimator.LlamaCPP, Key: estimator.Q4_0, Value: estimator.Q4_0},
	} {
		b, err := estimator.Estimate(f.arch, estimator.Plan{Seq: 8192, Batch: 1, Serve: serve})
		if err == nil {
			f.set(name, float64(b.Capacity.KVBytesPerToken)/1024)
		} else {
			f.set(name, 0)
		}
	}
}

// cacheShape sets the letters of the cache's formula.
func (f *figures) cacheShape() {
	for i := range f.arch.Layers {
		mixer := &f.arch.Layers[i].Mixer
		if mixer.Kind.Attends() {
			f.set("layers", float64(f.arch.Depth()))
			f.set("heads", float64(mixer.Heads))
			f.set("kv_heads", float64(mixer.KVHeads))
			f.set("head_dim", float64(mixer.KeyDim))
			return
		}
	}
	f.set("layers", float64(f.arch.Depth()))
	f.set("heads", 0)
	f.set("kv_heads", 0)
	f.set("head_dim", 0)
}

func groupedHeads(f *figures) {
	f.cache(estimator.Transformers)
	f.cacheShape()
	share := 1.0
	if f.values["kv_heads"] > 0 {
		share = f.values["heads"] / f.values["kv_heads"]
	}
	f.set("share", share)
	f.set("ungrouped_kib", f.values["kib"]*share)
}

// latentExample is the attention of DeepSeek-V3 (its config.json); the rest of the
// model does not bear on the cache.
func latentExample() estimator.Arch {
	a, err := estimator.Arch{
		Family: "deepseek_v3", Hidden: 7168, Vocab: 129280, Context: 163840, DType: estimator.BF16,
		Layers: []estimator.Layer{{
			Count: 61, Norms: 2, FFN: estimator.FFN{Width: 18432, Gated: true},
			Mixer: estimator.Mixer{Kind: estimator.MLA, Heads: 128, KVHeads: 128, KeyDim: 192, ValueDim: 128, QueryRank: 1536, KVRank: 512, RopeDim: 64},
		}},
	}.Sealed()
	if err != nil {
		panic(err) // a constant of this program
	}
	return a
}

// latent compares a cache of latents with one of keys and values.
func latent(f *figures) {
	if len(f.arch.Layers) == 0 || f.arch.Layers[0].Mixer.Kind != estimator.MLA {
		f.model, f.arch = "DeepSeek-V3", latentExample()
	}
	f.cache(estimator.VLLM) // transformers expands the latents
	mixer := f.arch.Layers[0].Mixer
	f.set("layers", float64(f.arch.Depth()))
	f.set("plain_kib", float64(f.arch.Depth()*mixer.Heads*(mixer.KeyDim+mixer.ValueDim))*estimator.BF16.Width()/1024)
}

func zeroStages(f *figures) {
	const published = 7_500_000_000 // the ZeRO paper's example, on 64 GPUs
	small, err := sizeModel("7.5b", published)
	if err != nil {
		return
	}
	for i, stage := range []estimator.Stage{estimator.Stage0, estimator.Stage1, estimator.Stage2, estimator.Stage3} {
		p := textbookPlanOf(estimator.GradsBF16)
		p.GPUs, p.Train.ZeRO = 64, stage
		f.set("paper"+string(rune('0'+i)), bytesOfParts(small.Arch, p, states...)/gigabyte)
		p.GPUs = 8
		f.set("stage"+string(rune('0'+i)), f.parts(p, states...)/gibibyte)
	}
	f.set("paper_params_b", published/1e9)
	f.set("paper_gpus", 64)
	f.set("gpus", 8)
	f.set("bytes", f.parts(textbookPlanOf(estimator.GradsBF16), states...)/f.params())
}

func offloading(f *figures) {
	p := trainPlan()
	p.GPUs, p.Train.ZeRO = 8, estimator.Stage3
	all, _ := estimator.Estimate(f.arch, p)
	p.Offload = estimator.OffloadBoth
	b, _ := estimator.Estimate(f.arch, p)
	f.set("gpus", 8)
	f.set("without_gib", float64(all.Total)/gibibyte)
	f.set("gib", float64(b.Total)/gibibyte)
	f.set("host_gib", float64(b.Host)/gibibyte)
}

// kept sets what activations take, with and without keeping them.
func (f *figures) kept() {
	p := trainPlan()
	f.set("seq", float64(p.Seq))
	f.set("all_gib", f.parts(p, estimator.Activations)/gibibyte)
	p.Train.Recompute = estimator.RecomputeFull
	f.set("full_gib", f.parts(p, estimator.Activations)/gibibyte)
}

func checkpointing(f *figures) {
	f.kept()
	p := trainPlan()
	f.set("logits_gib", f.parts(p, estimator.Logits)/gibibyte)
}

func flashAttention(f *figures) {
	p := trainPlan()
	p.Seq = 8192
	f.set("seq", float64(p.Seq))
	f.set("flash_gib", f.parts(p, estimator.Activations)/gibibyte)
	p.Attention = estimator.Eager
	f.set("eager_gib", f.parts(p, estimator.Activations)/gibibyte)
}

func adapters(f *figures) {
	const rank = 16
	f.set("rank", rank)
	f.set("trained_m", float64(f.arch.AdapterParams(rank, estimator.AllLinear))/1e6)
	f.set("params_b", f.params()/1e9)
	for name, method := range map[string]estimator.Method{"full": estimator.FullTuning, "lora": estimator.LoRA, "qlora": estimator.QLoRA} {
		p := trainPlan()
		p.Train.Method = method
		total, _ := estimator.Peak(f.arch, p)
		f.set(name+"_gib", float64(total)/gibibyte)
	}
	p := trainPlan()
	p.Train.Method, p.Train.Rank = estimator.LoRA, 4*rank
	total, _ := estimator.Peak(f.arch, p)
	f.set("rank4", 4*rank)
	f.set("rank4_gib", float64(total)/gibibyte)
}

func formats(f *figures) {
	for name, d := range map[string]estimator.DType{
		"int8": estimator.INT8, "nf4": estimator.NF4, "nf4dq": estimator.NF4DQ, "awq": estimator.AWQ,
		"mxfp4": estimator.MXFP4, "nvfp4": estimator.NVFP4, "q4k": estimator.Q4K, "q8": estimator.Q8_0,
	} {
		f.set(name+"_bits", 8*d.Width())
	}
	for name, d := range map[string]estimator.DType{"bf16": estimator.BF16, "int8": estimator.INT8, "awq": estimator.AWQ} {
		f.set(name+"_gib", f.parts(estimator.Plan{DType: d}, estimator.Weights)/gibibyte)
	}
}

func logits(f *figures) {
	p := trainPlan()
	f.set("seq", float64(p.Seq))
	f.set("vocab", float64(f.arch.Vocab))
	f.set("gib", f.parts(p, estimator.Logits)/gibibyte)
	f.set("bytes", f.parts(p, estimator.Logits)/float64(p.Seq)/float64(max(f.arch.Vocab, 1)))
	p.Train.Loss = estimator.LossLinear
	f.set("linear_gib", f.parts(p, estimator.Logits)/gibibyte)
}

func experts(f *figures) {
	f.unless(func(a *estimator.Arch) bool { return a.Active() > 0 && a.Active() < a.Total() }, "mixtral-8x7b")
	f.set("total_b", f.params()/1e9)
	f.set("active_b", float64(f.arch.Active())/1e9)
	f.set("gb", f.params()*estimator.BF16.Width()/gigabyte)
	f.set("active_gb", float64(f.arch.Active())*estimator.BF16.Width()/gigabyte)
}

// reserved sets what an engine that fills the card takes of it.
func reserved(f *figures) {
	card, _ := estimator.FindGPU("h100-80g")
	p := estimator.Plan{GPU: card, Serve: estimator.Serve{Engine: estimator.VLLM}}
	b, err := estimator.Estimate(f.arch, p)
	if err != nil {
		return
	}
	f.set("util", b.Plan.Serve.Utilization)
	f.set("card_gib", float64(card.Usable)/gibibyte)
	f.set("taken_gib", float64(b.Capacity.ReservedByEngine)/gibibyte)
	f.set("weights_gib", f.parts(p, estimator.Weights)/gibibyte)
	f.set("cache_gib", float64(b.Capacity.KVBudget)/gibibyte)
	f.set("cache_tokens", float64(b.Capacity.KVTokens))
}

// slack sets what a training run shows beyond what it allocated.
func (f *figures) slack() {
	b, err := estimator.Estimate(f.arch, trainPlan())
	if err != nil {
		return
	}
	f.set("allocated_gib", float64(b.Allocated)/gibibyte)
	f.set("context_gib", float64(b.Total-b.Allocated)/gibibyte)
	f.set("total_gib", float64(b.Total)/gibibyte)
}

// moments sets how much two moments of a training step need.
func (f *figures) moments() {
	p := trainPlan()
	f.set("states_gib", f.parts(p, states...)/gibibyte)
	f.set("loss_gib", f.parts(p, estimator.Activations, estimator.Logits)/gibibyte)
}
