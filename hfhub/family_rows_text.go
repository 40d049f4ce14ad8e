package hfhub

// wrappers are configs that nest the language model, with towers beside it. What
// they name by like is the language model's row where the nested block does not
// say its own.
func wrappers() map[string]family { return nested(wrapperRows()) }

// nested says where such configs keep their decoder and their towers.
func nested(rows map[string]family) map[string]family {
	for name, row := range rows {
		row.text = "text_config llm_config language_config thinker_config language llm_cfg"
		row.textLike = row.like
		if row.towers == "" {
			row.towers = "vision_config:plain_vit audio_config:audio visual:plain_vit vision_tower:plain_vit mm_vision_tower:plain_vit"
		}
		rows[name] = row
	}
	return rows
}

// wrapperRows says what each nests, and what leads from tower to decoder.
func wrapperRows() map[string]family {
	return map[string]family{
		"gemma3":          {like: "gemma3_text", facts: "projector=:gemma pattern=sliding_window_pattern:6"},
		"gemma3n":         {like: "gemma3n_text", facts: "projector=:gemma3n", towers: "vision_config:gemma3n_vision audio_config:gemma3n_audio"},
		"gemma4":          {like: "gemma4_text", facts: "projector=:bare"},
		"llama4":          {like: "llama4_text", facts: "projector=:llama4"},
		"mistral3":        {like: "mistral", facts: "projector=:mistral3 tied:false"},
		"pixtral_wrapper": {like: "mistral"},
		"voxtral":         {like: "llama", facts: "projector=:voxtral"},
		"llava":           {like: "llama", facts: "projector=:mlp2"},
		"llava_llama":     {like: "llama", facts: "projector=:mlp2"},
		"llava_mistral":   {like: "mistral", facts: "projector=:mlp2"},
		"llava_qwen":      {like: "qwen2", facts: "projector=:mlp2"},
		"llava_next":      {like: "llama", facts: "projector=:newline"},
		"llava_onevision": {like: "qwen2", facts: "projector=:newline"},
		"vipllava":        {like: "llama", facts: "projector=:mlp2"},
		"paligemma":       {like: "gemma", facts: "projector=:linear"},
		"idefics2":        {like: "mistral", facts: "projector=:idefics2"},
		"idefics3":        {like: "llama", facts: "projector=:unshuffle"},
		"smolvlm":         {like: "llama", facts: "projector=:unshuffle"},
		"internvl":        {like: "qwen2", facts: "projector=:shuffle"},
		"internvl_chat":   {like: "llama", facts: "projector=:shuffle"},
		"mllama":          {like: "mllama_text_model", facts: "projector=:mllama"},
		"kimi_k25":        {like: "deepseek_v3", facts: "projector=:merger"},
		"kimi_k3":         {like: "kimi_linear", facts: "projector=:merger"},
		"kimi_vl":         {like: "deepseek_v3", facts: "projector=:merger"},
		"qwen2_vl":        {like: "qwen2", facts: "projector=:merger"},
		"qwen2_5_vl":      {like: "qwen2", facts: "projector=:merger"},
		"qwen3_vl":        {like: "qwen3", facts: "projector=:merger"},
		"qwen3_vl_moe":    {like: "qwen3_moe", facts: "projector=:merger"},
		"qwen3_5":         {like: "qwen3_5_text", facts: "projector=:merger"},
		"qwen3_5_moe":     {like: "qwen3_5_moe_text", facts: "projector=:merger"},
		"qwen2_audio":     {like: "qwen2", facts: "projector=:linear"},
		"qwen3_omni_moe":  {like: "qwen3_moe", facts: "projector=:none"},
		"qwen3_asr":       {like: "qwen3", facts: "projector=:none"},
		"glm4v":           {like: "glm4", facts: "projector=:glm"},
		"glm4v_moe":       {like: "glm4_moe", facts: "projector=:glm"},
		"exaone4_5":       {like: "exaone4", facts: "projector=:merger mtp=num_nextn_predict_layers:0"},
		"lfm2_vl":         {like: "lfm2", facts: "projector=:lfm"},
		"minicpmv":        {like: "llama", facts: "projector=:resampler"},
		"minicpmv4_6":     {like: "qwen3"},
		"minimax_m3_vl":   {like: "minimax_m3_vl_text", facts: "projector=:mlp2"},
		"muse_glimmer":    {like: "muse_glimmer_text", facts: "projector=:mlp2"},
		"locateanything":  {like: "qwen2", facts: "projector=:merger"},
		"andesvl":         {like: "qwen3", facts: "projector=:merger"},
		"clip":            {like: "clip_text_model", facts: "projector=:clip", towers: "vision_config:clip_vision_model"},
		"siglip_pair":     {like: "siglip_text_model", facts: "projector=:siglip", towers: "vision_config:siglip_vision_model"},
		"maira2":          {like: "llama", facts: "projector=:mlp4"},
		"multi_modality":  {like: "llama", facts: "projector=:janus"},
		"deepseek_vl_v2":  {like: "deepseek_v2", facts: "projector=:deepseek_vl2"},
		"infimm-zephyr":   {like: "mistral"},
		"aria":            {like: "aria_text", facts: "projector=:aria"},
		"molmo2":          {like: "qwen3"},
		"granite_speech":  {like: "granite"},
	}
}

// textBlocks are the model types of nested blocks that read like another row.
func textBlocks() map[string]family {
	return map[string]family{
		"qwen2_vl_text":       {like: "qwen2", facts: "hidden:8192 layers:80 heads:64 kv:8 ffn:29568 vocab:152064 tied:false"},
		"qwen2_5_vl_text":     {like: "qwen2_vl_text"},
		"qwen2_5_omni_text":   {like: "qwen2", facts: "whole_model:true hidden:3584 layers:28 heads:28 kv:4 ffn:18944 vocab:152064 tied:false"},
		"qwen3_vl_text":       {like: "qwen3", facts: "ctx:128000"},
		"qwen3_vl_moe_text":   {like: "qwen3_moe", facts: "heads:16 kv:16 ffn:5632 expert_ffn:1408 topk:4 experts:60 ctx:128000"},
		"qwen3_omni_moe_text": {like: "qwen3_moe", facts: "layers:28 heads:28 kv:4 ffn:18944 vocab:3584"},
		"exaone4_5_text":      {like: "exaone4", facts: "mtp=num_nextn_predict_layers:0"},
		"glm4v_text":          {like: "glm4"},
		"glm4v_moe_text":      {like: "glm4_moe", facts: "vocab:151424 ctx:65536"},
		"mllama_text_model":   {like: "llama", layout: mllamaLayout, layer: mllamaLayer, facts: "layers:40 kv:8 ffn:14336 vocab:128256 ctx:131072 cross_at=cross_attention_layers more_words:8"},
		"emu3_text_model":     {like: "llama", facts: "kv:8 ffn:14336 vocab:184622 ctx:9216"},
		"cogvlmvideo":         {like: "cogvlm"},
		"cogvlm":              {like: "llama", layer: expertPairLayer, facts: "kv=num_multi_query_heads,num_key_value_heads:0", towers: "vision_config:cogvlm_vision"},
		"chatglm_vision":      {like: "plain_vit"},
	}
}
