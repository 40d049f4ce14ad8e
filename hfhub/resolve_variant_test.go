package hfhub_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/estimator"
	"membot/hfhub"
	"membot/hfhub/hubtest"
)

// A small llama as llama.cpp quantizes it to Q4_K_M: values and down projections
// of some blocks in Q6_K, the rest in Q4_K, norms in fp32.
const ggufHidden, ggufFFN, ggufVocab, ggufKV, ggufBlocks = 512, 1024, 2000, 256, 4

func ggufKeys() []hubtest.KV {
	return []hubtest.KV{
		{Key: "general.architecture", Value: "llama"},
		{Key: "llama.block_count", Value: uint32(ggufBlocks)},
		{Key: "llama.embedding_length", Value: uint32(ggufHidden)},
		{Key: "llama.feed_forward_length", Value: uint32(ggufFFN)},
		{Key: "llama.attention.head_count", Value: uint32(8)},
		{Key: "llama.attention.head_count_kv", Value: uint32(4)},
		{Key: "llama.context_length", Value: uint32(4096)},
		{Key: "tokenizer.ggml.tokens", Value: make([]string, ggufVocab)},
	}
}

func ggufTensors(more string) []hubtest.Tensor {
	all := []hubtest.Tensor{
		{Name: "token_embd.weight", DType: "Q4_K", Shape: []int64{ggufVocab, ggufHidden}},
		{Name: "output_norm.weight", DType: "F32", Shape: []int64{ggufHidden}},
		{Name: "output.weight", DType: "Q6_K", Shape: []int64{ggufVocab, ggufHidden}},
	}
	for i := range ggufBlocks {
		add := func(name, dtype string, shape ...int64) {
			all = append(all, hubtest.Tensor{Name: fmt.Sprintf("blk.%d.%s.weight", i, name), DType: dtype, Shape: shape})
		}
		add("attn_norm", "F32", ggufHidden)
		add("ffn_norm", "F32", ggufHidden)
		add("attn_q", "Q4_K", ggufHidden, ggufHidden)
		add("attn_k", "Q4_K", ggufKV, ggufHidden)
		add("attn_output", "Q4_K", ggufHidden, ggufHidden)
		add("ffn_gate", "Q4_K", ggufFFN, ggufHidden)
		add("ffn_up", "Q4_K", ggufFFN, ggufHidden)
		wide := "Q4_K"
		if i%2 == 0 {
			wide = more
		}
		add("attn_v", wide, ggufKV, ggufHidden)
		add("ffn_down", wide, ggufHidden, ggufFFN)
	}
	return all
}

// blocks and edges of the file above.
const (
	plainQ4   = (2*ggufHidden*ggufHidden + 2*ggufKV*ggufHidden + 3*ggufFFN*ggufHidden) / 256 * 144
	normBytes = 2 * 4 * ggufHidden
	widened   = (ggufKV*ggufHidden + ggufFFN*ggufHidden) / 256 * (210 - 144)
	edgeIn    = ggufVocab * ggufHidden / 256 * 144
	edgeOut   = ggufVocab * ggufHidden / 256 * 210
	mixedAll  = ggufBlocks*(plainQ4+normBytes) + 2*widened + edgeIn + edgeOut + 4*ggufHidden
	ggufPhi   = ggufBlocks*(2*ggufHidden*ggufHidden+2*ggufKV*ggufHidden+3*ggufFFN*ggufHidden+2*ggufHidden) + 2*ggufVocab*ggufHidden + ggufHidden
)

func ggufHub(t *testing.T, options ...hubtest.Option) *hubtest.Hub {
	t.Helper()
	hub := hubtest.New(t)
	file := func(more string) hubtest.Content { return hubtest.GGUF(ggufKeys(), ggufTensors(more)...) }
	hub.Add("me/tiny-GGUF", nil, append([]hubtest.Option{
		hubtest.Library("gguf"), hubtest.With("tiny-Q4_K_M.gguf", file("Q6_K")), hubtest.With("tiny-Q8_0.gguf", file("Q8_0")),
		hubtest.With("tiny-UD-Q4_K_XL.gguf", file("Q6_K")), hubtest.With("tiny-UD-Q2_K.gguf", file("Q5_K")), hubtest.With("mmproj-F16.gguf", file("F16")),
	}, options...)...)
	return hub
}

// The tensors of the chosen file are the weights, to the byte, each where llama.cpp
// puts it; the other files are named.
func TestResolveGGUFByItsTensors(t *testing.T) {
	hub := ggufHub(t)
	for _, asked := range []string{"", "q4_k_m"} {
		hub.Reset()
		m, err := resolver(t, hub).Model(t.Context(), "me/tiny-GGUF", asked)
		require.NoError(t, err)
		require.LessOrEqual(t, hub.Count(""), 3, "the info, the header and its redirect")
		require.Equal(t, hfhub.FromGGUF, m.Weights.Source)
		require.EqualValues(t, mixedAll, m.Arch.File.Bytes)
		require.EqualValues(t, ggufPhi, m.Arch.Total())
		require.EqualValues(t, ggufPhi, m.Arch.Params().Total())
		require.Equal(t, estimator.Q4KM, m.Arch.Quant.DType)
		require.Equal(t, &estimator.FileParts{
			Input: edgeIn, Head: edgeOut,
			Blocks: []estimator.Bytes{plainQ4 + normBytes + widened, plainQ4 + normBytes, plainQ4 + normBytes + widened, plainQ4 + normBytes},
		}, m.Arch.File.Parts)
		dtype, _ := estimator.FindDType(asked)
		b, err := estimator.Estimate(m.Arch, estimator.Plan{DType: dtype, Serve: estimator.Serve{Engine: estimator.LlamaCPP}})
		require.NoError(t, err)
		require.InDelta(t, mixedAll-edgeIn, int64(b.Parts[0].Bytes), 1)
		require.Equal(t, estimator.Counted, b.Parts[0].Basis)
		require.Equal(t, []hfhub.Note{
			{Code: "variant", Key: "weights", Value: "Q4_K_M"},
			{Code: "variants", Key: "Q4_K_M", Value: "q8_0, q2_k"},
			{Code: "variants_named", Key: "Q4_K_M", Value: "UD-Q4_K_XL"},
		}, m.Notes)
	}
}

