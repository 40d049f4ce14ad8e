//go:build soak

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/commands"
	"membot/hfhub/hubtest"
	"membot/hfhub/leaktest"
)

// phase is one stretch of each minute of the soak.
type phase struct {
	name  string
	begin func(*soak)
	end   func(*soak)
}

// phases go round, one every ten seconds.
var phases = []phase{
	{"all well", func(*soak) {}, func(*soak) {}},
	{"Hub down", func(s *soak) { s.hub.Break("hub", "", -1, hubtest.Drop()) }, mendHub},
	{"Hub slow", func(s *soak) { s.hub.Break("hub", "/api/", -1, hubtest.Slow("{", 200*time.Millisecond)) }, mendHub},
	{"Hub limits", func(s *soak) {
		s.hub.Break("hub", "", -1, hubtest.Status(429, "slow down", "RateLimit", `"api";r=0;t=5`))
	}, mendHub},
	{"store frozen", func(s *soak) { s.signal(syscall.SIGSTOP) }, func(s *soak) { s.signal(syscall.SIGCONT) }},
	{"store stopped", func(s *soak) { s.stopStore() }, func(s *soak) { s.startStore() }},
}

func mendHub(s *soak) { s.hub.Mend() }

// soak is a membot, its store and a Hub, and what came of the questions.
type soak struct {
	t     *testing.T
	hub   *hubtest.Hub
	port  string // of the store
	store *exec.Cmd
	ops   string // URL

	mu    sync.Mutex
	took  map[string][]time.Duration // by phase
	codes map[string]map[string]int  // by phase, then outcome
}

// TestSoak asks at a fixed rate while faults come and go. MEMBOT_BIN is the
// binary, SOAK_TIME how long, SOAK_RATE the questions a second.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("SOAK_TIME"))
	require.NoError(t, err)
	rate, err := strconv.Atoi(os.Getenv("SOAK_RATE"))
	require.NoError(t, err)
	s := &soak{t: t, hub: hubtest.New(t), took: map[string][]time.Duration{}, codes: map[string]map[string]int{}}
	for i := range 100 {
		addModel(s.hub, fmt.Sprintf("acme/model-%d", i))
	}
	s.port = hubtest.FreePort(t)
	s.startStore()
	t.Cleanup(s.stopStore)
	pid := s.startBot()

	var first, last string
	ask, change, look := time.NewTicker(time.Second/time.Duration(rate)), time.NewTicker(10*time.Second), time.NewTicker(30*time.Second)
	end := time.After(length)
	var asked sync.WaitGroup
	now := 0
	for n := 0; ; n++ {
		select {
		case <-ask.C:
			name, line := phases[now].name, s.line(n)
			asked.Go(func() { s.ask(name, line) })
			continue
		case <-change.C:
			phases[now].end(s)
			now = (now + 1) % len(phases)
			phases[now].begin(s)
			continue
		case <-look.C:
			last = s.health(pid)
			if first == "" {
				first = last
			}
			t.Log(last)
			continue
		case <-end:
		}
		break
	}
	phases[now].end(s)
	asked.Wait()
	time.Sleep(5 * time.Second)
	s.report(length, rate, first, s.health(pid))
}

// line is the next question: mostly models asked before, one in fifty a new one,
// some that need no Hub at all.
func (s *soak) line(n int) string {
	switch {
	case n%50 == 0:
		id := fmt.Sprintf("acme/new-%d", n)
		addModel(s.hub, id)
		return "/mem " + id
	case n%5 == 0:
		return []string{"/mem llama-7b train zero:2 gpus:8", "/fit llama-7b gpu:4090", "can I LoRA llama-3-8b on a 4090?"}[rand.IntN(3)]
	default:
		return fmt.Sprintf("/mem acme/model-%d", rand.IntN(100))
	}
}

