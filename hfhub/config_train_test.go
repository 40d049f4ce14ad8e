package hfhub

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What matters to training alone is read too.
func TestTrainingFacts(t *testing.T) {
	for _, row := range []struct {
		name, config string
		dropout      float64
		float, cap   bool
	}{
		{"GPT-2's class drops a tenth", `{"model_type":"gpt2"}`, 0.1, false, false},
		{"a config says otherwise", `{"model_type":"gpt2","resid_pdrop":0.0,"attn_pdrop":0.1}`, 0, false, false},
		{"Llama drops nothing", `{"model_type":"llama"}`, 0, false, false},
		{"Gemma 2 multiplies norms in fp32 and caps", `{"model_type":"gemma2"}`, 0, true, true},
		{"a null is no cap", `{"model_type":"gemma2","attn_logit_softcapping":null}`, 0, true, false},
		{"Gemma 3 does not cap", `{"model_type":"gemma3_text"}`, 0, true, false},
	} {
		arch, _, err := ReadConfig([]byte(row.config), ConfigOptions{})
		require.NoError(t, err, row.name)
		require.InDelta(t, row.dropout, arch.Dropout, 1e-9, row.name)
		require.Equal(t, row.float, arch.Layers[0].FloatNorm, row.name)
		require.Equal(t, row.cap, arch.Layers[0].Mixer.Cap, row.name)
	}
}

// GPT-2's GELU is written out, OPT's is a kernel.
func TestWrittenGELU(t *testing.T) {
	for config, want := range map[string]bool{
		`{"model_type":"gpt2"}`:                                         true,
		`{"model_type":"gpt2","activation_function":"gelu"}`:            false,
		`{"model_type":"llama","hidden_act":"silu"}`:                    false,
		`{"model_type":"phi","hidden_size":64,"num_attention_heads":4}`: true,
		`{"model_type":"gpt_neox","hidden_act":"gelu"}`:                 false,
	} {
		arch, _, err := ReadConfig([]byte(config), ConfigOptions{})
		require.NoError(t, err, config)
		require.Equal(t, want, arch.Layers[0].FFN.WrittenGELU, config)
	}
}
