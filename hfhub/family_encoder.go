package hfhub

import "membot/estimator"

// buildEncoder makes the shape of a model that reads and does not write: no
// cache, no head but what its class adds.
func buildEncoder(r *reader) estimator.Arch {
	a := baseArch(r)
	a.Layers, a.Order = r.group(r.layout(r))
	a.Tied, a.NoHead = true, true
	h := a.Hidden
	norm := r.normParams(h)
	_, task, _ := taskOf(orElse(firstClass(r.block), firstClass(r.root)))
	if r.flag("pooler") && poolers[task] {
		a.Extra = append(a.Extra, estimator.Extra{Name: "pooler", Params: h*h + h})
	}
	if mlmHeads[task] && a.Vocab > 0 {
		width := h
		if a.Embed > 0 {
			width = a.Embed
		}
		a.Extra = append(a.Extra, estimator.Extra{Name: "language model head", Params: h*width + width + norm/max(h, 1)*width + a.Vocab})
	}
	if r.flag("identity_first") { // ModernBERT's first block has no norm before attention
		a.Extra = append(a.Extra, estimator.Extra{Name: "norm that the first block lacks", Params: -h})
		if mlmHeads[task] && !r.flag("head_dense_bias") {
			a.Extra = append(a.Extra, estimator.Extra{Name: "bias that the head lacks", Params: -h})
		}
	}
	if n := r.int("positions_2d"); n > 0 {
		a.Extra = append(a.Extra, estimator.Extra{Name: "positions in two dimensions", Params: 4 * n * h})
	}
	if n := r.int("relative"); n > 0 {
		a.Extra = append(a.Extra, estimator.Extra{Name: "relative positions", Params: 2 * n * h})
	}
	return a
}

// poolers are the tasks whose class has a pooler; "" is a class not named.
var poolers = map[string]bool{"": true, "Model": true, "ForPreTraining": true, "ForSequenceClassification": true, "ForMultipleChoice": true}

// mlmHeads are the tasks whose class predicts words.
var mlmHeads = map[string]bool{"ForMaskedLM": true, "ForPreTraining": true}

// albertLayout repeats one block: its parameters count once, its activations
// every time.
func buildAlbert(r *reader) estimator.Arch {
	a := buildEncoder(r)
	groups := max(1, r.int("groups"))
	if len(a.Layers) == 1 && a.Layers[0].Count > groups {
		one := estimator.Arch{Hidden: a.Hidden, Layers: []estimator.Layer{a.Layers[0]}, NoHead: true}
		one.Layers[0].Count = 1
		block := one.Params().Total()
		a.Extra = append(a.Extra, estimator.Extra{Name: "blocks that share parameters", Params: -block * (a.Layers[0].Count - groups)})
	}
	a.Extra = append(a.Extra, estimator.Extra{Name: "bias of the embedding's projection", Params: a.Hidden})
	return a
}

// convStack counts the convolutions in front of a speech encoder: of each
// layer, kernel × in × out, bias and norm.
func convStack(r *reader) int64 {
	channels, kernels := r.list("conv_dim"), r.list("conv_kernel")
	total, in := int64(0), int64(1)
	for i := range channels {
		if i >= len(kernels) {
			break
		}
		out := min(channels[i].Int(), 1<<20)
		total += in * out * min(kernels[i].Int(), 1<<12)
		if r.flag("stack_bias") {
			total += out
		}
		if r.word("stack_norm") == "layer" || i == 0 {
			total += 2 * out
		}
		in = out
	}
	h := r.int("hidden")
	total += 2*in + in*h + h // norm and projection to h
	return total
}

// buildSpeech makes wav2vec 2.0 and its like: convolutions, positions by
// convolution, blocks.
func buildSpeech(r *reader) estimator.Arch {
	a := baseArch(r)
	a.Layers, a.Order = r.group(r.layout(r))
	a.Vocab, a.Tied, a.NoHead = 0, true, true
	h := a.Hidden
	a.Extra = append(a.Extra, keep(
		estimator.Extra{Name: "convolutions", Params: convStack(r)},
		estimator.Extra{Name: "positions by convolution", Params: h*h/max(1, r.int("position_groups"))*r.int("position_kernel") + h + r.int("position_kernel")},
		estimator.Extra{Name: "masked embedding", Params: h},
		estimator.Extra{Name: "relative positions", Params: r.int("buckets") * r.int("heads")},
	)...)
	return a
}

// bertFacts are BERT's own.
const bertFacts = "hidden:768 layers:12 heads:12 kv=:0 head_dim=:0 ffn:3072 vocab:30522 ctx:512 tied:true dtype:float32 gated:false norm_bias:true " +
	"qkv_bias=:true out_bias=:true mlp_bias=:true positions=max_position_embeddings:512 token_types=type_vocab_size:2 final_norms:0 embed_norms:1 " +
	"pooler:true positions_2d=:0 relative=:0 "

