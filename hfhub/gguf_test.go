package hfhub

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
)

// llamaKeys are those of a small llama with a vocabulary of so many tokens.
func llamaKeys(vocabulary int) []hubtest.KV {
	tokens, scores := make([]string, vocabulary), make([]float32, vocabulary)
	for i := range tokens {
		tokens[i] = fmt.Sprintf("token-%d", i)
	}
	return []hubtest.KV{
		{Key: "general.architecture", Value: "llama"},
		{Key: "general.name", Value: "tiny"},
		{Key: "llama.block_count", Value: uint32(4)},
		{Key: "llama.embedding_length", Value: uint32(64)},
		{Key: "llama.attention.head_count", Value: uint32(4)},
		{Key: "llama.attention.head_count_kv", Value: []int32{2, 2, 0, 2}},
		{Key: "llama.rope.freq_base", Value: float32(10000)},
		{Key: "llama.some_flag", Value: true},
		{Key: "tokenizer.ggml.model", Value: "gpt2"},
		{Key: "tokenizer.ggml.tokens", Value: tokens},
		{Key: "tokenizer.ggml.scores", Value: scores},
		{Key: "tokenizer.chat_template", Value: strings.Repeat("{{ x }}", 3000)},
		{Key: "general.file_type", Value: uint32(15)},
	}
}

func ggufTensors() []hubtest.Tensor {
	return []hubtest.Tensor{
		tensor("token_embd.weight", "Q6_K", 512, 256), tensor("blk.0.attn_q.weight", "Q4_K", 256, 256),
		tensor("blk.1.attn_q.weight", "Q8_0", 64, 64), tensor("output_norm.weight", "F32", 64),
	}
}

const (
	ggufParameters = 512*256 + 256*256 + 64*64 + 64
	ggufBytes      = 512*210 + 256*144 + 128*34 + 64*4
)

func TestGGUF(t *testing.T) {
	file := hubtest.GGUF(llamaKeys(1000), ggufTensors()...)
	g, err := ReadGGUF(bytes.NewReader(file.Head), file.Size, false)
	require.NoError(t, err)
	require.Equal(t, "llama", g.Architecture())
	require.Equal(t, 3, g.Version)
	layers, _ := g.Int("llama.block_count")
	require.Equal(t, int64(4), layers)
	require.Equal(t, []int64{2, 2, 0, 2}, g.Ints["llama.attention.head_count_kv"])
	require.Equal(t, []int64{1}, g.Ints["llama.some_flag"])
	require.Equal(t, []float64{10000}, g.Floats["llama.rope.freq_base"])
	require.Equal(t, int64(1000), g.Lengths["tokenizer.ggml.tokens"])
	require.NotContains(t, g.Texts, "tokenizer.chat_template")
	require.Len(t, g.Tensors, 4)
	require.Equal(t, []int64{512, 256}, g.Tensors[0].Shape)
	require.Equal(t, int64(ggufBytes), g.Bytes())

	short, err := ReadGGUF(bytes.NewReader(file.Head[:2000]), file.Size, true)
	require.NoError(t, err, "the shape stands in the first kilobytes")
	require.Equal(t, int64(1000), short.Lengths["tokenizer.ggml.tokens"])
	require.Nil(t, short.Tensors)
}

func TestGGUFKeysAfterTheVocabulary(t *testing.T) {
	keys := llamaKeys(50)
	keys = append(keys, keys[2])
	keys = append(keys[:2], keys[3:]...)
	file := hubtest.GGUF(keys)
	g, err := ReadGGUF(bytes.NewReader(file.Head), file.Size, true)
	require.NoError(t, err)
	require.Equal(t, []int64{4}, g.Ints["llama.block_count"])
	require.Equal(t, int64(50), g.Lengths["tokenizer.ggml.tokens"])
}

func TestGGUFOfOldAndBigEndian(t *testing.T) {
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		for _, version := range []uint32{1, 2, 3} {
			length := func(b []byte, n uint64) []byte {
				if version == 1 {
					return order.AppendUint32(b, uint32(n))
				}
				return order.AppendUint64(b, n)
			}
			b := order.AppendUint32([]byte("GGUF"), version)
			b = length(length(b, 0), 1)
			b = append(length(b, 1), 'k')
			b = order.AppendUint32(order.AppendUint32(b, 5), 0xfffffff9) // int32 -7
			g, err := ReadGGUF(bytes.NewReader(b), int64(len(b)), false)
			require.NoError(t, err, "%s %d", name, version)
			require.Equal(t, []int64{-7}, g.Ints["k"])
		}
	}
}

