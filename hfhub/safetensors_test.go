package hfhub

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
)

func raw(header string, size int64) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(size)), header...)
}

func TestSafetensorsRules(t *testing.T) {
	const w = `"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}`
	for _, row := range []struct {
		law, header string
		data        int64
		ok          bool
	}{
		{"plain", `{` + w + `}`, 16, true},
		{"padded with spaces", `{` + w + `}   `, 16, true},
		{"metadata of any kind", `{"__metadata__":{"total_parameters":5,"format":"pt"},` + w + `}`, 16, true},
		{"metadata null", `{"__metadata__":null,` + w + `}`, 16, true},
		{"no tensors", `{}`, 0, true},
		{"scalar", `{"w":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}`, 8, true},
		{"empty tensor", `{"w":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]}}`, 0, true},
		{"any order", `{"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 2, true},
		{"unknown type, sized by offsets", `{"w":{"dtype":"F9_NEW","shape":[3],"data_offsets":[0,7]}}`, 7, true},
		{"4-bit floats", `{"w":{"dtype":"F4","shape":[4],"data_offsets":[0,2]}}`, 2, true},
		{"escaped name", `{"a\u00e9\"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, true},
		{"keys in another order, and more of them", `{"w":{"data_offsets":[0,16],"extra":{"a":[1,{}]},"shape":[2,2],"dtype":"F32"}}`, 16, true},

		{"leading space", ` {` + w + `}`, 16, false},
		{"not an object", `[1]`, 16, false},
		{"something after", `{` + w + `}x`, 16, false},
		{"cut", `{` + w, 16, false},
		{"name twice", `{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2, false},
		{"hole", `{"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2, false},
		{"overlap", `{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`, 3, false},
		{"shape and offsets disagree", `{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,16]}}`, 16, false},
		{"part of a byte", `{"w":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}`, 2, false},
		{"offsets backwards", `{"w":{"dtype":"U8","shape":[1],"data_offsets":[2,1]}}`, 2, false},
		{"one offset", `{"w":{"dtype":"U8","shape":[1],"data_offsets":[0]}}`, 1, false},
		{"three offsets", `{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}`, 1, false},
		{"product overflows", `{"w":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}`, 0, false},
		{"product overflows to fit", `{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`, 0, false},
		{"negative", `{"w":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}`, 1, false},
		{"fraction", `{"w":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}`, 1, false},
		{"exponent", `{"w":{"dtype":"U8","shape":[1e3],"data_offsets":[0,1000]}}`, 1000, false},
		{"number as text", `{"w":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}`, 1, false},
		{"too large a number", `{"w":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}}`, 1, false},
		{"no dtype", `{"w":{"shape":[1],"data_offsets":[0,1]}}`, 1, false},
		{"no shape", `{"w":{"dtype":"U8","data_offsets":[0,1]}}`, 1, false},
		{"no offsets", `{"w":{"dtype":"U8","shape":[1]}}`, 1, false},
		{"deep metadata", `{"__metadata__":` + strings.Repeat("[", 1000), 0, false},
		{"deep extra", `{"w":{"x":` + strings.Repeat(`{"a":`, 1000), 0, false},
		{"long name", `{"` + strings.Repeat("x", 20_000) + `":{}}`, 0, false},
		{"not UTF-8", "{\"\xff\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, false},
		{"NaN", `{"w":NaN}`, 0, false},
		{"file longer than it says", `{` + w + `}`, 17, false},
		{"file shorter than it says", `{` + w + `}`, 15, false},
	} {
		file := raw(row.header, int64(len(row.header)))
		_, err := ReadSafetensors(bytes.NewReader(file), int64(len(file))+row.data)
		if row.ok {
			require.NoError(t, err, row.law)
			continue
		}
		require.ErrorIs(t, err, ErrBroken, row.law)
	}
}

func TestHeaderThatLiesAboutItsLength(t *testing.T) {
	for name, file := range map[string][]byte{
		"empty file":      nil,
		"seven bytes":     []byte("1234567"),
		"zero":            raw("{}", 0),
		"over the limit":  raw("{}", maxHeader+1),
		"negative":        raw("{}", -1),
		"longer than all": raw("{}", 3),
		"pointer":         []byte("version https://git-lfs.github.com/spec/v1\n"),
	} {
		_, err := ReadSafetensors(bytes.NewReader(file), int64(len(file)))
		require.ErrorIs(t, err, ErrBroken, name)
		_, err = ReadSafetensors(bytes.NewReader(file), -1)
		require.ErrorIs(t, err, ErrBroken, name)
	}
}

// TestEveryHeaderLength walks over the border where another client of the Hub
// cuts headers short, and over our own.
func TestEveryHeaderLength(t *testing.T) {
	hub := hubtest.New(t)
	client, _ := dial(t, hub, func(s *Settings) { s.BranchTTL = -1 })
	for _, border := range []int{99_996, firstRange} {
		for length := border - 10; length <= border+2; length++ {
			text := `{"w":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}`
			text += strings.Repeat(" ", length-len(text))
			id := fmt.Sprintf("org/m%d", length)
			hub.Add(id, nil, hubtest.With("model.safetensors", hubtest.Header(text, 5)), hubtest.NoSummary())
			w, err := weigh(t, client, id, TensorOptions{})
			require.NoError(t, err, length)
			require.Equal(t, int64(5), w.Parameters)
		}
	}
}

func TestHostileWeightFiles(t *testing.T) {
	good := hubtest.Safetensors(nil, llama()...)
	for _, row := range []struct {
		name string
		mode hubtest.Mode
		want error
	}{
		{"endless", hubtest.Endless(string(good.Head[:100])), ErrBroken},
		{"cut", hubtest.Cut(string(good.Head[:100])), ErrUnreachable},
		{"slow loris", hubtest.Slow(string(good.Head), 20*time.Millisecond), ErrTimeout},
		{"HTML", hubtest.Text("<!doctype html><html></html>"), ErrBroken},
		{"expired address", hubtest.Status(403, "expired"), ErrUnavailable},
		{"redirect loop", hubtest.Loop(), ErrBroken},
		{"another range", func(_ *hubtest.Hub, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-9/10")
			w.WriteHeader(206)
		}, ErrBroken},
		{"a range of no size", func(_ *hubtest.Hub, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206) }, ErrBroken},
		{"not satisfiable", hubtest.Status(416, "no", "Content-Range", "bytes */3"), ErrBroken},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hub := hubtest.New(t)
			hub.Add("org/m", nil, hubtest.With("model.safetensors", good), hubtest.NoSummary())
			hub.Break("cdn", "", -1, row.mode)
			client, _ := dial(t, hub, hurried(row.want))
			_, err := weigh(t, client, "org/m", TensorOptions{})
			require.ErrorIs(t, err, row.want)
			require.NotContains(t, err.Error(), "Signature", "no signed address in an error")
		})
	}
}

func TestMirrorWithoutRanges(t *testing.T) {
	hub := hubtest.New(t)
	whole := hubtest.Safetensors(map[string]string{"x": strings.Repeat("y", 600<<10)}, llama()...)
	hub.Add("org/m", nil, hubtest.With("model.safetensors", whole), hubtest.NoSummary())
	hub.Break("hub", "model.safetensors", -1, hubtest.NoRanges(whole))
	client, _ := dial(t, hub)
	w, err := weigh(t, client, "org/m", TensorOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(llamaParameters), w.Parameters)
}

func TestIndex(t *testing.T) {
	read := func(text string) (Index, error) { return ReadIndex(strings.NewReader(text)) }
	index, err := read(`{"metadata":{"total_size":123.0,"x":[1]},"weight_map":{"a":"s1","bb":"s2","c":"s1"},"more":null}`)
	require.NoError(t, err)
	require.Equal(t, int64(123), index.TotalSize)
	require.Equal(t, 3, index.Tensors)
	require.Equal(t, &Shard{Tensors: 2, NameBytes: 2}, index.Shards["s1"])
	for name, text := range map[string]string{
		"null metadata": `{"metadata":null,"weight_map":{"a":"s"}}`,
		"odd size":      `{"metadata":{"total_size":"12"},"weight_map":{"a":"s"}}`,
		"huge size":     `{"metadata":{"total_size":1e300},"weight_map":{"a":"s"}}`,
		"negative size": `{"metadata":{"total_size":-5},"weight_map":{"a":"s"}}`,
	} {
		index, err := read(text)
		require.NoError(t, err, name)
		require.Equal(t, int64(-1), index.TotalSize, name)
	}
	for _, file := range []string{
		"../x", "a/../../x", "/x", `a\\b`, "%2e%2e/x", "%252e%252e/x", ".", "..", "", "c:/x", "https://evil/x", "a//b", "a\\u0000b", "a\\nb",
	} {
		_, err := read(`{"weight_map":{"a":"` + file + `"}}`)
		require.ErrorIs(t, err, ErrBroken, file)
	}
	for _, text := range []string{"", "[]", "{}", `{"weight_map":{}}`, `{"weight_map":{"a":1}}`, `{"weight_map":[`, `{"weight_map":{"a":"s"}`} {
		_, err := read(text)
		require.ErrorIs(t, err, ErrBroken, text)
	}
	var many strings.Builder
	for i := range maxShards + 1 {
		fmt.Fprintf(&many, `,"t%d":"s%d"`, i, i)
	}
	_, err = read(`{"weight_map":{` + many.String()[1:] + `}}`)
	require.ErrorIs(t, err, ErrBroken)
}

// bigIndex is an index of 60 MB that is made as it is read.
func bigIndex(tensors int) io.Reader {
	r, w := io.Pipe()
	go func() {
		var b bytes.Buffer
		b.WriteString(`{"metadata":{"total_size":1000},"weight_map":{`)
		for i := range tensors {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "\n    \"language_model.model.layers.%d.block_sparse_moe.experts.%d.w1.weight_packed\": \"model-%05d-of-00096.safetensors\"", i%61, i/61, i%96)
			if b.Len() > 64<<10 {
				w.Write(b.Bytes())
				b.Reset()
			}
		}
		b.WriteString("}}")
		w.Write(b.Bytes())
		w.Close()
	}()
	return r
}

func TestBigIndexIsStreamed(t *testing.T) {
	before := peak(t)
	index, err := ReadIndex(bigIndex(497_000))
	require.NoError(t, err)
	require.Equal(t, 497_000, index.Tensors)
	require.Len(t, index.Shards, 96)
	grew := before()
	t.Logf("%d KiB more at the peak", grew>>10)
	require.Less(t, grew, int64(16<<20))
}
