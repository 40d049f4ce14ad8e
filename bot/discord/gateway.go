package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"membot/hfhub"
)

// FatalError is a refusal after which connecting again is of no use, and would
// cost the bot its token: somebody has to change a setting.
type FatalError struct {
	Code   int // close code of the gateway, or HTTP status
	Reason string
}

// Error says what to change.
func (e *FatalError) Error() string {
	return fmt.Sprintf("discord refused the bot (%d): %s", e.Code, e.Reason)
}

// fatalCodes are the close codes after which one must not reconnect.
var fatalCodes = map[int]string{
	4004: "the token is not valid",
	4010: "the shard is not valid",
	4011: "the bot is in too many servers for so few shards",
	4012: "the gateway version is no longer served",
	4013: "the intents are not valid",
	4014: "an intent is not enabled for this bot",
}

// afreshCodes end the session: nothing is left to resume.
var afreshCodes = map[int]bool{4007: true, 4009: true, 4003: true, 1000: true, 1001: true}

// health is how many shards have a session.
type health struct {
	want    atomic.Int32
	standby atomic.Bool // other processes run all shards
	mu      sync.Mutex
	live    map[int]bool
}

func (h *health) set(shard int, live bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.live == nil {
		h.live = map[int]bool{}
	}
	if live {
		h.live[shard] = true
	} else {
		delete(h.live, shard)
	}
}

func (h *health) ok() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	want := int(h.want.Load())
	return want > 0 && len(h.live) == want
}

// identifyEvery is how long Discord wants between two groups of shards.
const identifyEvery = 5 * time.Second

// runGateway holds the shards until ctx ends or one of them cannot go on.
func (b *Bot) runGateway(ctx context.Context) error {
	info, err := b.gatewayInfo(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	shards := b.cfg.Shards
	if shards.Total == 0 {
		shards = Shards{Last: max(info.Shards, 1) - 1, Total: max(info.Shards, 1)}
	}
	if b.cfg.Leases != nil {
		return b.holdLeased(ctx, shards, info)
	}
	b.health.want.Store(int32(min(shards.Last-shards.First+1, 1<<20))) //nolint:gosec // bounded
	group, ctx := errgroup.WithContext(ctx)
	for id := shards.First; id <= shards.Last; id++ {
		group.Go(func() error {
			turn := (id - shards.First) / max(info.Start.Concurrency, 1)
			if hfhub.Sleep(ctx, time.Duration(turn)*identifyEvery) != nil {
				return nil
			}
			return b.runShard(ctx, id, shards.Total, info)
		})
	}
	return group.Wait()
}

// gatewayInfo asks where to connect. A refused token is final; anything else is
// tried for as long as a shard would be.
func (b *Bot) gatewayInfo(ctx context.Context) (gatewayInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, b.pace.patience)
	defer cancel()
	for pause := b.pace.backoff; ; pause = min(2*pause, time.Minute) {
		info, err := b.rest.gateway(ctx)
		if err == nil && info.URL != "" {
			if left := info.Start.Remaining; left == nil || *left > 0 {
				return info, nil
			}
			err = errors.New("gateway bot: no session starts left for now")
			pause = max(pause, time.Duration(info.Start.ResetAfter)*time.Millisecond)
		}
		if refused, ok := asAPIError(err); ok && refused.Status == 401 {
			return info, &FatalError{Code: 401, Reason: fatalCodes[4004]}
		}
		b.complain(ctx, "ask for the gateway", err)
		if hfhub.Sleep(ctx, pause) != nil {
			return info, fmt.Errorf("find the gateway: %w", errors.Join(err, ctx.Err()))
		}
	}
}

// runShard keeps one shard connected. It returns nil when ctx ends, and an
// error when Discord refuses for good or no session came about for too long.
func (b *Bot) runShard(ctx context.Context, id, total int, info gatewayInfo) error {
	s := &shard{id: id, total: total, url: info.URL, concurrency: info.Start.Concurrency, token: b.cfg.Token, roots: b.roots, pace: b.pace}
	live := make(chan struct{}, 1)
	s.event = func(kind string, data json.RawMessage) {
		if kind == "READY" || kind == "RESUMED" {
			s.fresh.Store(false)
			if kind == "READY" {
				s.began(data)
			}
			b.health.set(id, true)
			select {
			case live <- struct{}{}:
			default:
			}
		}
		b.onEvent(kind, data)
	}
	if err := s.renew(); err != nil {
		return err
	}
	defer b.health.set(id, false)
	defer s.close()
	return b.keep(ctx, s, live)
}

