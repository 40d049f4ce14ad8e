package hfhub

import (
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// buildTower makes a stack that looks at images or listens: patches, positions,
// blocks, and what stands at its ends. By itself it is a model without a head.
func buildTower(r *reader) estimator.Arch {
	a := estimator.Arch{
		Family: r.name, Hidden: r.int("hidden"), NoHead: true, Tied: true, DType: dtypes[dtypeWord(r)],
	}
	a.Layers, a.Order = r.group(r.layout(r))
	h, norm := a.Hidden, r.normParams(a.Hidden)
	patch := r.int("patch")
	patches := r.int("channels") * patch * patch * r.int("frames") * h
	if r.flag("patch_bias") {
		patches += h
	}
	class := int64(0)
	if r.flag("class_token") {
		class = 1
	}
	positions := r.int("places")
	if positions == 0 && r.flag("learned") && patch > 0 {
		side := r.int("image") / patch
		positions = side*side + class
	}
	a.Extra = keep(
		estimator.Extra{Name: "patches", Params: patches},
		estimator.Extra{Name: "positions", Params: (max(1, r.int("place_axes"))*positions + class) * h},
		estimator.Extra{Name: "norms", Params: (r.int("pre_norms") + r.int("final_norms")) * norm},
		estimator.Extra{Name: "convolutions", Params: r.conv(h)},
		estimator.Extra{Name: "subsampling", Params: r.subsampling(h)},
	)
	if _, task, _ := taskOf(firstClass(r.root)); r.flag("pooler") && poolers[task] && task != "ForSequenceClassification" {
		a.Extra = append(a.Extra, estimator.Extra{Name: "pooler", Params: h*h + h})
	}
	a.Extra = append(a.Extra, keep(estimator.Extra{Name: "mask token", Params: r.int("mask_tokens") * h})...)
	if n := r.int("tile_kinds"); n > 0 { // Llama 3.2's tiles: positions, and embeddings before and after
		tiles := r.int("tiles")
		a.Extra = append(a.Extra, estimator.Extra{Name: "tiles", Params: (n+1)*tiles*h*(positions+2) + 3 + 2*r.int("extra_layers")})
	}
	if r.flag("probe") { // SigLIP's attention pooling
		f := r.int("ffn")
		if f == 0 {
			f = r.int("ffn_ratio") * h
		}
		a.Extra = append(a.Extra, estimator.Extra{Name: "pooling head", Params: h + 4*h*h + 4*h + norm + 2*h*f + f + h})
	}
	return a
}

// towersOf reads the blocks beside the decoder. What it cannot read is a
// warning: the decoder's numbers stand, the sum is short.
func (r *reader) towersOf(text estimator.Arch) []estimator.Tower {
	var all []estimator.Tower
	for _, entry := range r.towers {
		key, fallback, _ := strings.Cut(entry, ":")
		v, ok := r.block.get(key)
		if row := namedTower(v); ok && row != "" { // an id in place of a block
			fallback = row
		} else if !ok || !v.IsObject() || len(v.Raw) < 3 {
			continue
		}
		tower, ok := r.towerOf(key, fallback, v)
		if !ok {
			r.notes.warn(key + " is not counted: its kind of tower is not known")
			continue
		}
		tower.Name = "vision"
		switch {
		case soundOf(key):
			tower.Name = "audio"
		case key == "encoder":
			tower.Name = "encoder"
		case key == "talker_config" || key == "token2wav_config":
			tower.Name, tower.Patches = "speech", 1 // it takes no image
		}
		tower.Extra += r.projector(tower.Hidden, text.Hidden, v)
		all = append(all, tower)
	}
	return all
}

// maxTowerLayers bounds a tower's blocks; the deepest has 63.
const maxTowerLayers = 1000

// soundOf says whether a block is of a tower that listens.
func soundOf(key string) bool { return strings.HasPrefix(key, "audio") }

// towerOf reads one tower as the row that its model_type names, or the
// wrapper's, or the fallback.
func (r *reader) towerOf(key, fallback string, v gjson.Result) (estimator.Tower, bool) {
	block := objectOf(v)
	name := block.word("model_type")
	var row *resolved
	own := []string{r.name + "_vision_tower", r.name + "_tower"}
	if soundOf(key) {
		own = []string{r.name + "_audio_tower", ""}
	}
	for _, candidate := range []string{own[0], name + "_tower", name, own[1], fallback} {
		if f, ok := familyOf(candidate); ok && f.facts["tower"].known {
			row = f
			break
		}
	}
	if row == nil {
		return estimator.Tower{}, false
	}
	var notes ReadNotes
	inner := &reader{
		resolved: row, file: r.file, root: block, block: block, path: r.path + key + ".", notes: &notes,
		noted: map[string]bool{},
	}
	if row.name == fallback && name != fallback && namedTower(v) == "" && (!inner.has("hidden") || !inner.has("layers")) {
		return estimator.Tower{}, false // a default would be a guess
	}
	if inner.facts["layers"].keys != nil && inner.int("layers") > maxTowerLayers {
		return estimator.Tower{}, false
	}
	arch := row.build(inner)
	if inner.err != nil || len(arch.Layers) == 0 || arch.Hidden == 0 {
		return estimator.Tower{}, false
	}
	if row.name == fallback && name != "" && name != fallback {
		r.notes.warn(key + " of " + name + " is counted as a plain " + row.name)
	}
	r.notes.Facts = append(r.notes.Facts, notes.Facts...)
	t := estimator.Tower{Hidden: arch.Hidden, Layers: arch.Layers, Patches: inner.patches()}
	for _, e := range arch.Extra {
		t.Extra += e.Params
	}
	return t, true
}

// megapixel is the image that is taken where a tower takes any size: 1280 tokens
// of 28 × 28, what Qwen's cards advise as max_pixels.
const megapixel = 1280 * 28 * 28

// patches are those of one image of the tower's own size, with all its tiles, or
// the frames of the longest sound; 0: not known.
func (r *reader) patches() int64 {
	patch, image, places := r.int("patch"), r.int("image"), r.int("places")
	switch {
	case patch == 0:
		return places
	case places > 0: // a table of positions, which may be longer than any image
		return min(places, megapixel/(patch*patch))
	case image >= patch && (r.flag("learned") || r.has("image")):
		side := image / patch
		return side * side * max(1, r.int("tiles"))
	default:
		return megapixel / (patch * patch)
	}
}

// vitFacts are those of a plain vision transformer.
const vitFacts = "hidden=hidden_size,embed_dim,width,vt_hidden_size:768 layers=num_hidden_layers,depth,layers,vt_num_hidden_layers:12 heads=num_attention_heads,num_heads,attention_heads,vt_num_attention_heads:12 " +
	"kv=num_key_value_heads:0 head_dim=head_dim:0 ffn=intermediate_size,vt_intermediate_size:0 vocab=:0 gated:false norm_bias:true qkv_bias=:true out_bias=:true mlp_bias=:true types= dtype:float32 " +
	"channels=num_channels,in_channels,in_chans:3 patch=patch_size:16 frames=temporal_patch_size:1 image=image_size:224 class_token:true patch_bias:true learned:true places=:0 pre_norms:0 final_norms:1 probe:false bands=:0 pooler:false mask_tokens:0 place_axes:1 sub_channels= backbone= tile_kinds:0 tiles:0 extra_layers:0 tower:1 "

// visions look at images, audios listen.
func visions() map[string]family {
	return map[string]family{
		"plain_vit":              {like: "llama", build: buildTower, facts: vitFacts},
		"vit":                    {like: "plain_vit", facts: "pooler:true qkv_bias=qkv_bias:true"},
		"idefics3_tower":         {like: "siglip"},
		"smolvlm_tower":          {like: "siglip"},
		"idefics2_tower":         {like: "siglip"},
		"clip_l14_336":           {like: "clip_vision_model", facts: "hidden:1024 layers:24 heads:16 ffn:4096 patch:14 image:336"},
		"clip_vision_model":      {like: "plain_vit", facts: "patch:32 patch_bias:false pre_norms:1"},
		"siglip_vision_model":    {like: "plain_vit", facts: "class_token:false probe=vision_use_head:true"},
		"siglip2_vision_model":   {like: "siglip_vision_model", facts: "learned:false places=num_patches:256"},
		"siglip":                 {like: "siglip_vision_model", facts: "probe:false"},
		"minicpmv_vision_tower":  {like: "siglip"},
		"pixtral":                {like: "plain_vit", facts: "hidden:1024 layers:24 heads:16 ffn:4096 gated:true norm_bias:false qkv_bias:false out_bias:false mlp_bias:false class_token:false patch_bias:false learned:false pre_norms:1 final_norms:0"},
		"intern_vit_6b":          {like: "plain_vit", layer: scaledLayer, facts: "hidden:3200 layers:48 heads:25 ffn:12800 qkv_bias=qkv_bias:false patch:14 final_norms:0 qk_on=qk_normalization:false qk_norm:wide"},
		"internvl_vision":        {like: "intern_vit_6b", facts: "hidden:1024 layers:24 heads:16 ffn:4096 qkv_bias=attention_bias:false qk_on=use_qk_norm:false"},
		"dinov2":                 {like: "plain_vit", layer: scaledLayer, facts: "patch:14 ffn=:0 ffn_ratio=mlp_ratio:4 swiglu=use_swiglu_ffn:false mask_tokens:1"},
		"qwen2_vl_tower":         {like: "plain_vit", facts: "hidden=embed_dim:1280 layers=depth:32 heads=num_heads:16 patch:14 frames:2 ffn=:0 ffn_ratio=mlp_ratio:4 class_token:false patch_bias:false learned:false final_norms:0"},
		"qwen2_5_vl_tower":       {like: "qwen2_vl_tower", facts: "hidden=hidden_size:1280 ffn=intermediate_size:3420 gated:true norm_bias:false"},
		"exaone4_5_tower":        {like: "qwen2_5_vl_tower", facts: "kv=num_key_value_heads:0"},
		"exaone4_5_vision_tower": {like: "exaone4_5_tower"},
		"qwen3_vl_tower":         {like: "qwen2_vl_tower", facts: "hidden=hidden_size:1152 layers:27 ffn=intermediate_size:4304 patch:16 patch_bias:true places=num_position_embeddings:2304"},
		"qwen3_vl_moe_tower":     {like: "qwen3_vl_tower"},
		"qwen3_5_tower":          {like: "qwen3_vl_tower"},
		"qwen3_5_moe_tower":      {like: "qwen3_vl_tower"},
		"moonvit":                {like: "plain_vit", facts: "patch:14 class_token:false learned:false places:4096"},
		"moonvit3d":              {like: "moonvit"},
		"kimi_k25_tower":         {like: "moonvit"},
		"kimi_k3_tower":          {like: "moonvit", facts: "norm_bias:false qkv_bias:false out_bias:false mlp_bias:false patch_bias:false wide=qkv_hidden_size:0"},
		"mllama_vision_model":    {like: "plain_vit", layout: mllamaTower, facts: "hidden:1280 layers:32 heads:16 ffn:5120 qkv_bias:false out_bias:false patch:14 patch_bias:false image:448 pre_norms:1 extra_layers=num_global_layers:8 tiles=max_num_tiles:4 tile_kinds:8"},
		"llama4_vision_model":    {like: "plain_vit", facts: "hidden:768 layers:34 heads:16 ffn:5632 patch:14 image:448 patch_bias:false pre_norms:1"},
		"gemma4_vision":          {like: "plain_vit", facts: "gated:true norm_bias:false norms:4 qkv_bias:false out_bias:false mlp_bias:false qk_norm:head class_token:false patch_bias:false learned:false places=position_embedding_size:10240 place_axes:2 final_norms:0"},
		"aimv2":                  {like: "plain_vit", facts: "hidden:1024 layers:24 heads:8 ffn:2816 gated:true norm_bias:false qkv_bias=qkv_bias:false out_bias=use_bias:false mlp_bias=use_bias:false patch:14 class_token:false pre_norms:1"},
		"cogvlm_vision":          {like: "plain_vit", facts: "patch:14 places=num_positions:257"},
		"glm4v_tower":            {like: "qwen2_5_vl_tower", facts: "hidden:1536 layers:24 heads:12 ffn=out_hidden_size,intermediate_size:13696 qkv_bias=attention_bias:false out_bias=attention_bias:false mlp_bias:false patch_bias:true learned:true image:336 pre_norms:1"},
		"glm4v_moe_tower":        {like: "glm4v_tower"},
		"muse_glimmer_vision":    {like: "plain_vit", facts: "patch:14 frames=patch_temporal:1 class_token:false learned:false places:1024"},
		"audio": {like: "plain_vit", facts: "hidden=d_model,hidden_size:1280 layers=encoder_layers,num_hidden_layers:32 heads=encoder_attention_heads,num_attention_heads:20 ffn=encoder_ffn_dim,intermediate_size:5120 " +
			"patch:0 patch_bias:false class_token:false learned:false places=max_source_positions:1500 bands=num_mel_bins:128 no_key_bias:true"},
		"gemma4_audio":        {like: "plain_vit", layer: conformerLayer, facts: conformerFacts},
		"gemma3n_audio":       {like: "gemma4_audio", facts: "hidden=hidden_size:1536 layers=conf_num_hidden_layers:12 heads=conf_num_attention_heads:8 kernel=conf_conv_kernel_size:5 sub_channels=sscp_conv_channel_size out_dims=:0"},
		"gemma3n_vision":      {like: "plain_vit", build: buildBackbone, facts: "hidden=hidden_size:2048 backbone=architecture,model_name:mobilenetv5_300m_enc"},
		"glm4v_9b_vision":     {like: "plain_vit", facts: "final_norms:0 hidden:1792 layers:63 ffn:15360 patch:14 places=num_positions:6401"},
		"qwen2_audio_encoder": {like: "audio"},
		"whisper_encoder":     {like: "audio"},
	}
}

// scaledLayer has a scale on each branch, and DINOv2's gated FFN where asked for.
func scaledLayer(r *reader, s slot) estimator.Layer {
	l := decoderLayer(r, s)
	h := r.int("hidden")
	l.Extra += 2 * h
	if r.flag("swiglu") {
		l.FFN.Width = (8*h/3 + 7) / 8 * 8
		l.FFN.Gated = true
	}
	return l
}

// mllamaTower has global blocks after the local ones.
func mllamaTower(r *reader) []slot {
	slots := uniformLayout(r)
	for i := int64(0); i < min(r.int("extra_layers"), 100) && len(slots) > 0; i++ {
		slots = append(slots, slots[0])
	}
	return slots
}

// mllamaLayout puts blocks of cross attention where the config says.
func mllamaLayout(r *reader) []slot {
	slots, at := uniformLayout(r), r.ints("cross_at")
	for i := range slots {
		if at[int64(i)] {
			slots[i].mixer = "cross"
		}
	}
	return slots
}

// mllamaLayer attends to the image alone in its cross blocks, behind two gates.
func mllamaLayer(r *reader, s slot) estimator.Layer {
	if s.mixer != "cross" {
		return decoderLayer(r, s)
	}
	s.mixer = "full_attention"
	l := decoderLayer(r, s)
	l.Cross, l.Mixer = l.Mixer, estimator.Mixer{}
	l.Cross.QKNorm = estimator.HeadQKNorm
	l.Extra += 2
	return l
}

// towersByID are the towers that configs name by their id and do not describe.
var towersByID = map[string]string{"openai/clip-vit-large-patch14-336": "clip_l14_336"}

// namedTower gives the row of a tower that stands as an id, or as a block that
// gives one.
func namedTower(v gjson.Result) string {
	if v.IsObject() {
		v = v.Get("model_name")
	}
	return towersByID[v.String()]
}
