package main

import (
	"io"
	"log/slog"

	"membot/commands"
)

// newAnswerer puts together what answers questions in a terminal; what goes
// wrong inside is logged to the writer.
func newAnswerer(s Settings, log io.Writer) commands.Answerer {
	level := &slog.HandlerOptions{Level: max(s.Log.Level, slog.LevelWarn)}
	return &commands.Service{Library: commands.Shelf{}, Log: slog.New(slog.NewTextHandler(log, level))}
}
