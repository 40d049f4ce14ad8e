package commands

import (
	"fmt"
	"slices"
	"strings"

	"membot/estimator"
)

// runnable is an engine or a stack with the text that runs the answer.
type runnable struct {
	tool string
	text func(f *Found, p *estimator.Plan) string
}

// arg is one flag of a command line; an empty value leaves it out.
type arg struct{ name, value string }

func line(words []string, flags ...arg) string {
	for _, f := range flags {
		switch f.value {
		case "":
		case "true":
			words = append(words, f.name)
		default:
			words = append(words, f.name, f.value)
		}
	}
	return strings.Join(words, " ")
}

// whole is a number worth a flag: larger than the default.
func whole(n, otherwise int64) string {
	if n <= otherwise {
		return ""
	}
	return valueText(n)
}

func given(s string, ok bool) string {
	if !ok {
		return ""
	}
	return s
}

// loadWords are an engine's words for the formats that it makes itself of weights
// stored otherwise ([estimator.Plan.NeedsCheckpoint] says which).
var loadWords = map[estimator.Engine]map[estimator.DType]string{
	estimator.VLLM:   {estimator.FP8: "fp8", estimator.NF4: "bitsandbytes"},
	estimator.SGLang: {estimator.FP8: "fp8"},
	estimator.Transformers: {
		estimator.NF4:   `BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")`,
		estimator.NF4DQ: `BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True)`,
		estimator.INT8:  `BitsAndBytesConfig(load_in_8bit=True)`,
	},
}

// torchNames are the formats that every engine casts weights to as it loads.
var torchNames = map[estimator.DType]string{estimator.BF16: "bfloat16", estimator.FP16: "float16", estimator.FP32: "float32"}

// checkpoint is what the engine is told to load: the model, or, for a format
// that the engine makes of no other, the place of a checkpoint that has it.
func checkpoint(f *Found, p *estimator.Plan) string {
	if p.NeedsCheckpoint(f.Arch) {
		return "path/to/" + baseName(f.ID) + "-" + strings.ToUpper(p.DType.String())
	}
	return f.ID
}

// loadFlag is the engine's word for a format that it makes as it loads.
func loadFlag(f *Found, p *estimator.Plan) string {
	if p.DType == f.Arch.Quant.DType {
		return ""
	}
	return loadWords[p.Serve.Engine][p.DType]
}

