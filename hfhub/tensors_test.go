package hfhub

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"membot/hfhub/hubtest"

	"github.com/stretchr/testify/require"
)

// tensor is short for a made-up tensor.
func tensor(name, dtype string, shape ...int64) hubtest.Tensor {
	return hubtest.Tensor{Name: name, DType: dtype, Shape: shape}
}

// llama is a small model: h 64, l 4, 250,432 parameters as the research counted it.
func llama() []hubtest.Tensor {
	list := []hubtest.Tensor{
		tensor("model.embed_tokens.weight", "BF16", 512, 64), tensor("lm_head.weight", "BF16", 512, 64), tensor("model.norm.weight", "BF16", 64),
	}
	for i := range 4 {
		at := fmt.Sprintf("model.layers.%d.", i)
		list = append(
			list,
			tensor(at+"self_attn.q_proj.weight", "BF16", 64, 64),
			tensor(at+"self_attn.k_proj.weight", "BF16", 32, 64),
			tensor(at+"self_attn.v_proj.weight", "BF16", 32, 64),
			tensor(at+"self_attn.o_proj.weight", "BF16", 64, 64),
			tensor(at+"mlp.up_proj.weight", "BF16", 176, 64),
			tensor(at+"mlp.gate_proj.weight", "BF16", 176, 64),
			tensor(at+"mlp.down_proj.weight", "BF16", 64, 176),
			tensor(at+"input_layernorm.weight", "BF16", 64),
			tensor(at+"post_attention_layernorm.weight", "BF16", 64),
		)
	}
	return list
}

const llamaParameters = 2*512*64 + 64 + 4*(2*64*64+2*32*64+3*176*64+2*64)

func weigh(t *testing.T, client *Client, id string, o TensorOptions) (Weights, error) {
	t.Helper()
	info, err := client.Info(t.Context(), id, "")
	require.NoError(t, err)
	return client.Tensors(t.Context(), info, o)
}

func configFile(text string) map[string][]byte {
	return map[string][]byte{"config.json": []byte(text)}
}

func TestRequestsForWeights(t *testing.T) {
	hub := hubtest.New(t)
	one := hubtest.With("model.safetensors", hubtest.Safetensors(map[string]string{"format": "pt"}, llama()...))
	long := hubtest.With("model.safetensors", hubtest.Safetensors(map[string]string{"x": strings.Repeat("y", 700<<10)}, llama()...))
	with := func(options ...hubtest.Option) []hubtest.Option { return options }
	for _, row := range []struct {
		name     string
		options  []hubtest.Option
		source   string
		requests int // to Hub and CDN, redirects included
	}{
		{"summary", with(one), FromSummary, 1 + 2},
		{"single", with(one, hubtest.NoSummary()), FromHeaders, 1 + 2},
		{"summary that lies", with(one, hubtest.Summary(map[string]int64{"BF16": 333312}, 333312)), FromHeaders, 1 + 2},
		{"summary with another total", with(one, hubtest.Summary(map[string]int64{"BF16": llamaParameters}, 1)), FromHeaders, 1 + 2},
		{"a long header", with(long, hubtest.NoSummary()), FromHeaders, 1 + 2 + 2},
		{"two shards", append(hubtest.Sharded(2, llama()...), hubtest.NoSummary()), FromHeaders, 1 + 2 + 2*2},
		{"two shards, summary", hubtest.Sharded(2, llama()...), FromSummary, 1 + 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			hub.Add("org/m", configFile(`{"model_type":"llama"}`), row.options...)
			hub.Reset()
			client, _ := dial(t, hub)
			w, err := weigh(t, client, "org/m", TensorOptions{})
			require.NoError(t, err)
			require.Equal(t, row.source, w.Source)
			require.Equal(t, int64(llamaParameters), w.Parameters)
			require.Equal(t, int64(2*llamaParameters), w.Stored)
			require.Equal(t, row.requests, hub.Count(""), "%+v", hub.Requests())
			again, err := weigh(t, client, "org/m", TensorOptions{})
			require.NoError(t, err)
			require.Equal(t, w, again)
			require.Equal(t, row.requests, hub.Count(""), "the second time from memory")
		})
	}
}

