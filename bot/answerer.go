package main

import (
	"fmt"
	"io"
	"log/slog"

	"membot/commands"
	"membot/hfhub"
)

// newHub makes the client of the Hub that the settings name; the store, if there
// is one, outlives the process.
func newHub(s Settings, store hfhub.Store) (*hfhub.Client, error) {
	client, err := hfhub.New(hfhub.Settings{
		Endpoint: s.HFEndpoint.Reveal(), Token: s.HFToken.Reveal(), CacheDir: s.HFHubCache, Offline: s.HFHubOffline,
		UserAgent: "membot/" + Version(), Store: store,
	})
	if err != nil {
		return nil, fmt.Errorf("reach the Hub: %w", err)
	}
	return client, nil
}

// newAnswerer puts together what answers questions in a terminal; what goes
// wrong inside is logged to the writer.
func newAnswerer(s Settings, log io.Writer) (commands.Answerer, error) {
	hub, err := newHub(s, nil)
	if err != nil {
		return nil, err
	}
	level := &slog.HandlerOptions{Level: max(s.Log.Level, slog.LevelWarn)}
	return &commands.Service{
		Library: commands.Shelf{Resolver: hfhub.NewResolver(hub)}, Log: slog.New(slog.NewTextHandler(log, level)),
	}, nil
}
