// Command membot answers, in chat or terminal, how much GPU memory a Hugging
// Face model needs.
package main

import "github.com/alecthomas/kong"

func main() {
	var cli struct {
		Flags
		Version kong.VersionFlag `help:"Print the version and exit."`
	}
	kong.Parse(&cli, kong.Name("membot"), kong.Vars{"version": Version()})
}
