package words

import "strings"

// brands stand before a card's name.
var brands = map[string]bool{"rtx": true, "gtx": true, "geforce": true, "quadro": true, "tesla": true, "radeon": true, "rx": true, "instinct": true}

// unreadCard is a card that no table knows, as it was spelled: a brand and a
// number that nothing else took. Empty where some card was read.
func (s *scan) unreadCard() string {
	if len(s.cards) > 0 {
		return ""
	}
	for i, a := range s.atoms {
		if !brands[a.text] || !s.free(i) {
			continue
		}
		end, digits := i+1, 0
		for end < len(s.atoms) && end < i+5 && s.free(end) && (end == i+1 || s.atoms[end].tight()) && s.atoms[end].kind != mark && s.atoms[end].kind != han {
			if s.atoms[end].kind == number {
				digits = len(s.atoms[end].text)
			}
			end++
		}
		if digits >= 3 {
			return strings.ToUpper(s.spelled(i, end))
		}
	}
	return ""
}

// spelled writes atoms as they stood.
func (s *scan) spelled(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if i > from && s.atoms[i].gap != glued {
			b.WriteByte(s.atoms[i].gap)
		}
		b.WriteString(s.atoms[i].text)
	}
	return b.String()
}
