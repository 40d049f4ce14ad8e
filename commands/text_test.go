package commands

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the goldens")

const gib = 1 << 30

// trained is an answer with everything that a mem can carry. Its numbers are
// made up: only the drawing is tested here.
func trained() Answer {
	return Answer{
		Question: "/mem huggyllama/llama-7b train method:full stack:deepspeed zero:2 precision:mixed optimizer:adamw seq:2048 batch:1 gpus:8 gpu:a100-40g",
		Kind:     "mem",
		Model: &Model{
			ID: "huggyllama/llama-7b", Source: "hub", Revision: new("8416d3fefb0cb3ff5775a7b13c1692d10ff1aa16"), FetchedAt: new("2026-11-21T09:30:00Z"),
			Params: new(int64(6738415616)), Notes: []string{},
		},
		Plan: map[string]PlanValue{"method": {Value: "full"}, "stack": {Value: "deepspeed"}, "zero": {Value: "2", Given: true}, "gpus": {Value: int64(8), Given: true}},
		PerGPU: &PerGPU{
			Total: 338 * gib / 10, Allocated: 314 * gib / 10, Low: new(int64(302 * gib / 10)), High: new(int64(326 * gib / 10)), Moment: "loss",
			Parts: []Part{
				{Name: "weights", Bytes: 126 * gib / 10, Formula: "2 * Phi / Nw", Basis: "counted", Source: "shape", Moments: []string{"loss", "backward", "step"}},
				{Name: "master", Bytes: 31 * gib / 10, Formula: "4 * Phi / No", Basis: "derived", Moments: []string{"loss", "backward", "step"}},
				{Name: "gradients", Bytes: 157 * gib / 100, Formula: "2 * Phi / Ng", Basis: "derived", Moments: []string{"backward", "step"}},
				{Name: "optimizer", Bytes: 628 * gib / 100, Formula: "8 * Phi / No", Basis: "derived", Moments: []string{"loss", "backward", "step"}},
				{Name: "activations", Bytes: 8 * gib, Formula: "(34*b*s*h + 5*b*s*s*A) * L", Basis: "derived", Source: "Korthikanti et al. 2022, equation 2", Moments: []string{"loss", "backward"}},
				{Name: "logits", Bytes: 142 * gib / 100, Formula: "14 * V * T", Basis: "derived", Moments: []string{"loss"}},
				{Name: "buffers", Bytes: gib / 10, Formula: "2 * 5e8", Basis: "allowance", Moments: []string{"loss", "backward"}},
				{Name: "context", Bytes: 24 * gib / 10, Formula: "0.02 * M + 1.4", Basis: "allowance", Source: "measured", Moments: []string{"loss", "backward", "step"}},
			},
		},
		Host:   &Host{Bytes: 12 * gib},
		GPU:    &GPUVerdict{Name: "a100-40g", UsableBytes: 395 * gib / 10, Fits: true, Headroom: 57 * gib / 10},
		WhatIf: []Change{{"recompute:full", 247 * gib / 10, 91 * gib / 10, "about a third more compute"}, {"zero:3", 228 * gib / 10, 110 * gib / 10, ""}, {"loss:linear", 324 * gib / 10, 14 * gib / 10, "nothing but a kernel"}},
		Run:    []RunText{{"deepspeed", "deepspeed --num_gpus 8 train.py --model_name_or_path huggyllama/llama-7b --deepspeed ds_zero2.json --bf16"}},
		Warnings: []Warning{
			{"seq_past_context", "seq 4096 is past the model's own limit of 2048 tokens: it may run, but was not trained for it."},
		},
		Assumptions: []Assumption{{"seq", "seq 2048"}, {"attn", "flash attention"}, {"optimizer", "AdamW"}},
		Letters: []Letter{
			{"Phi", 6738415616, "parameters"},
			{"Nw", 1, "ranks that share the weights"},
			{"No", 8, "ranks that share the optimizer states"},
			{"Ng", 8, "ranks that share the gradients"},
			{"b", 1, "sequences at once"},
			{"s", 2048, "tokens in"},
			{"h", 4096, "hidden size"},
			{"A", 32, "query heads"},
			{"L", 32, "blocks"},
			{"V", 32000, "vocabulary"},
			{"T", 2048, "tokens of one micro-batch"},
		},
	}
}

