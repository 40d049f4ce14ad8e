package commands

import (
	"slices"
	"strconv"
	"strings"

	"membot/estimator"
)

// rankOption is the rank of the adapters that are trained, or of the slots that
// are served.
func rankOption() OptionRow {
	o := number("rank", Training, func(p *estimator.Plan) *int64 { return &p.Train.Rank })
	read := o.read
	o.read = func(value string, p *estimator.Plan) (string, *valueError) {
		canonical, err := read(value, p)
		if p.Mode == estimator.Infer {
			p.Serve.LoRARank = p.Train.Rank
		}
		return canonical, err
	}
	o.show = func(p *estimator.Plan) any {
		if p.Mode == estimator.Infer {
			return max(p.Serve.LoRARank, 0)
		}
		return p.Train.Rank
	}
	o.slots = true
	return o.slash().with(ranked).says("LoRA rank, 16; GaLore rank, 128; serving: of lora-slots", "LoRA 的秩，默认 16；GaLore 的秩，默认 128；推理时为 lora-slots 的秩")
}

// targetsOption takes all-linear or letters of linears.
func targetsOption() OptionRow {
	return OptionRow{
		Key: "targets", Scope: Training, needs: adapted,
		Values: append([]string{"all-linear"}, estimator.TargetNames[:]...),
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			targets := estimator.Targets(0)
			for part := range strings.SplitSeq(value, ",") {
				bit, err := targetBit(strings.TrimSuffix(part, "_proj"))
				if err != nil {
					return "", err
				}
				targets |= bit
			}
			p.Train.Targets = targets
			return targetsText(targets), nil
		},
		show: func(p *estimator.Plan) any { return targetsText(p.Train.Targets) },
	}.says("linears that LoRA adapts: all-linear, or letters as in q,k,v,o", "LoRA 作用的线性层：all-linear，或 q,k,v,o 这样的字母")
}

func targetBit(name string) (estimator.Targets, *valueError) {
	if name == "all-linear" {
		return estimator.AllLinear, nil
	}
	for i, letter := range estimator.TargetNames {
		if letter == name {
			return 1 << i, nil
		}
	}
	return 0, oneOf(name, append([]string{"all-linear"}, estimator.TargetNames[:]...))
}

func targetsText(targets estimator.Targets) string {
	if targets == estimator.AllLinear {
		return "all-linear"
	}
	var letters []string
	for i, letter := range estimator.TargetNames {
		if targets&(1<<i) != 0 {
			letters = append(letters, letter)
		}
	}
	return strings.Join(letters, ",")
}

// stackOption takes a stack with the version of its library.
func stackOption() OptionRow {
	names := namesOf(estimator.Stacks())
	return OptionRow{
		Key: "stack", Scope: Both, Slash: true, Values: names,
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			name, version, err := cutVersion(value)
			if err != nil {
				return "", err
			}
			stack, ok := estimator.Choose(estimator.Stacks(), name)
			if !ok {
				return "", oneOf(name, names)
			}
			p.Train.Stack, p.Train.Version = stack, version
			return name + versionText(version), nil
		},
		show: func(p *estimator.Plan) any {
			if p.Train.Stack == estimator.StackUnset {
				return nil
			}
			return p.Train.Stack.String() + versionText(p.Train.Version)
		},
	}.always().says("what trains it: hf, deepspeed, fsdp, megatron …; textbook is the blog's model", "训练框架：hf、deepspeed、fsdp、megatron 等；textbook 为博客的公式")
}

// engineAliases are names that people use for another engine.
var engineAliases = map[string]string{
	"ollama": "llama.cpp", "lmstudio": "llama.cpp", "lm-studio": "llama.cpp", "llamacpp": "llama.cpp", "hf": "transformers",
	"trt-llm": "tensorrt-llm", "trtllm": "tensorrt-llm", "ik-llama.cpp": "ik_llama.cpp", "ik_llama": "ik_llama.cpp",
}

// engineOption takes an engine with its version.
func engineOption() OptionRow {
	names := namesOf(estimator.Engines())
	names = names[:len(names)-1] // the textbook is asked for as stack:textbook
	return OptionRow{
		Key: "engine", Scope: Serving, Slash: true, Values: names,
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			name, version, err := cutVersion(value)
			if err != nil {
				return "", err
			}
			if alias, ok := engineAliases[name]; ok {
				name = alias
			}
			engine, ok := estimator.Choose(estimator.Engines(), name)
			if !ok || engine == estimator.TextbookEngine {
				return "", oneOf(name, names)
			}
			p.Serve.Engine, p.Serve.Version = engine, version
			return name + versionText(version), nil
		},
		show: func(p *estimator.Plan) any { return p.Serve.Engine.String() + versionText(p.Serve.Version) },
	}.always().says("what serves it; with a version as in vllm@0.19", "推理引擎；可带版本，如 vllm@0.19")
}

// cutVersion cuts "vllm@0.19", "llama.cpp@b10472" or a bare name.
func cutVersion(value string) (string, estimator.Version, *valueError) {
	name, version, given := strings.Cut(value, "@")
	if !given {
		return name, estimator.Version{}, nil
	}
	bad := &valueError{want: "a version such as 0.19 or b10472", near: name}
	major, minor, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(version, "v"), "b"), ".")
	minor, _, _ = strings.Cut(minor, ".")
	if minor == "" {
		minor = "0"
	}
	a, errMajor := strconv.ParseInt(major, 10, 32)
	b, errMinor := strconv.ParseInt(minor, 10, 32)
	if errMajor != nil || errMinor != nil || a < 0 || b < 0 {
		return "", estimator.Version{}, bad
	}
	return name, estimator.Version{Major: a, Minor: b}, nil
}

