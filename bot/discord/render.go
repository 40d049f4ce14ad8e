package discord

import (
	"strings"
	"time"

	"membot/bot/chart"
	"membot/commands"
)

// Colours of an embed's edge, by verdict. The first word always says the same.
const (
	colourGreen = 0x009E73
	colourAmber = 0xE69F00
	colourRed   = 0xD55E00
	colourGrey  = 0x8A8D93
	colourBlue  = 0x0072B2
)

// A scene is where and for whom an answer is shown.
type scene struct {
	lang    string
	private bool // only the asker sees the message
	now     time.Time
}

// A drawing makes the embed of one kind of answer.
type drawing func(e *Embed, s *sheet, a commands.Answer, sc scene)

// drawings is how each kind of answer looks.
var drawings = map[string]drawing{
	"mem": drawMem, "explain": drawExplain, "fit": drawOptions, "models": drawOptions, "compare": drawCompare,
	"gpus": drawGPUs, "concept": drawConcept, "unclear": drawUnclear,
	"off_topic": drawText, "help": drawText, "about": drawText, "privacy": drawText, "settings": drawText,
}

// render makes a message of any answer, within every limit of Discord.
func render(a commands.Answer, sc scene) *Message {
	e := Embed{Color: colourGrey}
	s := &sheet{limit: maxDescription - 96}
	draw, known := drawings[a.Kind]
	switch {
	case a.Error != nil:
		drawError(&e, s, a, sc)
	case known:
		draw(&e, s, a, sc)
	default:
		drawText(&e, s, a, sc)
	}
	understood(&e, s, a, sc)
	e.Description = s.String()
	m := newMessage(e)
	if a.Error == nil {
		m.footer(a)
		m.Components = controls(a, sc)
		if offersOthers(a) && len(m.Components) < maxRows {
			m.Components = append(m.Components, choiceButtons(len(a.Choices))...)
		}
		if chart.Drawable(a) {
			m.draw, m.alt = &a, chart.AltText(a, sc.lang)
		}
	} else {
		m.Components = choiceButtons(len(a.Error.DidYouMean))
	}
	if sc.private {
		m.Flags |= flagEphemeral
	}
	m.secret = a.Private
	m.trim()
	return m
}

// understood says, in small print, which words were read as the line in the
// footer, and what else they may have meant, as fields that the buttons read.
func understood(e *Embed, s *sheet, a commands.Answer, sc scene) {
	if a.Error != nil || a.Understood == "" || a.Question == "" {
		return
	}
	s.add("-# “" + plain(clip(a.Understood, maxTitle)) + "”")
	if offersOthers(a) {
		s.add("-# " + wordNotMeant.in(sc.lang))
		choiceFields(e, a.Choices)
	}
}

// offersOthers says that plain words were answered that may have meant something
// else.
func offersOthers(a commands.Answer) bool {
	return a.Understood != "" && a.Kind != "unclear" && a.Question != "" && len(a.Choices) > 0
}

// footer writes the canonical question where the next button finds it. One too
// long to be read back whole is left out, and the buttons with it.
func (m *Message) footer(a commands.Answer) {
	line := oneLine(a.Question)
	if strings.HasPrefix(line, "/") && len(line) <= maxFooter {
		m.Embeds[0].Footer = &Footer{Text: line}
	}
}

// trim holds the message to Discord's limits, whatever it was made of.
func (m *Message) trim() {
	e := &m.Embeds[0]
	e.Title = clip(e.Title, maxTitle)
	if len(e.Fields) > maxFields {
		e.Fields = e.Fields[:maxFields]
	}
	total := units(e.Title)
	if e.Footer != nil {
		total += units(e.Footer.Text)
	}
	for i := range e.Fields {
		f := &e.Fields[i]
		f.Name, f.Value = clip(f.Name, maxFieldName), clip(f.Value, maxFieldValue)
		if total += units(f.Name) + units(f.Value); total > maxEmbedTotal-100 {
			e.Fields = e.Fields[:i]
			total -= units(f.Name) + units(f.Value)
			break
		}
	}
	if room := maxEmbedTotal - total; units(e.Description) > room {
		e.Description = closeFence(clip(e.Description, room-4))
	}
	if e.Title == "" && e.Description == "" && len(e.Fields) == 0 {
		e.Description = "…"
	}
	if !m.stateful() {
		m.Components = stateless(m.Components)
	}
}

// closeFence ends a code block that a cut left open.
func closeFence(text string) string {
	if strings.Count(text, "```")%2 == 1 {
		return text + "\n```"
	}
	return text
}

func (m *Message) stateful() bool { return m.Embeds[0].Footer != nil }

// stateless keeps the buttons that need no footer: the choices.
func stateless(rows []Row) []Row {
	kept := []Row{}
	for _, row := range rows {
		if strings.HasPrefix(row.Components[0].CustomID, idPrefix+"!choice.") {
			kept = append(kept, row)
		}
	}
	return kept
}

// note makes a short message that only the asker sees.
func note(text string) *Message {
	m := newMessage(Embed{Description: text, Color: colourGrey})
	m.Flags = flagEphemeral
	return m
}
