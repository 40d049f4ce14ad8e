package discord

import (
	"cmp"
	"fmt"
	"strings"

	"membot/bot/chart"
	"membot/commands"
)

// maxOptionRows is how many alternatives an answer lists.
const maxOptionRows = 10

// drawOptions shows the alternatives of /fit and /models, best first.
func drawOptions(e *Embed, s *sheet, a commands.Answer, sc scene) {
	var rows []string
	fit := 0
	for _, o := range a.Options {
		if o.Fits {
			fit++
		}
		rows = append(rows, lineOf(a, o, sc.lang))
	}
	e.Color, e.Title = optionsTitle(a, fit, sc.lang)
	if a.Model != nil {
		s.add(modelLine(a, sc.lang))
	}
	left := 0
	if len(rows) > maxOptionRows {
		left, rows = len(rows)-maxOptionRows, rows[:maxOptionRows]
	}
	if a.Kind == "models" {
		left += s.addRows(rows)
	} else {
		s.add(strings.Join(rows, "\n"))
	}
	if left > 0 {
		s.add("-# " + wordMore.in(sc.lang, left))
	}
	if text := a.Text; text != "" {
		s.addClipped(paragraphs(text))
	}
	s.add(assumedLine(a, sc.lang))
	addWarnings(s, a)
	s.add(sourceLine(a, sc))
}

// lineOf is one alternative: a row of a table for a model, whose name may be
// cut, and a line that wraps for a way to run one, which may not.
func lineOf(a commands.Answer, o commands.Option, lang string) string {
	label := optionLabel(a, o, lang)
	if a.Kind == "models" {
		return optionRow(o.Fits, o.Total, label)
	}
	mark := "✗"
	if o.Fits {
		mark = "✓"
	}
	return mark + " **" + chart.GiB(o.Total) + " GiB** " + code(clip(label, 160))
}

func optionsTitle(a commands.Answer, fit int, lang string) (colour int, title string) {
	words := wordWaysFit
	if a.Kind == "models" {
		words = wordModelsFit
	}
	switch {
	case len(a.Options) == 0:
		return colourGrey, "⬜ " + wordNothing.in(lang)
	case fit == 0:
		return colourRed, "🟥 " + wordNoneFit.in(lang)
	}
	return colourGreen, "🟩 " + words.in(lang, fit, len(a.Options))
}

func optionLabel(a commands.Answer, o commands.Option, lang string) string {
	if a.Kind == "models" {
		return o.Model
	}
	return cmp.Or(chart.Changed(a, o.Question), wordAsAsked.in(lang))
}

// drawCompare shows one line for each answer, and the first refusal, if any.
func drawCompare(e *Embed, s *sheet, a commands.Answer, sc scene) {
	e.Title, e.Color = "⚖ "+wordCompared.in(sc.lang, len(a.Answers)), colourBlue
	var rows, failures []string
	for _, one := range a.Answers {
		switch {
		case one.Error != nil:
			failures = append(failures, "⚠ "+plain(clip(one.Error.Text, 200)))
		case one.PerGPU != nil:
			rows = append(rows, compareRow(one))
		}
	}
	s.addRows(rows[:min(len(rows), maxOptionRows)])
	for _, f := range failures[:min(len(failures), maxWarnings)] {
		s.add(f)
	}
	s.add(assumedLine(a, sc.lang))
	addWarnings(s, a)
}

func compareRow(a commands.Answer) string {
	label := ""
	if a.Model != nil {
		label = a.Model.ID
	}
	if a.GPU != nil {
		return optionRow(a.GPU.Fits, a.PerGPU.Total, label)
	}
	head := fmt.Sprintf("· %6s ", chart.GiB(a.PerGPU.Total))
	return head + cut(inCode(label), columns-9)
}

