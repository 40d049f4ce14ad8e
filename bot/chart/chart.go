// Package chart draws an answer as a picture: a horizontal stacked bar of where
// the memory goes against the card's line, one bar for an answer and one for
// each alternative.
//
// The picture speaks English and numbers only, because the font has no CJK
// glyphs; [AltText] says the same in the asker's language.
package chart

import (
	"membot/commands"
)

// Width of every picture, in pixels. The height grows with the bars, never past
// MaxHeight.
const (
	Width     = 1200
	MaxHeight = 480
	maxBars   = 6
)

// PNG draws the answer. It returns nil, and no error, for an answer that has
// nothing to draw: words, a refusal, a list of GPUs.
func PNG(a commands.Answer) ([]byte, error) {
	bars := barsOf(a)
	if len(bars) == 0 {
		return nil, nil
	}
	p := plan(bars, titleOf(a))
	c := newCanvas(Width, p.height)
	c.draw(p)
	return c.encode()
}

// Drawable reports whether [PNG] would draw the answer.
func Drawable(a commands.Answer) bool { return len(barsOf(a)) > 0 }
