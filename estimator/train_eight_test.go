package estimator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Transformer Engine reads inputs in 8 bits, 2h + f of them a token less h for
// the attention's output that stays, and holds two copies of the linears.
func TestTransformerEngineInFP8(t *testing.T) {
	a := llama(32, 4096, 32, 8, 128, 14336, 128256, false)
	mixed, eight := Plan{Train: Train{Stack: Megatron}}, Plan{Train: Train{Stack: Megatron, Precision: FP8Training}}
	b, c := estimated(t, a, mixed), estimated(t, a, eight)
	require.EqualValues(t, 32*2048*(4096+14336), partOf(b, Activations)-partOf(c, Activations))
	linears := int64(32 * (2*4096*4096 + 2*4096*1024 + 3*4096*14336))
	require.EqualValues(t, 2*linears, partOf(c, Buffers)-partOf(b, Buffers))
	require.Equal(t, partOf(b, Master), partOf(c, Master))
}

// torchao's float8 takes as much as 16 bits, to half a per cent.
func TestTorchaoInFP8(t *testing.T) {
	a := llama3(t)
	p := Plan{GPUs: 8, Batch: 2, Seq: 8192, Train: Train{Stack: FSDP2, Compile: On, Recompute: RecomputeSelective}}
	bf16 := estimated(t, a, p).Reserved
	p.Train.Precision = FP8Training
	require.Equal(t, bf16, estimated(t, a, p).Reserved)
}
