package commands

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// cells is how many columns of a terminal the text takes: two for each wide
// East Asian letter, none for marks that combine and for [style] runes.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	if r < 0x7f || r == '·' || r >= '─' && r <= '▟' { // the bars and lines of an answer
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) || tricky(r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// pad fills the text with spaces to so many columns.
func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-cells(text)))
}

// padLeft is [pad] with the spaces in front.
func padLeft(text string, columns int) string {
	return strings.Repeat(" ", max(0, columns-cells(text))) + text
}

// clip shortens the text to so many columns, with an ellipsis where it was cut.
func clip(text string, columns int) string {
	if cells(text) <= columns {
		return text
	}
	var out strings.Builder
	used := 1
	for _, r := range text {
		used += runeCells(r)
		if used > columns {
			break
		}
		out.WriteRune(r)
	}
	return out.String() + "…"
}

// wrap breaks the text into lines of at most so many columns, at spaces and
// between wide letters. The first line starts with lead, the others with hang.
func wrap(text string, columns int, lead, hang string) []string {
	lines := []string{}
	line, used, empty := lead, cells(lead), true
	for _, piece := range pieces(text) {
		size := cells(piece)
		if !empty && used+cells(strings.TrimRight(piece, " ")) > columns {
			lines = append(lines, line)
			line, used = hang, cells(hang)
		}
		for used+cells(strings.TrimRight(piece, " ")) > columns {
			head, tail := splitAt(piece, columns-used)
			lines = append(lines, line+head)
			piece, line, used = tail, hang, cells(hang)
			size = cells(piece)
		}
		line, used, empty = line+piece, used+size, false
	}
	return append(lines, line)
}

// splitAt cuts a piece that is wider than a line; at least one rune goes first.
func splitAt(piece string, columns int) (string, string) {
	used := 0
	for i, r := range piece {
		used += runeCells(r)
		if used > columns && i > 0 {
			return piece[:i], piece[i:]
		}
	}
	return piece, ""
}

// pieces cuts the text where a line may end: after spaces, and beside wide
// letters unless a mark of punctuation or a dot between two items would begin
// the next line.
func pieces(text string) []string {
	all := make([]string, 0, len(text)/6+1)
	start, before := 0, ' '
	for i, after := range text {
		atSpace := before == ' ' && after != ' ' && after != '·'
		beside := after != ' ' && (runeCells(before) == 2 || runeCells(after) == 2) &&
			!slices.Contains(closing, after) && !slices.Contains(opening, before)
		if i > 0 && (atSpace || beside) {
			all = append(all, text[start:i])
			start = i
		}
		before = after
	}
	return append(all, text[start:])
}

var (
	closing = []rune("，。；：、！？）》」』”’)],.;:!?%")
	opening = []rune("（《「『“‘([")
)

// continued indents lines that are to be pasted, and breaks those that are too
// long at their spaces, with a backslash where they go on, which a shell, the
// console and `membot ask` all join again.
func continued(text string, columns int) string {
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		body := strings.TrimLeft(line, " ")
		c := continuation{out: &out, columns: columns, indent: "  " + line[:len(line)-len(body)]}
		c.start(c.indent)
		for word := range strings.FieldsSeq(body) {
			c.word(word)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// continuation writes the words of one line to be pasted.
type continuation struct {
	out     *strings.Builder
	columns int
	indent  string
	used    int
	begun   bool // the line has a word
}

func (c *continuation) start(indent string) {
	c.out.WriteString(indent)
	c.used, c.begun = len(indent), false
}

// room is the columns left when a backslash may have to follow.
func (c *continuation) room() int { return c.columns - c.used - len(` \`) }

func (c *continuation) word(word string) {
	if c.begun && cells(word)+1 > c.room() {
		c.out.WriteString(" \\\n")
		c.start(c.indent + "  ")
	}
	if c.begun {
		c.out.WriteByte(' ')
		c.used++
	}
	for cells(word) > c.room() { // a word wider than a line goes on without a space
		head, tail := splitAt(word, c.room())
		c.out.WriteString(head + "\\\n")
		c.start("")
		word = tail
	}
	c.out.WriteString(word)
	c.used += cells(word)
	c.begun = true
}
