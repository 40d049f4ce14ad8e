package main

import "errors"

// serveCommand runs the bot.
type serveCommand struct{}

// Run says that this build answers in a terminal only.
func (serveCommand) Run(s Settings) error {
	if err := s.Serve(); err != nil {
		return err
	}
	return errors.New("this build cannot serve yet: ask with `membot ask` or `membot console`")
}

// registerCommand sends the slash commands.
type registerCommand struct {
	Guild string `placeholder:"ID" help:"One server only, at once; without it all of them."`
}

// Run says that this build answers in a terminal only.
func (registerCommand) Run() error {
	return errors.New("this build cannot register slash commands yet")
}
