// Package discord is membot in Discord: commands, buttons and autocomplete over
// the gateway or over HTTP, mentions and direct messages over the gateway.
//
// Whatever the transport, an interaction goes through [Bot.Handle], which knows
// nothing of it; the transports acknowledge within Discord's three seconds and
// deliver what Handle gives. An answer's state is the canonical question in its
// embed's footer, so any replica, before or after a restart, can serve a button.
package discord

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"membot/commands"
	"membot/hfhub"
)

// Limit is so many questions in so long; the zero value is no limit.
type Limit struct {
	Count int
	Per   time.Duration
}

// Limits bound what one user, and one server, may ask.
type Limits struct {
	User, Guild Limit
}

// Shards are the gateway shards to run: First to Last of Total. A Total of 0
// means as many as Discord advises.
type Shards struct {
	First, Last, Total int
}

// Config is what a [Bot] is made of. Answerer is required; everything else has
// a default that works.
type Config struct {
	Token     string            // of the bot; empty: no gateway, no mentions
	AppID     string            // of the application
	PublicKey ed25519.PublicKey // of the application; empty: no HTTP interactions
	APIURL    string            // with its /api/v10; empty: the public one

	RefusePrivate bool   // refuse models that only the operator's Hub token can read
	Quiet         bool   // answer privately in servers unless asked otherwise
	Lang          string // of a mention in neither language's letters; "en" or "zh-CN"

	Limits  Limits
	Shards  Shards
	Workers int           // interactions in flight at once; 0: 4096
	Timeout time.Duration // of one answer; 0: 60 s

	Answerer    commands.Answerer
	Preferences commands.Preferences // what people have set; nil: nothing
	Commands    []Command            // the slash commands; nil: [DefaultCommands]
	Models      []string             // of the catalogue, those most asked for first, to complete
	Suggester   Suggester            // of further values while the user types; nil: none
	Dedupe      Dedupe               // nil: in memory
	Limiter     Limiter              // shared by several processes; nil: in memory
	Promises    Promises             // of answers, seen to by others if this process dies; nil: none
	Leases      Leases               // share out the shards among processes; nil: this one runs all of Shards
	Metrics     Metrics              // nil: none
	Logger      *slog.Logger

	// Tag marks a context with the id of the interaction or message it serves, so
	// that the log can follow it; nil: unmarked.
	Tag func(ctx context.Context, id string) context.Context
}

// PublicAPI is Discord's own REST interface.
const PublicAPI = "https://discord.com/api/v10"

// Budgets of one interaction, from its receipt.
const (
	ackAfter      = 500 * time.Millisecond // then "thinking…" is sent; Discord gives up at 3 s
	ackWhenBusy   = 50 * time.Millisecond  // the same with very many in flight
	suggestWithin = 40 * time.Millisecond
	tokenLife     = 14 * time.Minute // Discord's is 15
	drainWithin   = 22 * time.Second
)

// busy is how many in flight make the bot acknowledge at once what it cannot
// answer at once.
const busy = 128

// budget is how long an answer may take before it is put off.
func (b *Bot) budget() time.Duration {
	if len(b.slots) > busy {
		return ackWhenBusy
	}
	return ackAfter
}

// Bot is membot in Discord. It is safe for concurrent use.
type Bot struct {
	cfg      Config
	log      *slog.Logger
	rest     *rest
	limits   *limits
	recent   *recent
	kept     *kept
	pictures *pictures
	commands map[string]Command
	now      func() time.Time

	slots    chan struct{}      // one for each interaction in flight
	work     context.Context    //nolint:containedctx // outlives any one request
	stop     context.CancelFunc // of work, when draining took too long
	inflight sync.WaitGroup
	closing  atomic.Bool
	pending  sync.Map // interaction id → chan struct{}, closed when answered
	health   health
	pace     pace
	roots    *x509.CertPool         // whom to trust at the gateway; nil: whom the machine trusts
	self     atomic.Pointer[string] // the bot's own user id, once known
	refusals chan struct{}          // one for each refusal being sent

	noPictures bool // for measuring without them
}

