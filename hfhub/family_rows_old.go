package hfhub

// gptLike are older decoders: LayerNorm, biases, learned positions, two linears.
func gptLike() map[string]family {
	return map[string]family{
		"gpt2": {like: "llama", facts: "hidden=n_embd,hidden_size:768 layers=n_layer,num_hidden_layers:12 heads=n_head,num_attention_heads:12 kv=:0 head_dim=:0 " +
			"ffn=n_inner:0 vocab:50257 ctx=n_positions,n_ctx,max_position_embeddings:1024 positions=n_positions,max_position_embeddings:1024 tied:true " +
			"gated:false norm_bias:true qkv_bias=:true out_bias=:true mlp_bias=:true"},
		"gpt_bigcode": {like: "gpt2", layout: oneKVLayout, facts: "one_kv=multi_query:true"},
		"openai-gpt":  {like: "gpt2", facts: "vocab:40478 ctx:512 positions:512 final_norms:0"},
		"gptj":        {like: "gpt2", facts: "hidden:4096 layers:28 heads:16 vocab:50400 ctx:2048 positions=:0 tied:false norms:1 qkv_bias:false out_bias:false head_bias:true"},
		"codegen":     {like: "gptj"},
		"moss":        {like: "codegen", facts: "hidden:4096 vocab:107008"},
		"gpt_neo": {like: "gpt2", facts: "knows=attention_layers,attention_types,window_size hidden=hidden_size:2048 layers=num_layers:24 heads=num_heads:16 ffn=intermediate_size:0 ctx=max_position_embeddings:2048 " +
			"positions=max_position_embeddings:2048 qkv_bias:false window=window_size:256 mixer:sliding_attention full_every:2"},
		"gpt_neox": {like: "llama", facts: "hidden:6144 layers:44 heads:64 kv=:0 ffn:24576 vocab:50432 ctx:2048 gated:false norm_bias:true " +
			"qkv_bias=attention_bias:true out_bias=attention_bias:true mlp_bias=:true"},
		"opt": {like: "gpt2", layer: decoderLayer, build: buildOPT, facts: "hidden=hidden_size:768 layers=num_hidden_layers:12 heads=num_attention_heads:12 ffn=ffn_dim:3072 vocab:50272 " +
			"ctx=max_position_embeddings:2048 positions=max_position_embeddings:2048 position_offset:2 embed=word_embed_proj_dim:0 " +
			"qkv_bias=enable_bias:true out_bias=enable_bias:true mlp_bias=enable_bias:true before=do_layer_norm_before:true"},
		"biogpt": {like: "opt", build: buildDecoder, facts: "hidden:1024 layers:24 heads:16 ffn=intermediate_size:4096 vocab:42384 ctx:1024 positions:1024 embed=:0"},
		"xglm":   {like: "gpt2", facts: "hidden=d_model:1024 layers=num_layers:24 heads=attention_heads:16 ffn=ffn_dim:4096 vocab:256008 ctx=max_position_embeddings:2048 positions=:0"},
		"ctrl":   {like: "gpt2", facts: "hidden=n_embd:1280 layers=n_layer:48 heads=n_head:16 ffn=dff:8192 vocab:246534 ctx:256 positions=:0 head_bias:true"},
		"bloom": {like: "gpt2", facts: "hidden=n_embed,hidden_size,n_embd:64 layers=n_layer,num_hidden_layers:2 heads=n_head,num_attention_heads:8 ffn=:0 vocab:250880 " +
			"ctx=seq_length:2048 positions=:0 embed_norms:1"},
		"mpt": {like: "gpt2", layout: uniformLayout, facts: "hidden=d_model:2048 layers=n_layers:24 heads=n_heads:16 kv=attn_config.kv_n_heads:0 ffn=:0 ffn_ratio=expansion_ratio:4 vocab:50368 ctx=max_seq_len:2048 " +
			"positions=:0 norm_bias:false qkv_bias:false out_bias:false mlp_bias:false"},
		"falcon": {like: "gpt2", build: buildFalcon, layout: falconLayout, layer: falconLayer, facts: "hidden=n_embed,hidden_size:4544 layers=n_layer,num_hidden_layers:32 heads=n_head,num_attention_heads:71 " +
			"kv=num_kv_heads,n_head_kv:0 ffn=ffn_hidden_size:0 vocab:65024 ctx=max_position_embeddings:2048 positions=:0 qkv_bias=bias:false out_bias=bias:false mlp_bias=bias:false " +
			"one_kv=multi_query:true new=new_decoder_architecture:false parallel=parallel_attn:true parallel_norms=num_ln_in_parallel_attn:0"},
		"molmo":           {like: "llama", build: buildMolmo, facts: "ffn_divide:2 vocab=embedding_size,vocab_size:152064 qkv_bias=qkv_bias:true out_bias=:false mlp_bias= tied=weight_tying,tie_word_embeddings:false more_words=additional_vocab_size:128"},
		"RefinedWebModel": {like: "falcon"},
		"RefinedWeb":      {like: "falcon", facts: "new:true"},
		"stablelm": {like: "llama", layer: parallelLayer, facts: "hidden:2560 kv:32 ffn:6912 vocab:50304 ctx:4096 norm_bias:true qkv_bias=use_qkv_bias:false out_bias=:false mlp_bias=:false " +
			"parallel=use_parallel_residual:false per_head_norm=qk_layernorm:false"},
		"stablelm_epoch": {like: "stablelm", facts: "heads=num_attention_heads,num_heads:32"},
		"persimmon":      {like: "llama", layer: shiftedNormLayer, facts: "layers:36 heads:64 kv=:0 ffn:16384 vocab:262144 ctx:16384 gated:false norm_bias:true qkv_bias=:true out_bias=:true mlp_bias=:true qk_on=qk_layernorm:true qk_norm:head layer_extra=:0"},
		"qwen":           {like: "llama", facts: "kv=:0 head_dim=kv_channels:0 ffn=intermediate_size:22016 ffn_divide:2 vocab:151936 ctx=seq_length,max_position_embeddings:8192 qkv_bias=:true out_bias=:false mlp_bias="},
		"chatglm": {like: "llama", layout: groupedLayout, facts: "whole_model:true layers=num_layers,num_hidden_layers:28 kv=multi_query_group_num:0 kv_on=multi_query_attention:false head_dim=kv_channels:0 " +
			"ffn=ffn_hidden_size:13696 vocab=padded_vocab_size,vocab_size:65024 ctx=seq_length:2048 qkv_bias=add_qkv_bias,add_bias_linear:true out_bias=add_bias_linear:false mlp_bias=add_bias_linear:false projector=:glm4v", towers: "vision_config:glm4v_9b_vision"},
		"deci":         {like: "nemotron-nas", facts: "kv=num_key_value_heads_per_layer,num_key_value_heads:0"},
		"nemotron-nas": {like: "llama", layout: nasLayout, layer: nasLayer, facts: "kv=num_key_value_heads:0 ffn=intermediate_size:0 blocks=block_configs"},
		"openelm": {like: "llama", layout: elmLayout, facts: "hidden=model_dim:2048 layers=num_transformer_layers:12 heads=num_query_heads kv=num_kv_heads head_dim:128 ffn=:0 ffn_parts=ffn_multipliers " +
			"ffn_step=ffn_dim_divisor:256 ctx=max_context_length:2048 tied=share_input_output_layers,tie_word_embeddings:true gated=ffn_with_glu:true qk_on=normalize_qk_projections:false qk_norm:head qkv_bias= out_bias= mlp_bias="},
		"cogvlm2":           {like: "llama", layer: expertPairLayer, facts: "kv=num_multi_query_heads,num_key_value_heads:0", towers: "vision_config:cogvlm_vision"},
		"transformer":       {like: "llama", layout: flaLayout, facts: "hidden:2048 layers:24 heads=num_heads:32 kv=num_kv_heads:0 ffn=intermediate_size:0 ffn_hidden=hidden_ratio:4 vocab:32000 ctx:2048 qk_on=qk_norm:false qk_norm:head qkv_bias=qkv_bias:false out_bias=:false mlp_bias= window=window_size:0"},
		"falcon_perception": {like: "llama", facts: "hidden=dim:1024 layers=n_layers:28 heads=n_heads:16 kv=n_kv_heads:0 head_dim:128 ffn=ffn_dim vocab:65536 ctx=max_seq_len:8192 qkv_bias= out_bias= mlp_bias= warn:perception_heads"},
		"params.json": {like: "llama", layout: paramsLayout, facts: "hidden=dim layers=n_layers heads=n_heads kv=n_kv_heads:0 head_dim=head_dim:0 ffn=hidden_dim:0 vocab=vocab_size:32000 " +
			"ctx=max_position_embeddings,max_seq_len:0 tied=tied_embeddings:false qkv_bias= out_bias= mlp_bias= ffn_times=ffn_dim_multiplier:1 ffn_step=multiple_of:256 " +
			"experts=moe.num_experts:0 topk=moe.num_experts_per_tok:0 expert_ffn=moe.expert_hidden_dim,hidden_dim:0 shared=moe.num_shared_experts:0 first_dense=moe.first_k_dense_replace:0 " +
			"kv_rank=kv_lora_rank:0 q_rank=q_lora_rank:0 rope_dim=qk_rope_head_dim:0 nope_dim=qk_nope_head_dim:0 v_head_dim=v_head_dim:0"},
		"PanguEmbedded":     {like: "llama", facts: "qkv_bias=bias:true out_bias=bias:true"},
		"xverse":            {like: "llama"},
		"aquila":            {like: "llama"},
		"orion":             {like: "llama", facts: "norm_bias:true"},
		"mimo":              {like: "qwen2", facts: "mtp=num_nextn_predict_layers:0"},
		"muse_glimmer_text": {like: "llama", facts: "window=sliding_window:2048 pattern:4 mlp_bias="},
	}
}
