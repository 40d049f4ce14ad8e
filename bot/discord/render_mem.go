package discord

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"membot/bot/chart"
	"membot/commands"
)

// tightShare is the headroom, as a share of the card, under which a fit is
// called tight.
const tightShare = 10

// verdict is the first word of an answer, its square and its colour.
func verdict(g *commands.GPUVerdict, lang string) (words string, colour int) {
	switch {
	case g == nil:
		return "", colourGrey
	case !g.Fits:
		return "🟥 " + wordOver.in(lang), colourRed
	case g.Headroom < g.UsableBytes/tightShare:
		return "🟨 " + wordTight.in(lang), colourAmber
	}
	return "🟩 " + wordFits.in(lang), colourGreen
}

func drawMem(e *Embed, s *sheet, a commands.Answer, sc scene) {
	headline(e, a, sc.lang)
	s.add(modelLine(a, sc.lang))
	if a.PerGPU != nil {
		s.addRows(partRows(*a.PerGPU, sc.lang))
	}
	for _, line := range []func(commands.Answer, string) string{savesLine, rangeLine, capacityLine, hostLine, assumedLine} {
		s.add(line(a, sc.lang))
	}
	addWarnings(s, a)
	s.add(sourceLine(a, sc))
}

// headline says the verdict, the total, and the card's room.
func headline(e *Embed, a commands.Answer, lang string) {
	words, colour := verdict(a.GPU, lang)
	e.Color = colour
	if a.PerGPU == nil {
		e.Title = words
		return
	}
	said := []string{wordPerGPU.in(lang, chart.GiB(a.PerGPU.Total))}
	if words != "" {
		said = slices.Insert(said, 0, words)
		said = append(said, wordCardHas.in(lang, plain(a.GPU.Name), chart.GiB(a.GPU.UsableBytes)))
	} else {
		said[0] = "⬜ " + said[0]
	}
	if how := shardWords(a.Plan); how != "" {
		said = append(said, how)
	}
	e.Title = strings.Join(said, " · ")
}

// shardWords says over how many GPUs, and how, if over more than one.
func shardWords(plan map[string]commands.PlanValue) string {
	short := func(key string) string { return plain(clip(planText(plan, key), 12)) }
	gpus := short("gpus")
	if gpus == "" || gpus == "1" {
		return ""
	}
	if zero := short("zero"); zero != "" && zero != "0" {
		return "ZeRO-" + zero + " × " + gpus
	}
	if tp := short("tp"); tp != "" && tp != "1" {
		return "TP-" + tp + " × " + gpus
	}
	return "× " + gpus
}

// planText is a plan's value as it would be typed; "" where the plan has none.
func planText(plan map[string]commands.PlanValue, key string) string {
	value, ok := plan[key]
	if !ok || value.Value == nil {
		return ""
	}
	switch v := value.Value.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
	}
	return fmt.Sprint(value.Value)
}

func modelLine(a commands.Answer, lang string) string {
	var said []string
	if a.Model != nil {
		said = append(said, "**"+plain(clip(a.Model.ID, 200))+"**")
		if method, ok := methods[planText(a.Plan, "method")]; ok && trains(a) {
			said[0] += " " + method.in(lang)
		}
		if a.Model.Params != nil {
			said = append(said, wordParams.in(lang, count(*a.Model.Params)))
		}
		if t := a.Model.ParamsTrainable; t != nil && a.Model.Params != nil && *t != *a.Model.Params && *t > 0 {
			said = append(said, wordTrainable.in(lang, count(*t)))
		}
	}
	if a.PerGPU != nil {
		if moment, ok := moments[a.PerGPU.Moment]; ok {
			said = append(said, wordPeak.in(lang, moment.in(lang)))
		}
	}
	return strings.Join(said, " · ")
}

func savesLine(a commands.Answer, lang string) string {
	var said []string
	for _, c := range a.WhatIf {
		if c.Saves <= 0 || len(said) == 3 {
			continue
		}
		one := code(clip(c.Change, 60)) + " −" + chart.GiB(c.Saves) + " GiB"
		if c.Costs != "" {
			one += " (" + plain(clip(c.Costs, 80)) + ")"
		}
		said = append(said, one)
	}
	if len(said) == 0 {
		return ""
	}
	return wordSaves.in(lang) + " " + strings.Join(said, " · ")
}

