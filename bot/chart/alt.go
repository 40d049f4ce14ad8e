package chart

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"membot/commands"
)

// maxAlt is Discord's limit for an attachment's description, in characters.
const maxAlt = 1024

// altWords are the sentences of the alt text, by language.
var altWords = map[string]struct {
	total, part, fits, over, bar, join string
	names                              map[string]string
}{
	"en": {
		total: "%s GiB of GPU memory: ", part: "%s %s", fits: "; %s GiB free of %s GiB on %s", over: "; %s GiB over the %s GiB of %s",
		bar: "%s: %s GiB", join: ", ", names: nil,
	},
	"zh-CN": {
		total: "每卡显存 %s GiB：", part: "%s %s", fits: "；%[3]s 共 %[2]s GiB，余 %[1]s GiB", over: "；超出 %[3]s 的 %[2]s GiB 达 %[1]s GiB",
		bar: "%s：%s GiB", join: "，", names: PartNamesZH,
	},
}

// PartNamesZH are the Chinese names of the parts of a breakdown.
var PartNamesZH = map[string]string{
	"weights": "权重", "kv_cache": "KV 缓存", "state": "循环状态", "adapters": "适配器", "master": "主权重",
	"gradients": "梯度", "optimizer": "优化器状态", "activations": "激活值", "logits": "logits", "buffers": "缓冲区",
	"workspace": "工作区", "graphs": "CUDA 图", "context": "CUDA 上下文", "other": "其他",
}

// AltText says in one sentence, in "en" or "zh-CN", what the picture of the
// answer shows; it is empty where there is no picture.
func AltText(a commands.Answer, lang string) string {
	bars := barsOf(a)
	if len(bars) == 0 {
		return ""
	}
	words, ok := altWords[lang]
	if !ok {
		words = altWords["en"]
	}
	var said []string
	if len(bars) > 1 || bars[0].label != "" {
		for _, b := range bars {
			said = append(said, fmt.Sprintf(words.bar, b.label, GiB(b.total)))
		}
		return clip(strings.Join(said, words.join))
	}
	b := bars[0]
	for _, s := range b.segments {
		name := partName(s.name)
		if words.names[s.name] != "" {
			name = words.names[s.name]
		}
		said = append(said, fmt.Sprintf(words.part, name, GiB(s.bytes)))
	}
	text := fmt.Sprintf(words.total, GiB(b.total)) + strings.Join(said, words.join)
	if b.usable > 0 {
		template, gap := words.fits, b.usable-b.total
		if gap < 0 {
			template, gap = words.over, -gap
		}
		text += fmt.Sprintf(template, GiB(gap), GiB(b.usable), b.card)
	}
	return clip(text)
}

func clip(text string) string {
	used := 0
	for at, r := range text {
		if used += max(1, utf16.RuneLen(r)); used > maxAlt-1 {
			return text[:at] + "…"
		}
	}
	return text
}
