package discord

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"membot/bot/chart"
	"membot/commands"
)

// idPrefix begins every custom id, with the version of what follows: a change
// as typed ("zero:3"), an action ("!share"), or a menu ("?zero") whose chosen
// values are changes. The question itself stands in the embed's footer; which of
// the keys that it always shows were typed, after a "~" ("?zero~zero,gpus").
const idPrefix = "v1|"

// Actions of buttons.
const (
	actFormulas = "!formulas"
	actFit      = "!fit"
	actShare    = "!share"
	actTrain    = "!train"
	actServe    = "!infer"
	actRun      = "!run"
	actChoice   = "!choice."
)

// controls are the menus and buttons under an answer: what people change, as
// far as it means anything for this answer.
func controls(a commands.Answer, sc scene) []Row {
	rows := []Row{}
	switch a.Kind {
	case "mem", "explain":
		for _, m := range menusFor(a) {
			if options := m.options(a, sc.lang); len(options) > 0 {
				rows = append(rows, menuRow(m.id+typedKeys(a), m.title(a, sc.lang), options))
			}
		}
		rows = rows[:min(len(rows), maxRows-1)]
	case "fit", "models":
		if options := openOptions(a); len(options) > 0 {
			rows = append(rows, menuRow("open", wordOpen.in(sc.lang), options))
		}
	case "unclear":
		return choiceButtons(len(a.Choices))
	}
	if buttons := actionButtons(a, sc); len(buttons) > 0 {
		rows = append(rows, Row{Type: componentRow, Components: buttons})
	}
	return rows
}

func menuRow(id, placeholder string, options []MenuOption) Row {
	return Row{Type: componentRow, Components: []Component{{
		Type: componentMenu, CustomID: idPrefix + "?" + id, Placeholder: clip(placeholder, maxPlaceholder),
		Options: options[:min(len(options), maxMenuOptions)],
	}}}
}

func button(id, label string, style int) Component {
	return Component{Type: componentButton, CustomID: idPrefix + id, Label: clip(label, maxLabel), Style: style}
}

func actionButtons(a commands.Answer, sc scene) []Component {
	var buttons []Component
	add := func(when bool, id string, label phrase, style int) {
		if when {
			buttons = append(buttons, button(id, label.in(sc.lang), style))
		}
	}
	sized, typed := a.PerGPU != nil, typedKeys(a)
	over := a.GPU != nil && !a.GPU.Fits
	sized = sized && (a.Kind == "mem" || a.Kind == "explain")
	add(sized && over, actFit+typed, wordFitButton, buttonPrimary)
	add(sized && a.Kind == "mem", actFormulas+typed, wordFormulas, buttonSecondary)
	add(sized && len(a.Run) > 0, actRun, wordRunButton, buttonSecondary)
	add(sized && !trains(a), actTrain+typed, wordTrainButton, buttonSecondary)
	add(sized && trains(a), actServe+typed, wordServeButton, buttonSecondary)
	add(sc.private && !a.Private && a.Kind != "settings", actShare, wordShare, buttonSecondary)
	return buttons
}

// choiceButtons stand for the numbered lines of an answer that asks back.
func choiceButtons(n int) []Row {
	if n == 0 {
		return []Row{}
	}
	row := Row{Type: componentRow}
	for i := range min(n, maxChoices) {
		row.Components = append(row.Components, button(actChoice+fmt.Sprint(i+1), fmt.Sprint(i+1), buttonPrimary))
	}
	return []Row{row}
}

// openOptions leads from a list to one of its lines. A value is the whole line
// where it fits a menu, else the words that differ.
func openOptions(a commands.Answer) []MenuOption {
	var options []MenuOption
	for _, o := range a.Options {
		line := oneLine(o.Question)
		if !strings.HasPrefix(line, "/") {
			continue
		}
		if units(line) > maxOptionText {
			if line = chart.Changed(a, line); line == "" || units(line) > maxOptionText {
				continue
			}
		}
		if slices.ContainsFunc(options, func(had MenuOption) bool { return had.Value == line }) {
			continue
		}
		label := strings.TrimSpace(oneLine(optionLabel(a, o, langEN)))
		options = append(options, MenuOption{Label: clip(cmp.Or(label, line), maxOptionText), Value: line})
	}
	return options
}