func TestGroupsAndBlocks(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", nil, append(hubtest.Sharded(3, llama()...), hubtest.NoSummary())...)
	client, _ := dial(t, hub)
	var seen []Tensor
	w, err := weigh(t, client, "org/m", TensorOptions{Each: func(t Tensor) { seen = append(seen, t) }})
	require.NoError(t, err)
	require.Len(t, seen, 3+4*9)
	require.Len(t, w.Groups, 3+9)
	require.Len(t, w.Blocks, 4)
	require.Equal(t, Block{"model.layers", 0, 2 * (2*64*64 + 2*32*64 + 3*176*64 + 2*64), 2*64*64 + 2*32*64 + 3*176*64 + 2*64}, w.Blocks[0])
	require.Equal(t, "model-00001-of-00003.safetensors", seen[0].File)
}

// deepSeek is the shape of DeepSeek-V3's files: 163 shards, 44 thousand expert
// tensors with a scale beside each.
func deepSeek() []hubtest.Tensor {
	var list []hubtest.Tensor
	for layer := 3; layer < 61; layer++ {
		for expert := range 256 {
			for _, part := range []string{"gate_proj", "up_proj", "down_proj"} {
				name := fmt.Sprintf("model.layers.%d.mlp.experts.%d.%s.weight", layer, expert, part)
				list = append(list, tensor(name, "F8_E4M3", 2048, 7168))
			}
		}
	}
	for i := range len(list) / 163 {
		list = append(list, tensor(list[i].Name+"_scale_inv", "F32", 16, 56))
	}
	return list
}

func TestManyShards(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("deepseek-ai/V3", configFile(`{"model_type":"deepseek_v3","quantization_config":{"quant_method":"fp8","weight_block_size":[128,128]}}`),
		append(hubtest.Sharded(163, deepSeek()...), hubtest.NoSummary())...)
	hub.SetLatency(30 * time.Millisecond)
	client, _ := dial(t, hub)
	start := time.Now()
	w, err := weigh(t, client, "deepseek-ai/V3", TensorOptions{})
	took := time.Since(start)
	require.NoError(t, err)
	require.Equal(t, int64(58*256*3*2048*7168), w.Parameters, "scales are no parameters")
	require.Less(t, hub.Count("hub"), 170)
	require.Equal(t, 163, hub.Count("cdn"), "one range a shard")
	t.Logf("%d requests to the Hub, %d to the CDN, %d at once, %d bytes, %v", hub.Count("hub"), hub.Count("cdn"), hub.Most(), hub.Bytes(), took)
	require.GreaterOrEqual(t, hub.Most(), 4, "shards are read side by side")

	hub.Reset()
	quick, err := weigh(t, client, "deepseek-ai/V3", TensorOptions{Quick: true})
	require.NoError(t, err)
	require.Equal(t, w.Stored, quick.Stored)
	require.Equal(t, FromIndex, quick.Source)
	require.LessOrEqual(t, hub.Count(""), 4)
}

func TestStaleShardsAreNotCounted(t *testing.T) {
	hub := hubtest.New(t)
	stale := hubtest.With("model-00003-of-00003.safetensors", hubtest.Safetensors(nil, llama()...))
	copies := hubtest.With("consolidated.safetensors", hubtest.Safetensors(nil, llama()...))
	half := hubtest.With("model.fp16.safetensors", hubtest.Safetensors(nil, llama()[:3]...))
	hub.Add("org/m", nil, append(hubtest.Sharded(2, llama()...), stale, copies, half, hubtest.NoSummary())...)
	client, _ := dial(t, hub)
	w, err := weigh(t, client, "org/m", TensorOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(llamaParameters), w.Parameters)
	var names []string
	for _, v := range w.Variants {
		names = append(names, v.Name)
	}
	require.Equal(t, []string{"", "consolidated", "fp16"}, names)
	small, err := weigh(t, client, "org/m", TensorOptions{Variant: "FP16"})
	require.NoError(t, err)
	require.Equal(t, int64(2*512*64+64), small.Parameters)
	_, err = weigh(t, client, "org/m", TensorOptions{Variant: "q4"})
	require.ErrorIs(t, err, ErrNoVariant)
}

func TestConfigFailureIsNotIgnored(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", configFile(`{"quantization_config":{"quant_method":"gptq","bits":4}}`),
		hubtest.With("model.safetensors", hubtest.Safetensors(nil, tensor("a.qweight", "I32", 8, 64))))
	hub.Break("hub", "config.json", -1, hubtest.Status(429, "slow down", "Retry-After", "100"))
	client, _ := dial(t, hub)
	_, err := weigh(t, client, "org/m", TensorOptions{})
	require.ErrorIs(t, err, ErrRateLimited)
}