func (s *soak) ask(phase, line string) {
	began := time.Now()
	req, _ := http.NewRequest(http.MethodPost, s.ops+"/ask", strings.NewReader(line))
	req.Header = http.Header{"Authorization": {"Bearer " + leaktest.Ask}, "Content-Type": {"text/plain"}}
	outcome := "lost"
	if res, err := http.DefaultClient.Do(req); err == nil {
		var a commands.Answer
		err = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&a)
		_ = res.Body.Close()
		switch {
		case err != nil:
		case a.Error != nil:
			outcome = a.Error.Code
		default:
			outcome = "answered"
		}
		if a.Error != nil && a.Error.Text == "Too many questions at once." {
			outcome = "busy"
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took[phase] = append(s.took[phase], time.Since(began))
	if s.codes[phase] == nil {
		s.codes[phase] = map[string]int{}
	}
	s.codes[phase][outcome]++
}

func (s *soak) startBot() (pid int) {
	s.t.Helper()
	port := hubtest.FreePort(s.t)
	s.ops = "http://127.0.0.1:" + port
	bot := exec.Command(os.Getenv("MEMBOT_BIN"), "serve")
	bot.Env = []string{
		"HOME=" + s.t.TempDir(), "MEMBOT_OPS_ADDR=127.0.0.1:" + port, "MEMBOT_ASK_TOKEN=" + leaktest.Ask, "HF_ENDPOINT=" + s.hub.URL(),
		"MEMBOT_STORE=valkey://127.0.0.1:" + s.port + "/0", "MEMBOT_LOG=warn",
	}
	bot.Stderr = os.Stderr
	began := time.Now()
	require.NoError(s.t, bot.Start())
	s.t.Cleanup(func() {
		_ = bot.Process.Signal(syscall.SIGTERM)
		_ = bot.Wait()
	})
	require.Eventually(s.t, func() bool {
		res, err := http.Get(s.ops + "/readyz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, 10*time.Second, time.Millisecond)
	s.t.Logf("ready after %v; %s", time.Since(began).Round(time.Millisecond), s.health(bot.Process.Pid))
	return bot.Process.Pid
}

func (s *soak) startStore() {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Skip("skipped: redis-server is not installed")
	}
	s.store = exec.Command(path, "--port", s.port, "--bind", "127.0.0.1", "--save", "", "--dir", s.t.TempDir())
	require.NoError(s.t, s.store.Start())
}

func (s *soak) stopStore() {
	s.signal(syscall.SIGCONT)
	s.signal(syscall.SIGKILL)
	_ = s.store.Wait()
}

func (s *soak) signal(sig syscall.Signal) { _ = s.store.Process.Signal(sig) }

var number = regexp.MustCompile(`(?m)^(process_resident_memory_bytes|go_memstats_heap_alloc_bytes|go_goroutines) (\S+)$`)

// health is what the process says of itself.
func (s *soak) health(pid int) string {
	res, err := http.Get(s.ops + "/metrics")
	require.NoError(s.t, err, "process %d", pid)
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	said := map[string]float64{}
	for _, m := range number.FindAllStringSubmatch(string(text), -1) {
		said[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	return fmt.Sprintf("resident %.1f MiB, heap %.1f MiB, %.0f goroutines", said["process_resident_memory_bytes"]/(1<<20),
		said["go_memstats_heap_alloc_bytes"]/(1<<20), said["go_goroutines"])
}

func (s *soak) report(length time.Duration, rate int, first, last string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Printf("\n%v at %d questions a second; after 30 s: %s; at the end: %s\n\n", length, rate, first, last)
	fmt.Println("| while | asked | answered | refused | lost | median | 95% | 99% | slowest |\n|---|---|---|---|---|---|---|---|---|")
	for _, p := range phases {
		took, codes := s.took[p.name], s.codes[p.name]
		if len(took) == 0 {
			continue
		}
		slices.Sort(took)
		at := func(q float64) time.Duration { return took[int(q*float64(len(took)-1))].Round(100 * time.Microsecond) }
		var refused []string
		for code, n := range codes {
			if code != "answered" && code != "lost" {
				refused = append(refused, fmt.Sprintf("%d %s", n, code))
			}
		}
		slices.Sort(refused)
		fmt.Printf("| %s | %d | %d | %s | %d | %v | %v | %v | %v |\n", p.name, len(took), codes["answered"], strings.Join(refused, ", "),
			codes["lost"], at(.5), at(.95), at(.99), at(1))
		if codes["lost"] > 0 || codes["internal"] > 0 {
			s.t.Errorf("%s: %d lost, %d internal errors", p.name, codes["lost"], codes["internal"])
		}
	}
}
