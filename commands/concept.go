package commands

import (
	"bytes"
	"context"
	"embed"
	"math"
	"strconv"
	"strings"
	"text/template"

	"membot/estimator"
)

// conceptTexts hold what each notion means, one file a topic and language:
// concepts/kv_cache.en.txt. The numbers in them are computed.
//
//go:embed concepts/*.txt
var conceptTexts embed.FS

// exampleModel is whose numbers a concept shows when the asker names no model.
const exampleModel = "llama-3.1-8b"

// conceptRow is a notion and the numbers that its text shows.
type conceptRow struct {
	topic   string
	numbers func(f *figures)
}

// findConcept finds a notion by its topic.
func findConcept(topic string) (conceptRow, bool) {
	for _, row := range conceptRows {
		if row.topic == topic {
			return row, true
		}
	}
	return conceptRow{}, false
}

// ConceptTopics lists the notions that can be asked about.
func ConceptTopics() []string {
	topics := make([]string, 0, len(conceptRows))
	for _, row := range conceptRows {
		topics = append(topics, row.topic)
	}
	return topics
}

// concept answers what a notion means, with an example's numbers.
func (s *Service) concept(ctx context.Context, topic string, w *Wording) Answer {
	found, err := s.Library.Model(ctx, exampleModel, "")
	if err != nil {
		return s.refusal(w, err)
	}
	text, numbers := s.conceptText(ctx, topic, found, w)
	return Answer{Kind: "concept", Topic: topic, Text: text, Numbers: numbers}
}

// explainTopic adds to an explanation the notion that was asked about, with the
// numbers of its model.
func (s *Service) explainTopic(ctx context.Context, a *Answer, topic string, w *Wording) {
	found, err := s.find(ctx, &Request{}, a.Model.ID)
	if err != nil || found.Arch.SizeOnly() {
		found, err = s.Library.Model(ctx, exampleModel, "")
	}
	if err != nil {
		return
	}
	a.Topic = topic
	a.Text, a.Numbers = s.conceptText(ctx, topic, found, w)
}

// conceptText words a notion for a model, and gives the numbers it shows.
func (s *Service) conceptText(ctx context.Context, topic string, found Found, w *Wording) (string, map[string]float64) {
	row, ok := findConcept(topic)
	if !ok {
		return "", nil
	}
	f := &figures{model: found.ID, arch: found.Arch, values: map[string]float64{}, find: func(name string) (Found, bool) {
		other, err := s.Library.Model(ctx, name, "")
		return other, err == nil
	}}
	row.numbers(f)
	source, err := conceptTexts.ReadFile("concepts/" + topic + "." + w.Lang() + ".txt")
	if err != nil {
		return "", nil // a test reads every file
	}
	shown := map[string]string{"model": f.model}
	for name, value := range f.values {
		shown[name] = threeDigits(value)
	}
	var text bytes.Buffer
	if err := template.Must(template.New(topic).Option("missingkey=error").Parse(string(source))).Execute(&text, shown); err != nil {
		return "", nil
	}
	return strings.TrimSpace(text.String()), f.values
}

// threeDigits writes a number as a sentence does: whole numbers in full, others
// with three significant digits.
func threeDigits(value float64) string {
	if value == math.Trunc(value) && math.Abs(value) < 1e9 {
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(value))))
	text := strconv.FormatFloat(value, 'f', max(digits, 0), 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// figures are the numbers of a concept for one model.
type figures struct {
	model  string
	arch   estimator.Arch
	values map[string]float64
	find   func(name string) (Found, bool) // another model of the library
}

// unless takes a well-known model where the asker's is not of the kind that the
// notion is about.
func (f *figures) unless(suits func(*estimator.Arch) bool, name string) {
	if suits(&f.arch) {
		return
	}
	if other, ok := f.find(name); ok {
		f.model, f.arch = other.ID, other.Arch
	}
}

func (f *figures) set(name string, value float64) { f.values[name] = value }

// params is Φ.
func (f *figures) params() float64 { return float64(f.arch.Total()) }

// parts are the bytes of some parts of a plan, together.
func (f *figures) parts(p estimator.Plan, names ...estimator.PartName) float64 {
	return bytesOfParts(f.arch, p, names...)
}

// bytesOfParts adds up some parts of an estimate; nothing where it cannot be made.
func bytesOfParts(a estimator.Arch, p estimator.Plan, names ...estimator.PartName) float64 {
	b, err := estimator.Estimate(a, p)
	if err != nil {
		return 0
	}
	sum := 0.0
	for _, part := range b.Parts {
		for _, name := range names {
			if part.Name == name {
				sum += float64(part.Bytes)
			}
		}
	}
	return sum
}
