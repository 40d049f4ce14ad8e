package hfhub

// rareDecoders are decoders that few models are built as. Defaults are those of
// the configuration classes of transformers, or of the code that a repository
// brings along.
func rareDecoders() map[string]family {
	return map[string]family{
		"bitnet":    {like: "llama", layer: subNormLayer, facts: "hidden:2560 layers:30 heads:20 kv:5 ffn:6912 vocab:128256"},
		"diffllama": {like: "llama", layer: differenceLayer, facts: "hidden:2048 layers:16 ffn:8192"},
		"doge": {like: "llama", layer: dogeLayer, facts: "hidden:1024 heads:8 ffn:2048 vocab:32768 qk_norm:head window=sliding_window:0 " +
			"mixture=is_moe:false knows=num_experts,keep_window_size,expert_retrieval_size,num_experts_per_tok"},
		"jais2": {like: "llama", facts: "hidden:3328 heads:26 ffn:26624 vocab:150272 ctx:8192 gated:false norm_bias:true " +
			"qkv_bias=attention_bias:true out_bias=attention_bias:true mlp_bias=mlp_bias:true"},
		"nanochat":       {like: "llama", facts: "hidden:768 layers:12 heads:6 ffn:8192 vocab:50304 gated:false norm_free:true"},
		"hyperclovax":    {like: "llama", layer: postNormLayer, facts: "post_norm=use_post_norm:false"},
		"granite_swa":    {like: "granite", facts: "hidden:2560 layers:24 heads:20 kv:4 ffn:8192 vocab:100352 ctx:8192 tied:true sinks:true window=sliding_window:128 pattern:4 pattern_phase:3 knows=layer_rope_theta"},
		"granitemoe_swa": {like: "granitemoeshared", facts: "ctx:8192 sinks:true window=sliding_window:128 pattern:4 pattern_phase:3 knows=layer_rope_theta"},
		"mellum":         {like: "qwen3_moe", facts: "hidden:2304 layers:28 ffn:7168 vocab:98304 ctx:131072 experts:64 expert_ffn:896 moe_list=mlp_layer_types moe_every=:1 moe_phase=:0 dense_list= window=sliding_window:1024 window_on=:false"},
		"youtu":          {like: "minicpm3", facts: "hidden:2048 layers:32 heads:16 ffn:6144 vocab:128256 ctx:131072 kv_rank:512 q_rank:1536 nope_dim:128 rope_dim:64 v_head_dim=v_head_dim:128"},
		"hrm_text":       {like: "llama", build: buildCycles, facts: "hidden:1536 layers=num_layers_per_stack,num_hidden_layers:16 heads:12 kv=:0 head_dim:128 ffn:4096 vocab:151808 norm_free:true out_gate:true high=H_cycles:2 low=L_cycles:3 knows=num_hidden_layers,L_bp_cycles"},
		"recurrent_gemma": {like: "gemma", layout: tiledLayout, facts: "hidden:2560 layers:26 heads:10 kv:0 head_dim=head_dim:0 ffn:7680 ffn_divide:2 ctx:8192 out_bias=:true mlp_bias=:true " +
			"tile=block_types,_block_types window=attention_window_size:2048 width=lru_width:0 conv=conv1d_width:4"},
		"zamba": {like: "zamba2", facts: "hidden:3712 layers:76 heads:16 kv:16 ffn:14848 vocab:32000 mamba:1 inner_norms:false state=mamba_d_state:16 time_rank=mamba_dt_rank:0 proj_bias=mamba_proj_bias:false conv_bias=mamba_conv_bias:true " +
			"shared_blocks=:1 mlp_adapter=:false attention_adapter=:false hybrid_every=attn_layer_period:6 hybrid_offset=attn_layer_offset:4 knows=attention_hidden_size,n_mamba_heads"},
		"jetmoe": {like: "llama", layer: jetLayer, facts: "hidden:2048 layers:12 heads=num_attention_heads:0 kv:16 head_dim=kv_channels:128 ffn=intermediate_size:5632 ctx:4096 tied:true " +
			"experts=num_local_experts,moe_num_experts:8 topk=num_experts_per_tok,moe_top_k:2 expert_ffn=intermediate_size,ffn_hidden_size:5632 mlp_bias= qkv_bias= out_bias= knows=ffn_hidden_size"},
		"cpmant": {like: "llama", build: buildCPM, facts: "layers:48 head_dim=dim_head:128 ffn=dim_ff:10240 vocab:30720 ctx:0 tied:true kv=:0 " +
			"prompts=prompt_types:32 prompt_length=prompt_length:32 segments=segment_types:32 buckets=position_bias_num_buckets:512"},
		"xlnet": {like: "gpt2", layer: relativeLayer, build: buildXLNet, facts: "hidden=d_model:1024 layers=n_layer:24 heads=n_head:16 head_dim=d_head:0 ffn=d_inner:4096 vocab:32000 ctx=:0 positions=:0 qkv_bias:false out_bias:false final_norms:0"},
		"xlm": {like: "gpt2", build: buildXLM, facts: "hidden=emb_dim:2048 layers=n_layers:12 heads=n_heads:16 ffn=:0 vocab=vocab_size,n_words:30145 ctx=max_position_embeddings:512 positions=max_position_embeddings:512 final_norms:0 embed_norms:1 head_bias:true " +
			"languages=n_langs:1 language_words=use_lang_emb:true"},
		"flaubert":           {like: "xlm", facts: "vocab:30145"},
		"modernbert-decoder": {like: "modernbert", build: buildModernDecoder, facts: "tied=tie_word_embeddings:true types=layer_types head_bias=decoder_bias:true"},
		"phi3small": {like: "phi3", facts: "hidden:4096 kv:8 ffn=ff_intermediate_size:14336 vocab:100352 ctx:8192 tied:true norm_bias:true qkv_bias=:true out_bias=:true mlp_bias=:true window=:0 " +
			"knows=blocksparse_block_size,blocksparse_num_local_blocks,blocksparse_vert_stride,blocksparse_homo_head_pattern,blocksparse_triton_kernel_block_size,dense_attention_every_n_layers,mup_width_multiplier"},
		"jais":       {like: "gpt2", facts: "positions=:0 gated:true"},
		"btlm":       {like: "jais"},
		"fuyu":       {like: "persimmon", build: buildFuyu, facts: "patch=patch_size:30 channels=num_channels:3"},
		"llada":      {like: "llama", facts: "hidden=d_model:4096 layers=n_layers:32 heads=n_heads:32 kv=n_kv_heads:0 ffn=mlp_hidden_size:12288 vocab=embedding_size,vocab_size:126464 ctx=max_sequence_length:4096 tied=weight_tying:false qkv_bias=include_qkv_bias:false out_bias=include_bias:false mlp_bias=include_bias:false knows=block_group_size,multi_query_attention"},
		"Dream":      {like: "qwen2", facts: "whole_model:true"},
		"sdar":       {like: "qwen3", facts: "knows=block_size"},
		"sdar_moe":   {like: "qwen3_moe", facts: "knows=block_size"},
		"telechat":   {like: "llama", layer: telechatLayer, facts: "layers=n_layer,num_hidden_layers:30 heads=n_head,num_attention_heads:32 ffn=ffn_hidden_size,intermediate_size:12288 vocab:160256 ctx=max_position_embeddings,seq_length:8192 qkv_bias= out_bias=:true mlp_bias="},
		"grok-1":     {like: "llama", facts: "hidden:6144 layers:64 heads:48 kv:8 head_dim=head_dim,attn_head_dim:128 ffn=intermediate_size:32768 vocab:131072 ctx:8192 tied:true norms:4 qkv_bias= out_bias= mlp_bias= experts=num_local_experts,num_experts:8 topk=num_experts_per_tok,num_selected_experts:2 expert_ffn=moe_intermediate_size,intermediate_size:32768"},
		"grok-2":     {like: "grok-1", layer: besideLayer, facts: "hidden:8192 heads:64 tied:false beside=residual_moe:true"},
		"arctic":     {like: "llama", layer: arcticLayer, facts: "ffn:14336 experts=num_local_experts:8 topk=num_experts_per_tok:1 expert_ffn=intermediate_size:4096 moe_every=moe_layer_frequency:2 moe_phase:1 residual=use_residual:false beside=parallel_attn_mlp_res:false"},
		"step3_text": {like: "step3p5", layer: factoredLayer, facts: "hidden:7168 layers:61 heads:64 kv=num_attention_groups:1 head_dim:256 ffn:18432 vocab:128815 qk_norm:none head_gate=:false window=:0 query_width=share_q_dim:2048 experts=moe_num_experts:48 topk=moe_top_k:3 expert_ffn:5120 shared_ffn=share_expert_dim:5120 first_dense=:4 mtp=:0 score_bias=:false"},
	}
}

