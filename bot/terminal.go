package main

import (
	"io"
	"os"
	"strconv"
	"time"

	"golang.org/x/term"

	"membot/commands"
)

// textOptions are those of the terminal behind a writer. A pipe or a file gets
// plain text of 80 columns, or as many as COLUMNS says.
func textOptions(to io.Writer, lang string) commands.TextOptions {
	o := commands.TextOptions{Lang: lang, Now: time.Now()}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		o.Width = columns
	}
	file, ok := to.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return o
	}
	if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
		o.Width = columns
	}
	o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return o
}
