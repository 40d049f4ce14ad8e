package hfhub

import (
	"bytes"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
)

// bounded runs a reader twice: the same input gives the same answer, and reading
// it allocates no more than its length allows.
func bounded[T any](t *testing.T, input []byte, read func() (T, error)) (T, error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	first, err := read()
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20+400*len(input)))
	second, again := read()
	require.Equal(t, err, again)
	if err == nil {
		require.Equal(t, first, second)
		return first, nil
	}
	require.ErrorIs(t, err, ErrBroken)
	return first, err
}

func FuzzSafetensors(f *testing.F) {
	f.Add(hubtest.Safetensors(map[string]string{"format": "pt"}, llama()...).Head)
	f.Add(hubtest.Safetensors(nil, tensor("a", "F4", 2), tensor("b", "I64"), tensor("c", "U8", 0)).Head)
	f.Add(raw(`{"w":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,0]}}`, 74))
	f.Add(raw(`{"__metadata__":{"a":[[{}]]},"w":{"dtype":"X","shape":[],"data_offsets":[0,3]}} `, 80))
	f.Add([]byte("version https://git-lfs.github.com/spec/v1"))
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := bounded(t, file, func() ([]Tensor, error) { return ReadSafetensors(bytes.NewReader(file), -1) })
		if err != nil {
			return
		}
		end := int64(0)
		for _, one := range list {
			require.Equal(t, end, one.begin)
			end += one.Bytes
			bytes, known := DTypeBytes(one.DType, one.Elements())
			require.True(t, !known || bytes == one.Bytes)
		}
	})
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"metadata":{"total_size":988065536},"weight_map":{"a.weight":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}`))
	f.Add([]byte(`{"metadata":null,"weight_map":{"a":"../x"}}`))
	f.Add([]byte(`{"metadata":{"total_size":1e3,"x":{"y":[1,null,"\ud83d\ude00"]}},"z":[],"weight_map":{"\u0061":"s"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		index, err := bounded(t, text, func() (Index, error) { return ReadIndex(bytes.NewReader(text)) })
		if err != nil {
			return
		}
		sum := 0
		for file, shard := range index.Shards {
			require.NoError(t, checkPath(file))
			require.LessOrEqual(t, shard.guess(), int64(maxHeader+lengthOf))
			sum += shard.Tensors
		}
		require.Equal(t, index.Tensors, sum)
	})
}

func FuzzGGUF(f *testing.F) {
	f.Add(hubtest.GGUF(llamaKeys(3), ggufTensors()...).Head, true)
	f.Add(hubtest.GGUF(llamaKeys(2), ggufTensors()...).Head, false)
	f.Add([]byte("GGUF\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00k\x05\x00\x00\x00\xff\xff\xff\xff"), false)
	f.Add([]byte("GGUF\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), false)
	f.Fuzz(func(t *testing.T, file []byte, shapesOnly bool) {
		g, err := bounded(t, file, func() (*GGUF, error) { return ReadGGUF(bytes.NewReader(file), int64(len(file)), shapesOnly) })
		if err != nil {
			return
		}
		for _, one := range g.Tensors {
			require.GreaterOrEqual(t, one.Bytes, int64(0))
		}
		for _, list := range g.Floats {
			for _, x := range list {
				require.False(t, math.IsNaN(x) || math.IsInf(x, 0))
			}
		}
	})
}

func FuzzParseID(f *testing.F) {
	for _, text := range []string{"Qwen/Qwen2-0.5B@v1", "https://huggingface.co/a/b/blob/main/x.json", "hf://a/b@refs/pr/1", "hf.co/a/b:Q4_K_M", "hf.co/huggingface.co/0", "hf://a/b/0../0", "a/../b", "hf://a/b/c/..", "%2e%2e/x", "hf://a/b/%2e%2e/x", "a/tree@", "a/blob:", "hf://a/b/tree/x%2F.%2Fy.z", "hf://a/b/tree/x%2F%2Fy.z/w"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := ParseID(text)
		if err != nil {
			require.ErrorIs(t, err, ErrBadID)
			return
		}
		require.NotContains(t, ref.ID, "..")
		require.NotContains(t, strings.Split(ref.Path, "/"), "..")
		again, err := ParseID(ref.String())
		require.NoError(t, err, ref)
		require.Equal(t, ref.ID, again.ID)
	})
}

func FuzzInfo(f *testing.F) {
	f.Add([]byte(goodInfo + `,"siblings":[{"rfilename":"a","size":1}],"safetensors":{"parameters":{"BF16":1},"total":1},"gated":"auto"}`))
	f.Add([]byte(goodInfo + `,"cardData":{"base_model":["a/b"]},"gguf":{"total":1},"config":{"architectures":[]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		info, err := bounded(t, text, func() (Info, error) { return parseInfo(text) })
		if err == nil {
			require.Regexp(t, hexCommit, info.Commit)
		}
	})
}