// baseName is an id without its owner.
func baseName(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// replicas is how many copies of the model the GPUs hold.
func replicas(p *estimator.Plan) int64 { return p.GPUs / max(1, p.Tensor*p.Pipeline*p.Context) }

// serveRuns has one row for each engine that a line can start.
var serveRuns = map[estimator.Engine]runnable{
	estimator.VLLM: {"vllm", func(f *Found, p *estimator.Plan) string {
		return line([]string{"vllm", "serve", checkpoint(f, p)},
			arg{"--max-model-len", valueText(max(p.Serve.MaxLen, p.Seq+p.Out))}, arg{"--tensor-parallel-size", whole(p.Tensor, 1)},
			arg{"--pipeline-parallel-size", whole(p.Pipeline, 1)}, arg{"--data-parallel-size", whole(replicas(p), 1)},
			arg{"--decode-context-parallel-size", whole(p.Serve.DecodeContext, 1)}, arg{"--enable-expert-parallel", given("true", p.Expert > 1)},
			arg{"--max-num-seqs", whole(p.Serve.MaxSeqs, 0)},
			arg{"--max-num-batched-tokens", whole(p.Serve.MaxBatched, 0)},
			arg{"--gpu-memory-utilization", given(valueText(p.Serve.Utilization), p.Serve.Utilization > 0)},
			arg{"--quantization", loadFlag(f, p)}, arg{"--dtype", torchNames[p.DType]},
			arg{"--kv-cache-dtype", given("fp8", p.Serve.Key == estimator.FP8)},
			arg{"--speculative-config", given(fmt.Sprintf(`'{"method":"mtp","num_speculative_tokens":%d}'`, p.Serve.MTP.N), p.Serve.MTP.Or(0) > 0)},
			arg{"--enable-lora", given("true", p.Serve.LoRASlots > 0)}, arg{"--max-loras", whole(p.Serve.LoRASlots, 0)},
			arg{"--max-lora-rank", given(valueText(p.Serve.LoRARank), p.Serve.LoRASlots > 0 && p.Serve.LoRARank > 0)},
			arg{"--enforce-eager", given("true", p.Serve.Eager == estimator.On)})
	}},
	estimator.SGLang: {"sglang", func(f *Found, p *estimator.Plan) string {
		return line([]string{"python", "-m", "sglang.launch_server", "--model-path", checkpoint(f, p)},
			arg{"--context-length", valueText(max(p.Serve.MaxLen, p.Seq+p.Out))}, arg{"--tp", whole(p.Tensor, 1)},
			arg{"--pp-size", whole(p.Pipeline, 1)}, arg{"--dp-size", whole(replicas(p), 1)}, arg{"--ep-size", whole(p.Expert, 1)},
			arg{"--max-running-requests", whole(p.Serve.MaxSeqs, 0)},
			arg{"--mem-fraction-static", given(valueText(p.Serve.Utilization), p.Serve.Utilization > 0)},
			arg{"--quantization", loadFlag(f, p)}, arg{"--dtype", torchNames[p.DType]},
			arg{"--kv-cache-dtype", given("fp8_e5m2", p.Serve.Key == estimator.FP8)}, arg{"--is-embedding", given("true", f.Arch.NoHead)})
	}},
	estimator.LlamaCPP:   {"llama.cpp", llamaServer},
	estimator.IKLlamaCPP: {"ik_llama.cpp", llamaServer},
	estimator.TensorRTLLM: {"tensorrt-llm", func(f *Found, p *estimator.Plan) string {
		return line([]string{"trtllm-serve", checkpoint(f, p)}, arg{"--max_seq_len", valueText(max(p.Serve.MaxLen, p.Seq+p.Out))}, arg{"--max_batch_size", whole(p.Batch, 1)},
			arg{"--tp_size", whole(p.Tensor, 1)}, arg{"--pp_size", whole(p.Pipeline, 1)}, arg{"--ep_size", whole(p.Expert, 1)})
	}},
	estimator.LMDeploy: {"lmdeploy", func(f *Found, p *estimator.Plan) string {
		return line([]string{"lmdeploy", "serve", "api_server", checkpoint(f, p)}, arg{"--session-len", valueText(max(p.Serve.MaxLen, p.Seq+p.Out))},
			arg{"--tp", whole(p.Tensor, 1)}, arg{"--max-batch-size", whole(p.Batch, 1)},
			arg{"--quant-policy", map[estimator.DType]string{estimator.INT8: "8", estimator.INT4: "4"}[p.Serve.Key]})
	}},
	estimator.Transformers: {"transformers", func(f *Found, p *estimator.Plan) string {
		load := `dtype="auto"`
		if name := torchNames[p.DType]; name != "" {
			load = "dtype=torch." + name
		}
		if config := loadFlag(f, p); config != "" {
			load = "quantization_config=" + config
		}
		return fmt.Sprintf(`%s.from_pretrained(%q, %s, device_map="auto")`, autoClass(&f.Arch), checkpoint(f, p), load)
	}},
}

// autoClasses are the classes that load a kind of model, the first that applies.
var autoClasses = []struct {
	name string
	of   func(a *estimator.Arch) bool
}{
	{"DiffusionPipeline", func(a *estimator.Arch) bool { return len(a.Layers) == 0 && len(a.Towers) > 0 }},
	{"AutoModelForSpeechSeq2Seq", listens},
	{"AutoModelForSeq2SeqLM", func(a *estimator.Arch) bool { return hasTower(a, "encoder") }},
	{"AutoModel", func(a *estimator.Arch) bool { return a.NoHead }},
	{"AutoModelForImageTextToText", func(a *estimator.Arch) bool { return hasTower(a, "vision") }},
	{"AutoModelForCausalLM", func(*estimator.Arch) bool { return true }},
}

func autoClass(a *estimator.Arch) string {
	for _, row := range autoClasses {
		if row.of(a) {
			return row.name
		}
	}
	return ""
}

// listens says whether the blocks attend to an encoder with a length of its own,
// a window of sound.
func listens(a *estimator.Arch) bool {
	return slices.ContainsFunc(a.Layers, func(l estimator.Layer) bool { return l.Cross.Encoded > 0 })
}

func hasTower(a *estimator.Arch, name string) bool {
	return slices.ContainsFunc(a.Towers, func(t estimator.Tower) bool { return t.Name == name })
}

func llamaServer(f *Found, p *estimator.Plan) string {
	layers := "99"
	if p.Serve.GPULayers.Set {
		layers = valueText(p.Serve.GPULayers.N)
	}
	attention := "on"
	if p.Attention != estimator.Flash {
		attention = "off"
	}
	cache := func(d estimator.DType) string {
		if d == estimator.Stored {
			return ""
		}
		return strings.Replace(strings.Replace(d.String(), "fp16", "f16", 1), "fp32", "f32", 1)
	}
	return line(append([]string{"llama-server"}, ggufFile(f, p)...),
		arg{"-c", valueText((p.Seq + p.Out) * p.Batch)}, arg{"-ngl", layers}, arg{"-fa", attention},
		arg{"-np", whole(p.Batch, 1)}, arg{"-ub", whole(p.Serve.MicroBatch, 0)},
		arg{"-ctk", cache(p.Serve.Key)}, arg{"-ctv", cache(p.Serve.Value)})
}

// ggufFile names the file to serve: a repository of GGUF files and the quant, or
// the place of a file that is still to be made of other weights.
func ggufFile(f *Found, p *estimator.Plan) []string {
	quant := strings.ToUpper(p.DType.String())
	switch {
	case f.GGUF && f.Variant != "":
		return []string{"-hf", f.ID + ":" + f.Variant}
	case f.GGUF:
		return []string{"-hf", f.ID}
	case p.DType.GGUF():
		return []string{"-m", "path/to/" + baseName(f.ID) + "-" + quant + ".gguf"}
	}
	return []string{"-m", "path/to/" + baseName(f.ID) + ".gguf"}
}

// runTexts are the blocks to copy that run the answer. An engine that is asked for
// a longer sequence than its cache holds does not start.
func runTexts(f Found, b *estimator.Breakdown) []RunText {
	plan := b.Plan
	p := &plan
	if longest := b.Capacity.MaxSeq; longest >= p.Seq+p.Out {
		p.Serve.MaxLen = min(p.Serve.MaxLen, longest)
	}
	list := []RunText{}
	if f.Source == "custom" || f.Source == "size" || f.Source == "file" || p.Train.Stack == estimator.Textbook {
		return list
	}
	if p.Mode == estimator.Infer {
		if run, ok := serveRuns[p.Serve.Engine]; ok {
			list = append(list, RunText{run.tool, run.text(&f, p)})
		}
		return list
	}
	for _, run := range trainRuns[p.Train.Stack] {
		list = append(list, RunText{run.tool, run.text(&f, p)})
	}
	return list
}
