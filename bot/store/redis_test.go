package store

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub/leaktest"
)

// asker asks a store the way questions do, and reports what goes wrong: a
// wrong value, a new question refused as a duplicate, an operation that took long.
type asker struct {
	t       *testing.T
	store   *Store
	slowest atomic.Int64 // nanoseconds
	asked   atomic.Int64
	hits    atomic.Int64
}

func (a *asker) ask(worker, i int) {
	began := time.Now()
	ctx := context.Background()
	key := "model" + strconv.Itoa(i%50)
	want := "commit " + key
	if got, err := a.store.Get(ctx, key); err == nil && got != nil {
		a.hits.Add(1)
		if string(got) != want {
			a.t.Errorf("%s: got %q, want %q", key, got, want)
		}
	} else {
		_ = a.store.Put(ctx, key, []byte(want))
	}
	id := fmt.Sprintf("%d-%d", worker, i)
	if first, _ := a.store.Claim(ctx, id); !first {
		a.t.Errorf("question %s was lost: claimed by nobody, and refused", id)
	}
	a.asked.Add(1)
	took := int64(time.Since(began))
	for {
		slowest := a.slowest.Load()
		if took <= slowest || a.slowest.CompareAndSwap(slowest, took) {
			return
		}
	}
}

// busy is what a machine with other work, or the race detector, may add.
const busy = 3 * time.Second

// load asks from eight workers, without a pause, until the function it returns
// is called.
func (a *asker) load() (stop func()) {
	var workers sync.WaitGroup
	done := make(chan struct{})
	for w := range 8 {
		workers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					a.ask(w, i)
					time.Sleep(500 * time.Microsecond) // questions, not a benchmark
				}
			}
		})
	}
	return func() {
		close(done)
		workers.Wait()
	}
}

func TestServerComesAndGoesUnderLoad(t *testing.T) {
	r, log := startRedis(t), &journal{}
	deadline := 100 * time.Millisecond
	s := open(t, r.address(), Options{Log: log.logger(), Deadline: deadline})
	a := &asker{t: t, store: s}
	stop := a.load()
	healthy := func(want bool) {
		t.Helper()
		require.Eventually(t, func() bool { return s.Healthy() == want }, time.Minute, time.Millisecond)
	}
	asked := func() {
		t.Helper()
		before := a.asked.Load()
		require.Eventually(t, func() bool { return a.asked.Load() > before+200 }, time.Minute, time.Millisecond, "questions go on")
	}
	require.Eventually(t, func() bool { return a.hits.Load() > 100 }, time.Minute, time.Millisecond, "what was kept is found")
	healthy(true)

	for name, fault := range map[string]struct{ begin, end func() }{
		"stopped": {r.stop, r.start},
		"frozen": {
			func() { require.NoError(t, r.cmd.Process.Signal(syscall.SIGSTOP)) },
			func() { require.NoError(t, r.cmd.Process.Signal(syscall.SIGCONT)) },
		},
		"filled": {
			func() { require.Contains(t, r.say("CONFIG SET maxmemory 1"), "OK") },
			func() { require.Contains(t, r.say("CONFIG SET maxmemory 0"), "OK") },
		},
	} {
		fault.begin()
		healthy(false)
		asked()
		fault.end()
		healthy(true)
		t.Logf("%s: recovered; %d asked, slowest %v", name, a.asked.Load(), time.Duration(a.slowest.Load()))
	}
	stop()
	// A question asks up to three times, each waits a deadline at most, and a busy
	// machine adds its own.
	require.Less(t, time.Duration(a.slowest.Load()), 6*deadline+busy)
	require.Equal(t, 1, log.count(warned), "a flapping store is told of once a minute:\n%s", log.String())
}

// slowServer passes everything on to the real server, late.
func slowServer(t *testing.T, r *realServer, delay *atomic.Int64) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	pipe := func(to, from net.Conn) {
		defer to.Close()
		defer from.Close()
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			time.Sleep(time.Duration(delay.Load()))
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
	}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", "127.0.0.1:"+r.port)
			if err != nil {
				_ = near.Close()
				continue
			}
			go pipe(far, near)
			go pipe(near, far)
		}
	}()
	_, port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

func TestSlowServer(t *testing.T) {
	r := startRedis(t)
	var delay atomic.Int64
	port := slowServer(t, r, &delay)
	deadline := 1500 * time.Millisecond
	s := open(t, "valkey://127.0.0.1:"+port+"/0", Options{Deadline: deadline})
	a := &asker{t: t, store: s}
	stop := a.load()
	delay.Store(int64(10 * time.Millisecond))
	require.Eventually(t, func() bool { return a.asked.Load() > 100 }, time.Minute, time.Millisecond)
	require.True(t, s.Healthy(), "slow is not down")
	delay.Store(int64(2 * deadline))
	require.Eventually(t, func() bool { return !s.Healthy() }, time.Minute, time.Millisecond)
	delay.Store(0)
	require.Eventually(t, s.Healthy, time.Minute, 10*time.Millisecond)
	stop()
	require.Less(t, time.Duration(a.slowest.Load()), 6*deadline+busy)
}

