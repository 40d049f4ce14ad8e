package store

import (
	"context"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// askedKey marks what a question asks, as against what the watch tries.
type askedKey struct{}

// frozen is a server that took the connection and says nothing.
type frozen struct {
	backend
	waited atomic.Int64 // by questions
}

func (f *frozen) wait(ctx context.Context) error {
	if ctx.Value(askedKey{}) != nil {
		f.waited.Add(1)
	}
	<-ctx.Done()
	return unreachable{ctx.Err()}
}

func (f *frozen) get(ctx context.Context, _ string) ([]byte, error) { return nil, f.wait(ctx) }
func (f *frozen) set(ctx context.Context, _ string, _ []byte, _ time.Duration) error {
	return f.wait(ctx)
}

func (f *frozen) claim(ctx context.Context, _ string, _ []byte, _ time.Duration) (held []byte, won bool, err error) {
	return nil, false, f.wait(ctx)
}

func (f *frozen) take(ctx context.Context, _ string, _ Rate) (time.Duration, error) {
	return 0, f.wait(ctx)
}

// question uses the store as one question does: dedupe, limit, settings, half a
// dozen lookups and what is kept of them.
func question(ctx context.Context, s *Store, id string) {
	s.Claim(ctx, id)
	s.Take(ctx, "user/1", Rate{Count: 1000, Per: time.Minute})
	_, _ = s.Preferences(ctx, UserScope("1"))
	for i := range 6 {
		if data, _ := s.Get(ctx, id+strconv.Itoa(i)); data == nil {
			_ = s.Put(ctx, id+strconv.Itoa(i), []byte("x"))
		}
	}
	s.Record(ctx, id, []byte("answer"))
}

// TestFrozenStoreCostsOneWait: the first question waits once, for whatever it
// asks first; those that follow wait for nothing, while the watch tries again.
func TestFrozenStoreCostsOneWait(t *testing.T) {
	f := &frozen{backend: newMemory(time.Now, 1<<20)}
	o := Options{Deadline: 20 * time.Millisecond, Log: (&journal{}).logger()}.withDefaults()
	var tried atomic.Int64
	o.OnError = func(string) { tried.Add(1) }
	s := &Store{guard: newGuard(f, o), local: newMemory(o.Now, localBytes), now: o.Now, onRead: o.OnRead, owner: newOwner(), close: func() {}}
	ctx := context.WithValue(t.Context(), askedKey{}, true)
	for i := range 50 {
		question(ctx, s, strconv.Itoa(i))
	}
	require.EqualValues(t, 1, f.waited.Load())
	require.False(t, s.Healthy())

	watching, stop := context.WithCancel(t.Context())
	s.guard.watch(watching)
	require.Eventually(t, func() bool { return tried.Load() > 4 }, time.Minute, time.Millisecond, "the watch tries")
	question(ctx, s, "meanwhile")
	require.EqualValues(t, 1, f.waited.Load())
	stop()
	require.NoError(t, s.guard.close())
}

// TestFrozenServer is the same with a real server: what a question pays.
func TestFrozenServer(t *testing.T) {
	r := startRedis(t)
	deadline := 200 * time.Millisecond
	s := open(t, r.address(), Options{Deadline: deadline})
	question(t.Context(), s, "before")
	require.Eventually(t, s.Healthy, time.Minute, time.Millisecond)
	require.NoError(t, r.cmd.Process.Signal(syscall.SIGSTOP))
	var first, slowest time.Duration
	for i := range 100 {
		began := time.Now()
		question(t.Context(), s, "frozen"+strconv.Itoa(i))
		if took := time.Since(began); i == 0 {
			first = took
		} else {
			slowest = max(slowest, took)
		}
	}
	t.Logf("the first question paid %v, the slowest of 99 after it %v", first, slowest)
	require.Less(t, first, deadline+busy)
	require.Less(t, slowest, busy)
	require.NoError(t, r.cmd.Process.Signal(syscall.SIGCONT))
	require.Eventually(t, s.Healthy, time.Minute, time.Millisecond)
}
