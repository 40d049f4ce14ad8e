package words_test

import (
	_ "embed"
	"strings"
	"testing"

	"membot/commands/words"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

//go:embed testdata/questions.txt
var ownQuestions string

// TestOwnQuestions reads questions of our own wording.
func TestOwnQuestions(t *testing.T) {
	reader := words.New(nil)
	for _, row := range pairs(t, ownQuestions) {
		got := reader.Read(row[0], "", "")
		assert.True(t, readAs(got, row[1]), "%q\n\twant %s\n\tgot  %s %s%s %s %v %+v", row[0], row[1], got.Kind, got.Topic, got.Ask, got.Line, got.Choices, got.Assumed)
	}
}

// readAs compares with a line, or with kind:what.
func readAs(got words.Reading, want string) bool {
	what, value, _ := strings.Cut(want, ":")
	switch {
	case strings.HasPrefix(want, "/"):
		return got.Line == want
	case what == "ask":
		return got.Ask == value
	case what == "any":
		return anyIn(got.Line+got.Topic, value)
	}
	return got.Kind == what && got.Topic == value
}

// pairs reads "a => b" lines.
func pairs(t *testing.T, text string) [][2]string {
	t.Helper()
	var rows [][2]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		left, right, ok := strings.Cut(line, " => ")
		require.True(t, ok, line)
		rows = append(rows, [2]string{left, right})
	}
	return rows
}

//go:embed testdata/followups.txt
var followUps string

// TestFollowUps changes the line before by what is said then.
func TestFollowUps(t *testing.T) {
	reader := words.New(nil)
	for _, row := range pairs(t, followUps) {
		previous, text, ok := strings.Cut(row[0], " | ")
		require.True(t, ok, row[0])
		got := reader.Read(text, previous, "")
		assert.True(t, readAs(got, row[1]), "%s, then %q\n\twant %s\n\tgot  %s %s%s %s", previous, text, row[1], got.Kind, got.Topic, got.Ask, got.Line)
	}
}
