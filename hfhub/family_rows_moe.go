package hfhub

// mixtures are decoders whose FFN is a mixture of experts.
func mixtures() map[string]family {
	return map[string]family{
		"mixtral":   {like: "mistral", facts: "window:0 experts=num_local_experts:8 topk=num_experts_per_tok:2 expert_ffn=intermediate_size:14336"},
		"olmoe":     {like: "olmo2", facts: "hidden:2048 layers:16 heads:16 ffn:2048 ctx:4096 experts=num_experts:64 topk=num_experts_per_tok:8 expert_ffn=intermediate_size:2048"},
		"flex_olmo": {like: "olmoe", facts: "hidden:4096 layers:32 heads:32 ffn:11008 vocab:100352 experts:7 topk:5 expert_ffn:11008"},
		"phimoe": {like: "mixtral", facts: "ffn:6400 vocab:32064 experts:16 expert_ffn:6400 window=sliding_window:0 norm_bias:true " +
			"qkv_bias=attention_bias:false out_bias=attention_bias:false head_bias=lm_head_bias:false"},
		"qwen2_moe": {like: "qwen2", facts: "hidden:2048 layers:24 heads:16 kv:16 ffn:5632 experts=num_experts:60 topk=num_experts_per_tok:4 " +
			"expert_ffn=moe_intermediate_size:1408 shared_ffn=shared_expert_intermediate_size:5632 shared_gate:true " +
			"moe_every=decoder_sparse_step:1 moe_phase:1 dense_list=mlp_only_layers"},
		"qwen3_moe": {like: "qwen2_moe", facts: "heads:32 kv:4 ffn:6144 experts=num_experts,num_local_experts:128 topk:8 expert_ffn:768 shared_ffn=:0 shared_gate:false qk_norm:head " +
			"qkv_bias=attention_bias:false out_bias=attention_bias:false"},
		"granitemoe":       {like: "granite", facts: "experts=num_local_experts:8 topk=num_experts_per_tok:2 expert_ffn=intermediate_size:11008 mlp_bias="},
		"granitemoeshared": {like: "granitemoe", facts: "shared_ffn=shared_intermediate_size:0"},
		"dbrx": {like: "llama", facts: "hidden=d_model,hidden_size:2048 layers=n_layers,num_hidden_layers:24 heads=n_heads,num_attention_heads:16 kv=attn_config.kv_n_heads:1 " +
			"ffn=ffn_config.ffn_hidden_size:3584 vocab:32000 ctx=max_seq_len:2048 experts=ffn_config.moe_num_experts:4 topk=ffn_config.moe_top_k:1 " +
			"expert_ffn=ffn_config.ffn_hidden_size:3584 qkv_bias= out_bias= mlp_bias="},
		"gpt_oss": {like: "llama", facts: "hidden:2880 layers:36 heads:64 kv:8 head_dim:64 ffn:2880 vocab:201088 ctx:131072 " +
			"qkv_bias=attention_bias:true out_bias=attention_bias:true sinks:true window=sliding_window:128 pattern:2 " +
			"experts=num_local_experts,num_experts:128 topk=num_experts_per_tok,experts_per_token:4 expert_ffn=intermediate_size:2880 router_bias:true expert_bias:true"},
		"llama4_text": {like: "llama", facts: "hidden:5120 layers:48 heads:40 kv:8 head_dim:128 ffn=intermediate_size_mlp:16384 vocab:202048 ctx:131072 " +
			"chunk=attention_chunk_size:8192 mixer:chunked_attention full_every=no_rope_layer_interval:4 full_phase:1 " +
			"experts=num_local_experts:16 topk=num_experts_per_tok:1 expert_ffn=intermediate_size:8192 shared_ffn=intermediate_size:8192 " +
			"moe_every=interleave_moe_layer_step:1 moe_phase:1 moe_layers=moe_layers mlp_bias="},
		"minimax_m2": {like: "llama", facts: "hidden:3072 layers:62 heads:48 kv:8 head_dim:128 ffn:1536 vocab:200064 ctx:196608 qk_on=use_qk_norm:true qk_norm:wide " +
			"types=layer_types,attn_type_list type_1:full_attention experts=num_local_experts:256 topk=num_experts_per_tok:8 expert_ffn=intermediate_size:1536 " +
			"shared_ffn=shared_intermediate_size:0 score_bias=use_routing_bias:true"},
		"minimax_m3_vl_text": {like: "minimax_m2", facts: "hidden:6144 layers:60 heads:64 kv:4 ffn=dense_intermediate_size:12288 ctx:524288 qk_norm:head " +
			"experts:128 topk:4 expert_ffn=moe_intermediate_size,intermediate_size:3072 shared_ffn=shared_intermediate_size:3072 " +
			"moe_list=moe_layer_freq,mlp_layer_types first_dense=first_k_dense_replace:0 out_gate=attention_output_gate:false " +
			"knows=sparse_attention_config,attn_type_list index_heads=index_n_heads,sparse_attention_config.sparse_num_index_heads:4 " +
			"index_dim=index_head_dim,sparse_attention_config.sparse_index_dim:128"},
		"minimax_m3": {like: "minimax_m3_vl_text"},
		"mimo_v2_flash": {like: "llama", facts: "layers:48 heads:64 kv:4 head_dim:192 v_head_dim=v_head_dim:128 ffn:16384 vocab:152576 ctx:131072 mlp_bias= " +
			"types=layer_types,hybrid_layer_pattern type_0:full_attention type_1:sliding_attention window=sliding_window:128 " +
			"knows=attention_chunk_size window_kv=swa_num_key_value_heads:8 window_head_dim=swa_head_dim:0 window_v_head_dim=swa_v_head_dim:0 window_sinks=add_swa_attention_sink_bias:false " +
			"sinks=add_full_attention_sink_bias:false moe_list=moe_layer_freq,mlp_layer_types experts=n_routed_experts:256 topk=num_experts_per_tok:8 " +
			"expert_ffn=moe_intermediate_size:2048 shared=n_shared_experts:0 score_bias:true"},
		"laguna": {like: "llama", facts: "hidden:2048 layers:40 heads=num_attention_heads_per_layer,num_attention_heads:48 kv:8 head_dim:128 ffn:8192 vocab:100352 ctx:131072 mlp_bias= " +
			"qk_norm:head head_gate=gating:true window=sliding_window:512 pattern:4 experts=num_experts:256 topk=num_experts_per_tok:8 expert_ffn=moe_intermediate_size:512 " +
			"shared_ffn=shared_expert_intermediate_size:512 moe_list=mlp_layer_types moe_every=decoder_sparse_step:1 moe_phase:1 dense_list=mlp_only_layers score_bias:true"},
		"step3p5": {like: "llama", facts: "layers:45 heads:64 kv=num_key_value_heads,num_attention_groups:8 head_dim:128 ffn:11264 vocab:128896 ctx:65536 mlp_bias= " +
			"qk_norm:head head_gate=use_head_wise_attn_gate:true window=sliding_window:512 pattern:4 pattern_phase:3 " +
			"window_heads=attention_other_setting.num_attention_heads:0 window_kv=attention_other_setting.num_attention_groups:0 " +
			"experts=num_experts,moe_num_experts:288 topk=num_experts_per_tok,moe_top_k:8 expert_ffn=moe_intermediate_size:1280 " +
			"shared_ffn=share_expert_dim,share_expert_dims:1280 first_dense=first_k_dense_replace:3 mtp=num_nextn_predict_layers:0 score_bias=use_moe_router_bias:true " +
			"moe_words=moe_layers_enum"},
		"step3p7": {like: "step3p5", text: "text_config", textLike: "step3p5"},
	}
}