// groupedHybrids are Ant's models of groups of blocks: all but the last of a group
// attend linearly, by Kimi's delta rule (Ling 3) or as Lightning Attention does
// (Ling 2.5).
func groupedHybrids() map[string]family {
	return map[string]family{
		"bailing_hybrid": {like: "deepseek_v3", layout: groupLayout, layer: groupLayer, facts: "hidden:4096 layers:32 heads:32 kv=num_key_value_heads:0 head_dim= ffn:11008 vocab:157184 ctx:131072 q_rank=q_lora_rank:0 " +
			"experts=num_experts:256 topk:8 expert_ffn:512 shared=num_shared_experts:1 shared_each=moe_shared_expert_intermediate_size:0 first_dense=first_k_dense_replace:0 " +
			"score_bias=moe_router_enable_expert_bias:true group=layer_group_size:8 full_ranks=no_kda_lora:false linear_values=num_attention_heads:32 linear_value_dim=head_dim:128 " +
			"conv=short_conv_kernel_size:0 granularity=gated_attention_proj_granularity_type:none qk_on=use_qk_norm:true knows=group_norm_size"},
		"bailing_moe_linear": {like: "bailing_hybrid"},
	}
}

// rwkvs are the later RWKVs, as their own repositories and the library of linear
// attention write them.
func rwkvs() map[string]family {
	return map[string]family{
		"rwkv6": {like: "rwkv", layer: finchLayer, facts: "hidden=hidden_size:4096 layers=num_hidden_layers:32 ffn=intermediate_size:0 vocab:65536 ctx=context_length,max_context_length:4096 mixer:finch head_dim=head_size:64 knows=num_attention_heads,attention_hidden_size"},
		"rwkv5": {like: "rwkv6", layer: eagleLayer, facts: "mixer:eagle"},
		"rwkv7": {like: "rwkv6", build: buildGoose, layer: gooseLayer, facts: "hidden:2048 layers:24 mixer:goose head_dim=head_dim,head_size:64 ffn_hidden=hidden_ratio:4 decay=decay_low_rank_dim:64 gate=gate_low_rank_dim:128 rate=a_low_rank_dim:64 value=v_low_rank_dim:32 " +
			"knows=attn_mode,num_heads,value_dim"},
	}
}
