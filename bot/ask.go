package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"membot/bot/chart"
	"membot/commands"
)

// askCommand asks one question.
type askCommand struct {
	Format string   `enum:"text,json" default:"text" help:"text for people, json for programs. Default: text."`
	Lang   string   `enum:",en,zh-CN" default:"" placeholder:"LANG" help:"en or zh-CN. Default: the question's own, else MEMBOT_LANG."`
	Chart  string   `placeholder:"FILE.png" help:"Draw the answer to a file too."`
	Line   []string `arg:"" passthrough:"partial" help:"The question."`
}

// deadline is how long one question may take; the Hub's own waits are shorter.
const deadline = 60 * time.Second

// Run asks, prints the answer and says whether there was one.
func (c *askCommand) Run(ctx context.Context, std streams, s Settings) error {
	answerer, err := newAnswerer(s, std.err)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if len(c.Line) > 1 && c.Line[0] == "--" {
		c.Line = c.Line[1:] // only parts the flags from the question
	}
	line := joined(strings.Join(c.Line, " "))
	q := commands.Question{Text: line, Lang: c.lang(line, s.Lang)}
	a := ask(ctx, answerer, q)
	if err := c.print(std, a, q.Lang); err != nil {
		return err
	}
	if a.Error != nil {
		return errSaid
	}
	return draw(c.Chart, a, std.err)
}

// lang is the language to answer in: the one asked for, else the question's own.
// A program that sends a typed line gets the same bytes however it spells it.
func (c *askCommand) lang(line, otherwise string) string {
	switch {
	case c.Lang != "":
		return c.Lang
	case c.Format == "json" && commands.Typed(line):
		return otherwise
	default:
		return commands.Heard(line, otherwise)
	}
}

// print writes an answer to stdout; a refusal as text goes to stderr.
func (c *askCommand) print(std streams, a commands.Answer, lang string) error {
	if c.Format == "json" {
		return writeJSON(std.out, a)
	}
	to := std.out
	if a.Error != nil {
		to = std.err
	}
	_, err := io.WriteString(to, commands.Text(a, textOptions(to, lang)))
	return err
}

// writeJSON writes an answer as a program reads it: one value, angle brackets
// and ampersands as they are.
func writeJSON(to io.Writer, a commands.Answer) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(a)
}

// draw writes the picture of an answer where one was asked for.
func draw(path string, a commands.Answer, notes io.Writer) error {
	if path == "" {
		return nil
	}
	picture, err := chart.PNG(a)
	if err != nil {
		return fmt.Errorf("draw the answer: %w", err)
	}
	if picture == nil {
		_, err := fmt.Fprintln(notes, "membot: there is nothing to draw in this answer; no picture was written.")
		return err
	}
	return os.WriteFile(path, picture, 0o644)
}

// joined puts a line together again that goes on after a backslash, as long
// lines are printed.
func joined(line string) string {
	return strings.ReplaceAll(strings.ReplaceAll(line, "\\\r\n", ""), "\\\n", "")
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
