package estimator

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Reads the published measurements where a checkout has them beside it. Only
// what they ask for is read here; the language itself lives in commands.

const sharedData = "../../shared/data"

type measuredRow struct {
	ID, Ask, Source string
	Measured        map[string]float64
}

func measuredRows(t *testing.T) []measuredRow {
	t.Helper()
	f, err := os.Open(or(os.Getenv("MEMBOT_ASKS"), filepath.Join(sharedData, "asks.jsonl")))
	if err != nil {
		t.Skip("no published measurements beside this checkout")
	}
	defer f.Close()
	var rows []measuredRow
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r measuredRow
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		if strings.Contains(r.Ask, " train") {
			rows = append(rows, r)
		}
	}
	return rows
}

// question is an ask as shape and plan.
func question(t *testing.T, ask string, configs map[string]map[string]any) (Arch, Plan) {
	t.Helper()
	words := strings.Fields(ask)
	o := map[string]string{}
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, ":")
		o[key] = value
	}
	var a Arch
	if words[1] == "custom" {
		a = customArch(o)
	} else {
		config := configs[words[1]]
		if config == nil {
			return Arch{}, Plan{}
		}
		a = configArch(config)
	}
	return a, askedPlan(t, o)
}

func whole(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

func customArch(o map[string]string) Arch {
	h, heads := whole(o["h"]), whole(o["a"])
	a := llama(whole(o["l"]), h, heads, whole(o["kv-heads"]), h/heads, whole(o["ffn"]), whole(o["vocab"]), o["tied"] == "on")
	l := &a.Layers[0]
	l.NormBias, l.Mixer.QKVBias, l.Mixer.OutBias = true, true, true
	l.FFN = FFN{Width: whole(o["ffn"]), Bias: true}
	if experts := whole(o["experts"]); experts > 0 {
		l.FFN = FFN{Experts: experts, TopK: whole(o["topk"]), ExpertWidth: whole(o["expert-ffn"]), Bias: true, ExpertBias: true}
	}
	a.Extra = append(a.Extra, Extra{"positions", h * whole(o["positions"])})
	return a
}

func configArch(c map[string]any) Arch {
	get := func(keys ...string) int64 {
		for _, key := range keys {
			if n, ok := c[key].(float64); ok {
				return int64(n)
			}
		}
		return 0
	}
	family, _ := c["model_type"].(string)
	h, heads := get("hidden_size", "n_embd"), get("num_attention_heads", "n_head")
	kv, dim := or(get("num_key_value_heads"), heads), or(get("head_dim", "kv_channels"), h/max(1, heads))
	ffn, tied := get("intermediate_size", "n_inner"), c["tie_word_embeddings"] == true
	if family == "qwen" {
		ffn /= 2
	}
	a := llama(get("num_hidden_layers", "n_layer"), h, heads, kv, dim, ffn, get("vocab_size"), tied)
	a.Family = family
	l := &a.Layers[0]
	l.Mixer.QKVBias = family == "qwen" || family == "qwen2"
	if experts := get("num_local_experts"); experts > 0 {
		l.FFN = FFN{Gated: true, Experts: experts, TopK: get("num_experts_per_tok"), ExpertWidth: ffn}
	}
	if family == "phi" {
		l.NormBias, l.Norms, l.FFN = true, 1, FFN{Width: ffn, Bias: true}
	}
	if q, ok := c["quantization_config"].(map[string]any); ok && q["quant_method"] == "gptq" {
		group, _ := q["group_size"].(float64)
		a.Quant = Quant{DType: GPTQ, Bits: 4, Group: int64(group)}
	}
	return a
}

func pick[T Choice](t *testing.T, among []T, name string) T {
	t.Helper()
	if name == "" {
		return 0
	}
	c, ok := Choose(among, name)
	require.True(t, ok, name)
	return c
}

func askedPlan(t *testing.T, o map[string]string) Plan {
	t.Helper()
	stack, version, _ := strings.Cut(o["stack"], "@")
	major, minor, _ := strings.Cut(version, ".")
	p := Plan{
		Mode: Training, Seq: whole(o["seq"]), Batch: whole(o["batch"]), GPUs: whole(o["gpus"]),
		Tensor: whole(o["tp"]), Pipeline: whole(o["pp"]), Expert: whole(o["ep"]), Context: whole(o["cp"]),
		SequenceParallel: pick(t, Switches(), o["sp"]), Attention: pick(t, AttentionKernels(), o["attn"]),
		Offload: pick(t, Offloads(), o["offload"]), DType: pick(t, DTypes(), o["dtype"]),
	}
	p.Train = Train{
		Stack: pick(t, Stacks(), stack), Version: Version{whole(major), whole(minor)}, Method: pick(t, Methods(), o["method"]),
		Rank: whole(o["rank"]), Optimizer: pick(t, Optimizers(), o["optimizer"]), Precision: pick(t, Precisions(), o["precision"]),
		Recompute: pick(t, Recomputes(), o["recompute"]), Loss: pick(t, Losses(), o["loss"]), Compile: pick(t, Switches(), o["compile"]),
		Accum: whole(o["accum"]), ZeRO: pick(t, Stages(), o["zero"]),
	}
	if text, ok := o["dropout"]; ok {
		n, _ := strconv.ParseFloat(text, 64)
		p.Train.Dropout = Share{N: n, Set: true}
	}
	for letter := range strings.SplitSeq(o["targets"], ",") {
		if at := slices.Index(TargetNames[:], letter); at >= 0 {
			p.Train.Targets |= 1 << at
		}
	}
	return p
}

func knownConfigs(t *testing.T) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	data, err := os.ReadFile(filepath.Join(sharedData, "model_facts.tsv"))
	require.NoError(t, err)
	add := func(id string, text []byte) {
		var c map[string]any
		if json.Unmarshal(text, &c) == nil && all[id] == nil {
			all[id] = c
		}
	}
	for line := range strings.Lines(string(data)) {
		id, config, _ := strings.Cut(line, "\t")
		add(id, []byte(config))
	}
	files, err := filepath.Glob(filepath.Join(sharedData, "hub-corpus", "*", "config.json"))
	require.NoError(t, err)
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(filepath.Dir(file)), "@")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		add(strings.Replace(name, "__", "/", 1), text)
	}
	return all
}

