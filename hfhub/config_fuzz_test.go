package hfhub

import (
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzConfig: whatever the file says, the reader answers or refuses by name, the
// same both times, within memory that its length allows.
func FuzzConfig(f *testing.F) {
	seen := map[string]bool{}
	for _, e := range readCatalogue(catalogueText).All() {
		if _, notes, err := e.Read(); err == nil && !seen[notes.Family] {
			seen[notes.Family] = true
			f.Add(e.Config())
		}
	}
	f.Add([]byte(`{"model_type":"llama","num_hidden_layers":9999,"num_attention_heads":[` + strings.Repeat("4,", 9998) + `4]}`))
	f.Add([]byte(`{"model_type":"nemotron-nas","hidden_size":64,"num_attention_heads":4,"block_configs":[{"attention":{"n_heads_in_group":-1},"ffn":{"ffn_mult":1e308}}]}`))
	f.Add([]byte(`{"model_type":"llava","text_config":{"model_type":"llava","text_config":{"model_type":"mamba2","num_heads":0,"head_dim":0}}}`))
	f.Add([]byte(`{"dim":64,"n_layers":2,"n_heads":4,"ffn_dim_multiplier":-1,"multiple_of":0,"moe":{"num_experts":3}}`))
	f.Add([]byte(manyKinds()))
	f.Add([]byte(strings.Repeat(`{"model_type":"llava","vision_config":{"hidden_size":9,"num_hidden_layers":9999,"num_attention_heads":3},"text_config":`, 60) + `{"model_type":"llama"}` + strings.Repeat("}", 60)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		arch, notes, err := ReadConfig(data, ConfigOptions{Quant: data})
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20+1000*len(data)))
		again, same, failed := ReadConfig(data, ConfigOptions{Quant: data})
		require.Equal(t, err == nil, failed == nil)
		if err != nil {
			var unsupported *UnsupportedError
			require.True(t, errors.As(err, &unsupported) || errors.Is(err, ErrBadMetadata), "%v", err)
			require.Equal(t, err.Error(), failed.Error())
			return
		}
		require.Equal(t, arch, again)
		require.Equal(t, notes, same)
		require.Positive(t, arch.Params().Total())
	})
}

// manyKinds is a config of as many kinds of block as there may be, each of which
// asks for the same long lists and the same large block.
func manyKinds() string {
	var heads, widths strings.Builder
	for i := range 9999 {
		heads.WriteString(strconv.Itoa(4*(1+i%120)) + ",")
		widths.WriteString("8,")
	}
	list := func(b strings.Builder) string { return "[" + strings.TrimSuffix(b.String(), ",") + "]" }
	junk := strings.Repeat(`"a":[1,2,3],"b":{},`, 100)
	return `{"model_type":"kimi_linear","num_hidden_layers":9999,"num_attention_heads":` + list(heads) + `,"moe_intermediate_size":` + list(widths) +
		`,"num_experts":` + list(widths) + `,"num_shared_experts":` + list(widths) + `,"linear_attn_config":{` + junk + `"full_attn_layers":` + list(widths) + `}}`
}
