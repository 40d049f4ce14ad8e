package estimator

// sight is one kind of block of a tower that looks at images or listens, with
// the patches or frames of one of them.
type sight struct {
	block
	hidden, patches float64
}

// sightsOf are the kinds of block of all towers but an encoder's; false where it
// is not known how much one image takes.
func sightsOf(a *Arch) (all []sight, known bool) {
	for i := range a.Towers {
		t := &a.Towers[i]
		if t.Name == encoderTower {
			continue
		}
		if t.Patches == 0 {
			return nil, false
		}
		for j := range t.Layers {
			all = append(all, sight{blockOf(&t.Layers[j], t.Hidden), float64(t.Hidden), float64(t.Patches)})
		}
	}
	return all, true
}

// linearsOfTowers counts the elements of their linears: tensor parallelism cuts
// them, and bitsandbytes quantizes them, like the model's own.
func linearsOfTowers(a *Arch) (all float64) {
	for i := range a.Towers {
		t := &a.Towers[i]
		for j := range t.Layers {
			b := blockOf(&t.Layers[j], t.Hidden)
			all += b.l * (b.linears + b.experts)
		}
	}
	return all
}

// fillTowers adds up what the towers keep of one image: every block like the
// model's own, or of a frozen one, which runs without autograd, the output.
//
// Dosovitskiy et al. 2020, section 3.1. https://arxiv.org/abs/2010.11929
func (s *sheet) fillTowers() {
	row := &methods[s.plan.Train.Method]
	s.Im = s.b * row.sequences
	width, tokens := s.h, s.s
	for i := range s.sights {
		b := &s.sights[i]
		if row.adapters {
			s.Tow = max(s.Tow, s.act*b.hidden*b.patches)
			continue
		}
		s.h, s.s = b.hidden, b.patches
		s.keepAll(&b.block, &s.scratch)
		s.keptOf(&b.block, &s.scratch)
		s.Tow += b.l * b.patches * s.scratch.sum
	}
	s.h, s.s = width, tokens
}

// towerBytes is what the towers keep on the stage that has them, the first.
func (s *sheet) towerBytes() float64 {
	if s.keptOnHost() || !s.first {
		return 0
	}
	return s.mb * s.Im * s.Tow
}

// towerNote says how much of images and sounds is counted.
func (s *sheet) towerNote() (Note, bool) {
	if s.towers == 0 || len(s.encoder) > 0 {
		return Note{}, false
	}
	patches := int64(0)
	for i := range s.sights {
		patches = max(patches, int64(s.sights[i].patches))
	}
	if patches == 0 {
		return Note{Code: "tower_activations", Key: "model", Value: "towers", Warning: true}, true
	}
	return Note{Code: "tower_images", Key: "model", Value: number(float64(patches))}, true
}
