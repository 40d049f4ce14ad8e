package discord

import (
	"fmt"

	"membot/bot/chart"
)

// Languages the bot speaks.
const (
	langEN = "en"
	langZH = "zh-CN"
)

// A phrase is one thing the bot says around an answer, in each language. The
// answers' own words come from the commands package.
type phrase struct{ en, zh string }

// in gives the phrase in a language, with its values filled in.
func (p phrase) in(lang string, values ...any) string {
	text := p.en
	if lang == langZH {
		text = p.zh
	}
	if len(values) == 0 {
		return text
	}
	return fmt.Sprintf(text, values...)
}

var (
	wordFits        = phrase{"Fits", "放得下"}
	wordTight       = phrase{"Fits, barely", "勉强放得下"}
	wordOver        = phrase{"Does not fit", "放不下"}
	wordPerGPU      = phrase{"%s GiB a GPU", "每卡 %s GiB"}
	wordCardHas     = phrase{"%s has %s", "%s 可用 %s"}
	wordParams      = phrase{"%s parameters", "%s 参数"}
	wordTrainable   = phrase{"%s trainable", "可训练 %s"}
	wordPeak        = phrase{"peak at %s", "峰值在%s"}
	wordSaves       = phrase{"**Saves most:**", "**最省显存：**"}
	wordAssumed     = phrase{"**Assumed:**", "**假设：**"}
	wordHost        = phrase{"Host memory: %s GiB", "主机内存：%s GiB"}
	wordRange       = phrase{"Measured spread of what is allocated: %s to %s GiB", "实测已分配范围：%s 到 %s GiB"}
	wordCapacity    = phrase{"KV cache: %s a token", "KV 缓存：每 token %s"}
	wordKVTokens    = phrase{"room for %s tokens", "可容纳 %s 个 token"}
	wordMaxSeq      = phrase{"longest sequence %s", "最长序列 %s"}
	wordMaxBatch    = phrase{"largest batch %s", "最大批 %s"}
	wordReserved    = phrase{"the engine will take %s GiB", "引擎会占用 %s GiB"}
	wordRun         = phrase{"Run it (%s)", "运行（%s）"}
	wordWaysFit     = phrase{"%d of %d ways fit", "%[2]d 种方案中 %[1]d 种放得下"}
	wordModelsFit   = phrase{"%d of %d models fit", "%[2]d 个模型中 %[1]d 个放得下"}
	wordNoneFit     = phrase{"Nothing fits", "都放不下"}
	wordNothing     = phrase{"Nothing found", "没有结果"}
	wordCompared    = phrase{"%d compared", "%d 项对比"}
	wordAsAsked     = phrase{"as asked", "按原问题"}
	wordFormulas    = phrase{"Formulas", "公式"}
	wordTextbook    = phrase{"Textbook rule: %s GiB", "教科书算法：%s GiB"}
	wordOthers      = phrase{"Others would say", "其他工具的结果"}
	wordGPUs        = phrase{"GPUs: usable GiB", "GPU：可用 GiB"}
	wordUnmeasured  = phrase{"≈ from the data sheet, not measured", "≈ 按规格推算，未实测"}
	wordDidYouMean  = phrase{"Did you mean", "你是想问"}
	wordPick        = phrase{"Pick one", "请选择"}
	wordShare       = phrase{"Share", "公开"}
	wordFitButton   = phrase{"What fits?", "怎样放得下？"}
	wordTrainButton = phrase{"Train it", "训练"}
	wordServeButton = phrase{"Serve it", "推理"}
	wordRunButton   = phrase{"Run it", "运行命令"}
	wordOpen        = phrase{"Open one of these", "查看其中一项"}
	wordMore        = phrase{"and %d more", "另有 %d 项"}

	wordPrivate     = phrase{"Only you see this: the model can be read only with the operator's token.", "仅你可见：该模型只能用运营者的令牌读取。"}
	wordPrivateHere = phrase{"That model can be read only with the operator's token, so the answer is not shown in public. Ask with /mem: only you will see it.", "该模型只能用运营者的令牌读取，不会公开显示。请用 /mem 提问，结果仅你可见。"}
	wordRefused     = phrase{"That model can be read only with the operator's token, and the operator has turned such answers off.", "该模型只能用运营者的令牌读取，运营者已关闭此类回答。"}
	wordNotShared   = phrase{"This answer cannot be shared: the model can be read only with the operator's token.", "该回答不能公开：模型只能用运营者的令牌读取。"}
	wordSlow        = phrase{"That took too long. Please ask again in a moment.", "耗时过长，请稍后再试。"}
	wordBroken      = phrase{"Something went wrong on our side. Please ask again.", "我们这边出错了，请再试一次。"}
	wordBusy        = phrase{"Too much is being asked at once. Please try again in a few seconds.", "当前请求过多，请几秒后再试。"}
	wordLimitUser   = phrase{"You have asked a lot. Please wait %s.", "你的提问太频繁，请等待 %s。"}
	wordLimitGuild  = phrase{"This server has asked a lot. Please wait %s.", "本服务器提问太频繁，请等待 %s。"}
	wordSeconds     = phrase{"%d s", "%d 秒"}
	wordStale       = phrase{"This answer no longer says what was asked. Please ask again.", "此回答已无法继续调整，请重新提问。"}
	wordUnknownID   = phrase{"This button is not one of ours. Please ask again.", "无法识别此按钮，请重新提问。"}
	wordUnknown     = phrase{"I do not know that command. Try /help.", "未知命令，请试试 /help。"}
	wordBadOption   = phrase{"The option %s has a value of the wrong kind.", "选项 %s 的取值类型不对。"}
	wordNoText      = phrase{"That message names no model and brings no config.json.", "该消息没有提到模型，也没有附带 config.json。"}
	wordBigConfig   = phrase{"That config.json is larger than 1 MiB.", "该 config.json 超过 1 MiB。"}
	wordBadConfig   = phrase{"The config.json could not be fetched. Please attach it again.", "无法读取 config.json，请重新上传。"}
	wordNotJSON     = phrase{"That config.json is not JSON.", "该 config.json 不是 JSON。"}
	wordNoConfig    = phrase{"There is no config.json here. Mention me in a message with the file attached, or use “How much memory?” in the menu of a message that has it.", "这里没有 config.json。请在附上该文件的消息里提到我，或者在带有该文件的消息上用菜单里的“需要多少显存？”。"}
	wordLeftOut     = phrase{"What does not go with %s is left out: %s", "与 %s 冲突的选项已去掉：%s"}
	wordNotMeant    = phrase{"Not what you meant?", "不是这个意思？"}
	wordAskMe       = phrase{"Ask me how much GPU memory a model needs, for example:\n`/mem Qwen/Qwen2-0.5B-Instruct seq:4096`\n`/mem llama-7b train zero:2 gpus:8`", "问我某个模型需要多少显存，例如：\n`/mem Qwen/Qwen2-0.5B-Instruct seq:4096`\n`/mem llama-7b train zero:2 gpus:8`"}
	wordLost        = phrase{"I was interrupted before I could answer. Please ask again.", "我在回答之前被中断了，请再问一次。"}
	wordClosing     = phrase{"I am being restarted. Please ask again in a minute.", "正在重启，请一分钟后再问。"}
)

