package words_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"membot/commands/words"

	"github.com/stretchr/testify/require"
)

// BenchmarkRead must stay below 2 ms.
func BenchmarkRead(b *testing.B) {
	reader := words.New(nil)
	for b.Loop() {
		reader.Read("can I finetune llama 3 8b with lora on two 3090s, batch 4 and 8k context, without gradient checkpointing?", "", "en")
	}
}

// BenchmarkReadLongest reads a message as long as any that is read.
func BenchmarkReadLongest(b *testing.B) {
	reader := words.New(nil)
	long := strings.Repeat("why dosnt qwen2.5-7b/13b 在 8*A100 80G 上 q_proj,v_proj zero-3 [x](http://y) ", 60)
	b.SetBytes(int64(len(long)))
	for b.Loop() {
		reader.Read(long, "", "en")
	}
}

// BenchmarkReadSizes reads the longest messages of nothing but sizes and cards.
func BenchmarkReadSizes(b *testing.B) {
	reader := words.New(nil)
	for _, piece := range []string{"24g 20g free ", "mig 3g.40gb ", "一两张3090和", "4060 8gb 24gb total ", "each node 8x a100 "} {
		long := strings.Repeat(piece, words.MaxRunes/len([]rune(piece)))
		b.Run(strings.TrimSpace(piece), func(b *testing.B) {
			for b.Loop() {
				reader.Read(long, "", "")
			}
		})
	}
}

// BenchmarkReadHard reads messages of the longest kind that are hard to read:
// logs, names that are none, one script, one word again and again. Each must stay
// below 2 ms.
func BenchmarkReadHard(b *testing.B) {
	reader := words.New(nil)
	var logs, names strings.Builder
	for i := range 60 {
		fmt.Fprintf(&logs, "INFO 03-20 19:18:%d llm_engine.py:%d] step %d loss %d.%d mem %d MiB rank%d ", i, 70+i, i, i, i, 1000+i, i)
	}
	for i := range 400 {
		fmt.Fprintf(&names, "lammo%c %d ", 'a'+i%26, i)
	}
	for name, text := range map[string]string{
		"logs": logs.String(), "names": names.String(),
		"chinese": strings.Repeat("显存多少微调能跑吗为什么", 340), "cache": strings.Repeat("kv q8 kv in fp8 ", 250), "macs": strings.Repeat("m1 m2 4 ", 480),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				reader.Read(text, "", "")
			}
		})
	}
}

// kinds are all that a reading may be.
var kinds = []string{words.Mem, words.Fit, words.Models, words.Compare, words.Explain, words.GPUs, words.Concept, words.Unclear, words.OffTopic}

// FuzzRead holds what every reading must be, whatever comes in.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"", "llama", "8*A100 80G 7b全量", "\xff\xfe", "@everyone <@1> [x](y)", "2x2x2x2b x8 *8", "zero 9 seq 9e99 batch -1", "and with zero 3?", strings.Repeat("8*", 3000)} {
		f.Add(text, "/mem llama-7b train zero:2 gpus:8")
		f.Add(text, "")
	}
	f.Add("8*A10\x00\xee\xcdOK ", "/mem llamo:2 g8ua-7b train zero:2 g8us:")
	reader := words.New(nil)
	f.Fuzz(func(t *testing.T, text, previous string) {
		got := reader.Read(text, previous, "")
		if previous != "" && strings.HasPrefix(got.Line, strings.Fields(previous + " x")[0]) {
			return // a changed line is as sound as the line before
		}
		require.Contains(t, kinds, got.Kind)
		require.LessOrEqual(t, len(got.Choices), 3)
		sized := []string{words.Mem, words.Fit, words.Models, words.Compare, words.Explain, words.GPUs}
		require.Equal(t, slices.Contains(sized, got.Kind), got.Line != "", "a line for what is sized: %+v", got)
		for _, line := range slices.Concat([]string{got.Line}, got.Choices, got.Also) {
			sound(t, line)
		}
		require.True(t, utf8.ValidString(words.Quote(text)))
		require.NotContains(t, words.Quote(text), "@")
	})
}

// sound checks that a line is made of a command, names and options alone.
func sound(t *testing.T, line string) {
	t.Helper()
	if line == "" {
		return
	}
	fields := strings.Split(line, " ")
	require.Contains(t, []string{"/mem", "/fit", "/models", "/compare", "/explain", "/gpus"}, fields[0])
	seen := map[string]bool{}
	for _, f := range fields[1:] {
		require.NotEmpty(t, f, "line %q", line)
		require.NotContains(t, f, "@everyone")
		key, value, option := strings.Cut(f, ":")
		if option {
			require.False(t, seen[key], "%q twice in %q", key, line)
			require.NotEmpty(t, value, "line %q", line)
			seen[key] = true
		}
		for _, c := range f {
			ok := c == '.' || c == '-' || c == '_' || c == '/' || c == ':' || c == ',' || c == '@' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
			require.True(t, ok, "%q in line %q", c, line)
		}
	}
}
