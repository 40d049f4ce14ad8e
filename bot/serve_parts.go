package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"membot/bot/discord"
	"membot/bot/ops"
	"membot/bot/store"
	"membot/commands"
	"membot/hfhub"
)

// newServingHub makes a client of the Hub that counts its calls and shares its
// cache through the store.
func newServingHub(p *process, token, cache string) (*hfhub.Client, error) {
	client, err := hfhub.New(hfhub.Settings{
		Endpoint: p.settings.HFEndpoint.Reveal(), Token: token, CacheDir: cache, Offline: p.settings.HFHubOffline,
		UserAgent: "membot/" + Version(), Store: p.store, Now: p.now,
		Watch: func(ctx context.Context, class string, status int, took time.Duration) {
			p.metrics.HubCall(class, status, took)
			p.log.DebugContext(ctx, "asked the Hub", "class", class, "status", status, "took_ms", took.Milliseconds())
		},
		Sleep: func(ctx context.Context, wait time.Duration) error {
			p.metrics.Waited("hub", wait)
			return hfhub.Sleep(ctx, wait)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("reach the Hub: %w", err)
	}
	return client, nil
}

// discord is the bot's configuration: the settings, and the store behind what
// several processes share.
func (p *process) discord(answerer commands.Answerer) discord.Config {
	c := discordConfig(p.settings)
	for _, m := range (commands.Shelf{}).All() {
		c.Models = append(c.Models, m.ID)
	}
	c.Answerer, c.Metrics, c.Logger, c.Tag = answerer, p.metrics, p.log, ops.WithRequest
	c.Preferences = preferences{p.store}
	if p.suggest != nil {
		c.Suggester = p.suggest
	}
	c.Dedupe, c.Limiter, c.Leases, c.Promises = dedupe{p.store}, limiter{p}, leases{p}, p.store
	return c
}

func discordConfig(s Settings) discord.Config {
	return discord.Config{
		Token: s.DiscordToken.Reveal(), AppID: s.DiscordAppID, PublicKey: s.DiscordPublicKey, APIURL: s.DiscordAPIURL.Reveal(),
		RefusePrivate: s.RefusePrivate, Lang: s.Lang,
		Limits: discord.Limits{User: discord.Limit(s.UserLimit), Guild: discord.Limit(s.GuildLimit)},
		Shards: discord.Shards(s.Shards),
	}
}

// preferences are the store's, by who holds them.
type preferences struct{ store *store.Store }

func scopeOf(h commands.Holder) string {
	if h.Server {
		return store.GuildScope(h.ID)
	}
	return store.UserScope(h.ID)
}

// Preferences implements [commands.Preferences].
func (p preferences) Preferences(ctx context.Context, h commands.Holder) (map[string]string, error) {
	return p.store.Preferences(ctx, scopeOf(h))
}

// SetPreferences implements [commands.Preferences].
func (p preferences) SetPreferences(ctx context.Context, h commands.Holder, set map[string]string) error {
	return p.store.SetPreferences(ctx, scopeOf(h), set)
}

// dedupe is the store's claims in the bot's words; with the store down they are
// this process's own, so that there is never an error.
type dedupe struct{ store *store.Store }

// Claim implements [discord.Dedupe].
func (d dedupe) Claim(ctx context.Context, id string, _ time.Duration) (free bool, stored []byte, err error) {
	free, stored = d.store.Claim(ctx, id)
	return free, stored, nil
}

// Store implements [discord.Dedupe].
func (d dedupe) Store(ctx context.Context, id string, response []byte, _ time.Duration) error {
	d.store.Record(ctx, id, response)
	return nil
}

// limiter is the store's shared allowance.
type limiter struct{ p *process }

// Take implements [discord.Limiter].
func (l limiter) Take(ctx context.Context, key string, count int, per time.Duration) time.Duration {
	wait := l.p.store.Take(ctx, key, store.Rate{Count: count, Per: per})
	if wait > 0 {
		l.p.metrics.Limited("question")
	}
	return wait
}

// leases are the store's, with the time that an identify waited.
type leases struct{ p *process }

// AcquireShards implements [discord.Leases].
func (l leases) AcquireShards(ctx context.Context, first, last, total, most int) ([]int, error) {
	return l.p.store.AcquireShards(ctx, first, last, total, most)
}

// ReleaseShards implements [discord.Leases].
func (l leases) ReleaseShards(ctx context.Context, shards []int, total int) {
	l.p.store.ReleaseShards(ctx, shards, total)
}

// Identify implements [discord.Leases].
func (l leases) Identify(ctx context.Context, shard, total, maxConcurrency int) error {
	began := time.Now()
	err := l.p.store.Identify(ctx, shard, total, maxConcurrency)
	l.p.metrics.Waited("identify", time.Since(began))
	return err
}

// watchEvery is how often the slow numbers are looked at, and how old another
// replica's word of the Hub's quota may be.
const watchEvery = 5 * time.Second

// watch keeps the gauges, and shares with the other replicas what the Hub still
// grants, until ctx ends.
func (p *process) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		p.metrics.StoreUp(p.store.Healthy())
		if p.bot != nil && p.settings.DiscordToken != "" {
			live, want := p.bot.Shards()
			p.metrics.Gateway("ready", live)
			p.metrics.Gateway("down", max(0, want-live))
		}
		p.shareQuota(ctx, p.hub, p.account())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// account tells replicas that share a quota from those that do not: an
// anonymous quota belongs to an address, a token's to its owner.
func (p *process) account() string {
	if p.settings.HFToken == "" {
		return ""
	}
	return "token/"
}

func (p *process) shareQuota(ctx context.Context, hub *hfhub.Client, account string) {
	for class, limit := range hub.Limits() {
		p.metrics.HubQuota(class, limit.Left)
		if account == "" {
			continue // each address has its own
		}
		if heard, ok := p.store.Quota(ctx, account+class); ok {
			hub.Learn(class, hfhub.Limit{Left: heard.Remaining, ResetAt: heard.Reset})
		}
		if own := hub.Limits()[class]; own.ResetAt.After(time.Now()) {
			p.store.SaveQuota(ctx, account+class, store.Quota{Remaining: own.Left, Reset: own.ResetAt})
		}
	}
}

// registerCommand sends the slash commands.
type registerCommand struct {
	Guild string `placeholder:"ID" help:"One server only, at once; without it all of them."`
}

// Run makes Discord know the commands, and says whether it had to.
func (r registerCommand) Run(ctx context.Context, std streams, s Settings) error {
	if s.DiscordToken == "" || s.DiscordAppID == "" {
		return errors.New("register needs DISCORD_TOKEN and DISCORD_APP_ID")
	}
	config := discordConfig(s)
	config.Logger = newLogger(LogSetting{Level: s.Log.Level, Text: true}, std)
	changed, err := discord.Register(ctx, config, r.Guild)
	if err != nil {
		return err
	}
	word := "The commands were registered already."
	if changed {
		word = "The commands are registered."
	}
	_, err = fmt.Fprintln(std.out, word)
	return err
}
