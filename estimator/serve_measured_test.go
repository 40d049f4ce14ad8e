package estimator

import (
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// servedRow is one line of testdata/serving.tsv.
type servedRow struct {
	id, shape, options, figure string
	measured                   float64
}

func servedRows(t *testing.T) []servedRow {
	t.Helper()
	f, err := os.Open("testdata/serving.tsv")
	require.NoError(t, err)
	defer f.Close()
	table := csv.NewReader(f)
	table.Comma, table.Comment, table.LazyQuotes = '\t', '#', true
	lines, err := table.ReadAll()
	require.NoError(t, err)
	var rows []servedRow
	for _, c := range lines[1:] {
		measured, err := strconv.ParseFloat(c[4], 64)
		require.NoError(t, err, c[0])
		rows = append(rows, servedRow{c[0], c[1], c[2], c[3], measured})
	}
	return rows
}

// servedOptions read the options that the rows use.
var servedOptions = map[string]func(p *Plan, value string, n int64){
	"tp":          func(p *Plan, _ string, n int64) { p.Tensor = n },
	"gpus":        func(p *Plan, _ string, n int64) { p.GPUs = n },
	"seq":         func(p *Plan, _ string, n int64) { p.Seq = n },
	"out":         func(p *Plan, _ string, n int64) { p.Out = n },
	"max-seqs":    func(p *Plan, _ string, n int64) { p.Serve.MaxSeqs = n },
	"max-batched": func(p *Plan, _ string, n int64) { p.Serve.MaxBatched = n },
	"ubatch":      func(p *Plan, _ string, n int64) { p.Serve.MicroBatch = n },
	"eager":       func(p *Plan, _ string, _ int64) { p.Serve.Eager = On },
	"util":        func(p *Plan, v string, _ int64) { p.Serve.Utilization, _ = strconv.ParseFloat(v, 64) },
	"gpu":         func(p *Plan, v string, _ int64) { p.GPU, _ = FindGPU(v) },
	"dtype":       func(p *Plan, v string, _ int64) { p.DType, _ = FindDType(v) },
	"attn":        func(p *Plan, v string, _ int64) { p.Attention, _ = Choose(AttentionKernels(), v) },
	"kv": func(p *Plan, v string, _ int64) {
		k, w, both := strings.Cut(v, "/")
		p.Serve.Key, _ = FindDType(k)
		p.Serve.Value = p.Serve.Key
		if both {
			p.Serve.Value, _ = FindDType(w)
		}
	},
	"engine": func(p *Plan, v string, _ int64) {
		name, version, _ := strings.Cut(v, "@")
		p.Serve.Engine, _ = Choose(Engines(), name)
		major, minor, _ := strings.Cut(strings.TrimPrefix(version, "b"), ".")
		p.Serve.Version.Major, _ = strconv.ParseInt(major, 10, 64)
		p.Serve.Version.Minor, _ = strconv.ParseInt(minor, 10, 64)
	},
}

func servedPlan(t *testing.T, options string) Plan {
	t.Helper()
	var p Plan
	for word := range strings.FieldsSeq(options) {
		key, value, _ := strings.Cut(word, ":")
		require.Contains(t, servedOptions, key)
		n, _ := strconv.ParseInt(value, 10, 64)
		servedOptions[key](&p, value, n)
	}
	return p
}

// figure is the field or part of a breakdown that a row is about.
func figure(b *Breakdown, name string) float64 {
	switch name {
	case "allocated":
		return float64(b.Allocated)
	case "kv_budget":
		return float64(b.Capacity.KVBudget)
	case "kv_bytes_per_token":
		return float64(b.Capacity.KVBytesPerToken)
	}
	for _, part := range b.Parts {
		if part.Name.String() == name {
			return float64(part.Bytes)
		}
	}
	return 0
}

// limitsServed are the errors that the estimates may have at most against what
// engines logged, the middle and the 90th percentile in per cent: a ratchet.
var limitsServed = map[string][2]float64{
	"vllm weights": {0.2, 1}, "vllm kv_budget": {0.8, 2.5}, "vllm workspace": {1, 5}, "vllm kv_bytes_per_token": {0.05, 0.5},
	"llama.cpp weights": {0.5, 2}, "llama.cpp kv_cache": {0, 0.6}, "llama.cpp state": {0.01, 0.5}, "llama.cpp workspace": {0.3, 4},
	"ik_llama.cpp kv_cache": {0.01, 0.5}, "ik_llama.cpp workspace": {0.3, 4},
	"tensorrt-llm kv_bytes_per_token": {0.05, 0.5},
	"transformers allocated":          {0.6, 2},
}

// The estimates against what engines logged and others measured, by engine and
// figure.
func TestServingIsAsMeasured(t *testing.T) {
	archs := servedArchs(t)
	off, ratios := map[string][]float64{}, map[Engine][]float64{}
	for _, row := range servedRows(t) {
		a, ok := archs[row.shape]
		require.True(t, ok, row.shape)
		p := servedPlan(t, row.options)
		b := requireShown(t, a, p)
		got := figure(&b, row.figure)
		kind := p.Serve.Engine.String() + " " + row.figure
		miss := 100 * math.Abs(got/row.measured-1)
		off[kind] = append(off[kind], miss)
		if !strings.HasPrefix(row.figure, "kv_b") {
			ratios[p.Serve.Engine] = append(ratios[p.Serve.Engine], got/row.measured)
		}
		if miss > 2 {
			t.Logf("%s: %s %.0f, measured %.0f (%+.2f%%)", row.id, row.figure, got, row.measured, 100*(got/row.measured-1))
		}
	}
	requireSpreads(t, ratios)
	for kind, misses := range off {
		slices.Sort(misses)
		n := len(misses)
		middle, ninth := misses[n/2], misses[(9*n+9)/10-1]
		t.Logf("%-34s n=%-3d median %.2f%% p90 %.2f%%", kind, n, middle, ninth)
		limit, ok := limitsServed[kind]
		require.True(t, ok, kind)
		require.LessOrEqual(t, middle, limit[0], kind)
		require.LessOrEqual(t, ninth, limit[1], kind)
	}
}

// requireSpreads holds the table of ranges to the 5th and 95th percentile of
// estimate ÷ measured.
func requireSpreads(t *testing.T, ratios map[Engine][]float64) {
	t.Helper()
	for e, all := range ratios {
		if len(all) < 10 {
			continue
		}
		slices.Sort(all)
		last := float64(len(all) - 1)
		low, high := all[int(0.05*last+0.5)], all[int(0.95*last+0.5)]
		t.Logf("%-14s %d figures, %.4f to %.4f", e, len(all), low, high)
		near := math.Abs(low-spreads[e].low) < 0.002 && math.Abs(high-spreads[e].high) < 0.002
		if !near {
			t.Errorf("%s spreads from %.4f to %.4f, not from %.4f to %.4f", e, low, high, spreads[e].low, spreads[e].high)
		}
	}
}
