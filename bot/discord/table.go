package discord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"membot/bot/chart"
	"membot/commands"
)

// A phone shows 32 columns of a code block before it wraps.
const (
	columns    = 32
	maxRowsBar = 6
	barCells   = 8
	gib        = 1 << 30 // bytes
)

// partRows is the breakdown as aligned lines: the largest parts in the
// answer's order, what is small or too many folded into "other".
func partRows(p commands.PerGPU, lang string) []string {
	parts := foldParts(p)
	var widest int64
	for _, part := range parts {
		widest = max(widest, part.Bytes)
	}
	decimals := decimalsFor(p.Total)
	rows := make([]string, len(parts))
	for i, part := range parts {
		number := fixed(part.Bytes, decimals)
		mark := " "
		if part.Basis == "allowance" {
			mark = "≈"
		}
		unit := "    "
		if i == 0 {
			unit = " GiB"
		}
		rows[i] = partRow(inCode(partName(part.Name, lang)), number, unit, mark, cells(part.Bytes, widest), lang)
	}
	return rows
}

// partRow puts the name first in English and last in Chinese, where its width
// in a monospaced font is not a whole number of columns.
func partRow(name, number, unit, mark, bar, lang string) string {
	if lang == langZH {
		return strings.TrimRight(fmt.Sprintf("%6s%s%s %s %s", number, unit, mark, pad(bar, barCells), name), " ")
	}
	return strings.TrimRight(fmt.Sprintf("%-11s %6s%s%s %s", clip(name, 11), number, unit, mark, bar), " ")
}

func foldParts(p commands.PerGPU) []commands.Part {
	var kept []commands.Part
	other := commands.Part{Name: "other"}
	for _, part := range p.Parts {
		switch {
		case part.Bytes <= 0 || !chart.AtPeak(part, p.Moment):
		case part.Bytes < p.Total/100:
			other.Bytes += part.Bytes
		default:
			kept = append(kept, part)
		}
	}
	for len(kept) > maxRowsBar-1 && (other.Bytes > 0 || len(kept) > maxRowsBar) {
		least := 0
		for i, part := range kept {
			if part.Bytes < kept[least].Bytes {
				least = i
			}
		}
		other.Bytes += kept[least].Bytes
		kept = slices.Delete(kept, least, least+1)
	}
	if other.Bytes > 0 {
		kept = append(kept, other)
	}
	return kept
}

// decimalsFor gives the whole table as many decimals as the total's third
// significant digit asks for.
func decimalsFor(total int64) int {
	switch size := float64(total) / gib; {
	case size >= 1000:
		return 0
	case size >= 10:
		return 1
	}
	return 2
}

func fixed(bytes int64, decimals int) string {
	return strconv.FormatFloat(float64(bytes)/gib, 'f', decimals, 64)
}

// cells draws a share as block elements, in eighths of a character.
func cells(bytes, widest int64) string {
	if widest <= 0 || bytes <= 0 {
		return ""
	}
	eighths := int(float64(bytes)/float64(widest)*barCells*8 + 0.5)
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string(rune('█' + 8 - rest))
	}
	if bar == "" {
		return "▏"
	}
	return bar
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// optionRow is one alternative: whether it fits, its total, and what it is.
func optionRow(fits bool, total int64, label string) string {
	mark := "✗"
	if fits {
		mark = "✓"
	}
	head := fmt.Sprintf("%s %6s ", mark, chart.GiB(total))
	return head + cut(inCode(label), columns-utf8.RuneCountInString(head))
}

// cut keeps the end of a long label: the end of a model's name says which
// variant it is.
func cut(label string, width int) string {
	letters := []rune(label)
	if len(letters) <= width {
		return label
	}
	if strings.Contains(label, ":") {
		return string(letters[:width-1]) + "…"
	}
	return "…" + string(letters[len(letters)-width+1:])
}

// count writes a number of parameters or tokens as people say it: 6.74B, 494M.
func count(n int64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e4, "k"}} {
		if float64(n) >= unit.size {
			size := unit.size
			if unit.name == "k" {
				size = 1e3
			}
			return chart.Round(float64(n)/size) + unit.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// small writes a size that is usually far under a GiB.
func small(bytes int64) string {
	switch {
	case bytes >= gib:
		return chart.GiB(bytes) + " GiB"
	case bytes >= 1<<20:
		return chart.Round(float64(bytes)/(1<<20)) + " MiB"
	case bytes >= 1<<10:
		return chart.Round(float64(bytes)/(1<<10)) + " KiB"
	}
	return strconv.FormatInt(bytes, 10) + " B"
}
