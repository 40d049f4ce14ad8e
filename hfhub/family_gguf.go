package hfhub

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// ggufFamilies lead from llama.cpp's architectures to rows of the table; one
// that is not here is looked for under its own name.
var ggufFamilies = map[string]string{
	"qwen2moe": "qwen2_moe", "qwen3moe": "qwen3_moe", "qwen2vl": "qwen2", "qwen3vl": "qwen3", "qwen3vlmoe": "qwen3_moe",
	"qwen3next": "qwen3_next", "qwen35": "qwen3_5_text", "qwen35moe": "qwen3_5_moe_text",
	"gemma3": "gemma3_text", "gemma3n": "gemma3n_text", "gemma4": "gemma4_text", "phi2": "phi", "gptneox": "gpt_neox", "starcoder": "gpt_bigcode",
	"command-r": "cohere", "deepseek2": "deepseek_v3", "glm4moe": "glm4_moe", "gpt-oss": "gpt_oss", "llama4": "llama4_text",
	"granitemoe": "granitemoe", "granitehybrid": "granitemoehybrid", "nomic-bert": "nomic_bert", "ernie4_5-moe": "ernie4_5_moe",
	"hunyuan-dense": "hunyuan_v1_dense", "hunyuan-moe": "hunyuan_v1_moe", "minimax-m2": "minimax_m2", "lfm2moe": "lfm2_moe",
	"modern-bert": "modernbert", "exaone-moe": "exaone_moe", "smallthinker": "", "nemotron_h_moe": "nemotron_h", "falcon-h1": "falcon_h1",
	"mistral3": "ministral3", "kimi-linear": "kimi_linear", "jina-bert-v3": "jina_embeddings_v3", "mimo2": "mimo_v2_flash", "step35": "step3p5",
}

// ggufFacts are the keys of a GGUF header that hold a fact, without the
// architecture in front.
var ggufFacts = map[string][]string{
	"hidden": {"embedding_length"}, "heads": {"attention.head_count"}, "kv": {"attention.head_count_kv"},
	"head_dim": {"attention.key_length"}, "v_head_dim": {"attention.value_length_mla", "attention.value_length"},
	"ffn": {"feed_forward_length"}, "ctx": {"context_length"}, "window": {"attention.sliding_window"},
	"experts": {"expert_count"}, "topk": {"expert_used_count"}, "expert_ffn": {"expert_feed_forward_length", "feed_forward_length"},
	"shared": {"expert_shared_count"}, "shared_ffn": {"expert_shared_feed_forward_length"}, "first_dense": {"leading_dense_block_count"},
	"kv_rank": {"attention.kv_lora_rank"}, "q_rank": {"attention.q_lora_rank"}, "mtp": {"nextn_predict_layers"},
	"index_heads": {"attention.indexer.head_count"}, "index_dim": {"attention.indexer.key_length"},
	"conv": {"ssm.conv_kernel", "shortconv.l_cache"}, "inner": {"ssm.inner_size"}, "state": {"ssm.state_size"}, "groups": {"ssm.group_count"},
	"ssm_heads": {"ssm.time_step_rank"}, "time_rank": {"ssm.time_step_rank"}, "full_every": {"full_attention_interval"},
	"linear_keys": {"ssm.group_count"}, "linear_values": {"ssm.time_step_rank"}, "linear_key_dim": {"ssm.state_size"},
	"kv_shared": {"attention.shared_kv_layers"}, "per_layer": {"embedding_length_per_layer_input"}, "chunk": {"attention.chunk_size"},
}

// ggufDerived are the facts that no key gives as it is.
const (
	ggufLayers = "(block_count)"
	ggufVocab  = "(vocabulary)"
	ggufRope   = "(rope dimension)"
	ggufNope   = "(key length without rope)"
	ggufValue  = "(value head)"
	ggufTypes  = "(blocks with KV heads)"
)

// ggufOrigins are the keys that the derived facts come from, without the
// architecture in front.
var ggufOrigins = map[string]string{
	ggufLayers: "block_count", ggufRope: "rope.dimension_count", ggufNope: "attention.key_length", ggufValue: "ssm.inner_size",
	ggufTypes: "attention.head_count_kv",
}

// origins puts the keys of the header in place of the names of derived facts.
func (n *ReadNotes) origins(architecture string) {
	for i := range n.Facts {
		f := &n.Facts[i]
		if suffix, derived := ggufOrigins[f.Key]; derived {
			f.Key = architecture + "." + suffix
		}
		if f.Key == ggufVocab {
			f.Key = "tokenizer.ggml.tokens"
		}
	}
}

