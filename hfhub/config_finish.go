package hfhub

import (
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// finish adds what depends on more than one block, and refuses a config that
// says something about its shape which nothing has read.
func (r *reader) finish(a *estimator.Arch) {
	r.checkLayers()
	class := firstClass(r.block)
	if class == "" {
		class = firstClass(r.root)
	}
	_, suffix, head := taskOf(class)
	if class != "" && !head && !r.generates(suffix) {
		a.NoHead = true
		a.Extra = append(a.Extra, classifier(r, suffix, a.Hidden)...)
	}
	if parts := r.facts["undescribed"].fallback; parts != "" {
		r.notes.warn("config.json does not describe its " + strings.ReplaceAll(parts, ",", ", ") + "; they are not counted")
	}
	known := r.known
	for _, key := range shapeKeys {
		if v, ok := r.block.get(key); ok && !known[key] && significant(v) {
			r.unsupported(key, short(v.String()))
		}
	}
	r.checkKeys()
}

// checkLayers refuses a file that itself says that there are no blocks.
func (r *reader) checkLayers() {
	if v, key, ok := r.find("layers"); ok && v.Type == gjson.Number && v.Num == 0 {
		r.bad(key, "0", "")
	}
}

// writers are the entries of auto_map whose classes write text.
var writers = []string{"auto_map.AutoModelForCausalLM", "auto_map.AutoModelForSeq2SeqLM"}

// generates says whether a class without a task in its name writes text all the
// same: models that bring their own code call the whole of it ChatGLMModel, and
// say in auto_map what it is for.
func (r *reader) generates(suffix string) bool {
	if suffix != "Model" {
		return false
	}
	for _, o := range []object{r.root, r.block} {
		for _, path := range writers {
			if v, ok := o.get(path); ok && v.Type == gjson.String && v.Str != "" {
				return true
			}
		}
	}
	return r.flag("whole_model")
}

// keys are those that some fact of the family may be read from.
func (r *resolved) keys() map[string]bool {
	known := map[string]bool{}
	for _, f := range r.facts {
		for _, key := range f.keys {
			head, _, _ := strings.Cut(key, ".")
			known[head] = true
		}
	}
	return known
}

// classifier is the linear that a class for classification puts on the decoder.
func classifier(r *reader, suffix string, h int64) []estimator.Extra {
	if suffix != "ForSequenceClassification" && suffix != "ForTokenClassification" {
		return nil
	}
	labels := int64(2)
	if v, ok := r.root.get("id2label"); ok && v.IsObject() {
		labels = int64(len(v.Map()))
	} else if v, ok := r.root.get("num_labels"); ok && v.Type == gjson.Number {
		labels = min(max(v.Int(), 1), 1<<20)
	}
	return keep(estimator.Extra{Name: "classifier", Params: labels*h + r.biasOf(labels)})
}

// biasOf is the classifier's bias: encoders have one, decoders none.
func (r *reader) biasOf(labels int64) int64 {
	if r.facts["pooler"].known {
		return labels
	}
	return 0
}

// shapeKeys change what a block is or what it caches. One that says something
// and was read by no fact means the family does not know this model.
var shapeKeys = []string{
	"layer_types", "layers_block_type", "hybrid_override_pattern", "block_configs", "attn_type_list", "hybrid_layer_pattern",
	"full_attn_idxs", "full_attention_interval", "linear_attn_config", "sparse_attention_config", "compress_ratios",
	"kv_lora_rank", "kv_share", "block_pattern", "attn_layer_period", "attn_layer_indices", "cross_attention_layers",
	"num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts", "num_kv_shared_layers", "index_topk",
	"hidden_size_per_layer_input", "ssm_state_size", "mamba_d_state", "linear_num_value_heads", "attention_chunk_size",
}

// significant says whether a value asks for anything.
func significant(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null, gjson.False:
		return false
	case gjson.Number:
		return v.Num > 1
	case gjson.String:
		return v.Str != ""
	case gjson.True:
		return true
	case gjson.JSON:
		return len(v.Raw) > 2
	}
	return true
}
