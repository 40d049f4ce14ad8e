package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"membot/bot/discord"
	"membot/bot/ops"
	"membot/bot/store"
	"membot/commands"
	"membot/hfhub"
)

// serveCommand runs the bot.
type serveCommand struct{}

// Run serves until ctx ends, then finishes what is in flight.
func (serveCommand) Run(ctx context.Context, std streams, s Settings) error {
	if err := s.Serve(); err != nil {
		return err
	}
	began := time.Now()
	p, err := newProcess(s, newLogger(s.Log, std), time.Now)
	if err != nil {
		return err
	}
	defer p.close()
	return p.run(ctx, began)
}

// newLogger writes JSON, or text for a person, with the request ids of contexts.
func newLogger(l LogSetting, std streams) *slog.Logger {
	options := &slog.HandlerOptions{Level: l.Level}
	var handler slog.Handler = slog.NewJSONHandler(std.err, options)
	if l.Text {
		handler = slog.NewTextHandler(std.err, options)
	}
	return slog.New(ops.LogHandler(handler))
}

// process is everything that serves, wired together.
type process struct {
	settings Settings
	log      *slog.Logger
	now      func() time.Time // the Hub's clients' clock
	metrics  *ops.Metrics
	health   *ops.Health
	store    *store.Store
	hub      *hfhub.Client // reads with the operator's token
	public   *hfhub.Client // reads what anybody may read, for POST /ask
	suggest  *hubSuggester // of models while somebody types; nil: offline
	bot      *discord.Bot  // nil: neither gateway nor HTTP interactions
	ask      commands.Answerer
}

func newProcess(s Settings, log *slog.Logger, now func() time.Time) (*process, error) {
	p := &process{settings: s, log: log, now: now, metrics: ops.NewMetrics(Version()), health: &ops.Health{}}
	var err error
	p.store, err = store.Open(s.Store.Reveal(), store.Options{
		Log: log, OnError: p.metrics.StoreError,
		OnRead: func(outcome string) { p.metrics.CacheRead("store", outcome) },
	})
	if err != nil {
		return nil, err
	}
	if p.hub, err = newServingHub(p, s.HFToken.Reveal(), s.HFHubCache); err != nil {
		return nil, err
	}
	// Without the token and the operator's cache there is no private model that
	// POST /ask could answer from, whatever else goes wrong.
	if p.public, err = newServingHub(p, "", ""); err != nil {
		return nil, err
	}
	p.ask = p.answerer(p.public)
	if s.DiscordToken != "" || s.DiscordPublicKey != nil {
		if !s.HFHubOffline {
			p.suggest = newHubSuggester(hfhub.NewResolver(p.public).Search, spareQuota(p.hub, p.public), time.Now)
		}
		p.bot = discord.New(p.discord(p.answerer(p.hub)))
		p.health.NeedToAnswer("discord", func() error {
			if p.bot.Ready() {
				return nil
			}
			return errors.New("no gateway session")
		})
	}
	return p, nil
}

func (p *process) answerer(hub *hfhub.Client) commands.Answerer {
	service := &commands.Service{Library: commands.Shelf{Resolver: hfhub.NewResolver(hub)}, Preferences: preferences{p.store}, Log: p.log}
	return ops.Observe(service, p.metrics, p.log)
}

// How long what runs may take to finish once the process is told to stop; the
// bot's own drain is shorter.
const drainWithin = 25 * time.Second

// run serves until ctx ends or something that cannot be mended fails.
func (p *process) run(ctx context.Context, began time.Time) error {
	group, stopping := errgroup.WithContext(ctx)
	// The pages outlive the work, so that a probe sees the drain.
	pages, stopPages := context.WithCancel(context.WithoutCancel(ctx))
	defer stopPages()
	listening := make(chan string, 2)
	listen := func(name string) func(net.Addr) {
		return func(a net.Addr) { listening <- name + " " + a.String() }
	}
	wanted := 1
	group.Go(func() error {
		handler := ops.Pages{Health: p.health, Metrics: p.metrics, Ask: ops.NewAsk(p.ask, p.settings.AskToken.Reveal(), p.metrics)}.Handler()
		return ops.Serve(pages, p.settings.OpsAddr, ops.NewServer(handler, p.log), time.Second, listen("ops"))
	})
	if p.settings.DiscordPublicKey != nil {
		wanted++
		group.Go(func() error {
			return ops.Serve(pages, p.settings.Addr, ops.NewServer(p.bot.HTTPHandler(), p.log), drainWithin, listen("interactions"))
		})
	}
	group.Go(func() error {
		defer stopPages()
		return p.work(stopping)
	})
	group.Go(func() error {
		for range wanted {
			select {
			case at := <-listening:
				p.log.Info("listening", "on", at)
			case <-stopping.Done():
				return nil
			}
		}
		p.health.Started()
		p.log.Info("serving", "version", Version(), "store", p.store.Kind(), "gateway", p.settings.DiscordToken != "",
			"http", p.settings.DiscordPublicKey != nil, "ask", p.settings.AskToken != "", "after_ms", time.Since(began).Milliseconds())
		return nil
	})
	err := group.Wait()
	p.log.Info("stopped")
	return err
}

// work is the bot's own life, with the drain at its end.
func (p *process) work(ctx context.Context) error {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go p.watch(watching)
	context.AfterFunc(ctx, p.health.Drain)
	if p.bot == nil {
		<-ctx.Done()
		return nil
	}
	if err := p.bot.Run(ctx); err != nil {
		return fmt.Errorf("discord: %w", err)
	}
	return nil
}

func (p *process) close() {
	if p.suggest != nil {
		p.suggest.close()
	}
	p.hub.Close()
	p.public.Close()
	if err := p.store.Close(); err != nil {
		p.log.Warn("cannot close the store", "error", err.Error())
	}
}
