package commands

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"membot/estimator"
)

// Measured is one row of what others measured: a question in the language, and
// figures per GPU in bytes or tokens, by the names of fields and parts.
type Measured struct {
	ID       string           `json:"id"`
	Ask      string           `json:"ask"`
	Measured map[string]int64 `json:"measured"`
	Source   string           `json:"source"`
	Tier     string           `json:"tier"`
	Note     string           `json:"note,omitempty"` // what the row leaves out
}

// Residual is one figure beside what was answered.
type Residual struct {
	ID, Source, Quantity string
	Runner               string // the engine or stack
	Measured, Estimated  int64  // Estimated is 0 where there was no answer
}

// Ratio is estimate ÷ measured; 0 where there was no answer.
func (r Residual) Ratio() float64 { return float64(r.Estimated) / float64(r.Measured) }

// Off is the share by which the estimate misses; a refusal misses by all of it.
func (r Residual) Off() float64 {
	if r.Estimated == 0 {
		return 1
	}
	return math.Abs(r.Ratio() - 1)
}

// ReadMeasured reads rows of JSON, one a line.
func ReadMeasured(from io.Reader) ([]Measured, error) {
	var rows []Measured
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		var row Measured
		if err := json.Unmarshal([]byte(text), &row); err != nil {
			return nil, fmt.Errorf("read line %d: %w", n, err)
		}
		if row.Ask == "" || len(row.Measured) == 0 {
			return nil, fmt.Errorf("read line %d: %w", n, errNotMeasured)
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}

var errNotMeasured = errors.New("a row needs ask and measured")

// Score asks each row's question and compares every figure.
func Score(ctx context.Context, from Answerer, rows []Measured) []Residual {
	var all []Residual
	for _, row := range rows {
		a := from.Answer(ctx, Question{Text: row.Ask})
		for _, quantity := range slices.Sorted(mapKeys(row.Measured)) {
			estimated := int64(0)
			if a.Error == nil {
				estimated, _ = a.Quantity(quantity)
			}
			all = append(all, Residual{
				ID: row.ID, Source: row.Source, Quantity: quantity, Runner: runner(row.Ask),
				Measured: row.Measured[quantity], Estimated: estimated,
			})
		}
	}
	return all
}

// runner is the engine or stack that a line asks about, defaults filled in.
func runner(line string) string {
	r, err := Parse(line)
	if err != nil {
		return "unread"
	}
	p := r.Plan.Resolved(estimator.Arch{Layers: []estimator.Layer{{}}})
	if p.Mode == estimator.Training {
		return p.Train.Stack.String()
	}
	return p.Serve.Engine.String()
}

func mapKeys(m map[string]int64) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// quantities are the fields of an answer that a measurement may be of; every
// other name is a part's.
var quantities = map[string]func(a *Answer) *int64{
	"allocated":          func(a *Answer) *int64 { return &a.PerGPU.Allocated },
	"total":              func(a *Answer) *int64 { return &a.PerGPU.Total },
	"reserved":           func(a *Answer) *int64 { return a.PerGPU.Reserved },
	"kv_bytes_per_token": func(a *Answer) *int64 { return a.Capacity.KVBytesPerToken },
	"kv_budget":          func(a *Answer) *int64 { return a.Capacity.KVBudget },
	"kv_tokens":          func(a *Answer) *int64 { return a.Capacity.KVTokens },
}

// Quantity is the field or part of that name, false where it is unknown.
func (a *Answer) Quantity(name string) (int64, bool) {
	if a.PerGPU == nil {
		return 0, false
	}
	if of, ok := quantities[name]; ok {
		if a.Capacity == nil && strings.HasPrefix(name, "kv_") {
			return 0, false
		}
		value := of(a)
		if value == nil {
			return 0, false
		}
		return *value, true
	}
	for _, part := range a.PerGPU.Parts {
		if part.Name == name {
			return part.Bytes, true
		}
	}
	return 0, false
}

// Accuracy is how far the answers are from a group of measurements.
type Accuracy struct {
	Name               string
	Rows, Answered     int
	Median, Ninetieth  float64 // of the share by which an estimate misses
	Low, Middle, High  float64 // estimate ÷ measured: least, median, most
	TooLow             int     // figures that came out more than a tenth too low
	FifthLow, FifthTop float64 // 5th and 95th percentile of estimate ÷ measured
}

// accuracyOf sums up a group.
func accuracyOf(name string, group []Residual) Accuracy {
	a := Accuracy{Name: name, Rows: len(group)}
	var off, ratios []float64
	for _, r := range group {
		off = append(off, r.Off())
		if r.Estimated == 0 {
			continue
		}
		a.Answered++
		ratios = append(ratios, r.Ratio())
		if r.Ratio() < 0.9 {
			a.TooLow++
		}
	}
	slices.Sort(off)
	slices.Sort(ratios)
	a.Median, a.Ninetieth = percentile(off, 0.5), percentile(off, 0.9)
	a.Low, a.Middle, a.High = percentile(ratios, 0), percentile(ratios, 0.5), percentile(ratios, 1)
	a.FifthLow, a.FifthTop = percentile(ratios, 0.05), percentile(ratios, 0.95)
	return a
}

// percentile of a sorted list, the nearest rank; 0 of none.
func percentile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, int(math.Ceil(share*float64(len(sorted))))-1)]
}

// Tally groups residuals by a name of each and sums up every group, in the order
// of the names, and all together last.
func Tally(all []Residual, by func(Residual) string) []Accuracy {
	groups := map[string][]Residual{}
	for _, r := range all {
		groups[by(r)] = append(groups[by(r)], r)
	}
	var table []Accuracy
	for name, group := range groups {
		table = append(table, accuracyOf(name, group))
	}
	slices.SortFunc(table, func(a, b Accuracy) int { return strings.Compare(a.Name, b.Name) })
	return append(table, accuracyOf("all", all))
}

// ByKind groups by the engine or stack that was asked about, and the quantity.
func ByKind(r Residual) string { return r.Runner + " " + r.Quantity }

// BySource groups by what was published where: the repository or site, without
// the place in it.
func BySource(r Residual) string {
	source := strings.TrimPrefix(r.Source, "https://")
	if strings.Contains(source, "found by exact") || strings.Contains(source, "index id") {
		source = "files of public repositories"
	}
	if at := strings.IndexAny(source, ":#@( "); at > 0 && source != "files of public repositories" {
		source = source[:at]
	}
	if host, path, ok := strings.Cut(source, "/"); ok && strings.Contains(host, ".") {
		owner, rest, _ := strings.Cut(path, "/")
		name, _, _ := strings.Cut(rest, "/")
		source = host
		if host == "github.com" {
			source = owner + "/" + name
		}
	}
	return source + ", " + r.Quantity
}

// WriteAccuracy prints a table as people read it, in Markdown.
func WriteAccuracy(to io.Writer, table []Accuracy) error {
	_, err := fmt.Fprintln(to, "| figures of | rows | answered | median off | 90th | ÷ least | median | most | >10% low |\n|---|---|---|---|---|---|---|---|---|")
	for _, a := range table {
		if err == nil {
			_, err = fmt.Fprintf(to, "| %s | %d | %d | %.2f%% | %.2f%% | %.3f | %.3f | %.3f | %d |\n",
				a.Name, a.Rows, a.Answered, 100*a.Median, 100*a.Ninetieth, a.Low, a.Middle, a.High, a.TooLow)
		}
	}
	return err
}
