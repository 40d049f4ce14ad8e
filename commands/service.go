// Package commands is the language people speak to membot: a typed line, a
// slash command or a plain question becomes a request, and a request becomes an
// [Answer], in English or Simplified Chinese. It knows nothing of Discord.
package commands

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"membot/commands/words"
)

// Question is one question as it arrived.
type Question struct {
	Text     string // a typed line ("/mem …") or plain words
	Lang     string // "en" or "zh-CN"; empty means English
	Config   []byte // an attached config.json, read as the model; may be nil
	Previous string // the canonical line this follows up on, if any
	Asker    Asker  // whose /settings are meant; zero in a terminal

	// Defaults are put in the place of keys that the question leaves out; see
	// [ChosenBy].
	Defaults []Setting
}

// Answerer answers questions. Whatever happens, it gives an [Answer]: a
// failure is an Answer with Error set.
type Answerer interface {
	Answer(ctx context.Context, q Question) Answer
}

// Service answers questions from a library of models.
type Service struct {
	Library     Library
	Preferences Preferences  // what /settings keeps; nil refuses it
	Log         *slog.Logger // of what went wrong inside; nil is silent

	once   sync.Once
	reader *words.Reader // of plain words
}

var _ Answerer = (*Service)(nil)

// handler answers one command.
type handler func(s *Service, ctx context.Context, r *Request, w *Wording) (Answer, error)

// handlers has one row for each command that is answered here.
func handlers(name string) handler {
	return map[string]handler{
		"mem": (*Service).mem, "fit": (*Service).fit, "models": (*Service).models, "compare": (*Service).compare,
		"explain": (*Service).explain, "gpus": (*Service).gpus, "help": (*Service).help, "about": (*Service).about,
		"privacy": (*Service).privacy, "settings": (*Service).settings,
	}[name]
}

// Answer answers a question; see [Answerer].
func (s *Service) Answer(ctx context.Context, q Question) (a Answer) {
	w := Words(q.Lang)
	defer func() {
		if cause := recover(); cause != nil {
			s.log("a question panicked", "question", q.Text, "cause", cause)
			a = s.refusal(w, errInternal)
		}
	}()
	if !Typed(q.Text) {
		return s.plain(ctx, q, w)
	}
	return s.withDefaults(ctx, q, w)
}

// typed answers a typed line.
func (s *Service) typed(ctx context.Context, q Question, w *Wording) Answer {
	r, err := Parse(q.Text)
	if err != nil {
		return s.refusal(w, err)
	}
	if r.Command.Name == "ask" {
		q.Text = r.Rest
		return s.plain(ctx, q, w)
	}
	r.Config, r.Asker = q.Config, q.Asker
	answer, err := handlers(r.Command.Name)(s, ctx, r, w)
	if err != nil {
		refusal := s.refusal(w, err)
		s.suggest(ctx, r, err, &refusal)
		return refusal
	}
	return answer
}

// Typed says whether a text is a line of the language and not plain words: it
// starts with a slash, or with a command's name and reads as a line.
func Typed(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, "/") {
		return true
	}
	name, _, _ := strings.Cut(strings.ToLower(text), " ")
	found, ok := findCommand(name)
	if !ok || found.Words && strings.Contains(text, " ") {
		return false
	}
	r, err := Parse(text)
	return err == nil && !slices.ContainsFunc(r.Models, plainWord)
}

// plainWord says that what stands where a model does is a word of a sentence:
// "compare the memory of …".
func plainWord(model string) bool {
	return !strings.ContainsAny(model, "0123456789/:-_") && model != "custom"
}

func (s *Service) log(text string, pairs ...any) {
	if s.Log != nil {
		s.Log.Error(text, pairs...)
	}
}
