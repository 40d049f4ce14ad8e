package commands

import (
	"math"
	"strconv"
)

// nearest finds the name closest to a mistyped word, or none where all are far.
func nearest(word string, among []string) string {
	best, distance := "", len(word)/2+1
	for _, name := range among {
		if d := editDistance(word, name, distance); d < distance {
			best, distance = name, d
		}
	}
	return best
}

// closest is the nearest name however far it is, of numbers the nearest number;
// none only for an empty list.
func closest(word string, among []string) string {
	best, distance := "", math.MaxInt
	number, err := strconv.Atoi(word)
	for _, name := range among {
		d := editDistance(word, name, len(word)+len(name)+1)
		if n, isNumber := strconv.Atoi(name); err == nil && isNumber == nil {
			d = max(n-number, number-n)
		}
		if d < distance {
			best, distance = name, d
		}
	}
	return best
}

// editDistance counts insertions, deletions, replacements and swaps of
// neighbours between two words, and stops counting at the limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := range len(a) {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i + 1
		for j := range len(b) {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		rows[0], rows[1], rows[2] = last, row, before
	}
	return min(rows[1][len(b)], limit)
}
