package commands

import (
	"fmt"
	"strings"
	"time"
)

// planned is the value of an option of the plan as words, "" where there is
// none.
func (a *Answer) planned(key string) string {
	value, ok := a.Plan[key]
	if !ok || value.Value == nil {
		return ""
	}
	return fmt.Sprint(value.Value)
}

// aside says what the table leaves out: parts held at other moments, the range
// that was measured, the host, and how far the card goes.
func (p *page) aside(a *Answer) {
	var elsewhere []string
	for _, part := range a.PerGPU.Parts {
		if !held(a.PerGPU, part) && part.Bytes >= a.PerGPU.Total/foldShare {
			elsewhere = append(elsewhere, p.part(part.Name)+" "+memory(part.Bytes))
		}
	}
	if len(elsewhere) > 0 {
		p.lines("", "  ", p.w.Text("label.elsewhere", "parts", strings.Join(elsewhere, p.w.Text("label.comma"))))
	}
	g := a.PerGPU
	if g.Low != nil && g.High != nil {
		unit := unitOf(*g.High)
		p.lines("", "  ", p.w.Text("label.range", "allocated", amount(g.Allocated, unit), "low", amount(*g.Low, unit), "high", amount(*g.High, unit)+" "+unit))
	}
	if a.Host != nil && a.Host.Bytes > 0 {
		p.lines("", "  ", p.w.Text("label.host", "bytes", memory(a.Host.Bytes)))
	}
	p.capacity(a.Capacity)
}

// capacity says how far the card goes.
func (p *page) capacity(c *Capacity) {
	if c == nil {
		return
	}
	facts := []struct {
		id    string
		value *int64
		say   func(int64) string
	}{
		{"label.kv_bytes_per_token", c.KVBytesPerToken, memory},
		{"label.kv_budget", c.KVBudget, memory},
		{"label.kv_tokens", c.KVTokens, count},
		{"label.max_seq", c.MaxSeq, count},
		{"label.max_batch", c.MaxBatch, count},
		{"label.reserved_by_engine", c.ReservedByEngine, memory},
	}
	var said []string
	for _, f := range facts {
		if f.value != nil {
			said = append(said, p.w.Text(f.id, "value", f.say(*f.value)))
		}
	}
	if len(said) > 0 {
		p.lines("", "  ", p.w.Text("label.cache", "facts", strings.Join(said, " · ")))
	}
}

func (p *page) warnings(a *Answer) {
	if len(a.Warnings) > 0 {
		p.gap()
	}
	for _, warning := range a.Warnings {
		p.lines(paint(amber, "!")+" ", "  ", warning.Text)
	}
}

// savings lists what could be asked differently, best first as they come.
func (p *page) savings(a *Answer) {
	if len(a.WhatIf) == 0 || a.PerGPU == nil {
		return
	}
	p.gap()
	p.lines("", "  ", p.w.Text("label.saves_most"))
	names, amounts := 0, make([]int64, 0, len(a.WhatIf))
	for _, c := range a.WhatIf {
		names, amounts = max(names, cells(c.Change)), append(amounts, -c.Saves)
	}
	names = min(names, p.width/2)
	unit := unitOf(a.PerGPU.Total)
	n := align(unit, amounts...)
	for _, c := range a.WhatIf {
		lead := "  " + pad(clip(c.Change, names), names) + "  " + strings.Replace(n.of(-c.Saves), "-", "−", 1) + " " + unit
		if c.Costs == "" {
			p.row(lead)
			continue
		}
		if room := p.width - cells(lead) - 2; room < cells(c.Costs) && room < p.width/2 {
			p.row(lead)
			p.lines("      ", "      ", c.Costs)
			continue
		}
		p.lines(lead+"  ", strings.Repeat(" ", cells(lead)+2), c.Costs)
	}
}

// runs are the commands that do what was asked about.
func (p *page) runs(a *Answer) {
	for _, run := range a.Run {
		p.gap()
		p.lines("", "  ", p.w.Text("label.run", "tool", run.For))
		p.paste(run.Text)
	}
}

// fine is what was taken for granted, and where the facts come from.
func (p *page) fine(a *Answer) {
	if a.Model != nil || len(a.Assumptions) > 0 {
		p.gap()
	}
	if assumed := a.assumed(); len(assumed) > 0 {
		p.lines("", "  ", p.w.Text("label.assumed", "what", strings.Join(assumed, " ")))
	}
	for _, assumption := range a.Assumptions {
		p.lines("", "  ", assumption.Text)
	}
	if a.Model != nil {
		p.source(a.Model)
	}
}

// assumed are the options of the canonical line that nobody typed.
func (a *Answer) assumed() []string {
	var words []string
	for word := range strings.FieldsSeq(a.Question) {
		key, _, _ := strings.Cut(word, ":")
		if value, ok := a.Plan[key]; ok && !value.Given {
			words = append(words, word)
		}
	}
	return words
}

// source says where the model's facts come from, how old they are, and what is
// odd about them.
func (p *page) source(m *Model) {
	said := p.w.Or(m.Source, "source."+m.Source)
	if m.Revision != nil && *m.Revision != "" {
		said += p.w.Text("label.revision", "commit", clipHash(*m.Revision))
	}
	if m.FetchedAt != nil {
		said += p.age(*m.FetchedAt)
	}
	p.lines("", "  ", p.w.Text("label.source", "source", said))
	for _, note := range m.Notes {
		p.lines("  ", "  ", note)
	}
}

// clipHash shortens a commit as git does.
func clipHash(revision string) string { return revision[:min(len(revision), 12)] }

// age says when facts were read, and how long ago that is where the time is
// known.
func (p *page) age(fetched string) string {
	at, err := time.Parse(time.RFC3339, fetched)
	if err != nil {
		return p.w.Text("label.read", "when", fetched)
	}
	layout := "2006-01-02 15:04 UTC"
	if at.Equal(at.Truncate(24 * time.Hour)) { // a day is all that is known
		layout = time.DateOnly
	}
	text := p.w.Text("label.read", "when", at.UTC().Format(layout))
	if p.now.IsZero() || p.now.Before(at) {
		return text
	}
	old := p.now.Sub(at)
	for _, unit := range []struct {
		id   string
		size time.Duration
	}{{"age.days", 24 * time.Hour}, {"age.hours", time.Hour}, {"age.minutes", time.Minute}} {
		if old >= unit.size {
			return text + p.w.Text(unit.id, "n", int64(old/unit.size))
		}
	}
	return text
}
