package hfhub

// base names the keys that most configs share. It is no model's row.
const base = "hidden=hidden_size layers=num_hidden_layers heads=num_attention_heads kv=num_key_value_heads:0 " +
	"head_dim=head_dim:0 v_head_dim=:0 attn_width=:0 ffn=intermediate_size vocab=vocab_size ctx=max_position_embeddings:0 " +
	"tied=tie_word_embeddings:false dtype=dtype,torch_dtype:bfloat16 state_dtype=mamba_ssm_dtype,mamba_ssm_cache_dtype:auto embed=:0 no_head=:false head_bias=:false " +
	"final_norms=:1 embed_norms=:0 positions=:0 position_offset=:0 pad_positions=:0 token_types=:0 " +
	"norms=:2 norm_bias=:false norm_free=:false layer_extra=:0 gated=:true ffn_ratio=:4 " +
	"qkv_bias=attention_bias:false out_bias=attention_bias:false mlp_bias=mlp_bias:false " +
	"qk_on=:true qk_norm=:none out_gate=:false sinks=:false " +
	"types=layer_types mixer=:full_attention full_every=:0 full_phase=:0 kv_shared=:0 " +
	"window=:0 window_on=:true window_from=:0 pattern=:0 pattern_phase=:0 window_head_dim=:0 window_v_head_dim=:0 window_heads=:0 window_kv=:0 window_sinks=:false chunk=:0 full_at=:0 full_base=:0 full_offset=:0 " +
	"kv_rank=:0 q_rank=:0 rope_dim=:0 nope_dim=:0 index_heads=:0 index_dim=:0 index_types=:0 mla_on=:true latent_gate=:false head_gate=:false no_key_bias=:false embed_all=:false more_words=:0 ffn_divide=:1 score_bias=:false projector=:none blocks=:0 " +
	"experts=:0 topk=:0 expert_ffn=:0 shared=:0 shared_ffn=:0 shared_gate=:false latent=:0 router_bias=:false expert_bias=:false " +
	"moe_list=mlp_layer_types:0 moe_layers=:0 first_dense=:0 last_moe=:0 moe_every=:1 moe_phase=:0 moe_offset=:0 dense_list=:0 " +
	"mtp=:0"

