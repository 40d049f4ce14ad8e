package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/bot/chart"
	"membot/commands"
)

// real answers from the catalogue, without the Hub.
func real() commands.Answerer { return &commands.Service{Library: commands.Shelf{}} }

// TestEveryMenuAndButtonLeadsToAnAnswer presses everything that is offered
// under answers of many kinds.
func TestEveryMenuAndButtonLeadsToAnAnswer(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"/mem Qwen/Qwen2-0.5B-Instruct infer seq:4096",
		"/mem llama-7b train zero:2 gpus:8",
		"/mem llama-7b train",
		"/mem llama-7b train method:lora rank:64 gpu:4090",
		"/mem llama-7b train method:qlora gpu:24g",
		"/mem llama-7b train stack:fsdp gpus:8 gpu:a100-80g",
		"/mem llama-7b train stack:megatron gpus:8 tp:4",
		"/mem llama-7b infer engine:vllm gpu:h100-80g gpus:2 tp:2 util:0.9",
		"/mem llama-7b infer engine:llama.cpp dtype:q4_k_m ngl:20",
		"/mem 7b train", "/mem 7b",
		"/explain llama-7b train zero:2 gpus:8",
		"/fit llama-7b train gpu:4090 gpus:2",
		"/models gpu:4090",
		"/compare llama-7b qwen2-0.5b",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			a := real().Answer(t.Context(), commands.Question{Text: line})
			require.Nil(t, a.Error)
			m := render(a, scene{lang: langEN})
			require.NotNil(t, m.Embeds[0].Footer)
			state := m.Embeds[0].Footer.Text
			again := real().Answer(t.Context(), commands.Question{Text: state})
			require.Nil(t, again.Error, "the footer is read back: %s", state)
			require.Equal(t, state, again.Question)
			for _, p := range presses(m, state) {
				if a, _ := presser.settle(t.Context(), p, commands.Question{}); a.Error != nil {
					t.Errorf("on %s:\n %s\n %s: %s", state, p.line, a.Error.Code, a.Error.Text)
				}
			}
		})
	}
}

// presser reads buttons and has them answered from the catalogue.
var presser = New(Config{Answerer: real()})

// presses are all the buttons and values of menus under a message.
func presses(m *Message, state string) []press {
	var all []press
	add := func(id, value string) {
		i := &Interaction{Type: kindComponent, User: &User{ID: "7"}, Data: &Data{CustomID: id, Values: []string{value}}, Message: received(state)}
		p := presser.readPress(i)
		if p.problem != (phrase{}) {
			panic(id + " " + value)
		}
		all = append(all, p)
	}
	for _, row := range m.Components {
		for _, c := range row.Components {
			for _, o := range c.Options {
				add(c.CustomID, o.Value)
			}
			if len(c.Options) == 0 && !strings.Contains(c.CustomID, actChoice) {
				add(c.CustomID, "")
			}
		}
	}
	return all
}

// received is a message of the bot with a question in its footer.
func received(state string) *ReceivedMessage {
	var m ReceivedMessage
	raw, err := json.Marshal(map[string]any{"embeds": []any{map[string]any{"footer": map[string]any{"text": state}}}})
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		panic(err)
	}
	return &m
}

func TestThePartsShownAddUpToTheTotal(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"/mem llama-7b train zero:2 gpus:8", "/mem llama-7b", "/mem llama-7b train method:lora"} {
		a := real().Answer(t.Context(), commands.Question{Text: line})
		require.Nil(t, a.Error)
		var sum int64
		for _, p := range foldParts(*a.PerGPU) {
			sum += p.Bytes
		}
		require.InEpsilon(t, a.PerGPU.Total, sum, 0.001, line)
		require.True(t, chart.Drawable(a))
	}
}

func TestChangesKeepTheRestOfTheLine(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ line, change, want string }{
		{"/mem a/b train zero:2 gpus:8", "zero:3", "/mem a/b train gpus:8 zero:3"},
		{"/mem a/b infer", "batch:8", "/mem a/b infer batch:8"},
		{"/mem a/b train method:lora rank:8", "method:qlora", "/mem a/b train rank:8 method:qlora"},
		{"/mem a/b infer engine:vllm util:0.8", "engine:sglang", "/mem a/b infer util:0.8 engine:sglang"},
	} {
		got, ok := change(row.line, row.change)
		require.True(t, ok)
		require.Equal(t, row.want, got)
	}
	line, left := inMode("/mem a/b infer seq:9 engine:vllm", "train")
	require.Equal(t, "/mem a/b train seq:9", line)
	require.Equal(t, []string{"engine:vllm"}, left)
	line, left = inMode("/mem a/b train zero:2 gpus:2 seq:1", "infer")
	require.Equal(t, "/mem a/b infer gpus:2 seq:1", line)
	require.Equal(t, []string{"zero:2"}, left)
	for _, forged := range []string{"zero:3 /mem x", "zero", "Zero:3", "zero:", "a:b\nc", "x:" + strings.Repeat("y", 100), "@everyone:1"} {
		_, ok := change("/mem a/b train", forged)
		require.False(t, ok, forged)
	}
}

