package discord

import (
	"slices"
	"strconv"
	"strings"

	"membot/bot/chart"
	"membot/commands"
)

// A menu offers the other values of a few keys that belong together.
type menu struct {
	id     string
	name   phrase
	topics []topic
}

// A topic is one key with the values people try.
type topic struct {
	key    string
	values []string
	offers func(a commands.Answer, value string) bool // nil: always
}

// The menus, in the order they stand under an answer. A message has room for
// four and a row of buttons.
var (
	trainMenus = []menu{
		{"method", phrase{"Method", "训练方式"}, []topic{
			{key: "method", values: []string{"full", "lora", "qlora", "dpo", "grpo"}},
			{key: "optimizer", values: []string{"adamw", "adamw-8bit", "adafactor", "lion", "sgd", "muon"}},
		}},
		{"zero", phrase{"ZeRO and recompute", "ZeRO 与重计算"}, []topic{
			{key: "zero", values: []string{"0", "1", "2", "3"}, offers: sharded},
			{key: "recompute", values: []string{"none", "selective", "full"}},
			{key: "offload", values: []string{"none", "optimizer", "both"}, offers: offloadable},
		}},
		gpuMenu,
		sizeMenu,
	}
	serveMenus = []menu{
		{"dtype", phrase{"Weights", "权重类型"}, []topic{
			{key: "dtype", values: []string{"bf16", "fp16", "fp8", "int8", "awq", "gptq", "nf4", "q8_0", "q6_k", "q5_k_m", "q4_k_m"}, offers: storable},
			{key: "kv", values: []string{"bf16", "fp8", "q8_0", "q4_0"}, offers: cacheable},
		}},
		{"engine", phrase{"Engine", "推理引擎"}, []topic{
			{key: "engine", values: []string{"transformers", "vllm", "sglang", "llama.cpp"}},
		}},
		gpuMenu,
		sizeMenu,
	}
	gpuMenu = menu{"gpus", phrase{"GPUs", "GPU"}, []topic{
		{key: "gpus", values: []string{"1", "2", "4", "8", "16", "32", "64"}, offers: divides},
		{key: "gpu", values: popular["gpu"], offers: knownCard},
	}}
	sizeMenu = menu{"size", phrase{"Batch × length", "批大小 × 长度"}, []topic{
		{key: "batch", values: []string{"1", "2", "4", "8", "16", "32", "64", "128"}},
		{key: "seq", values: []string{"512", "1024", "2048", "4096", "8192", "16384", "32768", "65536", "131072", "262144", "1048576"}, offers: withinContext},
	}}
)

func menusFor(a commands.Answer) []menu {
	if trains(a) {
		return trainMenus
	}
	return serveMenus
}

// title names the menu and what holds now.
func (m menu) title(a commands.Answer, lang string) string {
	said := []string{m.name.in(lang)}
	for _, t := range m.topics {
		if now := planText(a.Plan, t.key); now != "" {
			said = append(said, clip(oneLine(t.key+":"+now), 40))
		}
	}
	return strings.Join(said, " · ")
}

// options are the values that would change something, with what each is known
// to save.
func (m menu) options(a commands.Answer, lang string) []MenuOption {
	var options []MenuOption
	for _, t := range m.topics {
		now := planText(a.Plan, t.key)
		if !means(a, t.key) {
			continue
		}
		for _, value := range t.values {
			if strings.EqualFold(value, now) || (t.offers != nil && !t.offers(a, value)) {
				continue
			}
			change := t.key + ":" + value
			options = append(options, MenuOption{Label: change, Value: change, Description: whatIf(a, change, lang)})
		}
	}
	return options
}

// means reports whether the key means something for this answer: the plan has
// it, or it is one that any answer of its kind takes.
func means(a commands.Answer, key string) bool {
	_, planned := a.Plan[key]
	return planned || slices.Contains([]string{"gpu", "gpus", "batch", "seq", "dtype", "engine", "method", "recompute"}, key) ||
		(trains(a) && slices.Contains([]string{"zero", "optimizer"}, key))
}

// whatIf says what the answer itself knows of a change.
func whatIf(a commands.Answer, change, lang string) string {
	for _, c := range a.WhatIf {
		if c.Change == change && c.Total > 0 {
			return wordPerGPU.in(lang, chart.GiB(c.Total))
		}
	}
	return ""
}

// knownCard: the table of cards decides.
func knownCard(_ commands.Answer, value string) bool {
	return isSize(value) || slices.Contains(cardNames(), value)
}

// sharded: ZeRO shards over GPUs, so one has nothing to shard over.
func sharded(a commands.Answer, _ string) bool {
	n, err := strconv.Atoi(planText(a.Plan, "gpus"))
	return err == nil && n > 1
}

// offloadable: parameters leave the GPU only where each GPU holds a share.
func offloadable(a commands.Answer, value string) bool {
	return value != "both" || planText(a.Plan, "zero") == "3"
}

// divides: the engines that split heads over all GPUs need heads to go round.
func divides(a commands.Answer, value string) bool {
	if e := engineOf(a); trains(a) || (e != "vllm" && e != "sglang") || a.Model == nil || a.Model.Heads == nil {
		return true
	}
	n, err := strconv.ParseInt(value, 10, 64)
	return err == nil && *a.Model.Heads%n == 0
}

// withinContext: no longer than the model was made for.
func withinContext(a commands.Answer, value string) bool {
	n, err := strconv.ParseInt(value, 10, 64)
	return err != nil || a.Model == nil || a.Model.Context == nil || n <= *a.Model.Context
}

// formats says which weight formats an engine reads.
var formats = map[string][]string{
	"transformers": {"bf16", "fp16", "int8", "awq", "gptq", "nf4"},
	"vllm":         {"bf16", "fp16", "fp8", "awq", "gptq"},
	"sglang":       {"bf16", "fp16", "fp8", "awq", "gptq"},
	"llama.cpp":    {"bf16", "fp16", "q8_0", "q6_k", "q5_k_m", "q4_k_m"},
}

// caches says which cache types an engine keeps.
var caches = map[string][]string{
	"vllm": {"bf16", "fp8"}, "sglang": {"bf16", "fp8"}, "llama.cpp": {"q8_0", "q4_0"},
}

func engineOf(a commands.Answer) string {
	name, _, _ := strings.Cut(planText(a.Plan, "engine"), "@")
	if name == "" {
		name = "transformers"
	}
	return name
}

func storable(a commands.Answer, value string) bool {
	known, ok := formats[engineOf(a)]
	return !ok || slices.Contains(known, value)
}

func cacheable(a commands.Answer, value string) bool {
	return slices.Contains(caches[engineOf(a)], value)
}
