package discord

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"membot/bot/discord/discordtest"
	"membot/commands"
	"membot/hfhub/leaktest"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// oracle answers any line with a made-up answer of the right shape; do, if set,
// runs first and may answer instead.
type oracle struct {
	mu    sync.Mutex
	asked []commands.Question
	do    func(ctx context.Context, q commands.Question) (commands.Answer, bool)
}

func (o *oracle) Answer(ctx context.Context, q commands.Question) commands.Answer {
	o.mu.Lock()
	if len(o.asked) < 1000 {
		o.asked = append(o.asked, q)
	}
	do := o.do
	o.mu.Unlock()
	if do != nil {
		if a, ok := do(ctx, q); ok {
			return a
		}
	}
	return madeUp(q)
}

func (o *oracle) last() commands.Question {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[len(o.asked)-1]
}

func (o *oracle) lines() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var lines []string
	for _, q := range o.asked {
		lines = append(lines, q.Text)
	}
	return lines
}

// madeUp has the numbers of nothing real; its plan is what was typed.
func madeUp(q commands.Question) commands.Answer {
	words := strings.Fields(q.Text)
	if len(words) == 0 || !strings.HasPrefix(words[0], "/") {
		return commands.Answer{Kind: "mem", Understood: q.Text, Question: "/mem llama-7b train zero:2", PerGPU: training(), Model: llama(), Plan: map[string]commands.PlanValue{"zero": {Value: 2}}}
	}
	switch words[0] {
	case "/fit":
		return alternatives(q.Text)
	case "/help", "/about", "/privacy":
		return commands.Answer{Kind: words[0][1:], Question: q.Text, Text: "Say\n  /mem llama-7b\nand more."}
	case "/gpus":
		return commands.Answer{Kind: "gpus", Question: q.Text, GPUs: []commands.GPUCard{{Name: "4090", UsableBytes: 23 << 30, Measured: true}, {Name: "h100", UsableBytes: 79 << 30}}}
	}
	a := commands.Answer{Kind: words[0][1:], Question: q.Text, Model: llama(), PerGPU: serving(), Plan: map[string]commands.PlanValue{"gpus": {Value: 1}}}
	if strings.Contains(q.Text, " train") {
		a.PerGPU = training()
		a.GPU = &commands.GPUVerdict{Name: "a100-40g", UsableBytes: 42 << 30, Headroom: -(4 << 30)}
		a.WhatIf = []commands.Change{{Change: "recompute:full", Total: 30 << 30, Saves: 9 << 30, Costs: "about a third more compute"}}
		a.Assumptions = []commands.Assumption{{Key: "seq", Text: "seq 2048"}, {Key: "optimizer", Text: "AdamW"}}
	}
	for _, w := range words[2:] {
		if key, value, ok := strings.Cut(w, ":"); ok {
			a.Plan[key] = commands.PlanValue{Value: value, Given: true}
		}
	}
	return a
}

func llama() *commands.Model {
	return &commands.Model{
		ID: "huggyllama/llama-7b", Source: "hub", Revision: new("8416d3fefb0cb3ff5775a7b13c1692d10ff1aa16"), FetchedAt: new("2026-11-24T12:00:00Z"),
		Params: new(int64(6_738_415_616)), ParamsTrainable: new(int64(6_738_415_616)), Context: new(int64(2048)),
	}
}

func parts(p *commands.PerGPU, named ...any) *commands.PerGPU {
	for i := 0; i+1 < len(named); i += 2 {
		bytes := int64(named[i+1].(float64) * (1 << 30))
		basis := "counted"
		if named[i] == "context" {
			basis = "allowance"
		}
		p.Parts = append(p.Parts, commands.Part{Name: named[i].(string), Bytes: bytes, Formula: "2*Phi", Basis: basis, Source: "physics, section 2"})
		p.Total += bytes
	}
	p.Allocated = p.Total
	return p
}

func serving() *commands.PerGPU {
	return parts(&commands.PerGPU{Moment: "decode"}, "weights", 12.6, "kv_cache", 2.0, "workspace", 0.4, "context", 0.5)
}

func training() *commands.PerGPU {
	return parts(&commands.PerGPU{Moment: "loss"}, "weights", 12.6, "master", 3.1, "gradients", 1.6, "optimizer", 6.3,
		"activations", 14.2, "logits", 2.4, "buffers", 1.9, "workspace", 0.7, "context", 1.8)
}

