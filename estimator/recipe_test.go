package estimator

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Sizes of GGUF files in 10^9 bytes as their publishers list them.
var publishedFiles = []struct {
	shape  string
	source string
	sizes  map[DType]float64
}{
	{"llama-3.1-8b", "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", map[DType]float64{
		FP16: 16.07, Q8_0: 8.54, Q6K: 6.60, Q5KM: 5.73, Q5KS: 5.60, Q4KM: 4.92, Q4KS: 4.69, Q4_0: 4.66,
		IQ4XS: 4.45, Q3KL: 4.32, Q3KM: 4.02, IQ3M: 3.78, Q3KS: 3.66, IQ3XS: 3.52, IQ3XXS: 3.27, Q2K: 3.18, IQ2M: 2.95,
	}},
	{"mistral-7b", "TheBloke/Mistral-7B-Instruct-v0.1-GGUF", map[DType]float64{
		Q8_0: 7.70, Q6K: 5.94, Q5KM: 5.13, Q5KS: 5.00, Q5_0: 5.00, Q4KM: 4.37, Q4KS: 4.14, Q4_0: 4.11, Q3KL: 3.82, Q3KM: 3.52, Q3KS: 3.16,
	}},
	{"llama-2-70b", "TheBloke/Llama-2-70B-GGUF", map[DType]float64{Q4KM: 41.42, Q4KS: 39.07, Q5KM: 48.75, Q3KM: 33.19, Q3KL: 36.15}},
	{"qwen2.5-7b", "Qwen/Qwen2.5-7B-Instruct-GGUF", map[DType]float64{Q4KM: 4.68, Q5KM: 5.44, Q6K: 6.25, Q8_0: 8.10, Q3KM: 3.81, Q2K: 3.02}},
	{"mixtral", "mradermacher/Mixtral-8x7B-Instruct-v0.1-GGUF", map[DType]float64{
		Q8_0: 49.7, Q6K: 38.5, Q5KM: 33.3, Q5KS: 32.3, Q4KM: 28.5, Q4KS: 26.8, Q3KL: 24.3, Q3KM: 22.6, Q3KS: 20.5, Q2K: 17.4,
	}},
}

func TestRecipesMakeThePublishedFiles(t *testing.T) {
	archs := servedArchs(t)
	archs["llama-2-70b"] = llama(80, 8192, 64, 8, 128, 28672, 32000, false)
	archs["mixtral"] = moeOf(llama(32, 4096, 32, 8, 128, 0, 32000, false), 8, 2, 14336)
	for _, file := range publishedFiles {
		for format, want := range file.sizes {
			b, err := Estimate(archs[file.shape], Plan{DType: format, Serve: Serve{Engine: LlamaCPP}})
			require.NoError(t, err)
			got := (figure(&b, "weights") + float64(b.Host)) / 1e9
			if off := math.Abs(got/want - 1); off > 0.01 {
				t.Errorf("%s %s: %.2f, but %s has %.2f (%.1f%%)", file.shape, format, got, file.source, want, 100*off)
			}
		}
	}
}

// A recipe with more bits is never smaller.
func TestRecipesAreInOrder(t *testing.T) {
	order := []DType{IQ1S, IQ1M, IQ2XXS, IQ2XS, IQ2S, IQ2M, Q2K, IQ3XS, IQ3S, Q3KM, Q3KL, Q4KS, Q4KM, Q5KS, Q5KM, Q6K, Q8_0, FP16, FP32}
	for name, a := range servedArchs(t) {
		last := Bytes(0)
		for _, format := range order {
			total, err := Peak(a, Plan{DType: format, Serve: Serve{Engine: LlamaCPP}})
			require.NoError(t, err)
			require.GreaterOrEqual(t, float64(total), 0.99*float64(last), "%s %s", name, format)
			last = total
		}
	}
}

func TestFormatsHaveNames(t *testing.T) {
	for _, row := range []struct {
		typed string
		want  DType
	}{{"half", FP16}, {"F16", FP16}, {"4bit", INT4}, {"q4", Q4K}, {"Q4_K_M", Q4KM}, {"nf4-dq", NF4DQ}, {"bfloat16", BF16}} {
		got, ok := FindDType(row.typed)
		require.True(t, ok, row.typed)
		require.Equal(t, row.want, got)
	}
	_, ok := FindDType("q9_z")
	require.False(t, ok)
	for _, d := range DTypes() {
		got, ok := FindDType(d.String())
		require.True(t, ok)
		require.Equal(t, d, got)
		require.Positive(t, d.Width())
	}
}