// sources say where a model's facts came from.
var sources = map[string]phrase{
	"hub": {"from the Hub", "来自 Hub"}, "cache": {"from the Hub, cached", "来自 Hub 缓存"}, "catalogue": {"from the built-in catalogue", "来自内置目录"},
	"file": {"from the attached config.json", "来自附件 config.json"}, "size": {"from the size alone", "仅凭参数量"}, "custom": {"from the numbers given", "来自给定的数值"},
}

// moments say when a plan needs most.
var moments = map[string]phrase{
	"loss": {"the loss", "计算损失时"}, "backward": {"the backward pass", "反向传播时"}, "step": {"the optimizer step", "优化器更新时"},
	"load": {"loading", "加载时"}, "prefill": {"prefill", "预填充时"}, "decode": {"decoding", "解码时"},
}

// methods say how a model is trained.
var methods = map[string]phrase{
	"full": {"full fine-tuning", "全参微调"}, "lora": {"LoRA", "LoRA"}, "qlora": {"QLoRA", "QLoRA"},
	"dpo": {"DPO", "DPO"}, "grpo": {"GRPO", "GRPO"}, "ppo": {"PPO", "PPO"},
}

// partName is a part of a breakdown in the asker's words.
func partName(name, lang string) string {
	if lang == langZH {
		if zh, ok := chart.PartNamesZH[name]; ok {
			return zh
		}
	}
	if en, ok := partNamesEN[name]; ok {
		return en
	}
	return name
}

var partNamesEN = map[string]string{"kv_cache": "KV cache", "graphs": "CUDA graphs", "context": "context"}
