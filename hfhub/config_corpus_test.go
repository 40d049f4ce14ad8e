package hfhub

import (
	"cmp"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
)

var update = flag.Bool("update", false, "rewrite FAMILIES.md")

const corpusFolder = "../../shared/data/hub-corpus"

// published is one folder of the corpus: what its manifest knows.
type published struct {
	id, folder, category string
	counted              int64   // parameters; 0 if not known
	named                float64 // parameters by the model's name; 0 if none
}

var (
	totalParameters = regexp.MustCompile(`^(\d+) \(model\.safetensors\.index\.json metadata\.total_parameters`)
	totalSize       = regexp.MustCompile(`total_size=(\d+) bytes \((?:model\.safetensors|pytorch_model\.bin)\.index\.json`)
	byName          = regexp.MustCompile(`~([\d.]+)([BMT])\b`)
	units           = map[string]float64{"M": 1e6, "B": 1e9, "T": 1e12}
)

// manifest reads the corpus's list, or skips where there is none.
func manifest(t *testing.T) []published {
	t.Helper()
	f, err := os.Open(filepath.Join(corpusFolder, "MANIFEST.tsv"))
	if err != nil {
		t.Skip("no corpus here: ", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	require.NoError(t, err)
	var all []published
	stored := storedCounts(t)
	for _, row := range rows[1:] {
		p := published{id: row[0], folder: filepath.Join(corpusFolder, strings.ReplaceAll(row[0], "/", "__")), category: row[9]}
		hint := row[8]
		if m := totalParameters.FindStringSubmatch(hint); m != nil {
			p.counted, _ = strconv.ParseInt(m[1], 10, 64)
		}
		if m := totalSize.FindStringSubmatch(hint); m != nil && p.counted == 0 && row[5] == "-" && !headStored[row[0]] {
			n, _ := strconv.ParseInt(m[1], 10, 64)
			p.counted = n / 2 // stored in 16 bits
		}
		if m := byName.FindStringSubmatch(hint); m != nil && !strings.Contains(row[0], "17B-") {
			n, _ := strconv.ParseFloat(m[1], 64)
			p.named = n * units[m[2]]
		}
		if n := stored[p.id]; n > 0 && !misnamed[p.id] {
			p.counted = n
		}
		all = append(all, p)
	}
	return all
}

// storedCounts are what the Hub counts in models' files.
func storedCounts(t *testing.T) map[string]int64 {
	t.Helper()
	text, err := os.ReadFile("testdata/counts.tsv")
	require.NoError(t, err)
	counts := map[string]int64{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || len(cells) != 3 {
			continue
		}
		counts[cells[0]], err = strconv.ParseInt(cells[1], 10, 64)
		require.NoError(t, err, line)
	}
	return counts
}

// nearest gives, of what a file may hold, what is nearest to a count: the model,
// its MTP blocks, their copies of embedding and head, a tied head of its own.
func nearest(p estimator.Params, counted int64) int64 {
	best := p.Total()
	held := []int64{p.Total() + p.MTP, p.Total() + p.MTP + p.Embedding + p.Head}
	if p.Head == 0 {
		held = append(held, p.Total()+p.Embedding)
	}
	for _, n := range held {
		if abs(n-counted) < abs(best-counted) {
			best = n
		}
	}
	return best
}

func abs(n int64) int64 { return max(n, -n) }

// outcome is a family's line of the table.
type outcome struct {
	answered, refused int
	counted           int
	worst             float64 // |Φ ÷ counted − 1|
}

// headStored are files that hold a tied head all the same.
var headStored = map[string]bool{"Qwen/Qwen3-1.7B": true}

// misnamed are folders whose file, or name, is not what it says: a config of
// another size, an edit that dropped keys, a context length for a size.
var misnamed = map[string]bool{
	"LargeWorldModel/LWM-Text-Chat-1M": true, "meta-llama/Meta-Llama-3-8B-Instruct": true,
	"Qwen/Qwen2.5-1.5B@mllm": true, "Qwen/Qwen2.5-7B@mllm": true,
	"Qwen/Qwen3.5-27B@alt1": true, "Qwen/Qwen3.5-35B-A3B@alt1": true,
	"meta-llama/Llama-4-Scout-17B-16E-Instruct": true,                                                          // an edit without its tower
	"OPPOer/AndesVL-0_6B":                       true, "deepseek-ai/Janus-1.3B": true, "THUDM/glm-4v-9b": true, // named by the text alone
}

// Every folder is answered or refused by name, without a panic, and no answer
// contradicts what the manifest knows.
func TestCorpus(t *testing.T) {
	families, models, answered := map[string]*outcome{}, 0, 0
	for _, p := range manifest(t) {
		data, err := os.ReadFile(filepath.Join(p.folder, "config.json"))
		if err != nil {
			continue // an adapter, a pipeline or an index alone
		}
		side, _ := os.ReadFile(filepath.Join(p.folder, "hf_quant_config.json"))
		arch, notes, err := ReadConfig(data, ConfigOptions{Quant: side})
		family := orElse(notes.Family, "not known")
		if families[family] == nil {
			families[family] = &outcome{}
		}
		row := families[family]
		model := p.category == "model"
		if model {
			models++
		}
		if err != nil {
			row.refused++
			requireNamed(t, p.id, err)
			if model {
				t.Logf("refused: %s: %v", p.id, err)
			}
			continue
		}
		row.answered++
		if model {
			answered++
		}
		row.check(t, p, arch.Params())
	}
	require.GreaterOrEqual(t, float64(answered), 0.98*float64(models), "answered %d of %d published models", answered, models)
	text := table(families, models, answered)
	t.Log("\n" + text)
	if *update {
		require.NoError(t, os.WriteFile("FAMILIES.md", []byte(text), 0o600))
	}
}

// requireNamed checks that a refusal says what it is about.
func requireNamed(t *testing.T, id string, err error) {
	t.Helper()
	if unsupported, ok := errors.AsType[*UnsupportedError](err); ok {
		require.NotEmpty(t, unsupported.ModelType, id)
		require.NotEmpty(t, unsupported.Key, id)
		return
	}
	require.ErrorIs(t, err, ErrBadMetadata, id)
}

// check holds a count against what the manifest knows.
func (row *outcome) check(t *testing.T, p published, all estimator.Params) {
	t.Helper()
	params := all.Total()
	if p.counted > 0 {
		row.counted++
		held := nearest(all, p.counted)
		off := float64(held)/float64(p.counted) - 1
		row.worst = max(row.worst, max(off, -off))
		require.LessOrEqual(t, max(off, -off), 0.001, "%s: %d, counted %d", p.id, held, p.counted)
	}
	trusted := p.category == "model" || p.category == "alternate-version" || p.category == "edited-copy"
	if p.named > 0 && trusted && !misnamed[p.id] {
		require.InDelta(t, 1, float64(params)/p.named, 0.31, "%s: %d", p.id, params)
	}
}

// table words the families for people.
func table(families map[string]*outcome, models, answered int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# The families in the corpus\n\nWritten by `go test -run TestCorpus -update ./hfhub`. Published models answered: %d of %d.\n\n", answered, models)
	b.WriteString("| family | answered | refused | counts known | worst error of Φ |\n|---|---:|---:|---:|---:|\n")
	names := slices.SortedFunc(maps.Keys(families), func(a, b string) int {
		return cmp.Or(families[b].answered-families[a].answered, strings.Compare(a, b))
	})
	for _, name := range names {
		row, worst := families[name], ""
		if row.counted > 0 {
			worst = fmt.Sprintf("%.4f %%", 100*row.worst)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %s |\n", name, row.answered, row.refused, row.counted, worst)
	}
	return b.String()
}
