package commands

import (
	"slices"
	"strings"
)

// mem writes the answer about one model: the verdict, where the memory goes,
// what would save most, and what was taken for granted.
func (p *page) mem(a *Answer) {
	p.verdict(a)
	p.title(a)
	if a.PerGPU != nil {
		p.gap()
		p.parts(a.PerGPU, foldShare)
		p.aside(a)
	}
	p.warnings(a)
	p.savings(a)
	p.runs(a)
	p.fine(a)
	p.question(a)
}

// tightShare: a card with less than a tenth of it free is tight.
const tightShare = 10

// verdictOf is the id of the verdict and its colour.
func verdictOf(g *GPUVerdict) (string, style) {
	switch {
	case g == nil:
		return "verdict.nocard", bold
	case !g.Fits:
		return "verdict.over", red
	case g.Headroom < g.UsableBytes/tightShare:
		return "verdict.tight", amber
	default:
		return "verdict.fits", green
	}
}

// verdict is the first line: the one thing most readers want.
func (p *page) verdict(a *Answer) {
	id, colour := verdictOf(a.GPU)
	words := []string{paint(colour, p.w.Text(id))}
	if a.PerGPU != nil {
		words = append(words, p.w.Text("label.per_gpu", "total", memory(a.PerGPU.Total)))
	}
	if g := a.GPU; g != nil {
		way, left := "label.free", g.Headroom
		if g.Headroom < 0 {
			way, left = "label.short", -g.Headroom
		}
		words = append(words, p.w.Text("label.card", "card", g.Name, "usable", memory(g.UsableBytes)),
			p.w.Text(way, "left", memory(left), "share", percent(left, g.UsableBytes)))
	}
	p.lines("", "  ", strings.Join(words, " · "))
}

// title says which model, how large, and what is done with it.
func (p *page) title(a *Answer) {
	var words []string
	if m := a.Model; m != nil {
		words = append(words, paint(bold, m.ID))
		if m.Params != nil {
			words = append(words, p.w.Text("label.params", "params", short(*m.Params)))
		}
		if m.ParamsActive != nil && m.Params != nil && *m.ParamsActive < *m.Params {
			words = append(words, p.w.Text("label.active", "params", short(*m.ParamsActive)))
		}
		if m.ParamsTrainable != nil && m.Params != nil && *m.ParamsTrainable < *m.Params {
			words = append(words, p.w.Text("label.trainable", "params", short(*m.ParamsTrainable)))
		}
	}
	words = append(words, p.doing(a)...)
	if a.PerGPU != nil && a.PerGPU.Moment != "" {
		words = append(words, p.w.Text("peak."+a.PerGPU.Moment))
	}
	p.lines("", "  ", strings.Join(words, " · "))
}

// doing says with what, on how many GPUs, the model serves or is trained.
func (p *page) doing(a *Answer) []string {
	var words []string
	if method := a.planned("method"); method != "" {
		words = append(words, p.w.Or(method, "method."+method))
	}
	with := a.planned("stack")
	if with == "" {
		with = a.planned("engine")
	}
	if with != "" {
		words = append(words, with)
	}
	if stage := a.planned("zero"); stage != "" && stage != "0" {
		words = append(words, "ZeRO-"+stage)
	}
	if gpus := a.planned("gpus"); gpus != "" && gpus != "1" {
		words = append(words, p.w.Text("label.gpus", "count", gpus))
	}
	return words
}

// foldShare: parts under a hundredth of the total are gathered in one line.
const foldShare = 100

// row is one line of a table of parts.
type row struct {
	name    string // for programs
	label   string
	bytes   int64
	rough   bool // an allowance
	formula string
}

// parts is the table of where the memory goes at the peak. Parts under a
// fold-th of the total become one line; with a fold of 0 none do.
func (p *page) parts(g *PerGPU, fold int64) {
	var rows []row
	rest := row{name: "rest", label: p.w.Text("part.rest")}
	for _, part := range g.Parts {
		if !held(g, part) {
			continue
		}
		if fold > 0 && part.Bytes < g.Total/fold {
			rest.bytes += part.Bytes
			rest.rough = rest.rough || part.Basis == "allowance"
			continue
		}
		rows = append(rows, row{part.Name, p.part(part.Name), part.Bytes, part.Basis == "allowance", pretty(part.Formula)})
	}
	if rest.bytes > 0 {
		rows = append(rows, rest)
	}
	p.table(rows, g.Total)
}

// held says whether the part counts at the moment that decides.
func held(g *PerGPU, part Part) bool {
	return len(part.Moments) == 0 || g.Moment == "" || slices.Contains(part.Moments, g.Moment)
}

func (p *page) part(name string) string { return p.w.Or(name, "part."+name) }

const (
	widestBar    = 28 // columns
	narrowestBar = 6
	formulaRoom  = 16 // columns a formula needs to be shown at all
)

// table writes rows with their share as a bar and, where there is room, their
// formula, and the total below.
func (p *page) table(rows []row, total int64) {
	unit, label := unitOf(total), p.w.Text("label.total")
	names, amounts, largest := cells(label), []int64{total}, int64(1)
	for _, r := range rows {
		names, largest = max(names, cells(r.label)), max(largest, r.bytes)
		amounts = append(amounts, r.bytes)
	}
	n := align(unit, amounts...)
	room := p.width - names - n.columns() - len(unit) - len("    "+"   ")
	bars, formula := min(widestBar, max(narrowestBar, room)), 0
	if room >= narrowestBar+2+formulaRoom {
		bars = min(bars, room/2)
		formula = room - 2 - bars
	}
	for i, r := range rows {
		shown := unit
		if i > 0 {
			shown = strings.Repeat(" ", len(unit))
		}
		drawn := bar(r.bytes, largest, bars)
		line := pad(r.label, names) + "  " + mark(r.rough) + n.of(r.bytes) + " " + shown + "  " + paint(partStyle(r.name), drawn)
		if formula > 0 && r.formula != "" {
			line += pad("", bars-cells(drawn)+2) + paint(dim, clip(r.formula, formula))
		}
		p.row(line)
	}
	p.row(paint(bold, pad(label, names)+"  "+mark(false)+n.of(total)+" "+unit))
}

func mark(rough bool) string {
	if rough {
		return "≈ "
	}
	return "  "
}

// row writes a line that is known to fit.
func (p *page) row(line string) {
	p.out.WriteString(strings.TrimRight(line, " "))
	p.out.WriteByte('\n')
}
