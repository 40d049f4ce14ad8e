package commands

import (
	"slices"
	"strings"
)

// explain writes every formula with its numbers in the place of its letters,
// then the textbook beside the exact count, then what other tools would say.
func (p *page) explain(a *Answer) {
	p.verdict(a)
	p.title(a)
	p.prose(a.Text)
	if a.PerGPU == nil {
		p.question(a)
		return
	}
	p.gap()
	p.workings(a)
	p.letters(used(a))
	p.textbook(a)
	p.others(a)
	p.origins(a)
	p.aside(a)
	p.warnings(a)
	p.savings(a)
	p.fine(a)
	p.question(a)
}

// workings are the parts, each with its formula, the same with numbers, and
// where it comes from.
func (p *page) workings(a *Answer) {
	unit := unitOf(a.PerGPU.Total)
	for _, part := range a.PerGPU.Parts {
		head := paint(partStyle(part.Name), "█") + " " + paint(bold, p.part(part.Name)) + "  " + strings.TrimLeft(mark(part.Basis == "allowance"), " ") +
			amount(part.Bytes, unit) + " " + unit + " · " + p.w.Or(part.Basis, "basis."+part.Basis)
		if !held(a.PerGPU, part) {
			head += " · " + p.w.Text("label.not_at_peak", "moments", p.moments(part.Moments))
		}
		p.lines("", "    ", head)
		formula, numbers := pretty(part.Formula), filled(part.Formula, a.Letters)
		p.lines("    ", "      ", formula)
		if numbers != formula {
			p.lines("  = ", "      ", numbers)
		}
		p.lines("  = ", "      ", count(part.Bytes)+" B")
		if part.Source != "" {
			p.lines("    ", "    ", p.w.Text("label.from", "source", p.w.terms(part.Source)))
		}
	}
	p.lines(paint(bold, p.w.Text("label.total")), "  ", "  "+memory(a.PerGPU.Total)+" = "+count(a.PerGPU.Total)+" B")
}

// moments lists moments in words.
func (p *page) moments(names []string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = p.w.Or(name, "moment."+name)
	}
	return strings.Join(words, p.w.Text("label.comma"))
}

// used are the letters that the formulas show.
func used(a *Answer) []Letter {
	seen := map[string]bool{}
	for _, part := range a.PerGPU.Parts {
		for _, word := range token.FindAllString(part.Formula, -1) {
			seen[word] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(a.Letters), func(l Letter) bool { return !seen[l.Name] })
}

// letters says what stands for what.
func (p *page) letters(all []Letter) {
	if len(all) == 0 {
		return
	}
	p.gap()
	names, values := 0, 0
	for _, l := range all {
		names, values = max(names, cells(letterName(l.Name))), max(values, cells(figure(l.Value)))
	}
	for _, l := range all {
		lead := pad(letterName(l.Name), names) + "  " + padLeft(figure(l.Value), values) + "  "
		p.lines(lead, strings.Repeat(" ", cells(lead)), p.w.term(l.Meaning))
	}
}

// origins says which file and key gave each number of the model.
func (p *page) origins(a *Answer) {
	if len(a.Facts) == 0 {
		return
	}
	p.gap()
	p.lines("", "  ", p.w.Text("label.origins"))
	names, values := 0, 0
	for _, f := range a.Facts {
		names, values = max(names, cells(f.Name)), max(values, cells(f.Value))
	}
	for _, f := range a.Facts {
		origin := f.File + " " + f.Key
		if f.Assumed {
			origin = p.w.Text("label.assumed_of", "file", f.File, "key", f.Key)
		}
		p.lines("  "+pad(f.Name, names)+"  "+padLeft(f.Value, values)+"  ", "    ", origin)
	}
}

// textbook sets the blog's formulas beside the exact count.
func (p *page) textbook(a *Answer) {
	if a.Textbook == nil {
		return
	}
	p.gap()
	exact, book := partsOf(a.PerGPU), partsOf(a.Textbook)
	unit := unitOf(max(a.PerGPU.Total, a.Textbook.Total))
	left, right := p.w.Text("label.exact"), p.w.Text("label.textbook")
	total := p.w.Text("label.total")
	names := cells(total)
	all := []int64{a.PerGPU.Total, a.Textbook.Total}
	for _, name := range order(a.PerGPU, a.Textbook) {
		names, all = max(names, cells(p.part(name))), append(all, exact[name], book[name])
	}
	n := align(unit, all...)
	columns := max(n.columns(), cells(left), cells(right))
	line := func(name, one, two, after string) {
		p.row(pad(name, names) + "  " + padLeft(one, columns) + "  " + padLeft(two, columns) + after)
	}
	line("", left, right, "")
	for _, name := range order(a.PerGPU, a.Textbook) {
		line(p.part(name), cell(n, exact, name), cell(n, book, name), "")
	}
	line(total, n.of(a.PerGPU.Total), n.of(a.Textbook.Total), " "+unit)
	for _, part := range a.Textbook.Parts {
		p.lines("  ", "    ", p.part(part.Name)+" "+pretty(part.Formula))
	}
}

// cell is an amount, or a dash where one of the two does not have the part.
func cell(n numbers, parts map[string]int64, name string) string {
	if _, ok := parts[name]; !ok {
		return pad("–", n.part+1)
	}
	return n.of(parts[name])
}

// partsOf are the parts that count at the peak, by name.
func partsOf(g *PerGPU) map[string]int64 {
	parts := make(map[string]int64, len(g.Parts))
	for _, part := range g.Parts {
		if held(g, part) {
			parts[part.Name] = part.Bytes
		}
	}
	return parts
}

// order lists the names of the parts of both, the first one's first.
func order(both ...*PerGPU) []string {
	var names []string
	seen := map[string]bool{}
	for _, g := range both {
		for _, part := range g.Parts {
			if held(g, part) && !seen[part.Name] {
				names, seen[part.Name] = append(names, part.Name), true
			}
		}
	}
	return names
}

// others are what other tools would say, and why that differs.
func (p *page) others(a *Answer) {
	if len(a.Others) == 0 {
		return
	}
	p.gap()
	p.lines("", "  ", p.w.Text("label.others"))
	for _, o := range a.Others {
		p.lines("  ", "    ", paint(bold, o.Tool)+" "+memory(o.Total)+" · "+o.Why)
	}
}
