package commands

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainNumbers are the digits of a concept's text that are names, formulas or
// definitions; every other number is computed.
var plainNumbers = regexp.MustCompile(`\{\{[^}]*\}\}|fp32|bf16|fp16|fp8|int8|nf4|q4_k|q8_0|mxfp4|nvfp4|zero:\d|adamw-8bit|--fp16|V100|T4|H100|A100 80G|20\d\d-\d\d-\d\d|arXiv [\d.]+|[Ss]tage \d|stages 1 to 3|阶段 \d( 到 3)?|figure 1|图 1|10\^9|2\^30|seq:32k = 32768|k = 1024|IEC 80000-13|1 G(i?)B|1 byte = 8 bits|1 字节 = 8 位|(is|are|是) [24] ?(bytes|字节)?|16 bits|16-bit|16 位|4-bit|4 位|groups of 128|每组 128 个|24 GB|(\(34|5)·b·s|[26] ?· ?(layers|b·s·h|a·s|层数)|DeepSeek-V2|section 3|A third|int4`)

func TestEveryNumberOfAConceptIsComputed(t *testing.T) {
	for _, topic := range ConceptTopics() {
		for _, lang := range []string{English, Chinese} {
			source, err := conceptTexts.ReadFile("concepts/" + topic + "." + lang + ".txt")
			require.NoError(t, err)
			left := plainNumbers.ReplaceAllString(string(source), "")
			require.NotRegexp(t, `[0-9]`, left, "%s in %s", topic, lang)
		}
	}
}

func TestConceptsAreWordedForAnyModel(t *testing.T) {
	service := &Service{Library: Shelf{}}
	for _, name := range []string{"llama-3.1-8b", "llama-7b", "qwen2-0.5b", "mixtral-8x7b", "gemma-2-9b"} {
		found, err := service.Library.Model(t.Context(), name, "")
		require.NoError(t, err)
		for _, topic := range ConceptTopics() {
			for _, lang := range []string{English, Chinese} {
				text, numbers := service.conceptText(t.Context(), topic, found, Words(lang))
				require.NotEmpty(t, text, "%s of %s", topic, name)
				require.NotEmpty(t, numbers)
				for number, value := range numbers {
					require.False(t, math.IsNaN(value) || math.IsInf(value, 0), "%s of %s", number, topic)
				}
				require.LessOrEqual(t, len([]rune(text)), 1800, topic)
			}
		}
	}
}

func TestConceptsGivePublishedFigures(t *testing.T) {
	for _, row := range []struct {
		topic, name string
		want, off   float64
	}{
		{"bytes_per_parameter", "least", 16, 0.01},
		{"bytes_per_parameter", "middle", 18, 0.01},
		{"bytes_per_parameter", "most", 20, 0.01},
		{"zero_stages", "paper0", 120, 0.05},  // ZeRO, figure 1
		{"zero_stages", "paper1", 31.4, 0.05}, // ZeRO, figure 1
		{"zero_stages", "paper2", 16.6, 0.05}, // ZeRO, figure 1
		{"zero_stages", "paper3", 1.88, 0.01}, // ZeRO, figure 1
		{"kv_cache", "bytes_per_token", 131072, 0},
		{"gqa", "share", 4, 0},
		{"mla", "bytes_per_token", 61 * (512 + 64) * 2, 0},
		{"moe", "total_b", 46.7, 0.01},
		{"moe", "active_b", 12.9, 0.05},
		{"quantization", "nf4_bits", 4.5, 0},
		{"quantization", "nf4dq_bits", 4.127, 0.001},
		{"quantization", "awq_bits", 4.156, 0.001},
		{"params_vs_disk", "fp32_gb", 4, 0},
		{"params_vs_disk", "bf16_gb", 2, 0},
	} {
		found, err := Shelf{}.Model(t.Context(), exampleModel, "")
		require.NoError(t, err)
		_, numbers := (&Service{Library: Shelf{}}).conceptText(t.Context(), row.topic, found, Words(English))
		require.InDelta(t, row.want, numbers[row.name], row.off, "%s %s", row.topic, row.name)
	}
}

// The number shown is the number computed.
func TestConceptShowsWhatItGives(t *testing.T) {
	a := plainly(t, "what is kv cache", "")
	require.Equal(t, "concept", a.Kind)
	for _, name := range []string{"kib", "gib", "layers", "kv_heads"} {
		require.Contains(t, a.Text, threeDigits(a.Numbers[name]), name)
	}
}

func TestExplainCarriesTheConcept(t *testing.T) {
	a := plainly(t, "how is the kv cache of qwen2-0.5b calculated?", "")
	require.Nil(t, a.Error)
	require.Equal(t, "explain", a.Kind)
	require.Equal(t, "kv_cache", a.Topic)
	require.True(t, strings.Contains(a.Text, "Qwen2-0.5B"), a.Text)
	require.InDelta(t, 12288, a.Numbers["bytes_per_token"], 0)
}

func TestEveryTopicCanBeAsked(t *testing.T) {
	for _, topic := range ConceptTopics() {
		a := plainly(t, "what is "+strings.ReplaceAll(topic, "_", " "), "")
		require.Contains(t, []string{"concept", "unclear", "off_topic"}, a.Kind)
		if a.Kind == "concept" {
			require.Equal(t, topic, a.Topic)
			require.NotEmpty(t, a.Text)
		}
	}
}
