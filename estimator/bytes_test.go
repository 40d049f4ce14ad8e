package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBytesString(t *testing.T) {
	for _, row := range []struct {
		bytes Bytes
		want  string
	}{
		{0, "0 B"},
		{1023, "1023 B"},
		{1024, "1.00 KiB"},
		{GiB - 1, "1.00 GiB"}, // never 1024 MiB
		{TiB - 1, "1.00 TiB"},
		{1023*GiB + 600*MiB, "1.00 TiB"},
		{1022 * GiB, "1022 GiB"},
		{12*GiB + 614*MiB, "12.6 GiB"},
		{988_065_536, "942 MiB"},
		{-3 * GiB, "-3.00 GiB"},
		{MaxBytes, "8.00 EiB"},
	} {
		require.Equal(t, row.want, row.bytes.String())
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]Bytes{
		"24g": 24 * GiB, "24 GiB": 24 * GiB, "24GB": 24_000_000_000, "1.5 GiB": 3 * GiB / 2,
		"988065536": 988_065_536, "80G": 80 * GiB, "512 MiB": 512 * MiB,
	} {
		got, err := ParseBytes(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "g", "many", "4x", "1..2g", "NaN"} {
		_, err := ParseBytes(text)
		require.Error(t, err, text)
	}
}

// What prints reads back as what it prints.
func FuzzBytesRoundTrip(f *testing.F) {
	for _, b := range []int64{0, 1, 1023, 1 << 30, 1<<40 - 1, 1<<62 + 1} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		if n < 0 {
			return
		}
		text := Bytes(n).String()
		back, err := ParseBytes(text)
		require.NoError(t, err, text)
		require.Equal(t, text, back.String())
	})
}

func TestDTypeWidths(t *testing.T) {
	for dtype, bits := range map[DType]float64{
		NF4: 4.5, NF4DQ: 4.127, GPTQ: 4.15625, AWQ: 4.15625, MXFP4: 4.25, NVFP4: 4.5, FP8: 8.002,
		Q4_0: 4.5, Q8_0: 8.5, Q4K: 4.5, Q6K: 6.5625, BF16: 16, FP32: 32,
	} {
		require.InDelta(t, bits, 8*dtype.Width(), 0.0005, dtype)
	}
	require.Equal(t, Bytes(18), Q4_0.Bytes(1), "a block is whole")
	require.Equal(t, Bytes(36), NF4.Bytes(64))
	for _, d := range DTypes() {
		back, ok := Choose(DTypes(), d.String())
		require.True(t, ok)
		require.Equal(t, d, back)
	}
}