// encoders read text.
func encoders() map[string]family {
	return map[string]family{
		"bert":           {like: "llama", build: buildEncoder, facts: bertFacts},
		"roberta":        {like: "bert", facts: "vocab:50265 pad_positions:2"},
		"xlm-roberta":    {like: "roberta", facts: "vocab:30522"},
		"xlm-roberta-xl": {like: "roberta", facts: "hidden:2560 layers:36 heads:32 ffn:10240 vocab:250880 final_norms:1 embed_norms:0"},
		"camembert":      {like: "roberta"},
		"ernie":          {like: "bert"},
		"megatron-bert":  {like: "bert", facts: "hidden:1024 layers:24 heads:16 ffn:4096 vocab:29056 final_norms:1 embed_norms:0"},
		"layoutlm":       {like: "bert", facts: "positions_2d=max_2d_position_embeddings:1024"},
		"electra":        {like: "bert", facts: "hidden:256 heads:4 ffn:1024 embed=embedding_size:128 embed_all:true pooler:false"},
		"mpnet":          {like: "bert", facts: "vocab:30527 token_types=:0"},
		"distilbert":     {like: "bert", facts: "hidden=dim:768 layers=n_layers:6 heads=n_heads:12 ffn=hidden_dim:3072 token_types=:0 pooler:false"},
		"albert":         {like: "bert", build: buildAlbert, facts: "hidden:4096 heads:64 ffn:16384 vocab:30000 embed=embedding_size:128 embed_all:true groups=num_hidden_groups:1"},
		"deberta":        {like: "bert", facts: "vocab:50265 token_types=type_vocab_size:0 pooler:false relative=:512"},
		"deberta-v2":     {like: "bert", facts: "hidden:1536 layers:24 heads:24 ffn:6144 vocab:128100 token_types=type_vocab_size:0 positions=:0 pooler:false relative=position_buckets:256 relative_norm:1"},
		"nomic_bert": {like: "bert", facts: "hidden=n_embd,hidden_size:768 layers=n_layer,num_hidden_layers:12 heads=n_head,num_attention_heads:12 ffn=n_inner,intermediate_size:3072 vocab:30528 ctx=n_positions:2048 " +
			"positions=:0 gated:true qkv_bias=qkv_proj_bias:false out_bias=qkv_proj_bias:false mlp_bias=mlp_fc1_bias:false pooler:false"},
		"jina_embeddings_v3": {like: "xlm-roberta", facts: "hidden:1024 layers:24 heads:16 ffn:4096 vocab:250002 ctx:8194 positions=:0"},
		"modernbert": {like: "bert", facts: "layers:22 ffn:1152 vocab:50368 ctx:8192 gated:true norm_bias=norm_bias:false qkv_bias=attention_bias:false out_bias=attention_bias:false mlp_bias=mlp_bias:false " +
			"positions=:0 token_types=:0 final_norms:1 pooler:false window=local_attention:128 pattern=global_attn_every_n_layers:3 pattern_phase:2 identity_first:true head_dense_bias=classifier_bias:false"},
		"clip_text_model":   {like: "bert", facts: "hidden:512 heads:8 ffn:2048 vocab:49408 ctx:77 positions:77 token_types=:0 final_norms:1 embed_norms:0 pooler:false"},
		"siglip_text_model": {like: "clip_text_model", facts: "hidden:768 heads:12 ffn:3072 vocab:32000 ctx:64 positions:64"},
		"eurobert":          {like: "llama", build: buildEncoder, facts: "hidden:768 layers:12 heads:12 ffn:3072 vocab:128256 ctx:8192 pooler:false positions_2d=:0 relative=:0"},
		"git":               {like: "bert", build: buildGit, facts: "layers:6 ctx:1024 positions=max_position_embeddings:1024 token_types=:0 tied=tie_word_embeddings:false", towers: "vision_config:clip_vision_model"},
		"wav2vec2": {like: "bert", build: buildSpeech, facts: "vocab:32 positions=:0 token_types=:0 embed_norms:1 conv_dim=conv_dim conv_kernel=conv_kernel stack_bias=conv_bias:false stack_norm=feat_extract_norm:group " +
			"position_groups=num_conv_pos_embedding_groups:16 position_kernel=num_conv_pos_embeddings:128 buckets=:0"},
		"hubert": {like: "wav2vec2"},
		"wavlm":  {like: "wav2vec2", facts: "buckets=num_buckets:320"},
	}
}

// buildGit makes GIT: a decoder in BERT's blocks that reads an image.
func buildGit(r *reader) estimator.Arch {
	a := buildDecoder(r)
	a.HeadBias = true
	return a
}
