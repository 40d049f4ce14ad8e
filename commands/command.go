package commands

// Command is one thing that can be asked; parser, help, slash commands and
// README read this table.
type Command struct {
	Name    string
	Models  int  // how many models at least
	Many    bool // more are welcome
	Mode    bool // takes infer or train, and options
	Words   bool // takes free words
	Usage   string
	English string
	Chinese string
}

// Commands lists what can be asked.
func Commands() []Command { return commandTable }

var commandTable = []Command{
	{
		Name: "mem", Models: 1, Mode: true, Usage: "/mem <model> [infer|train] [key:value ...]",
		English: "How much GPU memory a model takes, part by part", Chinese: "模型需要多少显存，逐项列出",
	},
	{
		Name: "fit", Models: 1, Mode: true, Usage: "/fit <model> [infer|train] [gpu:…] [key:value ...]",
		English: "What fits on a card, and what would make it fit", Chinese: "这张卡放得下吗，怎样才放得下",
	},
	{
		Name: "models", Mode: true, Usage: "/models [infer|train] gpu:… [key:value ...]",
		English: "Which models run on this hardware", Chinese: "这套硬件能跑哪些模型",
	},
	{
		Name: "compare", Models: 2, Many: true, Mode: true, Usage: "/compare <model> <model> [...] [infer|train] [key:value ...]",
		English: "Several models side by side", Chinese: "多个模型并排比较",
	},
	{
		Name: "explain", Models: 1, Mode: true, Usage: "/explain <model> [infer|train] [key:value ...]",
		English: "Every formula with its numbers, beside what other tools say", Chinese: "每个公式和代入的数字，并与其他工具对照",
	},
	{
		Name: "ask", Words: true, Usage: "/ask <plain words>",
		English: "Ask in plain words", Chinese: "用大白话提问",
	},
	{
		Name: "gpus", Words: true, Usage: "/gpus [name]",
		English: "The cards membot knows, and their usable memory", Chinese: "支持的显卡与可用显存",
	},
	{
		Name: "settings", Words: true, Usage: "/settings [key:value ...]",
		English: "Defaults of this server or of yours", Chinese: "本服务器或你自己的默认设置",
	},
	{
		Name: "help", Words: true, Usage: "/help [command]",
		English: "How to ask", Chinese: "使用说明",
	},
	{
		Name: "about", Usage: "/about",
		English: "What membot is and where its numbers come from", Chinese: "membot 是什么，数字从哪里来",
	},
	{
		Name: "privacy", Usage: "/privacy",
		English: "What is stored, and for how long", Chinese: "保存什么，保存多久",
	},
}

func findCommand(name string) (*Command, bool) {
	for i := range commandTable {
		if commandTable[i].Name == name {
			return &commandTable[i], true
		}
	}
	return nil, false
}

func commandNames() []string {
	names := make([]string, 0, len(commandTable))
	for i := range commandTable {
		names = append(names, commandTable[i].Name)
	}
	return names
}