func alternatives(line string) commands.Answer {
	a := commands.Answer{Kind: "fit", Question: line, Model: llama()}
	for i, change := range []string{"method:qlora", "zero:3 recompute:full", "zero:3", ""} {
		total := int64(8+10*i) << 30
		a.Options = append(a.Options, commands.Option{Question: strings.TrimSpace(strings.Replace(line, "/fit", "/mem", 1) + " " + change), Model: "huggyllama/llama-7b", Total: total, Fits: total < 23<<30, Headroom: 23<<30 - total})
	}
	return a
}

// stage is a bot and its Discord.
type stage struct {
	*discordtest.Discord
	bot    *Bot
	oracle *oracle
	roots  *x509.CertPool // of a gateway over TLS
	stop   func() error
}

// brisk makes waits short where Discord's own are long.
func brisk() pace {
	return pace{open: 10 * time.Second, backoff: 20 * time.Millisecond, patience: 20 * time.Second, check: 50 * time.Millisecond, afresh: func() time.Duration { return 30 * time.Millisecond }}
}

func configFor(d *discordtest.Discord, o *oracle) Config {
	return Config{AppID: d.AppID, APIURL: d.URL, Answerer: o, Logger: leaktest.Log()}
}

// overGateway logs a bot in.
func overGateway(t testing.TB) *stage {
	t.Helper()
	s := &stage{Discord: discordtest.New(t), oracle: &oracle{}}
	s.start(t)
	require.True(t, s.Gateway.Live(1, time.Minute), "the bot did not log in")
	require.Eventually(t, s.bot.Ready, time.Minute, time.Millisecond)
	return s
}

// start makes a bot that logs in to the gateway, and runs it.
func (s *stage) start(t testing.TB) {
	cfg := configFor(s.Discord, s.oracle)
	cfg.Token = s.Token
	s.bot = New(cfg)
	s.bot.pace, s.bot.roots = brisk(), s.roots
	s.run(t)
}

// run runs the bot until the test, or stop, ends it.
func (s *stage) run(t testing.TB) {
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- s.bot.Run(ctx) }()
	s.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-result:
			leaktest.Saw("an error", err)
			return err
		case <-time.After(25 * time.Second):
			t.Error("the bot did not stop")
			return nil
		}
	})
	t.Cleanup(func() { _ = s.stop() })
}

// overHTTP serves a bot's endpoint.
func overHTTP(t testing.TB, adjust ...func(*Config)) *stage {
	t.Helper()
	s := &stage{Discord: discordtest.New(t), oracle: &oracle{}}
	cfg := configFor(s.Discord, s.oracle)
	cfg.PublicKey = s.PublicKey
	for _, a := range adjust {
		a(&cfg)
	}
	s.bot = New(cfg)
	s.bot.pace = brisk()
	server := httptest.NewServer(s.bot.HTTPHandler())
	t.Cleanup(server.Close)
	s.UseHTTP(server.URL + "/interactions")
	s.run(t)
	return s
}

// both runs a test over either transport.
func both(t *testing.T, test func(t *testing.T, s *stage)) {
	t.Run("gateway", func(t *testing.T) { t.Parallel(); test(t, overGateway(t)) })
	t.Run("http", func(t *testing.T) { t.Parallel(); test(t, overHTTP(t)) })
}

// goroutines waits for the count to settle at or below a number.
func goroutines(t *testing.T, atMost int) {
	t.Helper()
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= atMost }, time.Minute, 10*time.Millisecond,
		"goroutines are left behind")
}

// inTime measures until a bound is kept, three times at most: a time says nothing
// of the bot where the machine has something else to do before or after it, and
// what came and went in between is gone the next time.
func inTime(t *testing.T, measure func() error) {
	t.Helper()
	var err error
	for range 3 {
		busy := crowded()
		err = measure()
		if err == nil || busy || crowded() {
			return
		}
		t.Log(err)
	}
	require.NoError(t, err)
}

// within is an error where something took longer than it may.
func within(took, most time.Duration) error {
	if took > most {
		return fmt.Errorf("took %s, more than %s", took, most)
	}
	return nil
}

// crowded reports whether the machine has so much else to do that a time says
// nothing about the bot: a moment's work on every core takes much longer than
// its processor time.
func crowded() bool {
	const work = 30 * time.Millisecond
	start := time.Now()
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for begin := threadTime(); threadTime()-begin < work; {
			}
		})
	}
	wait.Wait()
	return time.Since(start) > work*3/2
}

// threadTime is the processor time of the calling thread.
func threadTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(ts.Nano())
}