// samples are answers of every kind.
func samples() map[string]Answer {
	mem := trained()
	over := trained()
	over.GPU = &GPUVerdict{Name: "4090", UsableBytes: 235 * gib / 10, Fits: false, Headroom: -103 * gib / 10}
	over.Model.ID = "an-organisation-with-a-long-name/a-model-with-a-name-that-is-longer-than-any-terminal-is-wide"
	bare := trained()
	bare.GPU, bare.WhatIf, bare.Run, bare.Warnings, bare.Host = nil, nil, nil, nil, nil
	explain := trained()
	explain.Kind, explain.Textbook = "explain", trained().PerGPU
	explain.Others = []OtherTool{{"accelerate estimate-memory", 50 * gib, "8Φ for training, whatever the ZeRO stage; no activations"}, {"DeepSpeed's estimator", 377 * gib / 10, "4Φ + 16Φ/8; no activations"}}
	served := trained()
	served.Plan = map[string]PlanValue{"engine": {Value: "vllm"}}
	served.PerGPU.Moment = "decode"
	served.Capacity = &Capacity{KVBytesPerToken: new(int64(131072)), KVBudget: new(int64(20 * gib)), KVTokens: new(int64(163840)), MaxSeq: new(int64(131072)), MaxBatch: new(int64(40)), ReservedByEngine: new(int64(355 * gib / 10))}
	options := []Option{
		{"/fit huggyllama/llama-7b train zero:3 gpus:8 gpu:a100-40g", "huggyllama/llama-7b", 25 * gib, true, 145 * gib / 10},
		{"/fit huggyllama/llama-7b train zero:2 recompute:full gpus:8 gpu:a100-40g", "huggyllama/llama-7b", 38 * gib, true, 15 * gib / 10},
		{"/fit huggyllama/llama-7b train zero:0 gpus:8 gpu:a100-40g", "huggyllama/llama-7b", 120 * gib, false, -805 * gib / 10},
	}
	return map[string]Answer{
		"mem": mem, "mem-over": over, "mem-bare": bare, "mem-serve": served, "explain": explain,
		"fit":     {Kind: "fit", Question: "/fit huggyllama/llama-7b train zero:2 gpus:8 gpu:a100-40g", Model: mem.Model, Options: options},
		"models":  {Kind: "models", Question: "/models infer gpu:a100-40g", Options: options},
		"compare": {Kind: "compare", Question: "/compare huggyllama/llama-7b other/model infer", Answers: []Answer{mem, over, {Error: &Refusal{Code: "model_not_found", Text: "The Hub has no model x/y.", Advice: "Check the spelling."}}}},
		"gpus":    {Kind: "gpus", Question: "/gpus", GPUs: []GPUCard{{"h100-80g", "NVIDIA", 80 * gib, 792 * gib / 10, true}, {"4090", "NVIDIA", 24 * gib, 2352 * gib / 100, true}, {"mi300x", "AMD", 192 * gib, 1915 * gib / 10, false}}},
		"concept": {Kind: "concept", Topic: "bytes_per_parameter", Text: "16, 18 or 20 bytes a parameter, for AdamW in mixed precision. The difference is the gradients.\n  weights  2  bf16 copy that computes\n  master   4  fp32 copy that is updated", Choices: []string{"/explain llama-7b train stack:textbook"}},
		"unclear": {Kind: "unclear", Ask: "Which model do you mean?", Choices: []string{"/mem llama-7b infer", "/mem meta-llama/Llama-2-7b-hf infer"}},
		"error":   {Error: &Refusal{Code: "bad_request", Text: "trian is neither infer nor train. Did you mean train?", DidYouMean: []string{"/mem llama-7b train zero:2"}}},
	}
}

var widths = []int{40, 60, 80, 120}

// Every answer of every kind keeps within the width, in both languages, and says
// the same in colour as without.
func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	for name, a := range samples() {
		for _, lang := range []string{English, Chinese} {
			for _, columns := range append(widths, 41, 47, 53, 73, 99, 0, 7, 500) {
				o := TextOptions{Width: columns, Lang: lang}
				text := Text(a, o)
				limit := min(max(columns, minWidth), maxWidth)
				if columns == 0 {
					limit = defaultWidth
				}
				for line := range strings.SplitSeq(text, "\n") {
					require.LessOrEqual(t, cells(line), limit, "%s %s at %d: %q", name, lang, columns, line)
					require.Equal(t, strings.TrimRight(line, " "), line, "spaces at the end")
				}
				require.True(t, strings.HasSuffix(text, "\n"))
				require.NotContains(t, text, "\x1b")
				require.NotContains(t, text, "<no value>")
				o.Color = true
				require.Equal(t, text, uncoloured(Text(a, o)), "colour adds no words")
			}
		}
	}
}

