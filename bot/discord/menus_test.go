package discord

import (
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
			for _, row := range m.Components {
				for _, c := range row.Components {
					pressAll(t, state, c)
				}
			}
		})
	}
}

func pressAll(t *testing.T, state string, c Component) {
	t.Helper()
	lines := map[string]string{}
	id := strings.TrimPrefix(c.CustomID, idPrefix)
	if act, ok := actions[id]; ok {
		lines[id] = act.line(state)
	}
	for _, o := range c.Options {
		if id == "?open" && o.Value[0] == '/' {
			lines[o.Value] = o.Value
			continue
		}
		base := state
		if id == "?open" {
			base = asCommand(state, "mem")
		}
		changed, ok := change(base, o.Value)
		require.True(t, ok, o.Value)
		lines[o.Value] = changed
	}
	require.NotEmpty(t, lines, c.CustomID)
	for what, line := range lines {
		a := real().Answer(t.Context(), commands.Question{Text: line})
		if a.Error != nil {
			t.Errorf("%s on %s:\n %s\n %s: %s", what, state, line, a.Error.Code, a.Error.Text)
		}
	}
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
		{"/mem a/b train method:lora rank:8 targets:q,v", "method:full", "/mem a/b train method:full"},
		{"/mem a/b train method:lora rank:8", "method:qlora", "/mem a/b train rank:8 method:qlora"},
		{"/mem a/b infer engine:vllm util:0.8 dtype:awq", "engine:llama.cpp", "/mem a/b infer engine:llama.cpp"},
	} {
		got, ok := change(row.line, row.change)
		require.True(t, ok)
		require.Equal(t, row.want, got)
	}
	require.Equal(t, "/mem a/b train seq:9", inMode("/mem a/b infer seq:9 engine:vllm", "train"))
	require.Equal(t, "/mem a/b infer gpus:2", inMode("/mem a/b train zero:2 gpus:2 seq:1", "infer"))
	for _, forged := range []string{"zero:3 /mem x", "zero", "Zero:3", "zero:", "a:b\nc", "x:" + strings.Repeat("y", 100), "@everyone:1"} {
		_, ok := change("/mem a/b train", forged)
		require.False(t, ok, forged)
	}
}
