// Package commands is the language people speak to membot: a typed line, a
// slash command or a plain question becomes a request, and a request becomes an
// [Answer], in English or Simplified Chinese. It knows nothing of Discord.
package commands

import "context"

// Question is one question as it arrived.
type Question struct {
	Text     string // a typed line ("/mem …") or plain words
	Lang     string // "en" or "zh-CN"; empty means English
	Config   []byte // an attached config.json, read as the model; may be nil
	Previous string // the canonical line this follows up on, if any
}

// Answerer answers questions. Whatever happens, it gives an [Answer]: a
// failure is an Answer with Error set.
type Answerer interface {
	Answer(ctx context.Context, q Question) Answer
}