// uncoloured takes ANSI colours out of a text.
func uncoloured(text string) string {
	for _, code := range ansi {
		text = strings.ReplaceAll(text, code, "")
	}
	return text
}

// The drawings, to be read by a person in the diff.
func TestDrawings(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, a := range samples() {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			for _, lang := range []string{English, Chinese} {
				for _, columns := range widths {
					fmt.Fprintf(&got, "== %s %d\n%s", lang, columns, Text(a, TextOptions{Width: columns, Lang: lang, Now: now}))
				}
			}
			path := filepath.Join("testdata", "text", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, []byte(got.String()), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), got.String())
		})
	}
}

// What strangers wrote cannot move a cursor, ring a bell or turn the writing.
func TestStrangersCannotDriveTheTerminal(t *testing.T) {
	a := trained()
	a.Model.ID = "evil/\x1b[2J\x07model\u202e\r\ue006"
	for _, colour := range []bool{false, true} {
		text := uncoloured(Text(a, TextOptions{Color: colour}))
		for _, bad := range []string{"\x1b", "\x07", "\u202e", "\r"} {
			require.NotContains(t, text, bad)
		}
		require.Contains(t, text, "evil/[2Jmodel")
	}
}

func TestPrettyFormulas(t *testing.T) {
	rows := []struct{ formula, want string }{
		{"2 * Phi / Nw", "2·Φ/Nw"},
		{"(34*b*s*h + 5*b*s*s*A) * L", "(34·b·s·h + 5·b·s²·A)·L"},
		{"a / s * s", "a/s·s"},
		{"2 * l1 * k1 * d1 + 2 * l2 * k2", "2·l₁·k₁·d₁ + 2·l₂·k₂"},
		{"max(s * h, h - 1) / 4", "max(s·h, h − 1)/4"},
		{"-1 * x", "−1·x"},
		{"x * -2", "x·−2"},
		{"Sum3 + 0.2 * 5e8", "Sum₃ + 0.2·5e8"},
		{"1e+09 + 1.8e+07", "1e9 + 1.8e7"},
		{"", ""},
	}
	for _, row := range rows {
		require.Equal(t, row.want, pretty(row.formula))
	}
	letters := []Letter{{Name: "Phi", Value: 6738415616}, {Name: "Nw", Value: 8}, {Name: "w", Value: 0.515625}, {Name: "s", Value: 2048}}
	require.Equal(t, "2·6,738,415,616/8", filled("2 * Phi / Nw", letters))
	require.Equal(t, "0.5156·2,048²·x", filled("w * s * s * x", letters))
}

func TestNumbers(t *testing.T) {
	require.Equal(t, []string{"6.74B", "494M", "1.00B", "671B", "12", "1.50K", "1.00T"},
		[]string{short(6738415616), short(494032768), short(999_600_000), short(671026419200), short(12), short(1500), short(1e12)})
	n := align("GiB", 126*gib/10, 157*gib/100, 134*gib, 1)
	require.Equal(t, []string{" 12.6 ", "  1.57", "134   ", " <0.01"}, []string{n.of(126 * gib / 10), n.of(157 * gib / 100), n.of(134 * gib), n.of(1)})
	require.Equal(t, "█████", bar(10, 10, 5))
	require.Equal(t, "██▌", bar(1, 2, 5))
	require.Equal(t, "▏", bar(1, 1_000_000, 5))
	require.Empty(t, bar(0, 10, 5))
	require.Equal(t, []string{"1%", "0%", "25%"}, []string{percent(1, 1000), percent(0, 1000), percent(1, 4)})
	require.Equal(t, "-1,234,567", count(-1234567))
}

func TestCells(t *testing.T) {
	require.Equal(t, 4, cells("显存"))
	require.Equal(t, 3, cells("Φ·²"))
	require.Equal(t, 1, cells("e\u0301"))
	require.Equal(t, []string{"显存不够", "用，换一张", "卡"}, wrap("显存不够用，换一张卡", 10, "", ""))
	require.Equal(t, []string{"one two", "three"}, trimmed(wrap("one two three", 8, "", "")))
	require.Equal(t, []string{"abcdefgh", "ij"}, wrap("abcdefghij", 8, "", ""))
	require.Equal(t, "  /mem a/b \\\n    c:1\n", continued("/mem a/b c:1", 13))
	require.Equal(t, "/mem "+strings.Repeat("x", 50)+" c:1", joined(continued("/mem "+strings.Repeat("x", 50)+" c:1", 20)))
}

func trimmed(lines []string) []string {
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// joined reads continued lines as a shell does.
func joined(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\\\n", "")), " ")
}
