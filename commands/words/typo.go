package words

import "slices"

// correct gives the word of the tables that a typo meant. Words of fewer than
// five letters are never touched, nor any that begin otherwise, nor those that
// are good English.
func (r *Reader) correct(word string) (string, bool) {
	slips := 1
	switch {
	case len(word) < 5 || len(word) > 24 || slices.Contains(r.vocab[word[0]], word):
		return "", false
	case len(word) >= 8:
		slips = 2
	}
	for n := 1; n <= slips; n++ { // the nearest first
		for _, right := range r.vocab[word[0]] {
			if near(word, right, n) {
				return right, true
			}
		}
	}
	return "", false
}

// near says that two words are at most so many slips apart: a letter more, a
// letter less, another letter, or two swapped.
func near(a, b string, slips int) bool {
	if len(a) > len(b)+slips || len(b) > len(a)+slips {
		return false
	}
	var rows [3][32]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	if len(b) >= len(last) {
		return false
	}
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > slips {
			return false
		}
		before, last, row = last, row, before
	}
	return last[len(b)] <= slips
}