// moreMixtures are further ones.
func moreMixtures() map[string]family {
	return map[string]family{
		"ernie4_5_moe": {like: "ernie4_5", facts: "hidden:2560 layers:28 heads:20 kv:4 head_dim:0 ffn:12288 experts=moe_num_experts:64 topk=moe_k:6 " +
			"expert_ffn=moe_intermediate_size:1536 shared=moe_num_shared_experts:2 first_dense=moe_layer_start_index:1 last_moe=moe_layer_end_index:0 " +
			"moe_every=moe_layer_interval:1 moe_phase:1 score_bias:true"},
		"hunyuan_v1_moe": {like: "hunyuan_v1_dense", facts: "experts=num_experts:1 topk=moe_topk:1 expert_ffn=moe_intermediate_size,intermediate_size:11008 shared=num_shared_expert,num_shared_experts:1"},
		"hunyuan":        {like: "hunyuan_v1_moe"},
		"hy_v3": {like: "llama", facts: "layers:80 heads:64 kv:8 head_dim:128 ffn:13312 vocab:120832 ctx:131072 qk_norm:head experts=num_experts:192 topk=num_experts_per_tok:8 " +
			"expert_ffn=moe_intermediate_size:1536 shared=num_shared_experts:1 first_dense=first_k_dense_replace:1 score_bias:true"},
		"dots1": {like: "llama", facts: "hidden:4608 layers:62 heads:32 kv:32 ffn:10944 vocab:152064 qk_norm:head experts=n_routed_experts:0 topk=num_experts_per_tok:0 " +
			"expert_ffn=moe_intermediate_size:1408 shared=n_shared_experts:0 first_dense=first_k_dense_replace:0 score_bias:true"},
		"glm4_moe": {like: "llama", facts: "layers:46 heads:96 kv:8 ffn:10944 vocab:151552 ctx:131072 out_bias=:false mlp_bias= qk_on=use_qk_norm:false qk_norm:head " +
			"experts=n_routed_experts:128 topk=num_experts_per_tok:8 expert_ffn=moe_intermediate_size:1408 shared=n_shared_experts:1 first_dense=first_k_dense_replace:1 " +
			"mtp=num_nextn_predict_layers:0 score_bias:true"},
		"bailing_moe": {like: "llama", facts: "heads:32 kv:4 head_dim=head_dim:0 qkv_bias=use_qkv_bias:false out_bias=use_bias:false mlp_bias=use_bias:false qk_on=use_qk_norm:false qk_norm:head " +
			"experts=num_experts:256 topk=num_experts_per_tok:8 expert_ffn=moe_intermediate_size:512 shared=num_shared_experts:1 first_dense=first_k_dense_replace:0 mtp=num_nextn_predict_layers:0 score_bias=moe_router_enable_expert_bias:false"},
		"bailing_moe_v2": {like: "bailing_moe"},
		"solar_open":     {like: "glm4_moe", facts: "layers:48 heads:64 head_dim:128 ffn:10944 vocab:196608 expert_ffn:1280 first_dense:0"},
		"afmoe": {like: "llama", facts: "hidden:2048 heads:16 head_dim:128 ffn:6144 vocab:200192 ctx:16384 norms:4 qk_norm:head out_gate:true window=sliding_window:1024 pattern=global_attn_every_n_layers:4 " +
			"experts=num_experts:64 topk=num_experts_per_tok:6 expert_ffn=moe_intermediate_size:1408 shared=num_shared_experts:2 first_dense=num_dense_layers:1 score_bias:true"},
		"exaone_moe":  {like: "exaone4", facts: "experts=num_experts:64 topk=num_experts_per_tok:8 expert_ffn=moe_intermediate_size:1024 shared=num_shared_experts:1 first_dense=first_k_dense_replace:1 score_bias:true"},
		"cohere2_moe": {like: "cohere2", facts: "head_dim:128 experts=num_experts:8 topk=num_experts_per_tok:2 expert_ffn=intermediate_size:22528 shared=num_shared_experts:0"},
		"aria_text":   {like: "llama", facts: "ffn:4096 experts=moe_num_experts:8 topk=moe_topk:2 expert_ffn=intermediate_size:4096 shared=moe_num_shared_experts:2"},
		"deepseek":    {like: "llama", facts: "ffn:11008 experts=n_routed_experts:64 topk=num_experts_per_tok:6 expert_ffn=moe_intermediate_size:1407 shared=n_shared_experts:2 first_dense=first_k_dense_replace:0 moe_every=moe_layer_freq:1"},
		"lfm2_moe":    {like: "lfm2", facts: "hidden:2048 ffn:7168 ff_adjust=:false experts=num_experts:32 topk=num_experts_per_tok:4 expert_ffn=moe_intermediate_size:1792 first_dense=num_dense_layers:2 score_bias=use_expert_bias:true"},
	}
}

