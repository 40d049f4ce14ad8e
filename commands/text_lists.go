package commands

import (
	"slices"
	"strings"
)

// fit lists ways to run one model, best first.
func (p *page) fit(a *Answer) {
	if a.Model != nil {
		p.title(a)
	}
	shown := *a
	if a.GPU != nil && a.PerGPU != nil && !a.GPU.Fits && len(a.Options) > 0 && a.Options[0].Fits && !a.listsItself() {
		shown.Options = append(slices.Clone(a.Options), Option{Question: a.Question, Total: a.PerGPU.Total, Headroom: a.GPU.Headroom})
	}
	p.options(&shown, func(o Option) string { return p.changed(a.Question, o) })
}

// listsItself says that the question as asked is one of the options.
func (a *Answer) listsItself() bool {
	_, asked, _ := strings.Cut(a.Question, " ")
	return slices.ContainsFunc(a.Options, func(o Option) bool { return o.Question == "/mem "+asked })
}

// models lists the models that run on a card, best first.
func (p *page) models(a *Answer) {
	p.options(a, func(o Option) string { return o.Model })
}

// options is a table of alternatives: verdict, memory, what is free, and what
// tells one from the others. The best one's question stands below, to paste.
func (p *page) options(a *Answer, name func(Option) string) {
	if len(a.Options) == 0 {
		p.lines("", "", p.w.Text("label.nothing_fits"))
		p.warnings(a)
		p.question(a)
		return
	}
	totals, rooms, verdicts, largest := []int64{}, []int64{}, 0, int64(0)
	for _, o := range a.Options {
		totals, rooms = append(totals, o.Total), append(rooms, max(o.Headroom, -o.Headroom))
		if o.Fits || !a.Options[0].Fits {
			largest = max(largest, o.Total) // what fits chooses the unit
		}
		id, _ := verdictOf(o.verdict())
		verdicts = max(verdicts, cells(p.w.Text(id)))
	}
	unit := unitOf(largest)
	total, room := align(unit, totals...), align(unit, rooms...)
	for _, o := range a.Options {
		id, colour := verdictOf(o.verdict())
		way := "label.column_free"
		if o.Headroom < 0 {
			way = "label.column_short"
		}
		line := paint(colour, pad(p.w.Text(id), verdicts)) + "  " + total.of(o.Total) + " " + unit +
			"  " + p.w.Text(way, "left", room.of(max(o.Headroom, -o.Headroom))) + "  "
		if left := p.width - cells(line); left < 16 || left < cells(name(o)) && left < p.width/2 {
			p.row(line)
			p.lines("  ", "    ", name(o))
			continue
		}
		p.lines(line, strings.Repeat(" ", cells(line)), name(o))
	}
	p.fine(a)
	p.warnings(a)
	p.gap()
	if best := a.Options[0]; best.Question != a.Question {
		p.lines("", "", p.w.Text("label.best"))
		p.paste(best.Question)
	}
	p.question(a)
}

// verdict is the option's own, the card being what it needs and what it leaves.
func (o Option) verdict() *GPUVerdict {
	return &GPUVerdict{UsableBytes: o.Total + o.Headroom, Fits: o.Fits, Headroom: o.Headroom}
}

// changed is what the option's question says that the asked one does not.
func (p *page) changed(asked string, o Option) string {
	had := strings.Fields(asked)
	var words []string
	for word := range strings.FieldsSeq(o.Question) {
		if strings.Contains(word, ":") && !slices.Contains(had, word) {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return p.w.Text("label.as_asked")
	}
	return strings.Join(words, " ")
}

// compare sets answers one below the other, with bars of one scale.
func (p *page) compare(a *Answer) {
	largest := int64(1)
	for _, one := range a.Answers {
		if one.PerGPU != nil {
			largest = max(largest, one.PerGPU.Total)
		}
	}
	unit := unitOf(largest)
	for i := range a.Answers {
		p.compared(&a.Answers[i], unit, largest)
	}
	p.warnings(a)
	p.fine(a)
	p.question(a)
}

// compared is one answer of a comparison: its verdict, its bar, its parts.
func (p *page) compared(one *Answer, unit string, largest int64) {
	if one.Error != nil {
		p.refusal(one.Error)
		p.gap()
		return
	}
	p.verdict(one)
	p.title(one)
	if g := one.PerGPU; g != nil {
		p.row("  " + p.stacked(g, largest))
		var said []string
		for _, part := range g.Parts {
			if held(g, part) && part.Bytes >= g.Total/foldShare {
				said = append(said, p.part(part.Name)+" "+amount(part.Bytes, unit))
			}
		}
		p.lines("  ", "  ", strings.Join(said, " · ")+" "+unit)
	}
	p.gap()
}

// stacked draws the parts one after the other, each in its colour.
func (p *page) stacked(g *PerGPU, largest int64) string {
	columns := p.width - 4
	drawn, sum, used := "", int64(0), 0
	for _, part := range g.Parts {
		if !held(g, part) {
			continue
		}
		sum += part.Bytes
		upTo := int(float64(columns) * float64(min(sum, largest)) / float64(largest))
		if upTo > used {
			drawn += paint(partStyle(part.Name), strings.Repeat("█", upTo-used))
			used = upTo
		}
	}
	return drawn
}

// gpus is the table of cards.
func (p *page) gpus(a *Answer) {
	names, memories, usables := 0, []int64{}, []int64{}
	for _, g := range a.GPUs {
		names = max(names, cells(g.Name))
		memories, usables = append(memories, g.Memory), append(usables, g.UsableBytes)
	}
	memory, usable := align("GiB", memories...), align("GiB", usables...)
	names = min(names, p.width-memory.columns()-usable.columns()-len("        ")-len(" GiB"))
	vendor := ""
	for _, g := range a.GPUs {
		if g.Vendor != vendor {
			vendor = g.Vendor
			p.row(paint(bold, vendor))
		}
		line := "  " + pad(clip(g.Name, names), names) + "  " + memory.of(g.Memory) + "  " + mark(!g.Measured) + usable.of(g.UsableBytes) + " GiB"
		p.row(line)
	}
	p.gap()
	p.lines("", "  ", p.w.Text("label.gpus_legend"))
	p.question(a)
}
