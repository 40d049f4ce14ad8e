package estimator

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Bytes is an amount of memory. It prints in binary units with three
// significant digits, and [ParseBytes] reads back what it prints.
//
// To make a Bytes from a number of units, multiply:
//
//	24 * estimator.GiB
type Bytes int64

// The binary units.
const (
	Byte Bytes = 1
	KiB        = 1024 * Byte
	MiB        = 1024 * KiB
	GiB        = 1024 * MiB
	TiB        = 1024 * GiB
	PiB        = 1024 * TiB
	EiB        = 1024 * PiB
)

// MaxBytes is the largest amount; a sum that reaches it is too large to count.
const MaxBytes Bytes = math.MaxInt64

type byteUnit struct {
	name string
	size Bytes
}

var byteUnits = [...]byteUnit{{"B", Byte}, {"KiB", KiB}, {"MiB", MiB}, {"GiB", GiB}, {"TiB", TiB}, {"PiB", PiB}, {"EiB", EiB}}

// String prints b with three significant digits, in the unit in which the
// rounded number is below 1024: never "1024 GiB".
func (b Bytes) String() string {
	last := len(byteUnits) - 1
	// No smaller unit would do: its number is 1024 or more.
	first := max(0, bits.Len64(uint64(max(b, -b)))-1) / 10
	for i, unit := range byteUnits[min(first, last):] {
		if text := unit.format(b); first+i >= last || !reaches1024(text) {
			return text + " " + unit.name
		}
	}
	return ""
}

// In prints b in the named unit, so that a table can keep one unit throughout.
// An unknown unit prints as [Bytes.String] does.
func (b Bytes) In(unit string) string {
	for _, u := range byteUnits {
		if u.name == unit {
			return u.format(b) + " " + u.name
		}
	}
	return b.String()
}

// Unit names the unit that [Bytes.String] chooses.
func (b Bytes) Unit() string {
	_, unit, _ := strings.Cut(b.String(), " ")
	return unit
}

func reaches1024(number string) bool {
	value, _ := strconv.ParseFloat(number, 64)
	return math.Abs(value) >= 1024
}

// format prints b in the unit with three significant digits; bytes in full.
func (u byteUnit) format(b Bytes) string {
	if u.size == Byte {
		return strconv.FormatInt(int64(b), 10)
	}
	value := float64(b) / float64(u.size)
	for decimals := 2; decimals > 0; decimals-- {
		text := strconv.FormatFloat(value, 'f', decimals, 64)
		if digits := strings.TrimLeft(strings.Replace(text, ".", "", 1), "-"); len(digits) <= 3 {
			return text
		}
	}
	return strconv.FormatFloat(value, 'f', 0, 64)
}

// errBytes is what a text that is no amount of memory gives.
var errBytes = errors.New("not an amount of memory, such as 1.5 GiB or 24g")

// byteSuffixes are the units that people type, decimal and binary. A bare
// letter is binary, as card sizes are meant.
var byteSuffixes = map[string]float64{
	"": 1, "b": 1,
	"k": 1 << 10, "kib": 1 << 10, "kb": 1e3,
	"m": 1 << 20, "mib": 1 << 20, "mb": 1e6,
	"g": 1 << 30, "gib": 1 << 30, "gb": 1e9,
	"t": 1 << 40, "tib": 1 << 40, "tb": 1e12,
	"pib": 1 << 50, "eib": 1 << 60,
}

// ParseBytes reads "1.5 GiB", "988065536", "80g" or "24GB". GB is 10^9, GiB and
// a bare g are 2^30.
func ParseBytes(text string) (Bytes, error) {
	clean := strings.ToLower(strings.TrimSpace(text))
	cut := strings.LastIndexAny(clean, "0123456789.") + 1
	unit, known := byteSuffixes[strings.TrimSpace(clean[cut:])]
	value, err := strconv.ParseFloat(clean[:cut], 64)
	if err != nil || !known || math.IsNaN(value) {
		return 0, fmt.Errorf("read %q: %w", text, errBytes)
	}
	if whole, err := strconv.ParseInt(clean[:cut], 10, 64); err == nil && unit == 1 {
		return Bytes(whole), nil
	}
	return bytesOf(value * unit), nil
}

// bytesOf rounds a count up to whole bytes and stops at [MaxBytes].
func bytesOf(count float64) Bytes {
	if count >= math.MaxInt64 {
		return MaxBytes
	}
	return Bytes(math.Ceil(count))
}
