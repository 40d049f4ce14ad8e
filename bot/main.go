// Command membot answers, in chat or terminal, how much GPU memory a Hugging
// Face model needs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// The exit codes.
const (
	answered  = 0
	failed    = 1 // could not answer, or could not do it; the reason was said
	misspoken = 2 // the command line or a setting is wrong
)

// program is the command line.
type program struct {
	Flags

	Ask      askCommand      `cmd:"" help:"Ask one question: a line such as '/mem llama-7b train zero:2 gpus:8', or plain words."`
	Console  consoleCommand  `cmd:"" help:"Ask in a terminal, with history and completion."`
	Serve    serveCommand    `cmd:"" help:"Run the bot: gateway, HTTP interactions, or both, as the settings say."`
	Register registerCommand `cmd:"" help:"Send the slash commands to Discord, only if they changed."`
	Score    scoreCommand    `cmd:"" help:"Ask each row's question and compare with what was measured."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// streams are where a program reads and writes, so that tests can look.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errSaid is a failure whose reason the user has already been told.
var errSaid = errors.New("already said")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}, OS())
	stop()
	os.Exit(code)
}

// sentences tells a question that begins with a dash, "--fp16 saves nothing",
// from a flag: it holds a space.
func sentences(args []string) []string {
	for i, arg := range args {
		name, _, _ := strings.Cut(arg, "=")
		if arg == "--" {
			return args
		}
		if strings.HasPrefix(arg, "-") && strings.Contains(name, " ") {
			return slices.Insert(slices.Clone(args), i, "--")
		}
	}
	return args
}

// run is the program with everything it needs handed in; it gives the exit code.
func run(ctx context.Context, args []string, std streams, env Environment) int {
	var cli program
	left := false // kong printed help
	parser, err := kong.New(&cli, kong.Name("membot"), kong.UsageOnError(), kong.Writers(std.out, std.err),
		kong.Description("How much GPU memory a Hugging Face model needs to serve or to train, and why."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Exit(func(int) { left = true }),
		kong.Vars{"version": Version()}, kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std))
	if err != nil {
		fmt.Fprintln(std.err, "membot:", err)
		return misspoken
	}
	command, err := parser.Parse(sentences(args))
	if left {
		return answered
	}
	if err != nil {
		fmt.Fprintf(std.err, "membot: %v\nmembot --help lists the commands and flags.\n", err)
		return misspoken
	}
	settings, err := cli.Settings(env)
	if err != nil {
		fmt.Fprintf(std.err, "membot: these settings are wrong:\n%v\n", err)
		return misspoken
	}
	switch err := command.Run(settings); {
	case err == nil:
		return answered
	case !errors.Is(err, errSaid):
		fmt.Fprintln(std.err, "membot:", err)
	}
	return failed
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, "membot", Version())
	return err
}
