package main

import (
	"context"
	"fmt"
	"os"

	"membot/commands"
)

// scoreCommand compares answers with what was measured.
type scoreCommand struct {
	Files []string `arg:"" type:"existingfile" name:"file" help:"Rows of JSON: id, ask, measured, source, tier."`
}

// Run asks every row of every file and prints the table.
func (c *scoreCommand) Run(ctx context.Context, std streams, s Settings) error {
	answerer, err := newAnswerer(s, std.err)
	if err != nil {
		return err
	}
	var all []commands.Residual
	for _, path := range c.Files {
		rows, err := readRows(path)
		if err != nil {
			return err
		}
		all = append(all, commands.Score(ctx, answerer, rows)...)
	}
	return commands.WriteAccuracy(std.out, commands.Tally(all, commands.BySource))
}

func readRows(path string) ([]commands.Measured, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := commands.ReadMeasured(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rows, nil
}