func rangeLine(a commands.Answer, lang string) string {
	if a.PerGPU == nil || a.PerGPU.Low == nil || a.PerGPU.High == nil {
		return ""
	}
	return wordRange.in(lang, chart.GiB(*a.PerGPU.Low), chart.GiB(*a.PerGPU.High))
}

func capacityLine(a commands.Answer, lang string) string {
	c := a.Capacity
	if c == nil {
		return ""
	}
	var said []string
	if c.KVBytesPerToken != nil && *c.KVBytesPerToken > 0 {
		said = append(said, wordCapacity.in(lang, small(*c.KVBytesPerToken)))
	}
	for _, one := range []struct {
		value *int64
		words phrase
		show  func(int64) string
	}{
		{c.KVTokens, wordKVTokens, grouped},
		{c.MaxSeq, wordMaxSeq, grouped},
		{c.MaxBatch, wordMaxBatch, grouped},
		{c.ReservedByEngine, wordReserved, chart.GiB},
	} {
		if one.value != nil {
			said = append(said, one.words.in(lang, one.show(*one.value)))
		}
	}
	return strings.Join(said, " · ")
}

// grouped writes a whole number with commas.
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func hostLine(a commands.Answer, lang string) string {
	if a.Host == nil || a.Host.Bytes <= 0 {
		return ""
	}
	return wordHost.in(lang, chart.GiB(a.Host.Bytes))
}

func assumedLine(a commands.Answer, lang string) string {
	var said []string
	for _, one := range a.Assumptions {
		said = append(said, plain(clip(strings.TrimRight(one.Text, ".。"), 200)))
	}
	if len(said) == 0 {
		return ""
	}
	return clip(wordAssumed.in(lang)+" "+strings.Join(said, " · "), 700)
}

// maxWarnings is how many warnings an answer shows.
const maxWarnings = 3

func addWarnings(s *sheet, a commands.Answer) {
	for _, w := range a.Warnings[:min(len(a.Warnings), maxWarnings)] {
		s.add("⚠ " + plain(clip(w.Text, 300)))
	}
}

// sourceLine says where the model's facts came from, and how old they are.
func sourceLine(a commands.Answer, sc scene) string {
	if a.Model == nil {
		return ""
	}
	source, ok := sources[a.Model.Source]
	if !ok {
		return ""
	}
	said := []string{source.in(sc.lang)}
	if r := a.Model.Revision; r != nil && *r != "" {
		said = append(said, code(clip(*r, 12)))
	}
	if at := a.Model.FetchedAt; at != nil {
		if when, err := time.Parse(time.RFC3339, *at); err == nil {
			said = append(said, fmt.Sprintf("<t:%d:R>", when.Unix())) // Discord says "3 hours ago", in the reader's words
		}
	}
	for _, n := range a.Model.Notes[:min(len(a.Model.Notes), 2)] {
		said = append(said, plain(clip(n, 120)))
	}
	return "-# " + strings.Join(said, " · ")
}

// renderRun shows only what runs the answer, to be copied.
func renderRun(a commands.Answer, sc scene) *Message {
	e := Embed{Color: colourGrey, Title: "▶ " + plain(clip(oneLine(a.Question), maxTitle-8))}
	runFields(&e, a, sc.lang)
	m := newMessage(e)
	m.Flags, m.secret = flagEphemeral, a.Private
	m.trim()
	return m
}

// runFields are blocks to copy.
func runFields(e *Embed, a commands.Answer, lang string) {
	for _, run := range a.Run[:min(len(a.Run), 2)] {
		text := clip(strings.ReplaceAll(strings.ToValidUTF8(run.Text, " "), "`", "ˋ"), maxFieldValue-16)
		if text == "" {
			continue
		}
		e.Fields = append(e.Fields, Field{Name: wordRun.in(lang, plain(clip(run.For, 60))), Value: "```\n" + text + "\n```"})
	}
}

// trains reports whether an answer is about training.
func trains(a commands.Answer) bool {
	return strings.Contains(a.Question+" ", " train ")
}
