package chart

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"membot/commands"

	"github.com/go-analyze/charts/chartdraw/drawing"
	"github.com/stretchr/testify/require"
)

func part(name string, gibs float64) commands.Part {
	return commands.Part{Name: name, Bytes: int64(gibs * gib)}
}

func answer(card string, usable float64, parts ...commands.Part) commands.Answer {
	a := commands.Answer{Kind: "mem", PerGPU: &commands.PerGPU{Parts: parts}}
	for _, p := range parts {
		a.PerGPU.Total += p.Bytes
	}
	if card != "" {
		a.GPU = &commands.GPUVerdict{Name: card, UsableBytes: int64(usable * gib)}
		a.GPU.Headroom = a.GPU.UsableBytes - a.PerGPU.Total
		a.GPU.Fits = a.GPU.Headroom >= 0
	}
	return a
}

func longest() commands.Answer {
	return answer("a100-40g", 39.5, part("weights", 12.6), part("master", 3.1), part("gradients", 1.6), part("optimizer", 6.3),
		part("activations", 14.2), part("logits", 2.4), part("buffers", 1.9), part("adapters", 0.9), part("workspace", 0.7), part("context", 1.8))
}

func alternativesAnswer() commands.Answer {
	a := commands.Answer{Kind: "fit", Question: "/fit llama-7b train gpu:4090 gpus:8 seq:2048"}
	for i, change := range []string{"method:qlora", "zero:3 recompute:full offload:optimizer", "zero:3 recompute:full", "zero:3", "zero:2", ""} {
		total := int64(float64(8+7*i) * gib)
		a.Options = append(a.Options, commands.Option{
			Question: a.Question + " " + change, Total: total,
			Fits: total < 23*gib, Headroom: 23*gib - total,
		})
	}
	return a
}

func comparison() commands.Answer {
	a := longest()
	a.Model = &commands.Model{ID: "huggyllama/llama-7b"}
	b := answer("h100", 79.2, part("weights", 15), part("optimizer", 30), part("activations", 22))
	b.Model = &commands.Model{ID: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B-with-a-long-name"}
	return commands.Answer{Kind: "compare", Answers: []commands.Answer{a, b}}
}

func pictures() map[string]commands.Answer {
	return map[string]commands.Answer{
		"shortest":  answer("", 0, part("weights", 0.92), part("context", 0.5)),
		"fits":      answer("4090", 23.5, part("weights", 0.92), part("kv_cache", 0.1), part("workspace", 0.3), part("context", 0.5)),
		"tight":     answer("l40s", 44.4, part("weights", 30), part("kv_cache", 11), part("graphs", 1), part("context", 0.5)),
		"longest":   longest(),
		"huge":      answer("h100", 79.2, part("weights", 1_250), part("kv_cache", 90), part("context", 2)),
		"saturated": answer("h100", 79.2, commands.Part{Name: "weights", Bytes: math.MaxInt64}),
		"fit":       alternativesAnswer(),
		"compare":   comparison(),
	}
}

func TestPicturesAreSmallWideAndDecodable(t *testing.T) {
	for name, a := range pictures() {
		t.Run(name, func(t *testing.T) {
			data, err := PNG(a)
			require.NoError(t, err)
			require.LessOrEqual(t, len(data), 60_000)
			img, err := png.Decode(bytes.NewReader(data))
			require.NoError(t, err)
			require.Equal(t, Width, img.Bounds().Dx())
			require.LessOrEqual(t, img.Bounds().Dy(), MaxHeight)
			if dir := os.Getenv("CHART_OUT"); dir != "" { // to look at them
				require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600))
			}
		})
	}
}

