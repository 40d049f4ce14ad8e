package chart

import (
	"math"

	"github.com/go-analyze/charts/chartdraw/drawing"
)

// The eight colours of Okabe and Ito (2008), which colour-blind eyes tell
// apart, and two tints for parts that stand beside their full colour.
var (
	blue       = drawing.Color{R: 0x00, G: 0x72, B: 0xB2, A: 255}
	sky        = drawing.Color{R: 0x56, G: 0xB4, B: 0xE9, A: 255}
	green      = drawing.Color{R: 0x00, G: 0x9E, B: 0x73, A: 255}
	yellow     = drawing.Color{R: 0xF0, G: 0xE4, B: 0x42, A: 255}
	orange     = drawing.Color{R: 0xE6, G: 0x9F, B: 0x00, A: 255}
	vermillion = drawing.Color{R: 0xD5, G: 0x5E, B: 0x00, A: 255}
	purple     = drawing.Color{R: 0xCC, G: 0x79, B: 0xA7, A: 255}
	black      = drawing.Color{R: 0x00, G: 0x00, B: 0x00, A: 255}
	paleGreen  = drawing.Color{R: 0x8F, G: 0xD6, B: 0xC1, A: 255}
	palePurple = drawing.Color{R: 0xEB, G: 0xCB, B: 0xDD, A: 255}

	// An opaque near-white card reads the same on Discord's dark and light.
	paper = drawing.Color{R: 0xFA, G: 0xFA, B: 0xFA, A: 255}
	ink   = drawing.Color{R: 0x1E, G: 0x1F, B: 0x22, A: 255}
	faint = drawing.Color{R: 0xC8, G: 0xCA, B: 0xCE, A: 255}
	grey  = drawing.Color{R: 0x8A, G: 0x8D, B: 0x93, A: 255}
)

// partColour gives each part one colour, the same in every picture. Parts that
// never meet (a cache when serving, an optimizer when training) share one.
var partColour = map[string]drawing.Color{
	"weights": blue, "kv_cache": orange, "optimizer": orange, "state": vermillion, "gradients": vermillion,
	"activations": green, "workspace": paleGreen, "logits": yellow, "graphs": yellow, "buffers": sky,
	"master": purple, "adapters": palePurple, "context": black, "other": grey,
	"fits": green, "does not fit": vermillion,
}

func colourOf(part string) drawing.Color {
	if c, ok := partColour[part]; ok {
		return c
	}
	return grey
}

// onColour is what type on a colour is written in: whichever of paper and ink
// stands out more, by WCAG's relative luminance.
func onColour(c drawing.Color) drawing.Color {
	l := luminance(c)
	if contrast(luminance(paper), l) > contrast(luminance(ink), l) {
		return paper
	}
	return ink
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// luminance is WCAG 2.2's relative luminance of an sRGB colour.
func luminance(c drawing.Color) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
