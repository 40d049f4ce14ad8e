package chart

import (
	"slices"
	"strings"
)

// Sizes in pixels at the picture's full width. Type is never under 22 px, so
// that it can be read on a phone, where the picture is a third as wide.
const (
	padding     = 24
	fontSize    = 24.0
	titleSize   = 28.0
	titleSpace  = 46
	smallSize   = 22.0
	topSpace    = 56 // the card's name
	axisSpace   = 58
	legendLine  = 38
	singleBar   = 110
	labelLine   = 24
	labelSpace  = 370
	totalSpace  = 150
	barGapShare = 4 // a gap is a quarter of a bar's slot
)

// A picture is everything with its place, before any pixel is drawn.
type picture struct {
	title   string
	bars    []bar
	height  int
	left    int // of the plot
	right   int
	top     int
	bottom  int
	marks   []float64 // GiB
	legend  []legendRow
	oneCard bool // the same line for every bar
}

type legendRow []legendItem

type legendItem struct {
	segment
	x int
}

// plan places bars, axis and legend; the legend is laid out first because its
// rows decide how much height is left.
func plan(bars []bar, title string) picture {
	p := picture{title: title, bars: bars, left: padding, right: Width - padding - totalSpace, top: topSpace}
	if len(bars) > 1 || bars[0].label != "" {
		p.left += labelSpace
	}
	if title != "" {
		p.top += titleSpace
	}
	if !slices.ContainsFunc(bars, func(b bar) bool { return b.usable > 0 }) {
		p.top -= topSpace / 2 // no card to name
	}
	p.oneCard = !slices.ContainsFunc(bars, func(b bar) bool { return b.usable != bars[0].usable })
	p.legend = legendOf(bars)
	below := axisSpace + len(p.legend)*legendLine + padding/2
	plot := min(singleBar+(len(bars)-1)*62, MaxHeight-p.top-below)
	p.bottom = p.top + plot
	p.height = p.bottom + below
	var limit int64
	for _, b := range bars {
		limit = max(limit, b.total, b.usable)
	}
	p.marks = ticks(float64(limit) / gib)
	return p
}

// x is where a number of bytes stands on the axis.
func (p picture) x(bytes int64) int { return p.at(float64(bytes) / gib) }

func (p picture) at(gibs float64) int {
	last := p.marks[len(p.marks)-1]
	return p.left + int(gibs/last*float64(p.right-p.left))
}

// slot is the top and bottom edge of the i-th bar.
func (p picture) slot(i int) (top, bottom int) {
	height := (p.bottom - p.top) / len(p.bars)
	gap := height / barGapShare
	if len(p.bars) == 1 {
		gap = 0
	}
	top = p.top + i*height + gap/2
	return top, top + height - gap
}

// legendOf lists every segment once, in the bars' order. A single bar's items
// carry their number too.
func legendOf(bars []bar) []legendRow {
	var items []segment
	for _, b := range bars {
		for _, s := range b.segments {
			if !slices.ContainsFunc(items, func(o segment) bool { return o.name == s.name }) {
				items = append(items, s)
			}
		}
	}
	var rows []legendRow
	var row legendRow
	x := padding
	for _, item := range items {
		wide := legendWidth(legendText(item, len(bars) == 1))
		if x+wide > Width-padding && len(row) > 0 {
			rows, row, x = append(rows, row), nil, padding
		}
		row = append(row, legendItem{segment: item, x: x})
		x += wide
	}
	return append(rows, row)
}

func legendText(s segment, number bool) string {
	if !number {
		return partName(s.name)
	}
	return partName(s.name) + " " + GiB(s.bytes)
}

func partName(name string) string {
	return strings.ReplaceAll(strings.Replace(name, "kv_", "KV ", 1), "_", " ")
}

func legendWidth(text string) int { return 34 + textWidth(text, smallSize) + 28 }
