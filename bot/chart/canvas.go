package chart

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"sync"

	"github.com/go-analyze/charts"
	"github.com/go-analyze/charts/chartdraw"
	"github.com/go-analyze/charts/chartdraw/drawing"
)

// A canvas draws shapes and type in pixels.
type canvas struct {
	r             chartdraw.Renderer
	width, height int
}

func newCanvas(width, height int) canvas {
	r := chartdraw.PNG(width, height)
	r.SetDPI(72) // a point is a pixel
	c := canvas{r: r, width: width, height: height}
	c.rect(0, 0, width, height, paper)
	return c
}

func (c canvas) rect(x1, y1, x2, y2 int, fill drawing.Color) {
	c.r.SetFillColor(fill)
	c.r.MoveTo(x1, y1)
	c.r.LineTo(x2, y1)
	c.r.LineTo(x2, y2)
	c.r.LineTo(x1, y2)
	c.r.LineTo(x1, y1)
	c.r.Fill()
	c.r.ResetStyle()
}

func (c canvas) line(x1, y1, x2, y2 int, width float64, stroke drawing.Color) {
	c.r.SetStrokeColor(stroke)
	c.r.SetStrokeWidth(width)
	c.r.MoveTo(x1, y1)
	c.r.LineTo(x2, y2)
	c.r.Stroke()
	c.r.ResetStyle()
}

// hatch covers a box with diagonals, cut off at its edges.
func (c canvas) hatch(x1, y1, x2, y2 int) {
	const step = 14
	high := y2 - y1
	for x := x1 - high; x < x2; x += step {
		fromX, fromY := x, y2
		toX, toY := x+high, y1
		if fromX < x1 {
			fromX, fromY = x1, y2-(x1-x)
		}
		if toX > x2 {
			toX, toY = x2, y1+(x+high-x2)
		}
		c.line(fromX, fromY, toX, toY, 5, paper)
		c.line(fromX, fromY, toX, toY, 2, ink)
	}
}

// text writes with its baseline at y.
func (c canvas) text(body string, x, y int, size float64) { c.write(body, x, y, size, ink) }

func (c canvas) write(body string, x, y int, size float64, colour drawing.Color) {
	c.r.SetFont(charts.GetFont(charts.FontFamilyRoboto))
	c.r.SetFontSize(size)
	c.r.SetFontColor(colour)
	c.r.Text(body, x, y)
	c.r.ResetStyle()
}

// wrap splits text after the last word that still fits a line.
func wrap(body string, width int, size float64) (first, rest string) {
	if len(body) > longestLabel || textWidth(body, size) <= width {
		return body, ""
	}
	for at := strings.LastIndexByte(body, ' '); at > 0; at = strings.LastIndexByte(body[:at], ' ') {
		if textWidth(body[:at], size) <= width {
			return body[:at], body[at+1:]
		}
	}
	return body, ""
}

// longestLabel bounds how much of a label is measured, in characters.
const longestLabel = 120

// ruler measures type; it is shared because a renderer is not safe for
// concurrent use.
var ruler = struct {
	sync.Mutex
	r chartdraw.Renderer
}{}

func textWidth(body string, size float64) int {
	ruler.Lock()
	defer ruler.Unlock()
	if ruler.r == nil {
		ruler.r = chartdraw.PNG(1, 1)
		ruler.r.SetDPI(72)
	}
	ruler.r.SetFont(charts.GetFont(charts.FontFamilyRoboto))
	ruler.r.SetFontSize(size)
	ruler.r.SetFontColor(ink)
	return ruler.r.MeasureText(body).Width()
}

// cut shortens text until it fits: a model's name from the left, because its end
// says which variant it is, and anything else from the right.
func cut(body string, width int, size float64) string {
	if textWidth(body, size) <= width {
		return body
	}
	letters := []rune(body)
	if len(letters) > longestLabel {
		letters = letters[len(letters)-longestLabel:]
	}
	if strings.Contains(body, ":") {
		letters = []rune(body)[:len(letters)]
		for len(letters) > 1 && textWidth(string(letters)+"…", size) > width {
			letters = letters[:len(letters)-1]
		}
		return string(letters) + "…"
	}
	for len(letters) > 1 && textWidth("…"+string(letters), size) > width {
		letters = letters[1:]
	}
	return "…" + string(letters)
}

func (c canvas) encode() ([]byte, error) {
	var raw chartdraw.ImageWriter
	if err := c.r.Save(&raw); err != nil {
		return nil, fmt.Errorf("draw chart: %w", err)
	}
	img, err := raw.Image()
	if err != nil {
		return nil, fmt.Errorf("draw chart: %w", err)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, indexed(img)); err != nil {
		return nil, fmt.Errorf("encode chart: %w", err)
	}
	return out.Bytes(), nil
}
