// Package words reads plain questions ("can I lora llama 3 8b on a 4090?",
// "两张 4090 能全参微调 7B 吗") into the typed language. It is deterministic: words stand
// in tables, one file a language; nothing is asked of a model or a network.
package words

// MaxRunes is how much of a message is read; what follows is left unread.
const MaxRunes = 4000

// The kinds of a [Reading].
const (
	Mem      = "mem"
	Fit      = "fit"
	Models   = "models"
	Compare  = "compare"
	Explain  = "explain"
	GPUs     = "gpus"
	Concept  = "concept"
	Unclear  = "unclear"
	OffTopic = "off_topic"
)

// maxChoices is how many lines are offered at once.
const maxChoices = 3

// Reading is what a plain question was understood to ask.
type Reading struct {
	Kind    string              // one of the kinds above
	Line    string              // the typed line: "/fit llama-3-8b train method:lora gpu:4090"; empty for concept, unclear, off_topic
	Topic   string              // concept, and an explain that answers one; off_topic: speed, quality, install, smalltalk, other
	Ask     string              // what is missing: "model"
	Wants   string              // what a fit leaves open: "gpu", "gpus", "seq" or "batch"
	Choices []string            // close readings, or what to pick from; at most three lines
	Also    []string            // other lines worth offering: the other method, mode or card
	Beside  []string            // the same question on the other hardware that was named, to size beside Line
	Stands  map[string][]string // for a model of Line: what to size when it is not found, the nearest first
	Assumed []Assumption        // what was taken where the question left it open
	Lang    string              // "en" or "zh-CN": as asked for, else by the script
}

// Assumption is something the question left open, and what was taken.
type Assumption struct {
	Key string // an option's key, or "model"
	Why string
}

// Reader reads plain questions. Make one with [New]; it is safe for concurrent
// use.
type Reader struct {
	words    lexicon
	phrases  *trie
	notions  *trie             // words of concepts
	vocab    map[byte][]string // single words by first letter, for typos
	families *families
	names    *trie // the catalogue's names
	cards    *cards
	say      map[string]map[string]string // wording by language and code
	owners   map[string]bool
}

// Read understands a question. previous is the canonical line it follows up on,
// or empty; lang is the language to word assumptions in; empty takes the text's own.
func (r *Reader) Read(text, previous, lang string) Reading {
	s := r.scan(text)
	s.lang = languageOf(s.atoms, lang)
	s.read()
	if reading, ok := s.followUp(previous); ok {
		return reading
	}
	return s.decide()
}
