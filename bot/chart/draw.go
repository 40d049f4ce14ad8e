package chart

// draw paints a planned picture: grid below, bars, then the card's line on top.
func (c canvas) draw(p picture) {
	if p.title != "" {
		c.text(cut(p.title, Width-2*padding, titleSize), padding, padding+22, titleSize)
	}
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
	c.drawLabel(b.label, (top+bottom)/2, (p.bottom-p.top)/len(p.bars))
	var sum int64
	for _, s := range b.segments {
		from, to := p.x(sum), p.x(sum+s.bytes)
		sum += s.bytes
		c.rect(from, top, max(to, from+1), bottom, colourOf(s.name))
		if from > p.left && to-from > 3 {
			c.line(from, top, from, bottom, 2, paper)
		}
		if len(p.bars) == 1 {
			c.drawName(s.name, from, min(to, p.clear(b)), (top+bottom)/2+8)
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
	c.drawTotal(p, b, end, (top+bottom)/2)
}

// drawTotal writes a bar's total at its end. On a bar of many colours it needs
// paper below it, and is left out where the title says it.
func (c canvas) drawTotal(p picture, b bar, end, middle int) {
	left, said := p.totalLeft(b, end), GiB(b.total)+" GiB"
	inside := left < end
	switch {
	case inside && len(b.segments) == 1:
		c.write(said, left, middle+9, fontSize, onColour(colourOf(b.segments[0].name)))
		return
	case inside && len(p.bars) == 1 && p.title != "":
		return
	}
	c.rect(left-6, middle-16, left+textWidth(said, fontSize)+6, middle+16, paper)
	c.text(said, left, middle+9, fontSize)
}

// drawName writes a part's name on its stretch, if it has the room.
func (c canvas) drawName(name string, from, to, baseline int) {
	said := partName(name)
	wide := textWidth(said, smallSize)
	if to-from < wide+16 {
		return
	}
	c.write(said, (from+to-wide)/2, baseline, smallSize, onColour(colourOf(name)))
}

// clear is where a bar's plain stretch ends: the hatching of what is over the
// card leaves no room for words, nor does a total written on the bar.
func (p picture) clear(b bar) int {
	end := p.x(b.total)
	if b.usable > 0 && b.total > b.usable {
		end = p.x(b.usable)
	}
	if left := p.totalLeft(b, p.x(b.total)); left < end && p.title == "" {
		end = left - 6
	}
	return end
}

// drawLabel writes what a bar is beside it, in as many lines as its slot has.
func (c canvas) drawLabel(label string, middle, slot int) {
	var lines []string
	for rest := label; rest != ""; {
		var line string
		if line, rest = wrap(rest, labelSpace-16, smallSize); len(lines)+1 >= max(1, slot/labelLine) && rest != "" {
			line, rest = line+" "+rest, ""
		}
		lines = append(lines, cut(line, labelSpace-16, smallSize))
	}
	y := middle + 8 - (len(lines)-1)*labelLine/2
	for i, line := range lines {
		c.text(line, padding, y+i*labelLine, smallSize)
	}
}

// totalLeft keeps the total clear of the card's line: right of the bar, else on
// its end, and right of the line only beside a bar too short for that.
func (p picture) totalLeft(b bar, end int) int {
	left := end + 10
	if b.usable <= 0 {
		return left
	}
	line := p.x(b.usable)
	wide := textWidth(GiB(b.total)+" GiB", fontSize)
	switch {
	case line < end || line >= left+wide+8:
		return left
	case end-p.left > wide+40:
		return end - wide - 16
	}
	return line + 10
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
