package chart

import (
	"math"
	"strconv"
	"strings"
)

const gib = 1 << 30 // bytes

// GiB writes bytes as gibibytes with three significant digits, without the
// unit: 0.52, 9.41, 31.4, 134, 1,340.
func GiB(bytes int64) string {
	return Round(float64(bytes) / gib)
}

// Round writes a number with three significant digits, and whole thousands with
// commas.
func Round(x float64) string {
	switch size := math.Abs(x); {
	case size < 9.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case size < 99.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return thousands(strconv.FormatFloat(x, 'f', 0, 64))
}

func thousands(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// ticks are the round marks of an axis that reaches at least to limit: at most
// eight, spaced by 1, 2 or 5 times a power of ten.
func ticks(limit float64) []float64 {
	if limit <= 0 || math.IsInf(limit, 0) || math.IsNaN(limit) {
		return []float64{0, 1}
	}
	power := math.Pow(10, math.Floor(math.Log10(limit/7)))
	step := power
	for _, factor := range []float64{1, 2, 5, 10} {
		if step = power * factor; limit/step <= 7 {
			break
		}
	}
	marks := []float64{0}
	for at := step; at < limit+step*0.999; at += step {
		marks = append(marks, at)
	}
	return marks
}

// tickLabel writes an axis mark without needless zeros.
func tickLabel(x float64) string {
	if x >= 1000 {
		return thousands(strconv.FormatFloat(x, 'f', 0, 64))
	}
	return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
}
