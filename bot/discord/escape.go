package discord

import (
	"regexp"
	"strings"
)

// plain neutralises text that somebody else wrote (a model's name, a Hub's
// words) for an embed: markdown shows as typed, and nothing mentions anybody.
func plain(text string) string {
	text = oneLine(text)
	if !strings.Contains(text, "https://") {
		return markdown.Replace(text)
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		if !link.MatchString(word) {
			words[i] = markdown.Replace(word)
		}
	}
	return strings.Join(words, " ")
}

// link is a page of the Hub, which may stay a link.
var link = regexp.MustCompile(`^https://huggingface\.co/[A-Za-z0-9._/-]+$`)

// paragraphs is plain for text of several lines. A line that is a command is
// set as code, to be copied; a sentence that begins with one is not.
func paragraphs(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		if command := strings.TrimSpace(line); strings.HasPrefix(command, "/") && !sentence.MatchString(command) {
			lines[i] = code(command)
			continue
		}
		lines[i] = plain(strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n")
}

// sentence is a line that ends as sentences do.
var sentence = regexp.MustCompile(`([a-z)][.!?]|[。！？])$`)

// zeroWidth after @, # and < keeps Discord from reading a mention, and after a
// scheme's colon a link.
const zeroWidth = "\u200b"

var markdown = strings.NewReplacer(
	`\`, `\\`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "|", `\|`, ">", `\>`, "[", `\[`, "]", `\]`, "(", `\(`, ")", `\)`,
	"#", `\#`, "@", "@"+zeroWidth, "<", `\<`+zeroWidth, "://", ":"+zeroWidth+"//",
)

// code sets text in a code span or block: only the backtick means anything
// there, and it cannot be escaped, so that it is replaced by its look-alike.
func code(text string) string { return "`" + inCode(text) + "`" }

func inCode(text string) string { return verbatim.Replace(oneLine(text)) }

var verbatim = strings.NewReplacer("`", "ˋ", "@", "@"+zeroWidth)

// oneLine turns control characters, and the marks that turn text round, into
// spaces.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r == 0x7f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029, r == 0xfffd:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
}