// latents are decoders with multi-head latent attention.
func latents() map[string]family {
	return map[string]family{
		"deepseek_v2": {like: "llama", facts: "mlp_bias= qkv_bias=attention_bias:false out_bias=attention_bias:false kv_rank=kv_lora_rank:512 q_rank=q_lora_rank:1536 " +
			"rope_dim=qk_rope_head_dim:64 nope_dim=qk_nope_head_dim:128 v_head_dim=v_head_dim:128 mla_on=use_mla:true head_dim= " +
			"experts=n_routed_experts:64 topk=num_experts_per_tok:6 expert_ffn=moe_intermediate_size:1407 shared=n_shared_experts:2 " +
			"first_dense=first_k_dense_replace:0 moe_every=moe_layer_freq:1 mtp=num_nextn_predict_layers:0"},
		"deepseek_v3":  {like: "deepseek_v2", facts: "hidden:7168 layers:61 heads:128 kv:128 ffn:18432 vocab:129280 ctx:4096 experts:256 topk:8 expert_ffn:2048 shared:1 first_dense:3 score_bias:true"},
		"kimi_k2":      {like: "deepseek_v3"},
		"axk1":         {like: "deepseek_v3", facts: "heads:64 vocab:163840 ctx:32768 experts:192 first_dense:1"},
		"mistral4":     {like: "deepseek_v3", facts: "hidden:4096 layers:36 heads:32 ffn:12288 vocab:131072 ctx:1048576 experts:128 topk:4 kv_rank:256 q_rank:1024 nope_dim:64 first_dense:0"},
		"deepseek_v32": {like: "deepseek_v3", facts: "ctx:163840 index_heads=index_n_heads:64 index_dim=index_head_dim:128 index_topk=index_topk:2048"},
		"glm_moe_dsa": {like: "deepseek_v32", facts: "hidden:6144 layers:78 heads:64 ffn:12288 vocab:154880 ctx:202752 q_rank:2048 nope_dim:192 v_head_dim:256 index_heads:32 " +
			"moe_list=mlp_layer_types index_types=indexer_types knows=num_experts"},
		"glm4_moe_lite": {like: "deepseek_v3", facts: "hidden:2048 layers:47 heads:20 ffn:10240 vocab:154880 ctx:202752 q_rank:768 nope_dim:192 v_head_dim:256 experts:64 topk:4 expert_ffn:1536 first_dense:1 moe_list=mlp_layer_types"},
		"minicpm3":      {like: "deepseek_v2", facts: "hidden:2560 layers:62 heads:40 ffn:6400 vocab:73448 ctx:32768 tied:true kv_rank:256 q_rank:768 nope_dim:64 rope_dim:32 v_head_dim:0 experts=:0 shared=:0"},
		"longcat_flash": {like: "deepseek_v3", layout: pairedLayout, layer: pairedLayer, facts: "hidden:6144 layers=num_layers:28 heads:64 ffn=ffn_hidden_size:12288 vocab:131072 ctx:131072 " +
			"experts:512 topk=moe_topk:12 expert_ffn=expert_ffn_hidden_size:2048 shared=:0 zero_experts=zero_expert_num:256 first_dense=:0"},
		"deepseek_v4": {like: "deepseek_v3", layout: compressedLayout, layer: compressedLayer, facts: "hidden:4096 layers:43 heads:64 kv:1 head_dim=head_dim:512 ctx:1048576 kv_rank= " +
			"q_rank:1024 o_rank=o_lora_rank:1024 o_groups=o_groups:8 expert_ffn:2048 topk:6 first_dense=:0 window=sliding_window:128 ratios=compress_ratios " +
			"index_heads=index_n_heads:64 index_dim=index_head_dim:128 index_topk=index_topk:512 streams=hc_mult:4"},
		"deepseek_ref": {like: "deepseek_v4"},
	}
}