// buildFrom is the smallest number that is a build of llama.cpp, not a version.
const buildFrom = 100

func versionText(v estimator.Version) string {
	switch {
	case v == estimator.Version{}:
		return ""
	case v.Major >= buildFrom:
		return "@b" + strconv.FormatInt(v.Major, 10)
	default:
		return "@" + strconv.FormatInt(v.Major, 10) + "." + strconv.FormatInt(v.Minor, 10)
	}
}

// gpuOption takes a card by name, or any size.
func gpuOption() OptionRow {
	return OptionRow{
		Key: "gpu", Scope: Both, Slash: true, Values: []string{"a100-80g", "h100-80g", "4090", "24g"},
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			g, ok := estimator.FindGPU(value)
			if !ok {
				return "", &valueError{want: "a card from /gpus, or a size such as 24g", near: nearest(value, gpuNames())}
			}
			p.GPU = g
			return g.Name, nil
		},
		show: func(p *estimator.Plan) any {
			if p.GPU.Name == "" {
				return nil
			}
			return p.GPU.Name
		},
	}.says("the card, from /gpus, or any size such as 24g", "显卡，见 /gpus，或任意显存大小如 24g")
}

func gpuNames() []string {
	names := make([]string, 0, 100)
	for _, g := range estimator.GPUs() {
		names = append(names, g.Name)
	}
	return names
}

// kvOption takes one format for the cache, or two as in q8_0/fp16.
func kvOption() OptionRow {
	formats := []string{"fp8", "int8", "q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "iq4_nl", "fp16", "bf16", "fp32"}
	pick := func(name string) (estimator.DType, *valueError) {
		d, ok := estimator.Choose(estimator.DTypes(), name)
		if !ok || !slices.Contains(formats, name) {
			return 0, oneOf(name, formats)
		}
		return d, nil
	}
	return OptionRow{
		Key: "kv", Scope: Serving, Values: formats,
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			key, val, apart := strings.Cut(value, "/")
			if !apart {
				val = key
			}
			k, err := pick(key)
			if err != nil {
				return "", err
			}
			v, err := pick(val)
			if err != nil {
				return "", err
			}
			p.Serve.Key, p.Serve.Value = k, v
			return kvText(k, v), nil
		},
		show: func(p *estimator.Plan) any {
			if p.Serve.Key == estimator.Stored && p.Serve.Value == estimator.Stored {
				return nil
			}
			return kvText(p.Serve.Key, p.Serve.Value)
		},
	}.says("number format of the cache, or K and V apart as in q8_0/fp16; the model's own", "KV cache 精度，K 与 V 可分开写如 q8_0/fp16；默认随模型")
}

func kvText(k, v estimator.DType) string {
	if k == v {
		return k.String()
	}
	return k.String() + "/" + v.String()
}

// offloadOption is a choice whose values depend on the mode.
func offloadOption() OptionRow {
	return choice("offload", Both, estimator.Offloads(), func(p *estimator.Plan) *estimator.Offload { return &p.Offload }).
		slash().says("what lives on the host: optimizer, params, both, activations; none", "放到内存的部分：optimizer、params、both、activations；默认无")
}

// recomputeOption takes a level, or every n-th block as in full/2.
func recomputeOption() OptionRow {
	o := choice("recompute", Training, estimator.Recomputes(), func(p *estimator.Plan) *estimator.Recompute { return &p.Train.Recompute })
	level := o.read
	o.Values = append(o.Values, "full/2")
	o.read = func(value string, p *estimator.Plan) (string, *valueError) {
		name, every, apart := strings.Cut(value, "/")
		canonical, err := level(name, p)
		if err != nil || !apart {
			p.Train.Every = 0
			return canonical, err
		}
		n, err := wholeNumber(every)
		if err != nil || n < 1 || n > 10_000 || p.Train.Recompute != estimator.RecomputeFull {
			return "", &valueError{want: "full of every n-th block, as in full/2", near: "full/2"}
		}
		p.Train.Every = n
		return recomputeText(p), nil
	}
	o.show = func(p *estimator.Plan) any { return recomputeText(p) }
	return o.slash().always().says("what the backward pass computes again: none, selective, full, full/2", "重计算：none、selective、full、full/2")
}

func recomputeText(p *estimator.Plan) string {
	if p.Train.Every > 1 {
		return p.Train.Recompute.String() + "/" + strconv.FormatInt(p.Train.Every, 10)
	}
	return p.Train.Recompute.String()
}

// dropoutOption tells 0 from the model's own, which is the default.
func dropoutOption() OptionRow {
	o := share("dropout", Training, func(p *estimator.Plan) *float64 { return &p.Train.Dropout.N })
	read := o.read
	o.read = func(value string, p *estimator.Plan) (string, *valueError) {
		canonical, err := read(value, p)
		p.Train.Dropout.Set = err == nil
		return canonical, err
	}
	o.show = func(p *estimator.Plan) any {
		if !p.Train.Dropout.Set {
			return nil
		}
		return p.Train.Dropout.N
	}
	return o.says("dropout of hidden states and attention, the model's own", "隐藏层与注意力的 dropout，默认随模型")
}

// zeroOption is a choice of stages that a program reads as a number.
func zeroOption() OptionRow {
	o := choice("zero", Training, estimator.Stages(), func(p *estimator.Plan) *estimator.Stage { return &p.Train.ZeRO })
	o.show = func(p *estimator.Plan) any {
		if p.Train.ZeRO == estimator.StageUnset {
			return nil
		}
		return int64(p.Train.ZeRO - estimator.Stage0)
	}
	return o
}
