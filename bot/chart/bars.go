package chart

import (
	"fmt"
	"slices"
	"strings"

	"membot/commands"
)

// A segment is one coloured stretch of a bar.
type segment struct {
	name  string
	bytes int64
}

// A bar is one answer or one alternative. usable is the card's memory in
// bytes, 0 when no card was named.
type bar struct {
	label    string
	segments []segment
	total    int64
	card     string
	usable   int64
}

// barsOf finds what there is to draw, in the answer's own order, which is best
// first.
func barsOf(a commands.Answer) []bar {
	if a.Error != nil {
		return nil
	}
	var bars []bar
	switch {
	case len(a.Options) > 0:
		bars = alternatives(a)
	case len(a.Answers) > 0:
		bars = compared(a.Answers)
	case a.PerGPU != nil:
		bars = append(bars, answerBar(a, ""))
	}
	bars = slices.DeleteFunc(bars, func(b bar) bool { return b.total <= 0 })
	return bars[:min(len(bars), maxBars)]
}

func compared(answers []commands.Answer) []bar {
	var bars []bar
	for _, one := range answers {
		if one.PerGPU == nil {
			continue
		}
		label := ""
		if one.Model != nil {
			label = latin(one.Model.ID)
		}
		bars = append(bars, answerBar(one, label))
	}
	return bars
}

func answerBar(a commands.Answer, label string) bar {
	b := bar{label: label, total: a.PerGPU.Total}
	if a.GPU != nil {
		b.card, b.usable = latin(a.GPU.Name), a.GPU.UsableBytes
	}
	for _, part := range a.PerGPU.Parts {
		if part.Bytes > 0 && AtPeak(part, a.PerGPU.Moment) {
			b.segments = append(b.segments, segment{name: part.Name, bytes: part.Bytes})
		}
	}
	b.segments = fold(b.segments, b.total)
	return b
}

// AtPeak reports whether a part is there at the moment that needs most; what is
// there only at another (gradients, while the loss is computed) is not in the
// total.
func AtPeak(p commands.Part, moment string) bool {
	return moment == "" || len(p.Moments) == 0 || slices.Contains(p.Moments, moment)
}

// fold gathers what is under one hundredth of the total into "other".
func fold(segments []segment, total int64) []segment {
	var kept []segment
	other := segment{name: "other"}
	for _, s := range segments {
		if s.bytes < total/100 {
			other.bytes += s.bytes
			continue
		}
		kept = append(kept, s)
	}
	if other.bytes > 0 {
		kept = append(kept, other)
	}
	return kept
}

func alternatives(a commands.Answer) []bar {
	var bars []bar
	for _, o := range a.Options {
		b := bar{label: latin(optionLabel(a, o)), total: o.Total, usable: o.Total + o.Headroom, card: cardOf(o.Question)}
		b.segments = []segment{{name: verdict(o.Fits), bytes: o.Total}}
		bars = append(bars, b)
	}
	return bars
}

// cardOf is the card that a canonical line names; empty if none.
func cardOf(line string) string {
	_, rest, found := strings.Cut(line, " gpu:")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(rest, " ")
	return latin(name)
}

// latin replaces what the font has no letters for.
func latin(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x500 && r >= ' ' || r == '…' || r == '·' || r == '–' {
			return r
		}
		return '?'
	}, text)
}

// titleOf says what the picture is about: the model, and for one answer how it
// is run and what that comes to; empty where the bars say it.
func titleOf(a commands.Answer) string {
	if a.Model == nil || a.Model.ID == "" {
		return ""
	}
	said := []string{latin(a.Model.ID)}
	if strings.Contains(a.Question+" ", " train ") {
		said = append(said, "train")
	}
	if method := planned(a, "method"); method != "" && method != "full" {
		said = append(said, method)
	}
	if zero := planned(a, "zero"); zero != "" && zero != "0" {
		said = append(said, "ZeRO-"+zero)
	}
	if gpus := planned(a, "gpus"); gpus != "" && gpus != "1" {
		said = append(said, gpus+" GPUs")
	}
	if a.PerGPU != nil && len(a.Options) == 0 {
		said = append(said, GiB(a.PerGPU.Total)+" GiB a GPU")
	}
	return strings.Join(said, " · ")
}

func planned(a commands.Answer, key string) string {
	if v, ok := a.Plan[key]; ok && v.Value != nil {
		return latin(fmt.Sprint(v.Value))
	}
	return ""
}

func verdict(fits bool) string {
	if fits {
		return "fits"
	}
	return "does not fit"
}

// optionLabel is what tells one alternative from the others: the model for a
// list of models, the changed keys for one model.
func optionLabel(a commands.Answer, o commands.Option) string {
	if a.Kind == "models" {
		return o.Model
	}
	if changed := Changed(a, o.Question); changed != "" {
		return changed
	}
	return "as asked"
}

// Changed lists the key:value words of a canonical line that differ from what
// the answer was asked.
func Changed(a commands.Answer, line string) string {
	had := strings.Fields(a.Question)
	var changed []string
	for word := range strings.FieldsSeq(line) {
		key, value, ok := strings.Cut(word, ":")
		if !ok || slices.Contains(had, word) {
			continue
		}
		if now, planned := a.Plan[key]; planned && now.Value != nil && fmt.Sprint(now.Value) == value {
			continue
		}
		changed = append(changed, word)
	}
	return strings.Join(changed, " ")
}
