package commands

import (
	"strings"
	"time"
	"unicode"
)

// TextOptions say what the reader's terminal is like. The zero value is 80
// columns without colour, in English.
type TextOptions struct {
	Width int       // columns; 0 means 80, and fewer than 40 count as 40
	Color bool      // ANSI colours, never the only carrier of a meaning
	Lang  string    // any language tag; see [Words]
	Now   time.Time // to say how old a model's facts are; the zero time says their date only
}

const (
	defaultWidth = 80 // columns
	minWidth     = 40
	maxWidth     = 120 // longer lines are hard to read
)

// Text is the answer for a terminal: lines no wider than the width, each with
// its newline.
func Text(a Answer, o TextOptions) string {
	p := &page{w: Words(o.Lang), width: o.Width, now: o.Now}
	if p.width == 0 {
		p.width = defaultWidth
	}
	p.width = min(max(p.width, minWidth), maxWidth)
	p.answer(&a)
	return finish(p.out.String(), o.Color)
}

// page is the text as far as it is written.
type page struct {
	w     *Wording
	width int
	now   time.Time
	out   strings.Builder
}

// kinds says how each kind of answer is written.
var kinds = map[string]func(*page, *Answer){
	"mem":     (*page).mem,
	"explain": (*page).explain,
	"fit":     (*page).fit,
	"models":  (*page).models,
	"compare": (*page).compare,
	"gpus":    (*page).gpus,
	"unclear": (*page).unclear,
}

func (p *page) answer(a *Answer) {
	if a.Error != nil {
		p.refusal(a.Error)
		p.question(a)
		return
	}
	write, known := kinds[a.Kind]
	if !known {
		write = (*page).plain
	}
	write(p, a)
}

// plain is an answer that is words already.
func (p *page) plain(a *Answer) {
	p.prose(a.Text)
	p.paste(a.Choices...)
}

// unclear asks back.
func (p *page) unclear(a *Answer) {
	p.prose(either(a.Text, a.Ask))
	p.paste(a.Choices...)
}

// refusal is what happened, then what to do: lines to paste where a slip in the
// question is all that is wrong, else advice.
func (p *page) refusal(r *Refusal) {
	p.prose(r.Text)
	if !slip[r.Code] || len(r.DidYouMean) == 0 {
		p.prose(r.Advice)
	}
	p.paste(r.DidYouMean...)
}

// slip are the codes of questions that need only be typed differently.
var slip = map[string]bool{BadRequest: true, UnknownOption: true, BadValue: true}

// prose writes words that may hold lines of their own. A line that starts with
// spaces keeps them, on all the lines it becomes.
func (p *page) prose(text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		body := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", min(len(line)-len(body), p.width/4))
		p.lines(indent, indent+strings.Repeat(" ", p.column(body)), body)
	}
}

// column is where the last column of a line of a list starts, so that what
// wraps stays below it; 0 where the line is no list.
func (p *page) column(body string) int {
	at := strings.LastIndex(body, "  ")
	if at < 0 || cells(body[:at]) > p.width/2 {
		return 0
	}
	return cells(body[:at]) + 2
}

// lines wraps the text; the first line starts with lead, the others with hang.
func (p *page) lines(lead, hang, text string) {
	for _, line := range wrap(text, p.width, lead, hang) {
		p.out.WriteString(strings.TrimRight(line, " "))
		p.out.WriteByte('\n')
	}
}

// gap is an empty line between two groups, never two and none at the top.
func (p *page) gap() {
	if text := p.out.String(); text != "" && !strings.HasSuffix(text, "\n\n") {
		p.out.WriteByte('\n')
	}
}

// paste writes lines that can be pasted back, one below the other.
func (p *page) paste(lines ...string) {
	for _, line := range lines {
		p.out.WriteString(continued(line, p.width))
	}
}

// question ends an answer with the canonical line.
func (p *page) question(a *Answer) {
	if a.Question == "" {
		return
	}
	p.gap()
	if a.Understood != "" {
		p.lines("", "  ", p.w.Text("label.read_as", "words", a.Understood))
	}
	p.paste(a.Question)
	if a.Understood != "" && len(a.Choices) > 0 {
		p.lines("", "  ", p.w.Text("label.not_meant"))
		p.paste(a.Choices...)
	}
}

// finish takes out what would play tricks on a terminal, for ids and words come
// from strangers, and puts the colours in.
func finish(text string, colour bool) string {
	var out strings.Builder
	out.Grow(len(text) + len(text)/8)
	for _, r := range text {
		if r >= ' ' && r < 0x7f { // most of a page, and in none of the tables
			out.WriteByte(byte(r))
			continue
		}
		switch code, style := ansi[r]; {
		case style:
			if colour {
				out.WriteString(code)
			}
		case r == tied:
			out.WriteByte(' ')
		case r == '\n' || !tricky(r):
			out.WriteRune(r)
		}
	}
	return out.String()
}

// tricky runes move the cursor, hide, or turn the direction of writing.
func tricky(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}
