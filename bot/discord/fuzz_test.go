package discord

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/bot/discord/discordtest"
	"membot/commands"
)

// hostile are strings that have broken chat bots.
var hostile = []string{
	"", " ", "@everyone", "<@123456789012345678>", "```", "``` ```\n# x", "**__~~||", strings.Repeat("x", 7000), strings.Repeat("显", 3000),
	strings.Repeat("👩‍👩‍👧", 900), "\u202etxet\u2066", "a\x00b\x1b[31m", "\xff\xfe", "v1|", "v1|!share", "v1|!choice.0", "v1|!choice.-1", "v1|!choice.999999999999",
	"v1|zero:3", "v1|?zero", "v1|?open", "v1|zero:3~", "v1|?zero~zero,,~gpus", "v1|!fit~\n/mem", "v1|!train~~", "v2|zero:3", "/mem", "/mem x zero:2", "llama-7b", "null", "[](http://x)", "-1", "1e309", "%s%d", "../../etc", "true",
}

type dice struct{ *rand.Rand }

func (d dice) text() string { return hostile[d.IntN(len(hostile))] }

// value is any JSON value, more often a likely one.
func (d dice) value(depth int) any {
	switch d.IntN(8) {
	case 0:
		return d.Int64()
	case 1:
		return d.Float64()
	case 2:
		return d.IntN(2) == 0
	case 3:
		return nil
	case 4:
		if depth > 0 {
			return []any{d.value(depth - 1), d.text()}
		}
	case 5:
		if depth > 0 {
			return map[string]any{d.text(): d.value(depth - 1)}
		}
	}
	return d.text()
}

// interaction is one that Discord would never send.
func (d dice) interaction() []byte {
	names := []string{"mem", "fit", "compare", "ask", "gpus", "help", "How much memory?", "nope", ""}
	options := []string{"model", "mode", "seq", "gpu", "zero", "more", "private", "question", "name", "nope"}
	var filled []any
	for range d.IntN(6) {
		filled = append(filled, map[string]any{"name": options[d.IntN(len(options))], "type": d.IntN(12), "value": d.value(2), "focused": d.IntN(3) == 0})
	}
	message := map[string]any{
		"id": "5", "flags": []int{0, 64}[d.IntN(2)], "content": d.text(),
		"embeds":      []any{map[string]any{"footer": map[string]any{"text": d.text()}, "fields": []any{map[string]any{"name": d.text(), "value": d.text()}}}},
		"attachments": []any{map[string]any{"id": "1", "filename": "config.json", "size": d.IntN(3) << 20, "url": d.text()}},
	}
	all := map[string]any{
		"id": "1", "application_id": "2", "token": "t", "type": d.IntN(7), "locale": d.text(), "context": d.IntN(4) - 1,
		"data": map[string]any{
			"name": names[d.IntN(len(names))], "type": d.IntN(5), "options": filled, "custom_id": d.text(), "component_type": d.IntN(10),
			"values": []any{d.text()}, "target_id": "5", "resolved": map[string]any{"messages": map[string]any{"5": message}},
		},
		"message": message, "user": map[string]any{"id": "7"},
	}
	for _, key := range []string{"data", "message", "user", "context", "locale"} {
		if d.IntN(8) == 0 {
			delete(all, key)
		} else if d.IntN(20) == 0 {
			all[key] = d.value(2)
		}
	}
	raw, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return raw
}

// allowed says which responses each kind of interaction takes.
var allowed = map[int][]int{
	kindPing: {respondPong}, kindCommand: {respondMessage}, kindComponent: {respondMessage, respondUpdate}, kindAutocomplete: {respondAutocomplete},
}

func TestTenThousandRandomInteractions(t *testing.T) {
	t.Parallel()
	b := New(Config{Answerer: real()})
	d := dice{rand.New(rand.NewPCG(1, 2))}
	decoded := 0
	for range 10_000 {
		raw := d.interaction()
		var i Interaction
		if json.Unmarshal(raw, &i) != nil {
			continue // refused with 400
		}
		decoded++
		r := b.Handle(t.Context(), &i)
		if types, ok := allowed[i.Type]; ok {
			require.Contains(t, types, r.Type, "%s", raw)
		} else {
			require.Equal(t, respondMessage, r.Type)
		}
		require.NotEqual(t, "failed", r.outcome, "%s", raw)
		checkMessage(t, r.Message)
		b.deferral(&i)
	}
	t.Logf("%d of 10,000 could be decoded", decoded)
	require.Greater(t, decoded, 5000)
}

func checkMessage(t *testing.T, m *Message) {
	t.Helper()
	if m == nil {
		return
	}
	raw, err := json.Marshal(m.bare())
	require.NoError(t, err)
	if broken := discordtest.Broken(raw); len(broken) > 0 {
		t.Fatalf("%v\n%s", broken, raw)
	}
	for _, e := range m.Embeds {
		require.NotContains(t, e.Title+e.Description, "<@123456789012345678>")
		require.NotContains(t, e.Title+e.Description, "@everyone")
	}
}

