package estimator

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// truthRow is one line of testdata/activations.tsv by column.
type truthRow map[string]string

func (r truthRow) number(t *testing.T, column string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(r[column], 10, 64)
	require.NoError(t, err, column)
	return n
}

func truthRows(t *testing.T) []truthRow {
	t.Helper()
	data, err := os.ReadFile("testdata/activations.tsv")
	require.NoError(t, err)
	var rows []truthRow
	var columns []string
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		switch {
		case strings.HasPrefix(line, "#"):
		case columns == nil:
			columns = cells
		default:
			row := truthRow{}
			for i, cell := range cells {
				row[columns[i]] = cell
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// arch makes the block's shape.
func (r truthRow) arch(t *testing.T) Arch {
	a := llama(1, r.number(t, "h"), r.number(t, "a"), r.number(t, "k"), r.number(t, "d"), r.number(t, "f"), 1000, false)
	l := &a.Layers[0]
	l.Mixer.QKVBias = r["bias"] == "1"
	if r["qk_norm"] == "1" {
		l.Mixer.QKNorm = HeadQKNorm
	}
	if r["gemma"] == "1" {
		l.Norms, l.FloatNorm = 4, true
		l.Mixer.Cap = r["qk_norm"] == "0"
	}
	if experts := r.number(t, "experts"); experts > 0 {
		l.FFN = FFN{Gated: true, Experts: experts, TopK: r.number(t, "topk"), ExpertWidth: r.number(t, "f")}
	}
	if r["block"] == "megatron" {
		l.NormBias, l.FFN.Gated, a.Dropout = true, false, 0.1
	}
	return a
}

// plan makes the run, as the public options would.
func (r truthRow) plan(t *testing.T) Plan {
	kernel, ok := Choose(AttentionKernels(), r["attention"])
	require.True(t, ok)
	p := Plan{Mode: Training, Seq: r.number(t, "s"), Batch: r.number(t, "b"), Attention: kernel}
	if r["block"] == "megatron" {
		p.Train.Stack = Megatron
	}
	if r["lora"] == "-" {
		return p
	}
	p.Train.Method, p.Train.Adapters, p.Train.Rank = LoRA, BF16, r.number(t, "r")
	for letter := range strings.SplitSeq(r["lora"], ",") {
		for bit, name := range TargetNames {
			if name == letter {
				p.Train.Targets |= 1 << bit
			}
		}
	}
	p.Train.LoRADropout, _ = strconv.ParseFloat(r["dropout"], 64)
	return p
}

// What autograd keeps of a block is known to the byte.
func TestActivationsAreWhatTorchKeeps(t *testing.T) {
	rows := truthRows(t)
	require.Len(t, rows, 126)
	for _, row := range rows {
		b, err := Estimate(row.arch(t), row.plan(t))
		require.NoError(t, err)
		require.Equal(t, Bytes(row.number(t, "bytes")), partOf(b, Activations), "%v", row)
	}
}

// partOf is the bytes of a part, 0 where it is absent.
func partOf(b Breakdown, name PartName) Bytes {
	for _, part := range b.Parts {
		if part.Name == name {
			return part.Bytes
		}
	}
	return 0
}