// New makes a bot. Nothing is sent before [Bot.Run] or the first HTTP request.
func New(cfg Config) *Bot {
	cfg.APIURL = cmp.Or(cfg.APIURL, PublicAPI)
	cfg.Lang = cmp.Or(cfg.Lang, "en")
	cfg.Workers = cmp.Or(cfg.Workers, 4096)
	cfg.Timeout = cmp.Or(cfg.Timeout, time.Minute)
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	if cfg.Commands == nil {
		cfg.Commands = DefaultCommands()
	}
	if cfg.Dedupe == nil {
		cfg.Dedupe = newMemoryDedupe()
	}
	if cfg.Metrics == nil {
		cfg.Metrics = noMetrics{}
	}
	b := &Bot{
		cfg: cfg, log: cfg.Logger, rest: newREST(cfg.APIURL, cfg.AppID, cfg.Token, cfg.Metrics),
		limits: newLimits(cfg.Limits), recent: newRecent(), kept: newKept(), pictures: newPictures(),
		commands: map[string]Command{}, now: time.Now, slots: make(chan struct{}, cfg.Workers),
		refusals: make(chan struct{}, 64), pace: usualPace(),
	}
	for _, c := range cfg.Commands {
		b.commands[c.Name] = c
	}
	b.work, b.stop = context.WithCancel(context.Background())
	return b
}

// Metrics is told what the bot does.
type Metrics interface {
	// Interaction is told of one question served: what it was (command,
	// component, autocomplete, message) and how it went (answered, deferred,
	// duplicate, limited, busy, failed).
	Interaction(kind, outcome string, took time.Duration)
	// Request is told of one request to Discord; status is 0 without a reply.
	Request(route string, status int, took time.Duration)
}

type noMetrics struct{}

func (noMetrics) Interaction(string, string, time.Duration) {}
func (noMetrics) Request(string, int, time.Duration)        {}

// Run serves until ctx ends, then lets what is in flight finish, for 22 s at
// most. With a token it holds the gateway; without one it only waits, because
// [Bot.HTTPHandler] is served by its owner. It returns an error when Discord
// has refused the bot for good or the connection could not be kept, so that a
// supervisor starts it afresh; where commands arrive over HTTP as well they go
// on, and the gateway is tried again each minute.
func (b *Bot) Run(ctx context.Context) error {
	var err error
	watching, stop := context.WithCancel(ctx)
	var orphans sync.WaitGroup
	orphans.Go(func() { b.tellOrphans(watching) })
	defer orphans.Wait()
	defer stop()
	if b.cfg.Token != "" {
		err = b.holdGateway(ctx)
	} else {
		<-ctx.Done()
	}
	b.drain()
	return err
}

func (b *Bot) holdGateway(ctx context.Context) error {
	for {
		err := b.runGateway(ctx)
		if err == nil || len(b.cfg.PublicKey) == 0 {
			return err
		}
		b.log.Error("no gateway; commands over HTTP go on", "error", err)
		if hfhub.Sleep(ctx, b.pace.patience/3) != nil {
			return nil
		}
	}
}

// drain stops taking work and waits for what is in flight.
func (b *Bot) drain() {
	b.closing.Store(true)
	done := make(chan struct{})
	go func() {
		b.inflight.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(drainWithin):
		b.log.Warn("stopped with answers unfinished")
	}
	b.stop()
	b.rest.close()
}

// Ready reports whether the bot can serve: it is not shutting down, and commands
// arrive over HTTP, or its gateway is connected and alive. What a balancer sends
// over HTTP needs no gateway.
func (b *Bot) Ready() bool {
	return !b.closing.Load() && (b.cfg.Token == "" || len(b.cfg.PublicKey) > 0 || b.health.ok())
}
