package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A GGUF file's own tensors are laid out as llama.cpp lays them: the embedding
// on the host, the last blocks and the head on the cards.
func TestFilePartsLieWhereLlamaCppPutsThem(t *testing.T) {
	shape := llama(4, 1024, 8, 8, 128, 4096, 32000, false)
	shape.Quant = Quant{DType: Q4KM, Method: "gguf"}
	shape.DType = FP16
	parts := &FileParts{Input: 18_000_000, Head: 26_000_000, Blocks: []Bytes{11_000_000, 9_000_000, 9_000_000, 10_000_000}}
	shape.File = File{Bytes: 83_004_096, Source: "gguf", Parts: parts}
	tied := shape
	tied.Tied = true
	tied.File.Parts = &FileParts{Input: 18_000_000, Blocks: parts.Blocks}
	tied.File.Bytes = 57_004_096
	for name, row := range map[string]struct {
		arch      Arch
		plan      Plan
		gpu, host Bytes
		cached    Bytes // blocks whose cache is on the host
	}{
		"all on one card":               {shape, Plan{}, 65_004_096, 18_000_000, 0},
		"by the name of its own format": {shape, Plan{DType: Q4KM}, 65_004_096, 18_000_000, 0},
		"two blocks":                    {shape, Plan{Serve: Serve{GPULayers: Count{N: 2, Set: true}}}, 19_000_000, 64_004_096, 2},
		"the blocks alone":              {shape, Plan{Serve: Serve{GPULayers: Count{N: 4, Set: true}}}, 39_000_000, 44_004_096, 0},
		"more than there are":           {shape, Plan{Serve: Serve{GPULayers: Count{N: 99, Set: true}}}, 65_004_096, 18_000_000, 0},
		"none":                          {shape, Plan{Serve: Serve{GPULayers: Count{Set: true}}}, 0, 83_004_096, 4},
		"two cards":                     {shape, Plan{GPUs: 2}, 45_004_096, 18_000_000, 0},
		"a tied embedding twice":        {tied, Plan{}, 57_004_096, 18_000_000, 0},
	} {
		row.plan.Serve.Engine = LlamaCPP
		b, err := Estimate(row.arch, row.plan)
		require.NoError(t, err, name)
		gpu := Bytes(0)
		for _, part := range b.Parts {
			if part.Name == Weights {
				gpu += part.Bytes
			}
		}
		require.InDelta(t, int64(row.gpu), int64(gpu), 1, name)
		require.InDelta(t, int64(row.host+row.cached*16*MiB), int64(b.Host), 1, name)
	}
	b, err := Estimate(shape, Plan{Serve: Serve{Engine: Transformers}})
	require.NoError(t, err)
	require.InDelta(t, 2*shape.Params().Total(), int64(b.Parts[0].Bytes), 1, "transformers unpacks a GGUF file")
}
