package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/chzyer/readline"
	"golang.org/x/term"

	"membot/commands"
)

// consoleCommand is the chat in a terminal.
type consoleCommand struct {
	Lang string `enum:",en,zh-CN" default:"" placeholder:"LANG" help:"en or zh-CN. Default: each question's own, else MEMBOT_LANG."`
}

// console is one conversation: what was asked last is what "and with zero:3?"
// is about.
type console struct {
	answerer commands.Answerer
	std      streams
	given    string // the language asked for by flag; empty: each question's own
	lang     string
	last     string // the canonical line of the last answer
}

// Run asks line by line until the input ends. Piped, it prints answers alone.
func (c *consoleCommand) Run(ctx context.Context, std streams, s Settings) error {
	answerer, err := newAnswerer(s, std.err)
	if err != nil {
		return err
	}
	talk := &console{answerer: answerer, std: std, given: c.Lang, lang: orElse(c.Lang, s.Lang)}
	in, ok := std.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return talk.pipe(ctx)
	}
	return talk.terminal(ctx, historyFile(OS()))
}

// maxPiped is the longest line that is read from a pipe, bytes; the answer to a
// longer one is that it is too long.
const maxPiped = 1 << 20

// pipe answers each line of the input.
func (c *console) pipe(ctx context.Context) error {
	lines := bufio.NewScanner(c.std.in)
	lines.Buffer(nil, maxPiped)
	held := ""
	for lines.Scan() {
		line, more := strings.CutSuffix(lines.Text(), `\`)
		held += line
		if more {
			continue
		}
		if leaves(held) || ctx.Err() != nil {
			return nil
		}
		if strings.TrimSpace(held) != "" {
			c.answer(ctx, held)
		}
		held = ""
	}
	if strings.TrimSpace(held) != "" {
		c.answer(ctx, held)
	}
	return lines.Err()
}

// terminal edits lines, with history and completion. Ctrl-C gives up a line or a
// question, not the conversation; Ctrl-D and a request to terminate end it.
func (c *console) terminal(ctx context.Context, history string) error {
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	rl, err := readline.NewEx(&readline.Config{
		Prompt: prompt, HistoryFile: history, HistoryLimit: 1000, HistorySearchFold: true,
		AutoComplete: completer{}, InterruptPrompt: "^C", EOFPrompt: "\n",
	})
	if err != nil {
		return err
	}
	defer rl.Close()
	defer context.AfterFunc(ctx, func() { _ = rl.Close() })()
	_, _ = io.WriteString(c.std.out, commands.Words(c.lang).Text("text.console", "version", Version())+"\n")
	held := ""
	for ctx.Err() == nil {
		line, err := rl.Readline()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			held = ""
			rl.SetPrompt(prompt)
			continue
		case err != nil: // Ctrl-D
			return nil
		}
		line, more := strings.CutSuffix(line, `\`)
		held += line
		if more {
			rl.SetPrompt(morePrompt)
			continue
		}
		if leaves(held) {
			return nil
		}
		if strings.TrimSpace(held) != "" {
			c.answer(ctx, held)
		}
		held = ""
		rl.SetPrompt(prompt)
	}
	return nil
}

const (
	prompt     = "membot> "
	morePrompt = "     > "
)

// leaves says whether a line asks to leave.
func leaves(line string) bool {
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "exit", "quit", "/exit", "/quit", ":q":
		return true
	}
	return false
}

// answer asks one question and prints what comes; Ctrl-C gives up on it alone.
func (c *console) answer(ctx context.Context, line string) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	lang := orElse(c.given, commands.Heard(line, c.lang))
	a := ask(ctx, c.answerer, commands.Question{Text: line, Lang: lang, Previous: c.last})
	if a.Error == nil && a.Question != "" {
		c.last = a.Question
	}
	_, _ = io.WriteString(c.std.out, commands.Text(a, textOptions(c.std.out, lang))+"\n")
}

// historyFile is where lines are remembered, in the state folder; "" where none
// can be made, and then they are not.
func historyFile(env Environment) string {
	dir, err := env.stateDir()
	if err != nil || os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return filepath.Join(dir, "history")
}