// ArchFromGGUF reads a model's shape from a GGUF header.
func ArchFromGGUF(g *GGUF, file string, floor estimator.Bytes) (estimator.Arch, ReadNotes, error) {
	var notes ReadNotes
	name := g.Architecture()
	family, ok := ggufFamily(g, name)
	if !ok {
		return estimator.Arch{}, notes, &UnsupportedError{ModelType: orElse(name, "unknown"), Key: "general.architecture", Kind: name, Floor: floor}
	}
	row := *family
	row.facts = map[string]fact{}
	for key, f := range family.facts {
		row.facts[key] = fact{fallback: f.fallback, known: f.known}
		for _, suffix := range ggufFacts[key] {
			row.facts[key] = fact{keys: append(row.facts[key].keys, name+"."+suffix), fallback: f.fallback, known: f.known}
		}
	}
	block := ggufBlock(g, name)
	for key, derived := range map[string]string{"layers": ggufLayers, "vocab": ggufVocab, "rope_dim": ggufRope, "nope_dim": ggufNope, "linear_value_dim": ggufValue} {
		if f, ok := row.facts[key]; ok {
			row.facts[key] = fact{keys: []string{derived}, fallback: f.fallback, known: f.known}
		}
	}
	if values := g.Ints[name+".attention.head_count_kv"]; len(values) > 1 {
		row.facts["types"] = fact{keys: []string{ggufTypes}}
		block[ggufTypes] = ggufMixers(values, family.facts["mixer"].fallback)
	}
	for _, key := range []string{"types", "blocks", "full_at", "moe_list"} { // lists that a header does not have
		if f := row.facts[key]; len(f.keys) > 0 && f.keys[0] == ggufTypes {
			continue
		}
		row.facts[key] = fact{fallback: "0", known: true}
	}
	r := &reader{resolved: &row, file: file, root: block, block: block, notes: &notes, noted: map[string]bool{}}
	notes.Family = r.name
	arch := r.build(r)
	r.checkHeads(&arch)
	if r.err != nil {
		return estimator.Arch{}, notes, floored(r.err, floor)
	}
	notes.origins(name)
	arch.Tied = ggufTied(g, arch.Tied)
	arch.DType = estimator.FP16
	if _, err := arch.Sealed(); err != nil {
		return estimator.Arch{}, notes, badf("%s: %v", file, err)
	}
	return arch, notes, nil
}

// ggufFamily finds the row: a llama with experts is a Mixtral.
func ggufFamily(g *GGUF, name string) (*resolved, bool) {
	row, listed := ggufFamilies[name]
	if !listed {
		row = name
	}
	if n, _ := g.Int(name + ".expert_count"); n > 1 && name == "llama" {
		row = "mixtral"
	}
	if row == "" || row == "decoder" {
		return nil, false
	}
	if f, ok := familyOf(row); ok {
		return f, true
	}
	return familyOfStem(row)
}

// ggufBlock makes the header's numbers look like a config's.
func ggufBlock(g *GGUF, name string) object {
	block := object{}
	for key, values := range g.Ints {
		if strings.HasPrefix(key, name+".") {
			block[key] = numbersOf(values)
		}
	}
	one := func(suffix string) int64 {
		n, _ := g.Int(name + "." + suffix)
		return n
	}
	if n := one("block_count"); n > 0 {
		block[ggufLayers] = numbersOf([]int64{max(0, n-one("nextn_predict_layers"))})
	}
	vocab := one("vocab_size")
	if n := g.Lengths["tokenizer.ggml.tokens"]; n > 0 {
		vocab = n
	}
	if vocab > 0 {
		block[ggufVocab] = numbersOf([]int64{vocab})
	}
	if rope := one("rope.dimension_count"); rope > 0 {
		block[ggufRope] = numbersOf([]int64{rope})
		key := one("attention.key_length_mla")
		if key == 0 {
			key = one("attention.key_length")
		}
		block[ggufNope] = numbersOf([]int64{max(0, key-rope)})
	}
	if inner, heads := one("ssm.inner_size"), one("ssm.time_step_rank"); heads > 0 {
		block[ggufValue] = numbersOf([]int64{inner / heads})
	}
	return block
}

// ggufMixers says what each block mixes tokens with: one without KV heads is
// recurrent.
func ggufMixers(kvHeads []int64, recurrent string) gjson.Result {
	words := make([]string, len(kvHeads))
	for i, n := range kvHeads {
		words[i] = `"full_attention"`
		if n == 0 {
			words[i] = strconv.Quote(recurrent)
		}
	}
	return gjson.Parse("[" + strings.Join(words, ",") + "]")
}

func numbersOf(values []int64) gjson.Result {
	if len(values) == 1 {
		return gjson.Result{Type: gjson.Number, Raw: strconv.FormatInt(values[0], 10), Num: float64(values[0])}
	}
	var b strings.Builder
	b.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	b.WriteByte(']')
	return gjson.Parse(b.String())
}

// ggufTied says whether the head is the embedding: a file without a head of its
// own has none.
func ggufTied(g *GGUF, fallback bool) bool {
	if len(g.Tensors) == 0 {
		return fallback
	}
	for _, t := range g.Tensors {
		if t.Name == "output.weight" {
			return false
		}
	}
	return true
}