// llamaLike are decoders of attention and a gated or plain FFN. Defaults are
// those of the configuration classes of transformers.
func llamaLike() map[string]family {
	return map[string]family{
		"decoder":    {build: buildDecoder, layout: uniformLayout, layer: decoderLayer, facts: base},
		"llama":      {like: "decoder", facts: "hidden:4096 layers:32 heads:32 ffn:11008 vocab:32000 ctx:2048"},
		"arcee":      {like: "llama", facts: "hidden:2560 ffn:18432 ctx:4096 gated:false"},
		"apertus":    {like: "llama", facts: "ffn:14336 vocab:131072 ctx:65536 gated:false qk_norm:head layer_extra:2"},
		"granite":    {like: "llama"},
		"olmo":       {like: "llama", facts: "vocab:50304 norm_free:true mlp_bias="},
		"olmo2":      {like: "llama", facts: "vocab:50304 qk_norm:wide mlp_bias="},
		"olmo3":      {like: "olmo2", facts: "window=sliding_window:4096 pattern:4"},
		"mistral":    {like: "llama", facts: "kv:8 ffn:14336 ctx:131072 window=sliding_window:4096 qkv_bias= out_bias= mlp_bias="},
		"ministral":  {like: "mistral"},
		"ministral3": {like: "mistral", facts: "layers:34 head_dim:128 vocab:131072 ctx:262144 window:0"},
		"qwen2": {like: "llama", facts: "kv:32 ffn:22016 vocab:151936 ctx:32768 qkv_bias=:true out_bias=:false mlp_bias= " +
			"window=sliding_window:4096 window_on=use_sliding_window:false window_from=max_window_layers:28"},
		"qwen3":       {like: "qwen2", facts: "head_dim:128 qk_norm:head qkv_bias=attention_bias:false out_bias=attention_bias:false"},
		"gemma":       {like: "llama", facts: "hidden:3072 layers:28 heads:16 kv:16 head_dim:256 ffn:24576 vocab:256000 ctx:8192 tied:true mlp_bias="},
		"gemma2":      {like: "gemma", facts: "hidden:2304 layers:26 heads:8 kv:4 ffn:9216 norms:4 window=sliding_window:4096 pattern:2"},
		"gemma3_text": {like: "gemma2", facts: "vocab:262208 ctx:131072 qk_norm:head pattern=sliding_window_pattern,_sliding_window_pattern:6"},
		"vaultgemma":  {like: "gemma2", facts: "norms:2"},
		"phi3":        {like: "llama", facts: "hidden:3072 ffn:8192 vocab:32064 ctx:4096 window=sliding_window:0 mlp_bias="},
		"phi4":        {like: "phi3"},
		"phi": {like: "llama", facts: "hidden:2048 layers:24 ffn:8192 vocab:51200 gated:false norms:1 norm_bias:true " +
			"qkv_bias=:true out_bias=:true mlp_bias=:true head_bias:true"},
		"cohere": {like: "llama", facts: "hidden:8192 layers:40 heads:64 ffn:22528 vocab:256000 ctx=model_max_length,max_position_embeddings:8192 tied:true norms:1 mlp_bias= " +
			"qk_on=use_qk_norm:false qk_norm:wide"},
		"cohere2":  {like: "cohere", facts: "qk_on=:false window=sliding_window:4096 pattern=sliding_window_pattern:4"},
		"cwm":      {like: "llama", facts: "hidden:6144 layers:64 heads:48 kv:8 head_dim:128 ffn:21504 vocab:128256 ctx:131072 window=sliding_window:8192 pattern:4 pattern_phase:3"},
		"smollm3":  {like: "llama", facts: "hidden:2048 layers:36 heads:16 kv:4 vocab:128256 ctx:32768 tied:true window=sliding_window:0 window_on=use_sliding_window:false"},
		"seed_oss": {like: "llama", facts: "layers:64 heads:80 kv:8 head_dim:128 ffn:27648 vocab:155136 ctx:524288 qkv_bias:true out_bias=attention_out_bias:false"},
		"ernie4_5": {like: "llama", facts: "hidden:1024 layers:18 heads:16 kv:2 head_dim:128 ffn:3072 vocab:103424 ctx:131072 tied:true qkv_bias=use_bias:false out_bias=use_bias:false mlp_bias=use_bias:false"},
		"helium":   {like: "llama", facts: "hidden:2560 layers:24 heads:20 kv:20 head_dim:128 ffn:7040 vocab:48000 ctx:4096 out_bias=:false"},
		"nemotron": {like: "llama", facts: "hidden:6144 heads:48 ffn:24576 vocab:256000 ctx:4096 gated:false norm_bias:true"},
		"starcoder2": {like: "llama", facts: "hidden:3072 layers:30 heads:24 kv:2 ffn:12288 vocab:49152 ctx:4096 tied:true gated:false norm_bias:true " +
			"window=sliding_window:0 qkv_bias=use_bias:true out_bias=use_bias:true mlp_bias=use_bias:true"},
		"glm":              {like: "llama", facts: "layers:40 kv:2 head_dim:128 ffn:13696 vocab:151552 ctx:131072 out_bias=:false mlp_bias="},
		"glm4":             {like: "glm", facts: "norms:4"},
		"internlm":         {like: "llama", facts: "vocab:103168 qkv_bias=bias:true out_bias=bias:true"},
		"internlm2":        {like: "llama", facts: "vocab:103168 kv:0 qkv_bias=bias:false out_bias=bias:false"},
		"internlm3":        {like: "llama", facts: "vocab:128512 ctx:32768 qkv_bias=qkv_bias:false out_bias=bias:false mlp_bias=bias:false"},
		"baichuan":         {like: "llama", facts: "vocab:125696 ctx=max_position_embeddings,model_max_length:4096 kv=:0 qkv_bias= out_bias="},
		"yi":               {like: "llama"},
		"minicpm":          {like: "llama", facts: "ctx:2048"},
		"phi4_multimodal":  {like: "phi3", facts: "kv:8 vocab:200064 ctx:131072 undescribed:vision,speech,adapters"},
		"phi3_v":           {like: "phi3", facts: "projector=:phi3v", towers: "img_processor:clip_l14_336"},
		"minicpm4":         {like: "minicpm"},
		"exaone":           {like: "llama", facts: "layers=num_layers,num_hidden_layers:32 vocab:102400 kv:0 qkv_bias= out_bias= mlp_bias="},
		"exaone4":          {like: "llama", facts: "kv:32 ffn:16384 vocab:102400 ctx:2048 qk_norm:head window=sliding_window:4096 pattern=sliding_window_pattern:4"},
		"hunyuan_v1_dense": {like: "llama", facts: "vocab:290943 qk_norm:head qk_on=use_qk_norm:true"},
	}
}