func TestGatedModelStillHasItsCount(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/m", configFile(`{"model_type":"llama"}`), hubtest.Gated("manual"), hubtest.With("model.safetensors", hubtest.Safetensors(nil, llama()...)))
	client, _ := dial(t, hub)
	w, err := weigh(t, client, "org/m", TensorOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(llamaParameters), w.Parameters)
	require.NotEmpty(t, w.Notes)
}

func TestPipelineIsCountedByPart(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/sd", map[string][]byte{"model_index.json": []byte("{}")}, hubtest.Library("diffusers"),
		hubtest.With("unet/diffusion_pytorch_model.safetensors", hubtest.Safetensors(nil, tensor("a", "F16", 10))),
		hubtest.With("unet/diffusion_pytorch_model.fp16.safetensors", hubtest.Safetensors(nil, tensor("a", "F16", 10))),
		hubtest.With("vae/diffusion_pytorch_model.safetensors", hubtest.Safetensors(nil, tensor("b", "F32", 5))))
	client, _ := dial(t, hub)
	w, err := weigh(t, client, "org/sd", TensorOptions{})
	require.NoError(t, err)
	require.Equal(t, []Component{{"unet", 20, 10}, {"vae", 20, 5}}, w.Components)
	require.Equal(t, int64(15), w.Parameters)
}

func TestLongHeaderFitsInMemory(t *testing.T) {
	var list []hubtest.Tensor
	for i := range 187_000 {
		list = append(list, tensor(fmt.Sprintf("model.layers.%d.mlp.experts.%d.gate_proj.weight", i/1000, i%1000), "BF16", 2048, 7168))
	}
	hub := hubtest.New(t)
	content := hubtest.Safetensors(nil, list...)
	require.Greater(t, len(content.Head), 22_000_000)
	hub.Add("org/m", nil, hubtest.With("model.safetensors", content), hubtest.NoSummary())
	client, _ := dial(t, hub)
	before := peak(t)
	w, err := weigh(t, client, "org/m", TensorOptions{})
	require.NoError(t, err)
	require.Equal(t, 187_000, w.Tensors)
	grew := before()
	t.Logf("%d MiB more at the peak", grew>>20)
	require.Less(t, grew, int64(100<<20))
}

// peak watches the heap; the function it gives says by how much it grew at most.
func peak(t *testing.T) func() int64 {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	start, most := m.HeapInuse, m.HeapInuse
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-stop:
				return
			case <-ticker.C:
			}
		}
	}()
	return func() int64 {
		close(stop)
		<-done
		return int64(most) - int64(start)
	}
}

func TestHubThatListsNoFiles(t *testing.T) {
	hub := hubtest.New(t)
	hub.Add("org/one", configFile("{}"), hubtest.Field("siblings", nil), hubtest.NoSummary(), hubtest.With("model.safetensors", hubtest.Safetensors(nil, llama()...)))
	hub.Add("org/two", configFile("{}"), append(hubtest.Sharded(2, llama()...), hubtest.Field("siblings", nil), hubtest.NoSummary())...)
	hub.Add("org/none", nil)
	client, _ := dial(t, hub)
	for _, id := range []string{"org/one", "org/two"} {
		w, err := weigh(t, client, id, TensorOptions{})
		require.NoError(t, err, id)
		require.Equal(t, int64(llamaParameters), w.Parameters, id)
	}
	_, err := weigh(t, client, "org/none", TensorOptions{})
	require.ErrorIs(t, err, ErrNoFile)
}

func TestPickledWeightsHaveTheirSizes(t *testing.T) {
	hub := hubtest.New(t)
	files := []hubtest.Option{
		hubtest.With("pytorch_model-00001-of-00002.bin", hubtest.Content{Size: 1000}), hubtest.With("pytorch_model-00002-of-00002.bin", hubtest.Content{Size: 500}),
		hubtest.With("training_args.bin", hubtest.Content{Size: 7}), hubtest.With("m-Q4_K_M.gguf", hubtest.Content{Size: 9}),
	}
	hub.Add("org/m", nil, files...)
	hub.Add("org/unsized", nil, append(files, hubtest.Field("siblings", []map[string]any{
		{"rfilename": "pytorch_model-00001-of-00002.bin"}, {"rfilename": "pytorch_model-00002-of-00002.bin"},
	}))...)
	client, _ := dial(t, hub)
	for _, id := range []string{"org/m", "org/unsized"} {
		w, err := weigh(t, client, id, TensorOptions{})
		require.NoError(t, err)
		require.Equal(t, FromSizes, w.Source)
		require.Equal(t, int64(1500), w.Stored)
		require.Zero(t, w.Parameters, "not known")
	}
}
