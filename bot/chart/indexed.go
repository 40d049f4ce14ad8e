package chart

import (
	"image"
	"image/color"
)

// indexed turns the picture into one byte a pixel where its colours allow:
// a few flat colours and the soft edges of type, so that the file is a third
// as large and encodes faster. Past 256 colours the soft edges share a step.
func indexed(img image.Image) image.Image {
	rgba, ok := img.(*image.RGBA)
	if !ok {
		return img
	}
	for step := range 5 {
		if out, ok := quantise(rgba, uint(step)); ok {
			return out
		}
	}
	return img
}

// quantise drops the lowest bits of every colour but the pure ones, and gives
// up at the 257th colour.
func quantise(img *image.RGBA, drop uint) (*image.Paletted, bool) {
	out := image.NewPaletted(img.Rect, nil)
	index := map[[3]byte]uint8{}
	var seen recently
	for i, j := 0, 0; i+3 < len(img.Pix); i, j = i+4, j+1 {
		raw := uint32(img.Pix[i])<<16 | uint32(img.Pix[i+1])<<8 | uint32(img.Pix[i+2]) | 1<<24 // never 0
		slot := &seen[raw*2654435761>>22]
		if slot.raw != raw {
			key := [3]byte{img.Pix[i], img.Pix[i+1], img.Pix[i+2]}
			if drop > 0 && !flat[key] {
				key = [3]byte{coarse(key[0], drop), coarse(key[1], drop), coarse(key[2], drop)}
			}
			at, ok := index[key]
			if !ok {
				if len(out.Palette) == 256 {
					return nil, false
				}
				at = uint8(len(out.Palette)) //nolint:gosec // under 256 by the line above
				index[key] = at
				out.Palette = append(out.Palette, color.RGBA{R: key[0], G: key[1], B: key[2], A: 255})
			}
			slot.raw, slot.at = raw, at
		}
		out.Pix[j] = slot.at
	}
	return out, true
}

// recently are the colours met last, by a hash of ten bits: a picture has few,
// and a look here is much cheaper than one in a map.
type recently [1 << 10]struct {
	raw uint32
	at  uint8
}

// coarse rounds a colour channel to a step of 2^(drop+1), white kept white.
func coarse(v byte, drop uint) byte {
	step := 1 << (drop + 1)
	return byte(min(255, (int(v)+step/2)/step*step))
}

// flat are the colours of whole areas, which stay exact.
var flat = flatColours()

func flatColours() map[[3]byte]bool {
	exact := map[[3]byte]bool{}
	for _, c := range partColour {
		exact[[3]byte{c.R, c.G, c.B}] = true
	}
	exact[[3]byte{paper.R, paper.G, paper.B}] = true
	exact[[3]byte{ink.R, ink.G, ink.B}] = true
	exact[[3]byte{faint.R, faint.G, faint.B}] = true
	return exact
}
