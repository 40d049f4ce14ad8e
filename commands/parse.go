package commands

import (
	"slices"
	"strings"
	"unicode/utf8"

	"membot/estimator"
)

// maxLine is the longest typed line, bytes; a longer one is no question.
const maxLine = 4000

// Parse reads a typed line, with or without the slash. The error is a
// [*Refused].
func Parse(line string) (*Request, error) {
	if len(line) > maxLine {
		return nil, refuse(BadRequest, "too_long", "max", maxLine)
	}
	if !utf8.ValidString(line) {
		return nil, refuse(BadRequest, "not_text")
	}
	words := strings.Fields(line)
	if len(words) == 0 || words[0] == "/" {
		return nil, refuse(BadRequest, "empty").meant("/mem llama-7b", "/help")
	}
	p := parser{words: words}
	if refused := p.command(); refused != nil {
		return nil, refused
	}
	if refused := p.read(); refused != nil {
		return nil, refused
	}
	return p.request, nil
}

// parser reads the words of one line.
type parser struct {
	words   []string
	at      int // the word being read
	request *Request
	seen    map[string]bool
}

func (p *parser) command() *Refused {
	name := strings.ToLower(strings.TrimPrefix(p.words[0], "/"))
	found, ok := findCommand(name)
	if !ok {
		near := nearest(name, commandNames())
		refused := refuse(BadRequest, "unknown_command", "command", shorten(p.words[0]))
		if near != "" {
			refused = refused.meant(p.replaced(0, "/"+near))
		}
		return refused.meant("/help")
	}
	p.request = &Request{Command: found}
	p.seen = map[string]bool{}
	return nil
}

func (p *parser) read() *Refused {
	r := p.request
	if r.Command.Words {
		r.Rest = strings.Join(p.words[1:], " ")
		return nil
	}
	p.words = slices.Concat(p.words[:1], separated(p.words[1:]))
	for p.at = 1; p.at < len(p.words); p.at++ {
		if refused := p.word(p.words[p.at]); refused != nil {
			return refused
		}
	}
	if refused := p.settings(); refused != nil {
		return refused
	}
	return p.enough()
}

// separated takes off the commas between words, and what was a comma alone.
func separated(words []string) []string {
	list := make([]string, 0, len(words))
	for _, word := range words {
		if word = strings.Trim(word, ",，、"); word != "" {
			list = append(list, word)
		}
	}
	return list
}

// word reads a mode, an option for later, or a model.
func (p *parser) word(word string) *Refused {
	r := p.request
	if mode, ok := modeWords[strings.ToLower(word)]; ok && r.Command.Mode {
		if r.ModeGiven && r.Mode != mode {
			return refuse(BadRequest, "two_modes").meant(p.without(p.at))
		}
		r.Mode, r.ModeGiven = mode, true
		r.Plan.Mode = mode
		return nil
	}
	if key, value, ok := cutOption(word); ok {
		return p.option(key, value)
	}
	if r.Command.Many && joiners[strings.ToLower(word)] {
		return nil
	}
	if r.Command.Models == 0 || len(r.Models) >= r.Command.Models && !r.Command.Many {
		return p.strayWord(word)
	}
	if len(r.Models) >= r.Command.Models {
		if refused := p.strayValue(word); refused != nil {
			return refused // no model of a comparison is called so
		}
	}
	if len(r.Models) == maxModels {
		return refuse(BadRequest, "too_many_models", "max", maxModels)
	}
	r.Models = append(r.Models, word)
	return nil
}

// joiners are words between the models of a comparison.
var joiners = map[string]bool{"and": true, "vs": true, "vs.": true, "versus": true, "with": true, "or": true, "和": true, "与": true, "跟": true, "对比": true}

// maxModels is how many models one question compares.
const maxModels = 6

// modeWords are what people type for a mode.
var modeWords = map[string]estimator.Mode{
	"infer": estimator.Infer, "inference": estimator.Infer, "serve": estimator.Infer, "推理": estimator.Infer,
	"train": estimator.Training, "training": estimator.Training, "finetune": estimator.Training, "训练": estimator.Training, "微调": estimator.Training,
}

// cutOption cuts key:value or key=value; an address is no option.
func cutOption(word string) (key, value string, ok bool) {
	word = strings.ReplaceAll(word, "：", ":")
	at := strings.IndexAny(word, ":=")
	if at <= 0 || strings.Contains(word, "://") || strings.ContainsAny(word[:at], "/.") {
		return "", "", false
	}
	return strings.ToLower(word[:at]), strings.ToLower(word[at+1:]), true
}