func TestHostileGGUF(t *testing.T) {
	le := binary.LittleEndian
	start := func(tensors, keys uint64) []byte {
		return le.AppendUint64(le.AppendUint64(le.AppendUint32([]byte("GGUF"), 3), tensors), keys)
	}
	text := func(b []byte, s string) []byte { return append(le.AppendUint64(b, uint64(len(s))), s...) }
	array := func(kind uint32, n uint64) []byte {
		return le.AppendUint64(le.AppendUint32(le.AppendUint32(text(start(0, 1), "k"), 9), kind), n)
	}
	nested := text(start(0, 1), "k")
	nested = le.AppendUint32(nested, 9)
	for range 100 {
		nested = le.AppendUint64(le.AppendUint32(nested, 9), 1)
	}
	one := func(dims []uint64, kind uint32, offset uint64) []byte {
		b := le.AppendUint32(text(start(1, 0), "t"), uint32(len(dims)))
		for _, d := range dims {
			b = le.AppendUint64(b, d)
		}
		return le.AppendUint64(le.AppendUint32(b, kind), offset)
	}
	for name, file := range map[string][]byte{
		"empty":                  nil,
		"another magic":          []byte("GGML0000"),
		"pointer":                []byte("version https://git-lfs"),
		"version 9":              le.AppendUint32([]byte("GGUF"), 9),
		"too many tensors":       start(1<<40, 0),
		"too many keys":          start(0, 1<<40),
		"keys that are not here": start(0, 1000),
		"long key":               le.AppendUint64(start(0, 1), 1<<50),
		"long value":             le.AppendUint64(le.AppendUint32(text(start(0, 1), "k"), 8), 1<<62),
		"unknown type":           le.AppendUint32(text(start(0, 1), "k"), 77),
		"long array":             array(4, 1<<50),
		"array of nothing here":  array(8, 1<<20),
		"array of unknown type":  array(99, 5),
		"nested arrays":          nested,
		"nine dimensions":        one(make([]uint64, 9), 0, 0),
		"product overflows":      one([]uint64{1 << 40, 1 << 40}, 0, 0),
		"dimension of no size":   one([]uint64{1 << 63}, 0, 0),
		"part of a block":        one([]uint64{33}, 2, 0),
		"past the end":           one([]uint64{1 << 20}, 0, 0),
		"offset past the end":    one([]uint64{1}, 0, 1<<50),
	} {
		_, err := ReadGGUF(bytes.NewReader(file), int64(len(file)), false)
		require.ErrorIs(t, err, ErrBroken, name)
	}
	g, err := ReadGGUF(bytes.NewReader(array(4, 0)), -1, false)
	require.NoError(t, err)
	_, single := g.Int("k")
	require.False(t, single, "an empty list is no number")
}

func TestGGUFOverTheHub(t *testing.T) {
	hub := hubtest.New(t)
	file := hubtest.GGUF(llamaKeys(20_000), ggufTensors()...)
	hub.Add("org/m-GGUF", nil, hubtest.Library("gguf"), hubtest.GGUFSummary(ggufParameters, "llama", 4096),
		hubtest.With("m-Q4_K_M.gguf", file), hubtest.With("m-Q8_0.gguf", file), hubtest.With("m-IQ2_XXS.gguf", file),
		hubtest.With("UD/m-UD-Q4_K_XL-00001-of-00002.gguf", file), hubtest.With("UD/m-UD-Q4_K_XL-00002-of-00002.gguf", hubtest.GGUF(nil, tensor("x", "F16", 10))),
		hubtest.With("BF16/m-00001-of-00003.gguf", file),
		hubtest.With("mmproj-F16.gguf", file), hubtest.With("imatrix_unsloth.gguf", file))
	client, _ := dial(t, hub)
	info, err := client.Info(t.Context(), "org/m-GGUF", "")
	require.NoError(t, err)
	require.Equal(t, int64(ggufParameters), info.GGUF.Parameters)

	hub.Reset()
	w, err := client.Tensors(t.Context(), info, TensorOptions{})
	require.NoError(t, err)
	require.Equal(t, "Q4_K_M", w.Variant)
	require.Equal(t, FromGGUF, w.Source)
	require.Equal(t, int64(ggufParameters), w.Parameters)
	require.Equal(t, int64(ggufBytes), w.Stored)
	require.Equal(t, 2, hub.Count(""), "one range, however long the vocabulary")
	var names []string
	for _, v := range w.Variants {
		names = append(names, v.Name)
	}
	require.ElementsMatch(t, []string{"Q4_K_M", "Q8_0", "IQ2_XXS", "UD-Q4_K_XL", "mmproj-F16"}, names, "no importance matrix, no half of a split")

	split, err := client.Tensors(t.Context(), info, TensorOptions{Variant: "ud-q4_k_xl"})
	require.NoError(t, err)
	require.Equal(t, int64(ggufBytes+20), split.Stored)
	quick, err := client.Tensors(t.Context(), info, TensorOptions{Variant: "Q8_0", Quick: true})
	require.NoError(t, err)
	require.Equal(t, int64(ggufBytes), quick.Stored)

	hub.Reset()
	g, err := client.GGUF(t.Context(), info.ID, info.Commit, "m-Q8_0.gguf", true)
	require.NoError(t, err)
	require.Equal(t, int64(20_000), g.Lengths["tokenizer.ggml.tokens"])
	require.LessOrEqual(t, hub.Bytes(), int64(256<<10))
	again, err := client.GGUF(t.Context(), info.ID, info.Commit, "m-Q8_0.gguf", true)
	require.NoError(t, err)
	require.Equal(t, g.Ints, again.Ints)
	require.Equal(t, 2, hub.Count(""))
}

func TestQuantNames(t *testing.T) {
	for file, want := range map[string]string{
		"Llama-3.2-1B-Instruct-Q4_K_M": "Q4_K_M", "llama-2-7b.Q5_0": "Q5_0", "model-IQ3_XXS": "IQ3_XXS", "qwen-q8_0": "Q8_0",
		"gpt-oss-20b-mxfp4": "MXFP4", "gpt-oss-20b-MXFP4_MOE": "MXFP4_MOE", "Q4_K_M/x": "Q4_K_M", "m-UD-IQ1_S": "UD-IQ1_S", "m.f16": "F16",
		"BF16/model": "BF16", "m-Q6_K": "Q6_K", "m-TQ1_0": "TQ1_0", "tiny": "tiny", "Q3_K_L": "Q3_K_L", "m-Q4_0_4_8": "Q4_0_4_8",
	} {
		require.Equal(t, want, quantName(file), file)
	}
}
