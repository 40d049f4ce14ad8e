package hfhub_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub"
	"membot/hfhub/hubtest"
)

// qwenHalf are the config.json and the tensors of Qwen2-0.5B-Instruct, whose
// 494,032,768 parameters its model card states.
const qwenHalf = `{"architectures":["Qwen2ForCausalLM"],"model_type":"qwen2","hidden_size":896,"num_hidden_layers":24,
"num_attention_heads":14,"num_key_value_heads":2,"intermediate_size":4864,"vocab_size":151936,"tie_word_embeddings":true,
"torch_dtype":"bfloat16","max_position_embeddings":32768,"use_sliding_window":false,"sliding_window":32768}`

func qwenTensors(head bool) []hubtest.Tensor {
	const h, f, v = 896, 4864, 151936
	all := []hubtest.Tensor{{Name: "model.embed_tokens.weight", DType: "BF16", Shape: []int64{v, h}}, {Name: "model.norm.weight", DType: "BF16", Shape: []int64{h}}}
	if head {
		all = append(all, hubtest.Tensor{Name: "lm_head.weight", DType: "BF16", Shape: []int64{v, h}})
	}
	for i := range 24 {
		add := func(name string, shape ...int64) {
			all = append(all, hubtest.Tensor{Name: fmt.Sprintf("model.layers.%d.%s", i, name), DType: "BF16", Shape: shape})
		}
		add("input_layernorm.weight", h)
		add("post_attention_layernorm.weight", h)
		add("self_attn.q_proj.weight", h, h)
		add("self_attn.q_proj.bias", h)
		add("self_attn.k_proj.weight", 128, h)
		add("self_attn.k_proj.bias", 128)
		add("self_attn.v_proj.weight", 128, h)
		add("self_attn.v_proj.bias", 128)
		add("self_attn.o_proj.weight", h, h)
		add("mlp.gate_proj.weight", f, h)
		add("mlp.up_proj.weight", f, h)
		add("mlp.down_proj.weight", h, f)
	}
	return all
}

func resolver(t *testing.T, hub *hubtest.Hub) *hfhub.Resolver {
	t.Helper()
	client, err := hfhub.New(hfhub.Settings{Endpoint: hub.URL(), Timeout: time.Minute, Deadline: time.Minute, MaxWait: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return hfhub.NewResolver(client)
}

func TestResolveFromTheHub(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("Qwen/Qwen2-0.5B-Instruct", map[string][]byte{
		"config.json": []byte(qwenHalf),
	}, hubtest.With("model.safetensors", hubtest.Safetensors(nil, qwenTensors(false)...)))
	m, err := resolver(t, hub).Model(t.Context(), "Qwen/Qwen2-0.5B-Instruct", "")
	require.NoError(t, err)
	require.Equal(t, "hub", m.Source)
	require.EqualValues(t, 494_032_768, m.Arch.Total())
	require.EqualValues(t, 988_065_536, m.Arch.File.Bytes)
	require.Len(t, m.Revision, 40)
	require.Empty(t, m.Notes)
	require.LessOrEqual(t, len(hub.Requests()), 3, "info, config.json and its redirect")
}

// A tied head that is stored all the same is not counted twice.
func TestResolveLeavesOutATiedHead(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("a/tied", map[string][]byte{
		"config.json": []byte(qwenHalf),
	}, hubtest.With("model.safetensors", hubtest.Safetensors(nil, qwenTensors(true)...)))
	m, err := resolver(t, hub).Model(t.Context(), "a/tied", "")
	require.NoError(t, err)
	require.EqualValues(t, 494_032_768, m.Arch.Total())
	require.Equal(t, "tied_head_stored", m.Notes[0].Code)
}

// Tensors that the shape does not explain are a warning.
func TestResolveWarnsOfADifference(t *testing.T) {
	hub := hubtest.New(t)
	tensors := append(qwenTensors(false), hubtest.Tensor{Name: "model.secret.weight", DType: "BF16", Shape: []int64{9000, 896}})
	hub.Add("a/more", map[string][]byte{
		"config.json": []byte(qwenHalf),
	}, hubtest.With("model.safetensors", hubtest.Safetensors(nil, tensors...)))
	m, err := resolver(t, hub).Model(t.Context(), "a/more", "")
	require.NoError(t, err)
	require.EqualValues(t, 494_032_768+9000*896, m.Arch.Total())
	require.Equal(t, "params_more", m.Notes[0].Code)
	require.True(t, m.Notes[0].Warning)
}

func TestResolveFallsBackOnTheCatalogue(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("meta-llama/Llama-2-7b-hf", map[string][]byte{"config.json": []byte(`{}`)}, hubtest.Gated("manual"))
	r := resolver(t, hub)
	m, err := r.Model(t.Context(), "meta-llama/Llama-2-7b-hf", "")
	require.NoError(t, err)
	require.Equal(t, "catalogue", m.Source)
	require.EqualValues(t, 6_738_415_616, m.Arch.Total())
	require.Equal(t, "gated_catalogue", m.Notes[0].Code)

	hub.Reset()
	m, err = r.Model(t.Context(), "llama-7b", "")
	require.NoError(t, err)
	require.EqualValues(t, 6_738_415_616, m.Arch.Total())
	require.Empty(t, hub.Requests(), "a nickname asks nobody")

	_, err = r.Model(t.Context(), "no/such-model", "")
	require.ErrorIs(t, err, hfhub.ErrMissingOrPrivate)
	_, err = r.Model(t.Context(), "../../etc/passwd", "")
	require.ErrorIs(t, err, hfhub.ErrBadID)
}

// A Hub that is away costs a model of the catalogue one wait, not one each time.
func TestResolveRemembersThatTheHubIsAway(t *testing.T) {
	hub := hubtest.New(t)
	r := resolver(t, hub)
	hub.Break("hub", "", -1, hubtest.Status(503, "down"))
	m, err := r.Model(t.Context(), "Qwen/Qwen2-0.5B-Instruct", "")
	require.NoError(t, err)
	require.Equal(t, "unreachable_catalogue", m.Notes[0].Code)
	hub.Reset()
	_, err = r.Model(t.Context(), "Qwen/Qwen3-8B", "")
	require.NoError(t, err)
	require.Empty(t, hub.Requests())
}