// strayWord refuses a word that is no mode, option or model.
func (p *parser) strayWord(word string) *Refused {
	if refused := p.strayValue(word); refused != nil {
		return refused
	}
	refused := refuse(BadRequest, "stray_word", "word", shorten(word))
	if near := nearest(strings.ToLower(word), []string{"infer", "train"}); near != "" {
		refused = refuse(BadRequest, "stray_mode", "word", shorten(word), "mode", near)
		return refused.meant(p.replaced(p.at, near))
	}
	if !isValue(word) {
		refused = refused.meant(p.hyphenated())
	}
	if p.strayAfter() {
		return refused // without this word the next would be in the way
	}
	return refused.meant(p.without(p.at))
}

// strayAfter says whether a later word is no mode and no option either.
func (p *parser) strayAfter() bool {
	return slices.ContainsFunc(p.words[p.at+1:], func(word string) bool {
		_, mode := modeWords[strings.ToLower(word)]
		_, _, option := cutOption(word)
		return !mode && !option
	})
}

// hyphenated is the line with a name that was typed in several words made one.
func (p *parser) hyphenated() string {
	words, name := []string{p.words[0]}, []string{}
	for _, word := range p.words[1:] {
		_, mode := modeWords[strings.ToLower(word)]
		if _, _, option := cutOption(word); mode || option {
			words = append(words, word)
		} else {
			name = append(name, word)
		}
	}
	if len(name) < 2 || p.request.Command.Models == 0 {
		return ""
	}
	return slashed(slices.Insert(words, 1, strings.Join(name, "-")))
}

// option takes note of an option; its value is read when all are known.
func (p *parser) option(key, value string) *Refused {
	if alias, ok := keyAliases[key]; ok {
		key = alias
	}
	_, known := findOption(key)
	_, shape := findShapeKey(key)
	if !known && !shape || !p.request.Command.Mode {
		return p.unknownOption(key, value)
	}
	if p.seen[key] {
		return refuse(BadValue, "twice", "key", key).meant(p.without(p.at))
	}
	p.seen[key] = true
	list := &p.request.Settings
	if !known {
		list = &p.request.Custom
	}
	*list = append(*list, Setting{key, value})
	return nil
}

// keyAliases are other names of keys.
var keyAliases = map[string]string{
	"context": "seq", "ctx": "seq", "max-model-len": "seq", "max_model_len": "seq", "bs": "batch", "bsz": "batch", "quant": "dtype",
	"card": "gpu", "num-gpus": "gpus", "optim": "optimizer", "gradient-checkpointing": "recompute", "zero-stage": "zero",
	"kv-dtype": "kv", "r": "rank", "attention": "attn", "max_seqs": "max-seqs", "max_batched": "max-batched", "lora_dropout": "lora-dropout", "kv_heads": "kv-heads",
}

func (p *parser) unknownOption(key, value string) *Refused {
	keys := optionKeys(p.mode())
	if p.request.custom() {
		keys = append(keys, shapeKeyNames()...)
	}
	refused := refuse(UnknownOption, "unknown_option", "key", shorten(key))
	if near := nearest(key, keys); near != "" {
		refused = refused.meant(p.replaced(p.at, near+":"+value))
	}
	return refused.meant("/help " + p.request.Command.Name)
}

// mode is what the whole line asks for, also where its word is still to come.
func (p *parser) mode() estimator.Mode {
	for _, word := range p.words {
		if mode, ok := modeWords[strings.ToLower(word)]; ok {
			return mode
		}
	}
	return p.request.Mode
}

// replaced is the line with one word replaced.
func (p *parser) replaced(at int, word string) string {
	words := append([]string{}, p.words...)
	words[at] = word
	return slashed(words)
}

// without is the line without one word.
func (p *parser) without(at int) string {
	return slashed(append(append([]string{}, p.words[:at]...), p.words[at+1:]...))
}

func slashed(words []string) string {
	line := strings.Join(words, " ")
	if !strings.HasPrefix(line, "/") {
		line = "/" + line
	}
	return shortenTo(line, 300)
}

// shorten cuts what a person typed to what can be shown back.
func shorten(word string) string { return shortenTo(word, 60) }

func shortenTo(text string, runes int) string {
	if utf8.RuneCountInString(text) <= runes {
		return text
	}
	return string([]rune(text)[:runes-1]) + "…"
}

// example is a line of a command that needs models.
func example(c *Command) string {
	return strings.Join(append([]string{"/" + c.Name}, []string{"llama-7b", "qwen2.5-7b"}[:c.Models]...), " ")
}

// enough checks that the command has what it needs.
func (p *parser) enough() *Refused {
	r := p.request
	switch {
	case len(r.Models) < r.Command.Models:
		return refuse(BadRequest, "no_model", "usage", r.Command.Usage).meant(example(r.Command))
	case r.Command.Name == "models" && r.Plan.GPU.Name == "":
		return refuse(BadRequest, "no_gpu").meant(r.With("gpu", "4090"))
	case len(r.Custom) > 0 && !r.custom():
		return refuse(BadValue, "shape_without_custom", "key", r.Custom[0].Key)
	}
	return nil
}