// valuesOf are values to type for an option: those it names, or plain numbers.
func valuesOf(row commands.OptionRow) []string {
	switch {
	case row.Key == "gpu":
		return []string{"a100-80g"}
	case row.Key == "targets":
		return []string{"q,v"}
	case len(row.Values) > 0 && !strings.Contains(row.Values[0], " "):
		return row.Values[:min(3, len(row.Values))]
	case strings.Contains(row.English, "0 to 1") || strings.Contains(row.Key, "dropout") || row.Key == "util":
		return []string{"0.5"}
	}
	return []string{"1", "2", "4096"}
}

// TestWhatWasTypedSurvivesEveryButton types each option in turn under many
// questions and presses everything: the option is still there, or is said to be
// left out, and then it does contradict.
func TestWhatWasTypedSurvivesEveryButton(t *testing.T) {
	t.Parallel()
	pressed, leftOut := 0, 0
	for _, base := range []string{
		"/mem llama-7b train", "/mem llama-7b train zero:2 gpus:8", "/mem llama-7b train method:lora", "/mem llama-7b train stack:megatron gpus:8",
		"/mem llama-7b infer", "/mem llama-7b infer engine:vllm gpus:2", "/mem llama-7b infer engine:llama.cpp", "/explain llama-7b train stack:fsdp gpus:8",
	} {
		for _, row := range commands.Options() {
			for _, value := range valuesOf(row) {
				word := row.Key + ":" + value
				a := real().Answer(t.Context(), commands.Question{Text: base + " " + word})
				if a.Error != nil || a.PerGPU == nil {
					continue
				}
				for _, p := range presses(render(a, scene{lang: langEN}), a.Question) {
					pressed++
					leftOut += survives(t, a, row.Key, p)
				}
			}
		}
	}
	t.Logf("%d presses, %d of which contradicted what was typed", pressed, leftOut)
	require.Greater(t, pressed, 1000)
}

// survives checks one press, and returns 1 if it left the key out.
func survives(t *testing.T, before commands.Answer, key string, p press) int {
	t.Helper()
	after, left := presser.settle(t.Context(), p, commands.Question{})
	if after.Error != nil {
		t.Errorf("%s, pressed for %s: %s", before.Question, p.line, after.Error.Text)
		return 0
	}
	if key == p.changed || after.Plan == nil && strings.Contains(after.Question+" ", " "+key+":") || after.Plan[key].Given {
		return 0
	}
	for _, w := range left {
		if k, _, _ := strings.Cut(w, ":"); k != key {
			continue
		}
		if again := real().Answer(t.Context(), commands.Question{Text: after.Question + " " + w}); again.Error == nil {
			t.Errorf("%s, pressed for %s: %s is left out for nothing", before.Question, p.because, w)
		}
		m := render(after, scene{lang: langEN})
		m.sayLeft(p, left)
		require.Contains(t, m.Embeds[0].Description, w)
		return 1
	}
	t.Errorf("%s, pressed for %s %s: %s is gone: %s (left %v)", before.Question, p.because, p.line, key, after.Question, left)
	return 0
}

// TestAMenuKeepsItsWord presses what an answer says a change would come to.
func TestAMenuKeepsItsWord(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"/mem llama-7b train gpus:8 gpu:a100-80g", "/mem llama-7b train zero:2 gpus:8", "/mem llama-7b train", "/mem llama-7b infer engine:vllm gpu:4090", "/mem llama-7b"} {
		a := real().Answer(t.Context(), commands.Question{Text: line})
		for _, p := range presses(render(a, scene{lang: langEN}), a.Question) {
			at := slices.IndexFunc(a.WhatIf, func(c commands.Change) bool { return c.Change == p.because })
			if at < 0 {
				continue
			}
			after, _ := presser.settle(t.Context(), p, commands.Question{})
			require.Nil(t, after.Error)
			require.Equal(t, a.WhatIf[at].Total, after.PerGPU.Total, "%s with %s", line, p.because)
		}
	}
}

func TestWhatFitsLooksForMoreThanWhatWasAsked(t *testing.T) {
	t.Parallel()
	a := real().Answer(t.Context(), commands.Question{Text: "/mem llama-7b train gpu:4090"})
	for _, p := range presses(render(a, scene{lang: langEN}), a.Question) {
		if strings.HasPrefix(p.line, "/fit ") {
			found, _ := presser.settle(t.Context(), p, commands.Question{})
			require.Greater(t, len(found.Options), 2, fmt.Sprint(p.line))
			return
		}
	}
	t.Fatal("an answer that does not fit has no button for what would")
}

func TestAButtonSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	s := overHTTP(t, func(c *Config) { c.Answerer = real() })
	ann := s.Human("ann")
	m := ann.Slash("mem", option{Name: "model", Value: "llama-7b"}, option{Name: "mode", Value: "train"}, option{Name: "method", Value: "lora"}, option{Name: "rank", Value: 8}, option{Name: "more", Value: "accum:4"}).Shown()
	menu := m.IDs()[slices.IndexFunc(m.IDs(), func(id string) bool { return strings.HasPrefix(id, "v1|?method") })]
	require.Equal(t, "v1|?method~method", menu)
	m = ann.Choose(m, menu, "method:full").Redrawn(m.Edits)
	require.Contains(t, m.Text(), "What does not go with `method:full` is left out: `rank:8`")
	require.Contains(t, m.Footer(), "accum:4")
	m = ann.Choose(m, menu, "optimizer:sgd").Redrawn(m.Edits)
	require.NotContains(t, m.Text(), "left out")
	require.Contains(t, m.Footer(), "accum:4")
}
