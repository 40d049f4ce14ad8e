package commands

import (
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The languages that membot speaks.
const (
	English = "en"
	Chinese = "zh-CN"
)

//go:embed locales/*.toml
var locales embed.FS

// Wording turns codes into sentences of one language. It is safe for use by
// several goroutines.
type Wording struct {
	lang      string
	localizer *i18n.Localizer
}

// wordings are read when first spoken, for a program that answers one question
// needs one language.
var wordings = map[string]func() *Wording{
	English: sync.OnceValue(func() *Wording { return readWording(English) }),
	Chinese: sync.OnceValue(func() *Wording { return readWording(Chinese) }),
}

// Words gives the wording of a language tag as people and Discord write it: any
// kind of Chinese ("zh", "zh-TW", "zh_CN") is Simplified Chinese, everything
// else English.
func Words(lang string) *Wording { return wordings[Spoken(lang)]() }

// Spoken is the language of ours that fits a tag best.
func Spoken(tag string) string {
	if len(tag) >= 2 && strings.EqualFold(tag[:2], "zh") {
		return Chinese
	}
	return English
}

func readWording(lang string) *Wording {
	bundle := i18n.NewBundle(language.MustParse(lang))
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	if _, err := bundle.LoadMessageFileFS(locales, "locales/"+lang+".toml"); err != nil {
		panic(fmt.Sprintf("read the embedded wording of %s: %v", lang, err)) // the tests read both
	}
	return &Wording{lang: lang, localizer: i18n.NewLocalizer(bundle, lang)}
}

// Lang is the language spoken.
func (w *Wording) Lang() string { return w.lang }

// Text is the message of an id, such as "warning.seq_past_context", with the
// pairs of name and value in the places of its {{.name}}. A pair named "n" is a
// count, which chooses singular or plural. An id nobody has worded comes back as
// its last word, readable at least.
func (w *Wording) Text(id string, pairs ...any) string {
	text, err := w.find(id, pairs)
	if err != nil {
		return strings.ReplaceAll(id[strings.LastIndexByte(id, '.')+1:], "_", " ")
	}
	return text
}

// Or is [Wording.Text], with a sentence of the caller's where the id is not
// worded.
func (w *Wording) Or(otherwise, id string, pairs ...any) string {
	text, err := w.find(id, pairs)
	if err != nil {
		return otherwise
	}
	return text
}

// Has says whether the id is worded.
func (w *Wording) Has(id string) bool {
	_, err := w.find(id, nil)
	return !errors.As(err, new(*i18n.MessageNotFoundErr))
}

func (w *Wording) find(id string, pairs []any) (string, error) {
	config := i18n.LocalizeConfig{MessageID: id}
	if len(pairs) > 0 {
		data := make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			data[fmt.Sprint(pairs[i])] = pairs[i+1]
		}
		config.TemplateData, config.PluralCount = data, data["n"]
	}
	return w.localizer.Localize(&config)
}

// Heard is the language a text is written in: Chinese where it holds a Chinese
// character, else the one that is spoken otherwise.
func Heard(text, otherwise string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return Chinese
	}
	return otherwise
}
