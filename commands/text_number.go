package commands

import (
	"math"
	"strconv"
	"strings"

	"membot/estimator"
)

// numbers are amounts in one unit, decimal points one below the other.
type numbers struct {
	unit        string
	whole, part int // columns before the point, and from it on
}

// align finds the columns that the amounts need in the unit.
func align(unit string, amounts ...int64) numbers {
	n := numbers{unit: unit}
	for _, a := range amounts {
		whole, part := halves(amount(a, unit))
		n.whole, n.part = max(n.whole, len(whole)), max(n.part, len(part))
	}
	return n
}

// columns is the width of a number.
func (n numbers) columns() int { return n.whole + n.part }

// of writes an amount in its place, without the unit.
func (n numbers) of(bytes int64) string {
	whole, part := halves(amount(bytes, n.unit))
	return padLeft(whole, n.whole) + pad(part, n.part)
}

func halves(number string) (string, string) {
	if dot := strings.IndexByte(number, '.'); dot >= 0 {
		return number[:dot], number[dot:]
	}
	return number, ""
}

// amount is bytes in the unit with three significant digits, without the unit's
// name. What rounds to nothing but is not nothing is "<0.01".
func amount(bytes int64, unit string) string {
	text, _, _ := strings.Cut(estimator.Bytes(bytes).In(unit), " ")
	if bytes > 0 && strings.Trim(text, "0.") == "" {
		return "<0.01"
	}
	return text
}

// tied is a space at which no line ends; the finished page has a plain one.
const tied = '\u00a0'

// memory is bytes with their own unit.
func memory(bytes int64) string {
	return strings.Replace(estimator.Bytes(bytes).String(), " ", string(tied), 1)
}

// unitOf is the unit that suits an amount best, GiB where there is none.
func unitOf(bytes int64) string {
	if bytes == 0 {
		return "GiB"
	}
	return estimator.Bytes(bytes).Unit()
}

// count writes a number of things in full, with commas: 6,738,415,616.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

var scales = []struct {
	letter string
	size   float64
}{{"T", 1e12}, {"B", 1e9}, {"M", 1e6}, {"K", 1e3}}

// short writes a number of parameters as people say it: 6.74B, 494M.
func short(n int64) string {
	for _, s := range scales {
		if value := float64(n) / s.size; value >= 0.9995 {
			return significant(value) + s.letter
		}
	}
	return strconv.FormatInt(n, 10)
}

// significant writes three significant digits.
func significant(value float64) string {
	for decimals := 2; decimals > 0; decimals-- {
		text := strconv.FormatFloat(value, 'f', decimals, 64)
		if len(strings.TrimLeft(text, "-")) <= len("1.23") {
			return text
		}
	}
	return strconv.FormatFloat(value, 'f', 0, 64)
}

// percent is a share of a whole, in whole hundredths; anything but nothing is
// at least 1.
func percent(share, whole int64) string {
	if whole <= 0 {
		return "0%"
	}
	value := math.Round(100 * float64(share) / float64(whole))
	if value == 0 && share > 0 {
		value = 1
	}
	return strconv.FormatFloat(value, 'f', 0, 64) + "%"
}

var eighths = []rune(" ▏▎▍▌▋▊▉")

// bar draws a share of a whole in so many columns of block elements; anything
// but nothing is at least one eighth of a column.
func bar(share, whole int64, columns int) string {
	if whole <= 0 || share <= 0 || columns <= 0 {
		return ""
	}
	parts := int(math.Round(8 * float64(columns) * min(1, float64(share)/float64(whole))))
	parts = max(parts, 1)
	full := strings.Repeat("█", parts/8)
	if parts%8 == 0 {
		return full
	}
	return full + string(eighths[parts%8])
}
