package hfhub

// mambaFacts name the keys of state space models.
const mambaFacts = "inner=intermediate_size:0 expand=expand:2 state=state_size:16 conv=conv_kernel:4 time_rank=time_step_rank:0 " +
	"proj_bias=use_bias:false conv_bias=use_conv_bias:true inner_norms=:false ssm_heads=:0 ssm_head_dim=:0 groups=:1 "

// deltaFacts name the keys of Qwen's gated DeltaNet.
const deltaFacts = "linear_keys=linear_num_key_heads:16 linear_values=linear_num_value_heads:32 linear_key_dim=linear_key_head_dim:128 " +
	"linear_value_dim=linear_value_head_dim:128 conv=linear_conv_kernel_dim:4 mixer:linear_attention full_every=full_attention_interval:4 full_phase:1 " +
	"mtp=mtp_num_hidden_layers,num_nextn_predict_layers:0 out_gate=attn_output_gate:true "

// hybrids are models with recurrent blocks.
func hybrids() map[string]family {
	return map[string]family{
		"mamba":        {like: "llama", layout: mixersOnly, facts: mambaFacts + "hidden:768 heads=:0 kv=:0 ffn=:0 vocab:50280 ctx:0 tied:true mamba:1 mixer:mamba"},
		"falcon_mamba": {like: "mamba"},
		"mamba2":       {like: "mamba", facts: "hidden:4096 layers:64 vocab:32768 tied:false mamba:2 state:128 inner=:0 ssm_heads=num_heads:0 ssm_head_dim=head_dim:64 head_dim= groups=n_groups:8"},
		"jamba": {like: "llama", facts: mambaFacts + "kv:8 ffn:14336 vocab:65536 ctx:262144 mlp_bias= mamba:1 inner=:0 expand=mamba_expand:2 state=mamba_d_state:16 conv=mamba_d_conv:4 " +
			"time_rank=mamba_dt_rank:0 proj_bias=mamba_proj_bias:false conv_bias=mamba_conv_bias:true inner_norms:true mixer:mamba full_every=attn_layer_period:8 full_offset=attn_layer_offset:4 " +
			"experts=num_experts:16 topk=num_experts_per_tok:2 expert_ffn=intermediate_size:14336 moe_every=expert_layer_period:2 moe_offset=expert_layer_offset:1"},
		"bamba": {like: "llama", facts: mambaFacts + "kv:8 ffn:14336 vocab:128000 ctx:262144 mamba:2 inner=:0 expand=mamba_expand:2 state=mamba_d_state:256 conv=mamba_d_conv:4 " +
			"ssm_heads=mamba_n_heads:128 ssm_head_dim=mamba_d_head:0 groups=mamba_n_groups:1 proj_bias=mamba_proj_bias:false conv_bias=mamba_conv_bias:true mixer:mamba full_at=attn_layer_indices"},
		"granitemoehybrid": {like: "bamba", facts: "hidden:4096 heads:32 kv:0 ffn=shared_intermediate_size:1024 vocab:32000 ctx:2048 state:256 types=layer_types,layers_block_type " +
			"experts=num_local_experts:8 topk=num_experts_per_tok:2 expert_ffn=intermediate_size:11008 shared_ffn=shared_intermediate_size:1024"},
		"nemotron_h": {like: "llama", layout: patternLayout, facts: mambaFacts + "layers=num_hidden_layers:0 kv:8 head_dim=head_dim,attention_head_dim:128 ffn:21504 vocab:131072 ctx:4096 gated:false mamba:2 " +
			"inner=:0 state=ssm_state_size:128 ssm_heads=mamba_num_heads:128 ssm_head_dim=mamba_head_dim:64 groups=n_groups:8 proj_bias=mamba_proj_bias,use_bias:false " +
			"types=layers_block_type,layer_types blocks=hybrid_override_pattern:0 experts=n_routed_experts:0 topk=num_experts_per_tok:2 expert_ffn=moe_intermediate_size:7688 " +
			"shared_ffn=moe_shared_expert_intermediate_size:0 latent=moe_latent_size:0 mtp=num_nextn_predict_layers:0 score_bias:true"},
		"falcon_h1": {like: "llama", layout: sideBySide, facts: mambaFacts + "kv:8 ffn:14336 vocab:128000 ctx:8192 mamba:2 inner=mamba_d_ssm:0 expand=mamba_expand:2 state=mamba_d_state:256 conv=mamba_d_conv:4 " +
			"ssm_heads=mamba_n_heads:128 ssm_head_dim=mamba_d_head:0 groups=mamba_n_groups:1 proj_bias=mamba_proj_bias:false conv_bias=mamba_conv_bias:true mamba_norm=mamba_rms_norm:false"},
		"qwen3_next": {like: "qwen2_moe", facts: deltaFacts + "layers:48 kv:2 head_dim=head_dim:256 qk_norm:head qkv_bias=attention_bias:false out_bias=attention_bias:false window=:0 " +
			"experts:512 topk:10 expert_ffn:512 shared_ffn:512"},
		"qwen3_5_text":     {like: "qwen3", facts: deltaFacts + "heads:16 kv:4 head_dim:256 ffn:12288 vocab:248320 window=:0 state_dtype:float32"},
		"qwen3_5_moe_text": {like: "qwen3_next", facts: "layers:40 ffn=:0 experts:256 topk:8 vocab:248320 state_dtype:float32"},
		"olmo_hybrid":      {like: "olmo3", facts: deltaFacts + "hidden:3840 heads:30 vocab:100352 ctx:65536 window=:0"},
		"kimi_linear": {like: "deepseek_v3", facts: "hidden:2304 layers:27 heads:32 ffn:9216 vocab:163840 ctx:1048576 q_rank:0 experts=num_experts:256 topk=num_experts_per_token,num_experts_per_tok:8 " +
			"expert_ffn:1024 shared=num_shared_experts:1 first_dense:1 state_dtype:float32 latent=routed_expert_hidden_size:0 mixer:kda full_at=linear_attn_config.full_attn_layers full_base:1 " +
			"linear_values=linear_attn_config.num_heads:32 linear_value_dim=linear_attn_config.head_dim:128 conv=linear_attn_config.short_conv_kernel_size:4 " +
			"full_gate_rank=linear_attn_config.use_full_rank_gate:false latent_gate=mla_use_output_gate:false"},
		"lfm2": {like: "llama", layout: lfmLayout, facts: "hidden:2560 kv:8 ffn=block_ff_dim,intermediate_size:12288 ff_adjust=block_auto_adjust_ff_dim:true ff_scale=block_ffn_dim_multiplier:1 " +
			"ff_step=block_multiple_of:256 vocab:65536 ctx:128000 tied=tie_embedding,tie_word_embeddings:true qk_norm:head qkv_bias= out_bias= mlp_bias= " +
			"conv=conv_L_cache:3 proj_bias=conv_bias:false conv_bias=conv_bias:false mixer:conv full_at=full_attn_idxs"},
		"minimax": {like: "llama", facts: "kv:8 ffn:14336 ctx:131072 types=layer_types,attn_type_list type_0:lightning type_1:full_attention experts=num_local_experts:8 topk=num_experts_per_tok:2 " +
			"expert_ffn=intermediate_size:14336 shared_ffn=shared_intermediate_size:0 linear_words:lightning"},
		"zamba2": {like: "llama", build: buildZamba, layout: zambaLayout, facts: mambaFacts + "hidden:2560 layers:54 heads:32 kv:0 head_dim=attention_head_dim:0 ffn=intermediate_size,ffn_hidden_size:0 ctx:4096 tied:true mamba:2 inner=:0 " +
			"expand=mamba_expand:2 state=mamba_d_state:64 conv=mamba_d_conv:4 ssm_heads=n_mamba_heads:8 ssm_head_dim=mamba_headdim:0 groups=mamba_ngroups:1 proj_bias=add_bias_linear:false conv_bias=use_conv_bias:true " +
			"types=layers_block_type,layer_types full_at=hybrid_layer_ids shared_blocks=num_mem_blocks:1 adapter_rank=adapter_rank:128 mlp_adapter=use_shared_mlp_adapter:true attention_adapter=use_shared_attention_adapter:false"},
		"minimax_text_01": {like: "minimax"},
		"minimax_m1":      {like: "minimax"},
		"delta_net":       {like: "transformer", facts: "mixer:fla heads:16 expand_k=expand_k:1 expand_v=expand_v:1 conv=conv_size:4 short_conv=use_short_conv:true fla_gate=use_gate:false head_gates:1 low_rank=:0 head_dim="},
		"gated_deltanet":  {like: "delta_net", facts: "heads:6 head_dim=head_dim:256 expand_v:2 fla_gate:true head_gates:2"},
		"gla":             {like: "delta_net", facts: "heads:4 expand_k:0.5 short_conv:false fla_gate:true head_gates:0 low_rank=gate_low_rank_dim:16"},
		"rwkv":            {like: "llama", layer: rwkvLayer, layout: rwkvLayout, facts: "heads=:0 ffn=intermediate_size:0 attn_width=attention_hidden_size:0 vocab:50277 ctx=context_length:1024 norm_bias:true embed_norms:1 mixer:rwkv"},
	}
}