// measures are the figures of an answer by the name they were published under.
var measures = map[string]func(Breakdown) Bytes{
	"allocated": func(b Breakdown) Bytes { return b.Allocated },
	"reserved":  func(b Breakdown) Bytes { return b.Reserved },
	"total":     func(b Breakdown) Bytes { return b.Total },
}

// spreadAt is a quantile of |ratio - 1|.
func spreadAt(ratios []float64, q float64) float64 {
	errors := make([]float64, 0, len(ratios))
	for _, r := range ratios {
		errors = append(errors, math.Abs(r-1))
	}
	slices.Sort(errors)
	return quantile(errors, q)
}

func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// How right the training half is, over runs that others published. The figures
// may only get better.
func TestMeasuredTraining(t *testing.T) {
	rows := measuredRows(t)
	configs := knownConfigs(t)
	ratios := map[string][]float64{}
	inside, low, allocated := 0, 0, 0
	for _, row := range rows {
		a, p := question(t, row.Ask, configs)
		b, err := Estimate(a, p)
		if os.Getenv("MEMBOT_ASKS") == "" {
			require.NoError(t, err, row.ID)
		} else if err != nil {
			t.Logf("%s: %v", row.ID, err)
			continue
		}
		source, _, _ := strings.Cut(row.Source, ":")
		for name, want := range row.Measured {
			ratio := float64(measures[name](b)) / want
			ratios[name] = append(ratios[name], ratio)
			ratios[name+" "+source] = append(ratios[name+" "+source], ratio)
			if os.Getenv("ROWS") != "" {
				fmt.Printf("%-9s %6.3f %-8s %s | %s\n", name, ratio, b.Moment, row.ID, row.Ask)
			}
			if name == "allocated" {
				allocated++
				if ratio < 0.9 {
					low++
				}
				if want >= float64(b.Low) && want <= float64(b.High) {
					inside++
				}
			}
		}
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for key := range ratios {
			if !yield(key) {
				return
			}
		}
	}) {
		var errors []float64
		for _, r := range ratios[name] {
			errors = append(errors, math.Abs(r-1))
		}
		slices.Sort(errors)
		slices.Sort(ratios[name])
		r := ratios[name]
		t.Logf("%-60s %3d rows, median %5.2f%%, 90th %5.2f%%, %.3f … %.3f … %.3f", name, len(r), 100*quantile(errors, 0.5), 100*quantile(errors, 0.9), r[0], quantile(r, 0.5), r[len(r)-1])
	}
	if os.Getenv("MEMBOT_ASKS") == "" {
		held := ratios["allocated"]
		require.LessOrEqual(t, spreadAt(held, 0.5), 0.002, "median error of what was allocated")
		require.LessOrEqual(t, spreadAt(held, 0.9), 0.016, "its 90th percentile")
		require.LessOrEqual(t, spreadAt(ratios["total"], 0.5), 0.03, "median error of totals")
		require.LessOrEqual(t, spreadAt(ratios["total"], 0.9), 0.07, "its 90th percentile")
		require.Zero(t, low, "rows more than a tenth low")
		require.GreaterOrEqual(t, inside*10, allocated*9, "rows inside their band")
	}
	t.Logf("allocated: %d rows, %d more than a tenth low, %d inside their band", allocated, low, inside)
}
