package hfhub_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/hfhub"
	"membot/hfhub/hubtest"
)

// A difference between a count and a shape says which tensors make it, by what was
// read anyway.
func TestResolveSaysWhichTensorsDiffer(t *testing.T) {
	visual := func(n int) []hubtest.Tensor {
		all := qwenTensors(false)
		for i := range n {
			all = append(all, hubtest.Tensor{Name: fmt.Sprintf("model.visual.blocks.%d.attn.qkv.weight", i), DType: "BF16", Shape: []int64{2000, 1000}})
		}
		return all
	}
	with := func(from, to string) string { return strings.Replace(qwenHalf, from, to, 1) }
	for name, row := range map[string]struct {
		config  string
		tensors []hubtest.Tensor
		shards  int
		summary bool
		want    []hfhub.Note
		most    int // requests
	}{
		"a tower that the config leaves out": {qwenHalf, visual(28), 1, false, []hfhub.Note{
			{Code: "params_more", Key: "headers", Value: "56000000", Warning: true},
			{Code: "tensors_beyond", Key: "model.visual.*", Value: "56.00 M", Count: "28", Warning: true},
		}, 5},
		"the sum alone is known": {qwenHalf, visual(28), 1, true, []hfhub.Note{
			{Code: "params_more", Key: "summary", Value: "56000000", Warning: true},
			{Code: "tensors_unread", Key: "summary", Warning: true},
		}, 4},
		"a wider FFN": {with("4864", "4000"), qwenTensors(false), 1, false, []hfhub.Note{
			{Code: "params_more", Key: "headers", Value: "55738368", Warning: true},
			{Code: "tensors_differ", Key: "FFN", Value: "313.79 M", Count: "258.05 M", Warning: true},
		}, 5},
		"no head in the file": {with(`"tie_word_embeddings":true`, `"tie_word_embeddings":false`), qwenTensors(false), 2, false, []hfhub.Note{
			{Code: "params_fewer", Key: "headers", Value: "136134656", Warning: true},
			{Code: "tensors_differ", Key: "head", Value: "0", Count: "136.13 M", Warning: true},
		}, 9},
		"more blocks than the config says": {with(`"num_hidden_layers":24`, `"num_hidden_layers":20`), qwenTensors(false), 1, false, []hfhub.Note{
			{Code: "params_more", Key: "headers", Value: "59649536", Warning: true},
			{Code: "layers_differ", Key: "model.layers.*", Value: "24", Count: "20", Warning: true},
		}, 5},
		"names of an index": {qwenHalf, visual(28), 10, false, []hfhub.Note{
			{Code: "tensors_named", Key: "model.visual.*", Count: "28", Warning: true},
		}, 5},
		"blocks of an index": {with(`"num_hidden_layers":24`, `"num_hidden_layers":20`), qwenTensors(false), 10, false, []hfhub.Note{
			{Code: "layers_differ", Key: "model.layers.*", Value: "24", Count: "20", Warning: true},
		}, 5},
		"no difference by an index": {qwenHalf, qwenTensors(false), 10, false, nil, 5},
	} {
		hub := hubtest.New(t)
		options := []hubtest.Option{hubtest.With("model.safetensors", hubtest.Safetensors(nil, row.tensors...))}
		if row.shards > 1 {
			options = hubtest.Sharded(row.shards, row.tensors...)
		}
		if !row.summary {
			options = append(options, hubtest.NoSummary())
		}
		hub.Add("a/model", map[string][]byte{"config.json": []byte(row.config)}, options...)
		m, err := resolver(t, hub).Model(t.Context(), "a/model", "")
		require.NoError(t, err, name)
		require.Equal(t, row.want, m.Notes, name)
		require.LessOrEqual(t, hub.Count(""), row.most, name)
	}
}