// A name that no file has is refused with those that are there.
func TestResolveRefusesAMissingVariant(t *testing.T) {
	hub := ggufHub(t)
	for reference, variant := range map[string]string{"me/tiny-GGUF": "q3_k_s", "hf.co/me/tiny-GGUF:Q9": "", "me/tiny-GGUF:Q9": "q8_0"} {
		_, err := resolver(t, hub).Model(t.Context(), reference, variant)
		require.ErrorIs(t, err, hfhub.ErrNoVariant, reference)
		var missing *hfhub.Error
		require.ErrorAs(t, err, &missing)
		require.Equal(t, "me/tiny-GGUF", missing.ID)
		require.Equal(t, []string{"Q4_K_M", "Q8_0", "UD-Q2_K", "UD-Q4_K_XL"}, missing.Variants)
	}
	m, err := resolver(t, hub).Model(t.Context(), "hf.co/me/tiny-GGUF:latest", "")
	require.NoError(t, err)
	require.Equal(t, "Q4_K_M", m.Weights.Variant)
	m, err = resolver(t, hub).Model(t.Context(), "me/tiny-GGUF", "q2_k")
	require.NoError(t, err)
	require.Equal(t, "UD-Q2_K", m.Weights.Variant, "a version of the format asked for")
	require.Equal(t, estimator.Q2K, m.Arch.Quant.DType)
}

// The key dtype converts other weights, and picks among files where one has its
// name; a name after the id must be there.
func TestResolveVariantsOfSafetensors(t *testing.T) {
	hub := hubtest.New(t)
	half := []hubtest.Tensor{}
	for _, one := range qwenTensors(false) {
		one.DType = "F16"
		half = append(half, one)
	}
	hub.Add("a/qwen", map[string][]byte{"config.json": []byte(qwenHalf)},
		hubtest.With("model.safetensors", hubtest.Safetensors(nil, qwenTensors(true)...)),
		hubtest.With("model.fp16.safetensors", hubtest.Safetensors(nil, half...)))
	for _, row := range []struct{ reference, dtype, variant string }{
		{"a/qwen", "", ""}, {"a/qwen", "nf4", ""}, {"a/qwen", "q3_k_s", ""}, {"a/qwen", "fp16", "fp16"}, {"a/qwen:fp16", "", "fp16"},
	} {
		m, err := resolver(t, hub).Model(t.Context(), row.reference, row.dtype)
		require.NoError(t, err)
		require.Equal(t, row.variant, m.Weights.Variant, row)
		require.EqualValues(t, 988_065_536, m.Arch.File.Bytes, row)
		if row.variant == "" {
			require.Contains(t, m.Notes, hfhub.Note{Code: "variants", Value: "fp16"})
		}
	}
	_, err := resolver(t, hub).Model(t.Context(), "a/qwen:Q9", "")
	require.ErrorIs(t, err, hfhub.ErrNoVariant)
}

// A pipeline's parts are loaded in the variant asked for where they have it.
func TestResolveVariantsOfAPipeline(t *testing.T) {
	hub := hubtest.New(t)
	weights := func(dtype string) hubtest.Content {
		return hubtest.Safetensors(nil, hubtest.Tensor{Name: "w", DType: dtype, Shape: []int64{1000, 64}})
	}
	hub.Add("me/pipe", map[string][]byte{
		"model_index.json": []byte(`{"_class_name":"StableDiffusionXLPipeline"}`),
	}, hubtest.With("unet/diffusion_pytorch_model.safetensors", weights("F32")), hubtest.With("unet/diffusion_pytorch_model.fp16.safetensors", weights("F16")),
		hubtest.With("vae/diffusion_pytorch_model.safetensors", weights("F32")))
	for asked, want := range map[string]int64{"": 8 * 64000, "fp16": 6 * 64000, "fp8": 8 * 64000} {
		m, err := resolver(t, hub).Model(t.Context(), "me/pipe", asked)
		require.NoError(t, err, asked)
		require.EqualValues(t, want, m.Arch.File.Bytes, asked)
		require.EqualValues(t, 2*64000, m.Arch.Total(), asked)
		if asked == "" {
			require.Contains(t, m.Notes, hfhub.Note{Code: "variants", Value: "fp16"})
		}
	}
	_, err := resolver(t, hub).Model(t.Context(), "me/pipe:bf16", "")
	require.ErrorIs(t, err, hfhub.ErrNoVariant)
}