// TestTwoReplicasAnswerOnce: each delivery goes to both replicas, twice; one of
// the four is first, and the others are told what it said.
func TestTwoReplicasAnswerOnce(t *testing.T) {
	r := startRedis(t)
	replicas := []*Store{open(t, r.address(), Options{Deadline: 5 * time.Second}), open(t, r.address(), Options{Deadline: 5 * time.Second})}
	var answers, echoes atomic.Int64
	var deliveries sync.WaitGroup
	const questions = 500
	for i := range questions {
		id := strconv.Itoa(i)
		for d := range 4 {
			deliveries.Go(func() {
				s := replicas[d%2]
				first, body := s.Claim(context.Background(), id)
				if first {
					answers.Add(1)
					s.Record(context.Background(), id, []byte("answer to "+id))
				} else if body != nil {
					echoes.Add(1)
					if string(body) != "answer to "+id {
						t.Errorf("question %s: a duplicate was told %q", id, body)
					}
				}
			})
		}
	}
	deliveries.Wait()
	require.EqualValues(t, questions, answers.Load(), "one answer each")
	for i := range questions {
		first, body := replicas[i%2].Claim(t.Context(), strconv.Itoa(i))
		require.False(t, first)
		require.Equal(t, "answer to "+strconv.Itoa(i), string(body))
	}
	t.Logf("%d questions, %d deliveries, %d answers, %d duplicates told at once", questions, 4*questions, answers.Load(), echoes.Load())
}

// TestLimitAcrossReplicas: the allowance is one, whichever replica is asked.
func TestLimitAcrossReplicas(t *testing.T) {
	r := startRedis(t)
	a, b := open(t, r.address(), Options{}), open(t, r.address(), Options{})
	rate, allowed := Rate{Count: 10, Per: time.Hour}, 0
	for range 20 {
		for _, s := range []*Store{a, b} {
			if s.Take(t.Context(), "user/1", rate) == 0 {
				allowed++
			}
		}
	}
	require.Equal(t, 10, allowed)
}

func TestPasswordIsNeverLogged(t *testing.T) {
	r, log := startRedis(t), &journal{}
	require.Contains(t, r.say("CONFIG SET requirepass S3CR3T-right"), "OK")
	s := open(t, "valkey://:S3CR3T-wrong@127.0.0.1:"+r.port+"/0", Options{Log: log.logger()})
	require.Eventually(t, func() bool { return log.count(warned) == 1 }, time.Minute, time.Millisecond)
	first, _ := s.Claim(t.Context(), "1")
	require.True(t, first)
	require.NotContains(t, log.String(), "S3CR3T")
	echo, _ := liar(t, "-ERR unknown command 'AUTH', with args beginning with: 'S3CR3T-echo' \r\n")
	s = open(t, "valkey://:S3CR3T-echo@127.0.0.1:"+echo, Options{Log: log.logger()})
	require.Eventually(t, func() bool { return log.count(warned) == 2 }, time.Minute, time.Millisecond)
	require.NotContains(t, log.String(), "S3CR3T", "a server that repeats the password is not repeated")
	require.False(t, s.Healthy())
	good := open(t, "redis://:S3CR3T-right@127.0.0.1:"+r.port+"/3", Options{})
	require.NoError(t, good.Put(t.Context(), "a", []byte("b")))
}

// narrow is what RUNBOOK.md says a user of the server's must be allowed.
const narrow = "resetkeys resetchannels -@all ~membot:* &__redis__:invalidate " +
	"+get +set +del +scan +eval +evalsha +time +select +ping +subscribe +client|id +client|setname +client|tracking"

// TestNarrowUser: every kind of operation works for a user who may do no more
// than the runbook says.
func TestNarrowUser(t *testing.T) {
	r := startRedis(t)
	require.Contains(t, r.say("ACL SETUSER membot on >"+leaktest.Password+" "+narrow), "OK")
	s := open(t, "valkey://membot:"+leaktest.Password+"@127.0.0.1:"+r.port+"/1", Options{Deadline: 5 * time.Second})
	question(t.Context(), s, "1")
	first, body := s.Claim(t.Context(), "1")
	require.False(t, first)
	require.Equal(t, "answer", string(body))
	shards, err := s.AcquireShards(t.Context(), 0, 1, 2, 2)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, shards)
	s.ReleaseShards(t.Context(), shards, 2)
	require.Empty(t, s.Orphans(t.Context()))
	require.True(t, s.Healthy())
	runbook, err := os.ReadFile("../../deploy/RUNBOOK.md")
	require.NoError(t, err)
	require.Contains(t, string(runbook), strings.TrimPrefix(narrow, "resetkeys resetchannels -@all "))
}
