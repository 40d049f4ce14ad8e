package discord

import (
	"slices"

	"membot/commands"
)

// Options that are Discord's and not the language's.
var (
	optionPrivate = Option{
		Name: "private", LocalName: Text{ZH: "仅自己可见"}, Type: OptionBoolean, Place: AsPrivate,
		Description: Text{"Only you see the answer", "只有你能看到回答"},
	}
	optionMore = Option{
		Name: "more", LocalName: Text{ZH: "更多"}, Place: AsText, MaxLength: 1000,
		Description: Text{"Any other option, typed: kv:fp8 tp:4 …", "其他选项，直接输入：kv:fp8 tp:4 …"},
	}
	optionMode = Option{
		Name: "mode", LocalName: Text{ZH: "用途"}, Place: AsWord, Choices: []string{"infer", "train"},
		Description: Text{"Serve the model or train it; serving if left out", "推理或训练，默认推理"},
	}
	optionModel = Option{
		Name: "model", LocalName: Text{ZH: "模型"}, Place: AsWord, Autocomplete: true,
		Description: Text{"A Hub id, a nickname such as llama-7b, or a size such as 7b", "Hub 上的 id、简称（如 llama-7b）或参数量（如 7b）"},
	}
)

// freeWords are the options of the commands that take words.
var freeWords = map[string]Option{
	"ask":  {Name: "question", LocalName: Text{ZH: "问题"}, Place: AsText, Required: true, MaxLength: 1500, Description: Text{"Your question, in English or Chinese", "你的问题，中英文均可"}},
	"gpus": {Name: "name", LocalName: Text{ZH: "名称"}, Place: AsWord, Autocomplete: true, MaxLength: 60, Description: Text{"A name or a part of one", "名称或其一部分"}},
	"help": {Name: "command", LocalName: Text{ZH: "命令"}, Place: AsWord, MaxLength: 40, Description: Text{"About one command", "某个命令的说明"}},
}

// localNames are the Chinese names of commands and options; a key without one
// keeps its own.
var localNames = map[string]string{
	"mem": "显存", "fit": "适配", "models": "模型列表", "compare": "对比", "explain": "解释", "ask": "提问", "gpus": "显卡",
	"help": "帮助", "about": "关于", "privacy": "隐私", "settings": "设置",
}

var localKeys = map[string]string{
	"seq": "序列长度", "out": "输出长度", "batch": "批大小", "dtype": "权重类型", "gpu": "显卡", "gpus": "显卡数", "engine": "推理引擎", "method": "训练方式",
	"rank": "秩", "optimizer": "优化器", "offload": "卸载", "recompute": "重计算", "stack": "训练框架",
}

// keyOrder is how the keys stand in a slash command: what most people fill in
// first. A key it does not name comes after.
var keyOrder = []string{"seq", "out", "batch", "dtype", "gpu", "gpus", "engine", "method", "rank", "optimizer", "zero", "offload", "recompute", "stack"}

// openKeys take more than the values their row lists: a version, a size, a
// number. They are completed instead of chosen.
var openKeys = []string{"dtype", "gpu", "engine", "recompute", "stack", "kv"}

// DefaultCommands are the slash commands of the language's own table: a command
// or a key added there is here too.
func DefaultCommands() []Command {
	var out []Command
	for _, row := range commands.Commands() {
		c := Command{Name: row.Name, LocalName: Text{ZH: localNames[row.Name]}, Description: Text{row.English, row.Chinese}}
		if c.Private = row.Name == "settings"; c.Private {
			c.Options = settingsOptions()
		} else {
			c.Options = optionsOf(row)
		}
		out = append(out, c)
	}
	return out
}

// settingsOptions are the keys of /settings, and whose they are.
func settingsOptions() []Option {
	options := []Option{}
	for _, row := range commands.PreferenceRows() {
		o := Option{Name: row.Key, LocalName: Text{ZH: settingsNames[row.Key]}, Description: Text{row.English, row.Chinese}, MaxLength: 60}
		o.Choices, o.Autocomplete = row.Values, len(row.Values) == 0 && !row.Number
		options = append(options, o)
	}
	return append(options,
		Option{
			Name: "scope", LocalName: Text{ZH: "范围"}, Choices: []string{"mine", "server"},
			Description: Text{"Yours, or this server's if you may manage it", "你自己的，或本服务器的（需管理权限）"},
		},
		Option{
			Name: "reset", LocalName: Text{ZH: "清除"}, Place: AsWord, Choices: []string{"reset"},
			Description: Text{"Forget all that is set", "清除所有设置"},
		})
}

// settingsNames are the Chinese names of the keys of /settings.
var settingsNames = map[string]string{"gpu": "显卡", "gpus": "显卡数", "lang": "语言", "private": "仅自己可见"}

// Bounds of one command.
const (
	maxCommandOptions = 25
	maxModels         = 4
)

func optionsOf(row commands.Command) []Option {
	var options []Option
	models := row.Models
	if row.Many {
		models = maxModels
	}
	for n := range models {
		o := optionModel
		o.Required = n < row.Models
		if n > 0 {
			o.Name += string(rune('1' + n))
			o.LocalName.ZH += string(rune('1' + n))
		}
		options = append(options, o)
	}
	if row.Mode {
		options = append(options, optionMode)
		options = append(options, keyOptions()...)
		options = append(options[:min(len(options), maxCommandOptions-2)], optionMore)
	}
	if words, ok := freeWords[row.Name]; ok {
		options = append(options, words)
	}
	return append(options, optionPrivate)
}

// keyOptions are the keys that are options of their own; every other one goes
// through "more".
func keyOptions() []Option {
	var options []Option
	for _, row := range commands.Options() {
		if !row.Slash {
			continue
		}
		o := Option{Name: row.Key, LocalName: Text{ZH: localKeys[row.Key]}, Description: Text{row.English, row.Chinese}, MaxLength: 60}
		switch {
		case slices.Contains(openKeys, row.Key) || len(row.Values) > maxSuggestions:
			o.Autocomplete = true
		case !row.Number:
			o.Choices = row.Values
		}
		options = append(options, o)
	}
	slices.SortStableFunc(options, func(a, b Option) int { return rank(a.Name) - rank(b.Name) })
	return options
}

func rank(key string) int {
	if at := slices.Index(keyOrder, key); at >= 0 {
		return at
	}
	return len(keyOrder)
}
