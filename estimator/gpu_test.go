package estimator

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCardsAreFound(t *testing.T) {
	require.GreaterOrEqual(t, len(GPUs()), 80)
	for _, row := range []struct{ typed, want string }{
		{"h100", "h100-80g"},
		{"H100-80GB", "h100-80g"},
		{"a100", "a100-80g"},
		{"a100-40g", "a100-40g"},
		{"NVIDIA GeForce RTX 4090", "4090"},
		{"rtx 3090", "3090"},
		{"4090-24g", "4090"},
		{"Tesla T4", "t4"},
		{"mi300x", "mi300x"},
		{"Apple M3 Max", "m3-max-128g"},
		{"m2-ultra-192g", "m2-ultra-192g"},
		{"gtx1080ti", "1080-ti"},
		{"24g", "24g"},
		{"4090-48g", "4090-48g"},
	} {
		g, ok := FindGPU(row.typed)
		require.True(t, ok, row.typed)
		require.Equal(t, row.want, g.Name, row.typed)
		require.Positive(t, g.Usable)
	}
	for _, typed := range []string{"", "9999-xyz", "0g", "100t", "-"} {
		_, ok := FindGPU(typed)
		require.False(t, ok, typed)
	}
}

// No name means two cards, and what a program gets is at most what is sold,
// give or take a GiB that is counted in tens.
func TestCardsAreConsistent(t *testing.T) {
	seen := map[string]bool{}
	for _, table := range [][]gpuRow{nvidiaCards, amdIntelCards, appleChips} {
		for _, row := range table {
			for _, name := range append(strings.Fields(row.aliases), row.name) {
				require.False(t, seen[name], name)
				seen[name] = true
			}
			g := row.card()
			require.LessOrEqual(t, g.Usable, g.Memory, g.Name)
			require.GreaterOrEqual(t, float64(g.Usable), 0.6*float64(g.Memory), g.Name)
		}
	}
	for _, g := range GPUs() {
		found, ok := FindGPU(g.Name)
		require.True(t, ok)
		require.Equal(t, g, found)
	}
}

// What macOS logs as its recommended working set.
func TestUnifiedMemoryHasALimit(t *testing.T) {
	small, _ := FindGPU("m1-16g")
	large, _ := FindGPU("m2-ultra-192g")
	require.InDelta(t, 10.67, float64(small.Usable)/float64(GiB), 0.01)
	require.Equal(t, 144*GiB, large.Usable)
}

func BenchmarkFindGPU(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := FindGPU("h100-80g"); !ok {
			b.Fatal("not found")
		}
	}
}