// answer is any answer, with hostile words and impossible numbers.
func (d dice) answer(depth int) commands.Answer {
	number := func() int64 {
		return []int64{0, -1, 1, 1 << 20, 3 << 30, 700 << 30, math.MaxInt64, math.MinInt64}[d.IntN(8)]
	}
	some := func() *int64 {
		if d.IntN(3) == 0 {
			return nil
		}
		return new(number())
	}
	kinds := []string{"mem", "fit", "models", "compare", "explain", "gpus", "concept", "unclear", "off_topic", "help", "about", "privacy", "settings", "nope", ""}
	a := commands.Answer{Kind: kinds[d.IntN(len(kinds))], Question: "/mem " + d.text(), Text: d.text(), Topic: d.text(), Ask: d.text()}
	if d.IntN(2) == 0 {
		a.Question += " train"
	}
	if d.IntN(6) == 0 {
		a.Error = &commands.Refusal{Code: d.text(), Text: d.text(), Advice: d.text(), DidYouMean: []string{d.text(), "/mem " + d.text(), d.text(), d.text()}}
	}
	if d.IntN(4) > 0 {
		a.Model = &commands.Model{ID: d.text(), Source: "hub", Revision: new(d.text()), FetchedAt: new(d.text()), Params: some(), ParamsTrainable: some(), Context: some(), Heads: some(), Notes: []string{d.text(), d.text()}}
		a.PerGPU = d.breakdown(number, some)
		a.Textbook = d.breakdown(number, some)
		a.Capacity = &commands.Capacity{KVBytesPerToken: some(), KVTokens: some(), MaxSeq: some(), MaxBatch: some(), ReservedByEngine: some()}
		a.Host = &commands.Host{Bytes: number()}
		a.GPU = &commands.GPUVerdict{Name: d.text(), UsableBytes: number(), Fits: d.IntN(2) == 0, Headroom: number()}
	}
	a.Plan = map[string]commands.PlanValue{"gpus": {Value: d.value(1)}, "zero": {Value: d.value(1)}, "engine": {Value: d.text()}, "seq": {Value: 1e300}, "dtype": {Value: nil}}
	for range d.IntN(30) {
		a.WhatIf = append(a.WhatIf, commands.Change{Change: d.text(), Total: number(), Saves: number(), Costs: d.text()})
		a.Options = append(a.Options, commands.Option{Question: "/mem " + d.text(), Model: d.text(), Total: number(), Fits: d.IntN(2) == 0, Headroom: number()})
		a.GPUs = append(a.GPUs, commands.GPUCard{Name: d.text(), UsableBytes: number()})
		a.Warnings = append(a.Warnings, commands.Warning{Text: d.text()})
		a.Assumptions = append(a.Assumptions, commands.Assumption{Text: d.text()})
		a.Choices = append(a.Choices, d.text())
		a.Run = append(a.Run, commands.RunText{For: d.text(), Text: d.text()})
		a.Others = append(a.Others, commands.OtherTool{Tool: d.text(), Total: number(), Why: d.text()})
		if depth > 0 {
			a.Answers = append(a.Answers, d.answer(depth-1))
		}
	}
	return a
}

func (d dice) breakdown(number func() int64, some func() *int64) *commands.PerGPU {
	p := &commands.PerGPU{Total: number(), Low: some(), High: some(), Moment: "loss"}
	for range d.IntN(14) {
		p.Parts = append(p.Parts, commands.Part{Name: d.text(), Bytes: number(), Formula: d.text(), Source: d.text(), Basis: "allowance"})
	}
	return p
}

func TestAnyAnswerIsWithinEveryLimit(t *testing.T) {
	t.Parallel()
	d := dice{rand.New(rand.NewPCG(3, 4))}
	for n := range 1500 {
		a := d.answer(1)
		m := render(a, scene{lang: []string{langEN, langZH}[n%2], private: n%3 == 0})
		checkMessage(t, m)
		if n%60 == 0 {
			New(Config{}).attach(t.Context(), m)
			require.LessOrEqual(t, units(m.alt), 1024)
		}
	}
}

func FuzzTypedText(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	b := New(Config{Answerer: real()})
	f.Fuzz(func(t *testing.T, text string) {
		b.typed(b.asked(text, "123"))
		modelIn(text)
		change("/mem a/b", text)
		checkMessage(t, render(commands.Answer{Kind: "help", Question: "/" + text, Text: text, Model: &commands.Model{ID: text}}, scene{lang: langEN}))
		if s := plain(text); strings.Contains(s, "@everyone") {
			t.Fatalf("%q", s)
		}
	})
}
