package discord

import (
	"context"
	"fmt"
	"hash/maphash"
	"runtime"
	"sync"

	"membot/bot/chart"
	"membot/commands"
)

// pictures draws charts, a few at a time because drawing is all processor, and
// keeps the latest.
type pictures struct {
	turns chan struct{}
	seed  maphash.Seed
	mu    sync.Mutex
	kept  map[uint64][]byte
	order []uint64
}

const maxPictures = 128 // at most 60 kB each

func newPictures() *pictures {
	return &pictures{turns: make(chan struct{}, runtime.GOMAXPROCS(0)), seed: maphash.MakeSeed(), kept: map[uint64][]byte{}}
}

func (p *pictures) draw(ctx context.Context, a commands.Answer) ([]byte, error) {
	key := p.key(a)
	if data := p.get(key); data != nil {
		return data, nil
	}
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if data := p.get(key); data != nil { // drawn while this one waited for its turn
		return data, nil
	}
	data, err := chart.PNG(a)
	if err != nil {
		return nil, err
	}
	p.put(key, data)
	return data, nil
}

// key is everything a picture shows.
func (p *pictures) key(a commands.Answer) uint64 {
	var h maphash.Hash
	h.SetSeed(p.seed)
	write := func(a commands.Answer) {
		fmt.Fprint(&h, a.Kind, a.Question, a.GPU != nil)
		if a.GPU != nil {
			fmt.Fprint(&h, a.GPU.Name, a.GPU.UsableBytes)
		}
		if a.PerGPU != nil {
			fmt.Fprint(&h, a.PerGPU.Total)
			for _, part := range a.PerGPU.Parts {
				fmt.Fprint(&h, part.Name, part.Bytes)
			}
		}
		for _, o := range a.Options {
			fmt.Fprint(&h, o)
		}
	}
	write(a)
	for _, one := range a.Answers {
		write(one)
	}
	return h.Sum64()
}

func (p *pictures) get(key uint64) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept[key]
}

func (p *pictures) put(key uint64, data []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.kept[key]; ok {
		return
	}
	if len(p.order) == maxPictures {
		delete(p.kept, p.order[0])
		p.order = append(p.order[:0], p.order[1:]...)
	}
	p.kept[key] = data
	p.order = append(p.order, key)
}

// attach draws the message's picture, if it has one to draw. A picture that
// cannot be drawn is left out: the words say it all.
func (b *Bot) attach(ctx context.Context, m *Message) {
	if m == nil || m.draw == nil {
		return
	}
	a := *m.draw
	m.draw = nil
	data, err := b.pictures.draw(ctx, a)
	if err != nil || data == nil {
		b.log.Warn("cannot draw an answer", "error", err)
		return
	}
	m.files = append(m.files, file{name: attachmentName, kind: "image/png", data: data})
	m.Attachments = append(m.Attachments, Attachment{ID: fmt.Sprint(len(m.files) - 1), Filename: attachmentName, Description: m.alt})
	m.Embeds[0].Image = &Image{URL: "attachment://" + attachmentName}
}

// bare is the message without what it brings: a reply inside an HTTP response
// cannot carry files.
func (m *Message) bare() *Message {
	light := *m
	light.files = nil
	light.Attachments = []Attachment{}
	for _, a := range m.Attachments {
		if a.Filename == "" { // kept from before
			light.Attachments = append(light.Attachments, a)
		}
	}
	return &light
}

// brings reports whether the message has files, drawn or still to be drawn.
func (m *Message) brings() bool { return m != nil && (m.draw != nil || len(m.files) > 0) }
