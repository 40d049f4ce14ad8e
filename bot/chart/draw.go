package chart

// draw paints a planned picture: grid below, bars, then the card's line on top.
func (c canvas) draw(p picture) {
	c.drawAxis(p)
	for i := range p.bars {
		c.drawBar(p, i)
	}
	if p.oneCard && p.bars[0].usable > 0 {
		c.drawCard(p)
	}
	c.drawLegend(p)
}

func (c canvas) drawAxis(p picture) {
	for i, mark := range p.marks {
		x := p.at(mark)
		c.line(x, p.top-6, x, p.bottom+8, 1.5, faint)
		label := tickLabel(mark)
		if i == len(p.marks)-1 {
			label += " GiB"
		}
		c.text(label, x-textWidth(tickLabel(mark), smallSize)/2, p.bottom+36, smallSize)
	}
}

func (c canvas) drawBar(p picture, i int) {
	b := p.bars[i]
	top, bottom := p.slot(i)
	c.drawLabel(b.label, (top+bottom)/2)
	var sum int64
	for _, s := range b.segments {
		from, to := p.x(sum), p.x(sum+s.bytes)
		sum += s.bytes
		c.rect(from, top, max(to, from+1), bottom, colourOf(s.name))
		if from > p.left && to-from > 3 {
			c.line(from, top, from, bottom, 2, paper)
		}
	}
	end := p.x(b.total)
	if b.usable > 0 && b.total > b.usable {
		c.hatch(p.x(max(b.usable, 0)), top, end, bottom)
	}
	if !p.oneCard && b.usable > 0 {
		x := p.x(b.usable)
		c.line(x, top-5, x, bottom+5, 4, ink)
	}
	left, said := p.totalLeft(b, end), GiB(b.total)+" GiB"
	c.rect(left, (top+bottom)/2-12, left+textWidth(said, fontSize), (top+bottom)/2+12, paper)
	c.text(said, left, (top+bottom)/2+9, fontSize)
}

// drawLabel writes what a bar is beside it, in two lines where one is too
// short for its words.
func (c canvas) drawLabel(label string, middle int) {
	first, rest := wrap(label, labelSpace-16, smallSize)
	if rest == "" {
		c.text(cut(first, labelSpace-16, smallSize), padding, middle+8, smallSize)
		return
	}
	c.text(first, padding, middle-4, smallSize)
	c.text(cut(rest, labelSpace-16, smallSize), padding, middle+20, smallSize)
}

// totalLeft keeps the total clear of the card's line just right of the bar.
func (p picture) totalLeft(b bar, end int) int {
	left := end + 10
	if b.usable <= 0 {
		return left
	}
	line := p.x(b.usable)
	wide := textWidth(GiB(b.total)+" GiB", fontSize)
	if line >= end && line < left+wide+8 {
		return line + 10
	}
	return left
}

// drawCard draws the line every bar is measured against, with its name.
func (c canvas) drawCard(p picture) {
	first := p.bars[0]
	x := p.x(first.usable)
	c.line(x, p.top-12, x, p.bottom+8, 4, ink)
	name := GiB(first.usable) + " GiB usable"
	if first.card != "" {
		name = first.card + " · " + name
	}
	name = cut(name, Width-2*padding, fontSize)
	left := min(max(padding, x-textWidth(name, fontSize)/2), Width-padding-textWidth(name, fontSize))
	c.text(name, left, p.top-22, fontSize)
}

func (c canvas) drawLegend(p picture) {
	for row, items := range p.legend {
		y := p.bottom + axisSpace + row*legendLine
		for _, item := range items {
			c.rect(item.x, y, item.x+24, y+24, colourOf(item.name))
			c.text(legendText(item.segment, len(p.bars) == 1), item.x+34, y+21, smallSize)
		}
	}
}