func TestNothingToDraw(t *testing.T) {
	for _, a := range []commands.Answer{
		{},
		{Kind: "help", Text: "words"},
		{Error: &commands.Refusal{Code: "bad_request"}},
		{Kind: "mem", PerGPU: &commands.PerGPU{}},
		{Kind: "fit", Options: []commands.Option{{Total: 0}}},
		{Kind: "compare", Answers: []commands.Answer{{Error: &commands.Refusal{}}}},
	} {
		data, err := PNG(a)
		require.NoError(t, err)
		require.Nil(t, data)
		require.Empty(t, AltText(a, "en"))
	}
}

func TestNumbersHaveThreeSignificantDigits(t *testing.T) {
	for x, want := range map[float64]string{0: "0.00", 0.523: "0.52", 9.994: "9.99", 9.996: "10.0", 31.44: "31.4", 99.96: "100", 134.2: "134", 1340: "1,340", -12.34: "-12.3"} {
		require.Equal(t, want, Round(x))
	}
}

func TestTicksAreRoundAndReachTheLimit(t *testing.T) {
	for _, limit := range []float64{0.03, 0.9, 1, 6.9, 23.5, 80, 81, 1342, 8.6e9} {
		marks := ticks(limit)
		require.LessOrEqual(t, len(marks), 9)
		require.GreaterOrEqual(t, marks[len(marks)-1], limit*0.999)
		require.Zero(t, marks[0])
	}
}

func TestAltTextSaysTheSameInBothLanguages(t *testing.T) {
	en, zh := AltText(longest(), "en"), AltText(longest(), "zh-CN")
	for _, want := range []string{"45.5 GiB", "weights 12.6", "a100-40g", "over"} {
		require.Contains(t, en, want)
	}
	for _, want := range []string{"45.5 GiB", "权重 12.6", "a100-40g", "超出"} {
		require.Contains(t, zh, want)
	}
	long := comparison()
	long.Answers[1].Model.ID = strings.Repeat("长", 4000)
	require.LessOrEqual(t, len([]rune(AltText(long, "zh-CN"))), 1024)
}

// TestTypeStandsOut holds more than WCAG's contrast for large type, 3 to 1, of what is
// written on a part's colour and on the paper.
func TestTypeStandsOut(t *testing.T) {
	for name, colour := range partColour {
		require.GreaterOrEqual(t, contrast(luminance(onColour(colour)), luminance(colour)), 4.0, name)
	}
	require.Greater(t, contrast(luminance(ink), luminance(paper)), 12.0)
	require.Greater(t, contrast(luminance(paper), luminance(drawing.Color{R: 0x31, G: 0x33, B: 0x38})), 10.0, "the card on Discord's dark")
}

func TestTotalsStayClearOfTheCardsLine(t *testing.T) {
	for _, total := range []float64{1, 5, 12, 18, 20, 22, 23, 23.4, 23.6, 25, 40, 400} {
		b := answerBar(answer("4090", 23.5, part("weights", total)), "")
		p := plan([]bar{b}, "")
		left, line := p.totalLeft(b, p.x(b.total)), p.x(b.usable)
		right := left + textWidth(GiB(b.total)+" GiB", fontSize)
		require.False(t, left-6 <= line+2 && line-2 <= right+6, "%v GiB: %d to %d over the line at %d", total, left, right, line)
		require.LessOrEqual(t, right, Width)
	}
}

func TestLettersTheFontLacksAreReplaced(t *testing.T) {
	a := longest()
	a.Model = &commands.Model{ID: "模型/" + strings.Repeat("长", 500)}
	require.NotContains(t, titleOf(a), "模")
	_, err := PNG(a)
	require.NoError(t, err)
}

func BenchmarkPNG(b *testing.B) {
	for name, a := range map[string]commands.Answer{"one": longest(), "fit": alternativesAnswer()} {
		b.Run(name, func(b *testing.B) {
			var size int
			for b.Loop() {
				data, err := PNG(a)
				if err != nil {
					b.Fatal(err)
				}
				size = len(data)
			}
			b.ReportMetric(float64(size), "bytes/png")
		})
	}
}
