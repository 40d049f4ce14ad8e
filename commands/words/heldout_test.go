package words_test

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"membot/commands/words"

	"github.com/stretchr/testify/require"
)

//go:embed testdata/heldout.txt
var heldOut string

// heldRow is a question written before the reader was run on it: the kinds
// that answer it and what must be understood.
type heldRow struct {
	text  string
	kinds []string
	facts []string
}

// heldRows reads "question => kind|kind fact fact" lines; \n stands for a new
// line.
func heldRows(t *testing.T, text string) []heldRow {
	t.Helper()
	var rows []heldRow
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		at := strings.LastIndex(line, " => ")
		require.Positive(t, at, line)
		fields := strings.Fields(line[at+4:])
		rows = append(rows, heldRow{
			text:  strings.ReplaceAll(line[:at], `\n`, "\n"),
			kinds: strings.Split(fields[0], "|"),
			facts: fields[1:],
		})
	}
	return rows
}

// language is that of a question's script.
func (r heldRow) language() string {
	if strings.ContainsFunc(r.text, func(c rune) bool { return c >= 0x4e00 && c < 0xa000 }) {
		return "zh"
	}
	return "en"
}

// keeps checks one fact: as [holds] does, and "!key" that the line says
// nothing of a key; a value "!" is for an answer that sizes nothing.
func keeps(got words.Reading, fact string) bool {
	if absent, ok := strings.CutPrefix(fact, "!"); ok {
		return !strings.Contains(got.Line, " "+absent+":")
	}
	if cards, ok := strings.CutPrefix(fact, "each:"); ok {
		return sizesEach(got, strings.Split(cards, ","))
	}
	if key, values, ok := strings.Cut(fact, "?"); ok {
		return keeps(got, "!"+key) || holds(got, key+"~"+values)
	}
	if fact, ok := strings.CutSuffix(fact, "|!"); ok {
		return got.Line == "" || holds(got, fact)
	}
	if key, values, ok := strings.Cut(fact, "~"); ok && (key == "concept" || key == "off_topic") && got.Topic != "" {
		return slices.Contains(strings.Split(values, "|"), got.Topic)
	}
	return holds(got, fact)
}

// sizesEach says that the answer sizes these cards ("3090x2" are two), in any
// order, and no other.
func sizesEach(got words.Reading, cards []string) bool {
	var sized []string
	for _, line := range append([]string{got.Line}, got.Beside...) {
		card, n := "", ""
		for f := range strings.FieldsSeq(line) {
			switch key, value, _ := strings.Cut(f, ":"); key {
			case "gpu":
				card = value
			case "gpus":
				if value != "1" {
					n = "x" + value
				}
			}
		}
		sized = append(sized, card+n)
	}
	slices.Sort(cards)
	slices.Sort(sized)
	return slices.Equal(cards, sized)
}

// TestHeldOutQuestions reads questions that were written before the reader was
// run on them. Read for the first time, the first batch (272) came out with
// 87.9% of kinds right, 81.6% with every fact and 9.2% wrong though confident,
// most of those rented machines that it did not know; the second (164), after
// learning from the first, with 90.2%, 89.0% and 1.2%; the third (75), after
// learning from both, with 92.0%, 88.0% and 4.0%; the fourth (118, by another
// hand), after those, with 89.8%, 86.4% and 7.6%; the fifth (60, meant to be hard),
// with 86.7%, 70.0% and 18.3%: names before a size that no table knew, a mode or
// some of the cards refused, speeds in passing; the sixth (60 ordinary ones), with
// 100%, 98.3% and 1.7%; the seventh (30), with
// 96.7%, 93.3% and 6.7%; the eighth (80, real threads reworded), with 95.0%, 83.8%
// and 5.0%, half of those what it asked back for; the ninth (39 more), with 97.4%, 89.7% and
// 7.7%. Eleven batches of real threads (517, not held here; rows in their spirit
// are), each read after learning from those before, came out with 82.6% to 100%
// of kinds, 82.9% to 96.7% of facts and 0% to 12.5% wrong though confident, the
// last three with 12.5% (most of it hardware), 3.3% and 8.7%. Six more (266), read
// the same way, came out with 93.0% to 100% of kinds, 83.7% to 96.4% of facts and
// 5.4%, 8.9%, 20.4%, 13.3%, 11.6% and 3.6% wrong though confident: machines of
// cards, a card or size that works beside the one that fails, names and versions
// written together. What was missed was added to the tables; now
// each row must hold.
func TestHeldOutQuestions(t *testing.T) { readHeldOut(t, heldOut) }

//go:embed testdata/hardware.txt
var heldHardware string

// TestHardwareQuestions reads questions about cards and machines, written before
// the reader was run on them. Read for the first time, the first batch (50) came
// out with 100% of kinds right, 58% with every fact and 42% wrong though
// confident: of several cards it sized the first alone; the second (50), after
// that was learned, with 100%, 84% and 16%; the third (50), with 96%, 78% and 20%;
// the fourth (50), with 98%, 82% and 18%; the fifth (50 ordinary ones), with 100%, 90% and
// 10%; the sixth (50), with 100%, 86% and 14%; the seventh (50 ordinary ones), with
// 100%, 94% and 6%.
func TestHardwareQuestions(t *testing.T) { readHeldOut(t, heldHardware) }

// readHeldOut reads the rows of a file, each of which must hold.
func readHeldOut(t *testing.T, text string) {
	t.Helper()
	reader := words.New(nil)
	table := map[string]*score{}
	var total score
	for _, row := range heldRows(t, text) {
		got := reader.Read(row.text, "", "")
		var missing []string
		for _, fact := range row.facts {
			if !keeps(got, fact) {
				missing = append(missing, fact)
			}
		}
		right := slices.Contains(row.kinds, got.Kind)
		key := row.kinds[0] + " " + row.language()
		if table[key] == nil {
			table[key] = &score{}
		}
		for _, s := range []*score{table[key], &total} {
			s.rows++
			s.kinds += one(right)
			s.facts += one(len(missing) == 0)
			s.wrong += one(got.Line != "" && confident(missing))
		}
		if !right || len(missing) > 0 {
			t.Errorf("%q\n\twant %v %v\n\tgot  %s %s%s %q ask=%s, missing %v", row.text, row.kinds, row.facts, got.Kind, got.Topic, got.Wants, got.Line, got.Ask, missing)
		}
	}
	report(t, table, total)
}