// drawExplain shows every formula with its numbers, beside the textbook's and
// other tools' totals.
func drawExplain(e *Embed, s *sheet, a commands.Answer, sc scene) {
	headline(e, a, sc.lang)
	s.add(modelLine(a, sc.lang))
	if a.Text != "" {
		s.addClipped(paragraphs(a.Text))
	}
	if a.PerGPU != nil {
		for _, part := range a.PerGPU.Parts {
			if part.Bytes > 0 {
				s.add(formulaLine(part, sc.lang))
			}
		}
	}
	if a.Textbook != nil {
		s.add("**" + wordTextbook.in(sc.lang, chart.GiB(a.Textbook.Total)) + "**")
	}
	if len(a.Others) > 0 {
		s.add("**" + wordOthers.in(sc.lang) + "**")
	}
	for _, o := range a.Others[:min(len(a.Others), 6)] {
		s.add("• " + plain(clip(o.Tool, 60)) + ": " + chart.GiB(o.Total) + " GiB. " + plain(clip(o.Why, 200)))
	}
	addWarnings(s, a)
	s.add(sourceLine(a, sc))
}

func formulaLine(p commands.Part, lang string) string {
	line := "**" + plain(partName(p.Name, lang)) + "** " + chart.GiB(p.Bytes) + " GiB"
	if p.Basis == "allowance" {
		line += " ≈"
	}
	if p.Formula != "" {
		line += " = " + code(clip(p.Formula, 220))
	}
	if p.Source != "" {
		line += "\n-# " + plain(clip(p.Source, 160))
	}
	return line
}

func drawGPUs(e *Embed, s *sheet, a commands.Answer, sc scene) {
	e.Title, e.Color = wordGPUs.in(sc.lang), colourBlue
	var rows []string
	guessed := false
	for _, g := range a.GPUs {
		mark := " "
		if !g.Measured {
			mark, guessed = "≈", true
		}
		rows = append(rows, fmt.Sprintf("%s%7s %s", mark, chart.GiB(g.UsableBytes), cut(inCode(g.Name), columns-9)))
	}
	if left := s.addRows(rows); left > 0 {
		s.add("-# " + wordMore.in(sc.lang, left))
	}
	if guessed {
		s.add("-# " + wordUnmeasured.in(sc.lang))
	}
}

// drawConcept shows words and, if the answer has them, their numbers.
func drawConcept(e *Embed, s *sheet, a commands.Answer, _ scene) {
	e.Color = colourBlue
	e.Title = "💡 " + plain(strings.ReplaceAll(strings.TrimPrefix(a.Topic, "concept:"), "_", " "))
	s.addClipped(paragraphs(a.Text))
}

// drawText shows help, about, privacy and the like.
func drawText(e *Embed, s *sheet, a commands.Answer, _ scene) {
	e.Color = colourBlue
	s.addClipped(paragraphs(cmp.Or(a.Text, a.Ask, "…")))
}

// drawUnclear asks back, with what it could mean as fields that the buttons
// read.
func drawUnclear(e *Embed, s *sheet, a commands.Answer, sc scene) {
	e.Title = "❔ " + plain(clip(cmp.Or(a.Text, a.Ask, wordPick.in(sc.lang)), maxTitle-8))
	if units(a.Text) > maxTitle-8 {
		s.addClipped(paragraphs(a.Text))
	}
	choiceFields(e, a.Choices)
}

// maxChoices is how many lines an answer offers.
const maxChoices = 3

func choiceFields(e *Embed, lines []string) {
	for n, line := range lines[:min(len(lines), maxChoices)] {
		e.Fields = append(e.Fields, Field{Name: fmt.Sprint(n + 1), Value: "`" + clip(oneLine(strings.ReplaceAll(line, "`", "")), maxFieldValue-2) + "`"})
	}
}

// drawError says what happened, then what to do.
func drawError(e *Embed, s *sheet, a commands.Answer, sc scene) {
	e.Color = colourAmber
	e.Title = "⚠ " + plain(clip(cmp.Or(a.Error.Text, a.Error.Code, wordBroken.in(sc.lang)), maxTitle-8))
	if a.Error.Advice != "" {
		s.addClipped(paragraphs(a.Error.Advice))
	}
	if len(a.Error.DidYouMean) > 0 {
		s.add("**" + wordDidYouMean.in(sc.lang) + "**")
		choiceFields(e, a.Error.DidYouMean)
	}
}
