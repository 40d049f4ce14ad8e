package words_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"membot/commands/words"

	"github.com/stretchr/testify/require"
)

// questionRow is a real question and what must be understood of it.
type questionRow struct {
	ID, Lang, Text, Kind string
	Must                 []string
	MayVary              []string `json:"may_vary"`
}

// score counts what was right of a kind and language.
type score struct{ rows, kinds, facts, wrong int }

// TestRealQuestions reads the questions that people asked and prints how many
// were understood, by kind and language.
func TestRealQuestions(t *testing.T) {
	rows := questionRows(t)
	reader := words.New(nil)
	table := map[string]*score{}
	var total score
	for _, row := range rows {
		got := reader.Read(row.Text, "", row.Lang)
		key := row.Kind + " " + row.Lang
		if table[key] == nil {
			table[key] = &score{}
		}
		var missing []string
		for _, must := range row.Must {
			if !holds(got, must) {
				missing = append(missing, must)
			}
		}
		right := kindHolds(got, row)
		wrong := got.Line != "" && confident(missing)
		for _, s := range []*score{table[key], &total} {
			s.rows++
			s.kinds += one(right)
			s.facts += one(len(missing) == 0)
			s.wrong += one(wrong)
		}
		if !right || len(missing) > 0 {
			t.Logf("%s %q\n\twant %s %v\n\tgot  %s %s%s %q ask=%s, missing %v", row.ID, row.Text, row.Kind, row.Must, got.Kind, got.Topic, got.Wants, got.Line, got.Ask, missing)
		}
	}
	report(t, table, total)
	n := float64(total.rows)
	require.GreaterOrEqual(t, float64(total.kinds)/n, 0.90, "kinds right")
	require.GreaterOrEqual(t, float64(total.facts)/n, 0.85, "every fact right")
	require.LessOrEqual(t, float64(total.wrong)/n, 0.02, "wrong and confident")
}

func report(t *testing.T, table map[string]*score, total score) {
	t.Helper()
	var keys []string
	for key := range table {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-14s %5s %6s %6s %6s\n", "kind", "rows", "kind", "facts", "wrong")
	for _, key := range keys {
		s := table[key]
		fmt.Fprintf(&b, "%-14s %5d %6d %6d %6d\n", key, s.rows, s.kinds, s.facts, s.wrong)
	}
	fmt.Fprintf(&b, "%-14s %5d %5.1f%% %5.1f%% %5.1f%%\n", "all", total.rows, 100*float64(total.kinds)/float64(total.rows), 100*float64(total.facts)/float64(total.rows), 100*float64(total.wrong)/float64(total.rows))
	t.Log(b.String())
}

// confident says that what is missing is the model, the mode or the hardware,
// so that the answer looks right and is not.
func confident(missing []string) bool {
	for _, must := range missing {
		for _, key := range []string{"model", "infer", "train", "gpu", "each"} {
			if strings.HasPrefix(must, key) {
				return true
			}
		}
	}
	return false
}

// kindHolds compares kinds; fit stands for mem and the other way round, as a
// card or the lack of one decides.
func kindHolds(got words.Reading, row questionRow) bool {
	switch {
	case got.Kind == row.Kind:
		return true
	case row.Kind == words.Unclear && got.Kind == words.Models && got.Ask == "model":
		return true
	case strings.Contains(strings.Join(row.MayVary, " "), "/"+got.Kind), got.Kind == words.Concept && strings.Contains(strings.Join(row.MayVary, " "), "concept:"+got.Topic):
		return true
	case len(row.Must) == 1 && strings.HasPrefix(row.Must[0], "refuse:"):
		return got.Kind == words.Mem
	}
	return false
}

// holds checks one fact: "model~a|b" that the model's name holds a or b,
// "seq:4096" an option, "infer" the mode, "ask:model", "concept:…" and so on.
func holds(got words.Reading, must string) bool {
	key, values, about := strings.Cut(must, "~")
	if !about {
		key, values, _ = strings.Cut(must, ":")
	}
	fields := strings.Fields(got.Line)
	switch key {
	case "infer", "train":
		return slices.Contains(fields, key) || strings.Contains(strings.Join(got.Choices, " "), " "+key)
	case "no_ping", "no_link", "no_secret":
		return !strings.ContainsAny(got.Line+strings.Join(got.Choices, ""), "@<>$()")
	case "/gpus":
		return got.Kind == words.GPUs
	case "ask":
		return got.Ask == values
	case "refuse":
		return strings.Contains(got.Line, "9999999999")
	case "concept", "off_topic":
		if got.Kind != key {
			return false
		}
		return slices.Contains(strings.Split(values, "|"), got.Topic)
	case "model":
		for _, f := range fields[min(1, len(fields)):] {
			if !strings.Contains(f, ":") && anyIn(plain(f), values) {
				return true
			}
		}
		return false
	}
	for _, f := range append(fields, strings.Fields(strings.Join(got.Choices, " "))...) {
		k, v, option := strings.Cut(f, ":")
		if got.Kind == words.GPUs && key == "gpu" && anyIn(f, values) {
			return true
		}
		if option && k == key && (about && anyIn(v, values) || v == values) {
			return true
		}
	}
	return false
}

func plain(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", ".") }

func anyIn(text, values string) bool {
	for v := range strings.SplitSeq(values, "|") {
		if strings.Contains(text, v) {
			return true
		}
	}
	return false
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// questionRows reads the shared file, or skips.
func questionRows(t *testing.T) []questionRow {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "questions.jsonl"))
	if err != nil {
		t.Skip("the shared questions are not here")
	}
	t.Cleanup(func() { _ = file.Close() })
	var rows []questionRow
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var row questionRow
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		rows = append(rows, row)
	}
	require.NoError(t, lines.Err())
	return rows
}