// keep opens the shard's connection again whenever it is over.
func (b *Bot) keep(ctx context.Context, s *shard, live <-chan struct{}) error {
	pause, since := b.pace.backoff, time.Now()
	for {
		if err := b.mayIdentify(ctx, s); err != nil {
			return nil //nolint:nilerr // ctx has ended, or another process runs the shard
		}
		err := s.open(ctx)
		s.lost(err)
		opened := err == nil
		if opened {
			err = b.follow(ctx, s, live, since)
		}
		if ctx.Err() != nil {
			return nil
		}
		if b.health.isLive(s.id) {
			pause, since = b.pace.backoff, time.Now()
			b.health.set(s.id, false)
		}
		if final := b.final(s, err, since); final != nil {
			return final
		}
		b.log.Warn("gateway connection over", "shard", s.id, "code", codeOf(s, err), "error", err)
		if err := s.mend(ctx, opened, codeOf(s, err), err); err != nil {
			return nil //nolint:nilerr // ctx has ended
		}
		if hfhub.Sleep(ctx, pause) != nil {
			return nil
		}
		pause = min(2*pause, time.Minute)
	}
}

func (h *health) isLive(shard int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.live[shard]
}

var errStale = errors.New("gateway heartbeats are not answered")

// follow watches an open connection until it is over, and ends it when it is
// dead or never becomes a session.
func (b *Bot) follow(ctx context.Context, s *shard, live <-chan struct{}, since time.Time) error {
	check := time.NewTicker(b.pace.check)
	defer check.Stop()
	t := s.connection()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.done:
			return t.ended()
		case <-live:
			b.log.Info("gateway session live", "shard", s.id)
		case now := <-check.C:
			waited := !b.health.isLive(s.id) && now.Sub(since) > b.pace.patience
			if s.dead(now) || waited {
				_ = t.Close() // without a close frame, so that the session can be resumed
				return errStale
			}
		}
	}
}

// final is the error after which a shard gives up; nil to go on.
func (b *Bot) final(s *shard, err error, since time.Time) error {
	code := codeOf(s, err)
	if reason, fatal := fatalCodes[code]; fatal {
		return &FatalError{Code: code, Reason: reason}
	}
	if time.Since(since) > b.pace.patience {
		return fmt.Errorf("shard %d has had no gateway session for %s: %w", s.id, b.pace.patience, err)
	}
	return nil
}

// codeOf is the close code that ended a connection, 0 if there was none.
func codeOf(s *shard, err error) int {
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		return closed.Code
	}
	if t := s.connection(); t != nil {
		return t.closeCode()
	}
	return 0
}

// mend readies the library for the next connection: it must have let go of
// the last one, and must not resume a session that is over.
func (s *shard) mend(ctx context.Context, opened bool, code int, cause error) error {
	if opened {
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	if afreshCodes[code] || errors.Is(cause, errNoGateway) {
		return s.renew()
	}
	return nil
}

// onEvent starts work on an event; it must not wait, because the library reads
// nothing meanwhile.
func (b *Bot) onEvent(kind string, data json.RawMessage) {
	received := time.Now()
	switch kind {
	case "READY":
		var ready struct {
			User User `json:"user"`
		}
		if json.Unmarshal(data, &ready) == nil {
			b.self.Store(&ready.User.ID)
		}
	case "INTERACTION_CREATE":
		var i Interaction
		if json.Unmarshal(data, &i) == nil && b.addressed(&i) {
			b.start("i:"+i.ID, func() { b.serve(&i, received, opening{files: true, send: b.callbackOf(&i)}) }, func() { b.refuse(&i, wordBusy) })
		}
	case "MESSAGE_CREATE":
		var m ReceivedMessage
		botID := b.self.Load()
		if botID != nil && json.Unmarshal(data, &m) == nil && wanted(&m, *botID) {
			b.start("m:"+m.ID, func() { b.serveMessage(&m, *botID, received) }, func() {})
		}
	}
}

func (b *Bot) callbackOf(i *Interaction) func(context.Context, Response) error {
	return func(ctx context.Context, r Response) error { return b.rest.callback(ctx, i, r) }
}

// start does work once per id, or says that there is no room for it.
func (b *Bot) start(id string, work, full func()) {
	if b.closing.Load() {
		return // whoever asked sees Discord's own "did not respond"
	}
	if !b.take() {
		full()
		return
	}
	b.spawn(func() {
		ctx, cancel := context.WithTimeout(b.work, time.Second)
		free, _, err := b.cfg.Dedupe.Claim(ctx, id, claimFor)
		cancel()
		if err != nil {
			b.log.Warn("cannot check for duplicates", "error", err) // answered twice is better than not at all
		}
		if err == nil && !free {
			b.cfg.Metrics.Interaction("gateway", "duplicate", 0)
			return
		}
		work()
	})
}

// refuse turns an interaction away when every slot is taken, a few at a time.
func (b *Bot) refuse(i *Interaction, why phrase) {
	select {
	case b.refusals <- struct{}{}:
	default:
		return
	}
	b.inflight.Go(func() {
		defer func() { <-b.refusals }()
		ctx, cancel := context.WithTimeout(b.work, 2*time.Second)
		defer cancel()
		b.complain(ctx, "turn away", b.rest.callback(ctx, i, b.turnedAway(i, why)))
	})
}
