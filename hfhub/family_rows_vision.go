package hfhub

// moreWrappers are further configs that nest the language model, or stand it
// beside a tower.
func moreWrappers() map[string]family {
	return nested(map[string]family{
		"aya_vision":        {like: "cohere2", facts: "projector=:aya"},
		"cohere2_vision":    {like: "cohere2", facts: "projector=:cohere2"},
		"glm46v":            {like: "glm4", facts: "projector=:glm"},
		"glm_ocr":           {like: "glm_ocr_text", facts: "projector=:glm_ocr"},
		"got_ocr2":          {like: "qwen2", facts: "projector=:got"},
		"blip-2":            {like: "opt", facts: "projector=:qformer", towers: "vision_config:blip_2_vision_model"},
		"instructblip":      {like: "llama", facts: "projector=:qformer", towers: "vision_config:blip_2_vision_model"},
		"instructblipvideo": {like: "llama", facts: "projector=:qformer", towers: "vision_config:blip_2_vision_model"},
		"kosmos-2":          {like: "kosmos_2_text_model", facts: "projector=:kosmos knows=latent_query_num", towers: "vision_config:kosmos_2_vision_model"},
		"florence2":         {like: "florence2_language", facts: "projector=:florence", towers: "vision_config:davit"},
		"paddleocr_vl":      {like: "paddleocr_vl_text", facts: "projector=:paddle"},
		"dots_ocr":          {like: "qwen2", facts: "projector=:dots"},
		"janus":             {like: "llama", facts: "projector=:janus", towers: "vision_config:janus_vision_model"},
		"minicpmv@2.6":      {like: "qwen2", facts: "projector=:resampler"},
		"minicpmv@4.5":      {like: "qwen3", facts: "projector=:resampler"},
		"minicpmo":          {like: "qwen2", facts: "projector=:listening undescribed:text-to-speech"},
		"minicpmo@4.5":      {like: "qwen3", facts: "projector=:listening undescribed:text-to-speech"},
		"phi4mm":            {like: "phi3", build: buildPhi4Multimodal, facts: "kv:8 vocab:200064 ctx:131072"},
		"ovis2":             {like: "qwen2", facts: "projector=:ovis"},
		"lighton_ocr":       {like: "qwen3", facts: "projector=:mistral3"},
		"llava_next_video":  {like: "llama", facts: "projector=:newline"},
		"video_llava":       {like: "llama", facts: "projector=:mlp2", towers: "vision_config:clip_vision_model"},
		"step3_vl":          {like: "step3_text", facts: "projector=:step3"},
		"idefics":           {like: "llama", build: buildIdefics, facts: "more_words=additional_vocab_size:0 every=cross_layer_interval:1 head_norm=qk_layer_norms:false", towers: "vision_config:idefics_vision"},
		"chameleon":         {like: "llama", build: buildChameleon, layer: channelNormLayer, facts: "vocab:65536 ctx:4096"},
		"openvla":           {like: "openvla_text"},
		"openvla/llama":     {like: "openvla_text"},
	})
}

// moreTowers are the towers of those, and the blocks that they nest.
func moreTowers() map[string]family {
	return map[string]family{
		"minicpmv@2.6_vision_tower":      {like: "siglip"},
		"minicpmv@4.5_vision_tower":      {like: "siglip"},
		"minicpmo_vision_tower":          {like: "siglip"},
		"minicpmo@4.5_vision_tower":      {like: "siglip"},
		"voxtral_encoder":                {like: "audio"},
		"glm_ocr_text":                   {like: "glm4", facts: "hidden:1024 layers:16 heads:16 kv:8 ffn:4096 vocab:59392 qkv_bias=:false"},
		"glm_ocr_tower":                  {like: "glm4v_tower", facts: "hidden:1024 heads:16 ffn=intermediate_size:4096 qkv_bias=attention_bias:true out_bias=attention_bias:true mlp_bias=attention_bias:true qk_norm:head learned:false pre_norms:0"},
		"got_ocr2_vision_tower":          {like: "plain_vit", build: buildSAM},
		"blip_2_vision_model":            {like: "plain_vit", facts: "hidden:1408 layers:39 heads:16 ffn:6144 patch:14 qkv_bias=qkv_bias:true"},
		"instructblip_vision_model":      {like: "blip_2_vision_model"},
		"instructblipvideo_vision_model": {like: "blip_2_vision_model"},
		"kosmos_2_vision_model":          {like: "clip_vision_model", facts: "hidden:1024 layers:24 heads:16 ffn:4096 patch:14"},
		"kosmos_2_text_model":            {like: "gpt2", layer: innerNormLayer, facts: "hidden=embed_dim:2048 layers=layers:24 heads=attention_heads:32 ffn=ffn_dim:8192 vocab:65037 ctx=max_position_embeddings:2048 positions=:0"},
		"florence2_language":             {like: "bart", facts: "vocab:51289"},
		"glm4v_vision":                   {like: "glm4v_tower"},
		"glm4v_moe_vision":               {like: "glm4v_tower"},
		"glm_ocr_vision":                 {like: "glm_ocr_tower"},
		"davit":                          {like: "plain_vit", build: buildDaViT},
		"florence_vision":                {like: "davit"},
		"paddleocr_vl_text":              {like: "ernie4_5", facts: "hidden:1024 layers:18 heads:16 kv:2 head_dim:128 ffn:3072 tied:false knows=compression_ratio,weight_share_add_bias"},
		"paddleocr_vl_vision_tower":      {like: "siglip_vision_model", facts: "hidden:1152 layers:27 heads:16 ffn:4304 patch:14 frames=:1 places:33497"}, // 27 × 27 places, and 32,768 that pack images
		"dots_ocr_vision_tower": {like: "plain_vit", facts: "hidden=embed_dim,hidden_size:1536 layers:42 heads:12 ffn:4224 gated:true norm_bias:false qkv_bias=use_bias:false out_bias=use_bias:false mlp_bias=use_bias:false patch:14 " +
			"class_token:false learned:false pre_norms:1 image:0"},
		"janus_vision_model":          {like: "plain_vit", facts: "hidden:1024 layers:24 heads:16 ffn=:0 ffn_ratio=mlp_ratio:4 qkv_bias=attention_bias:true image:384 class_token:false"},
		"multi_modality_vision_tower": {like: "plain_vit", build: buildNamedTower},
		"deepseek_vl_v2_vision_tower": {like: "plain_vit", build: buildDeepseekTower},
		"idefics3_vision_tower":       {like: "siglip"},
		"smolvlm_vision_tower":        {like: "siglip"},
		"idefics_vision":              {like: "clip_vision_model", facts: "hidden=embed_dim,hidden_size:768 layers=num_hidden_layers:32 heads=num_attention_heads:16 ffn:5120 patch:14"},
		"idefics_tower":               {like: "idefics_vision"},
		"step3_vl_vision_tower":       {like: "plain_vit", facts: "hidden:1792 layers:63 heads:16 ffn:15360 patch:14 image:728 final_norms:0"},
		"openvla_text":                {like: "llama", build: buildOpenVLA, facts: "vocab:32064"},
	}
}
