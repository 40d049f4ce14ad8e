package store

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub/leaktest"
)

// journal is a log that a test reads.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	leaktest.Saw("a log", p)
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

func (j *journal) count(text string) int { return strings.Count(j.String(), text) }

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// open opens a store for a test. Unless the test is about the deadline of an
// operation, it is one that no pause of the machine exceeds: after it the store
// counts as down.
func open(t testing.TB, address string, o Options) *Store {
	t.Helper()
	if o.Deadline == 0 {
		o.Deadline = 10 * time.Second
	}
	if o.Log == nil {
		o.Log = (&journal{}).logger()
	}
	s, err := Open(address, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// everyStore runs a test against each kind of store.
func everyStore(t *testing.T, f func(t *testing.T, address string)) {
	t.Run("memory", func(t *testing.T) { f(t, "memory:") })
	t.Run("bolt", func(t *testing.T) { f(t, "bolt:"+filepath.Join(t.TempDir(), "state", "membot.db")) })
	t.Run("valkey", func(t *testing.T) { f(t, startRedis(t).address()) })
}

func TestEveryStore(t *testing.T) {
	everyStore(t, func(t *testing.T, address string) {
		ctx, s := t.Context(), open(t, address, Options{})

		got, err := s.Get(ctx, "info|a/b|main")
		require.NoError(t, err)
		require.Nil(t, got)
		for _, value := range []string{"one", "two\x00\r\n\xff", ""} {
			require.NoError(t, s.Put(ctx, "info|a/b|main", []byte(value)))
			require.Eventually(t, func() bool { // the server's word of the change may be a moment late
				got, err = s.Get(ctx, "info|a/b|main")
				return err == nil && string(got) == value
			}, time.Minute, time.Millisecond)
		}
		require.ErrorIs(t, s.Put(ctx, "big", make([]byte, maxValue+1)), errTooLarge)
		require.True(t, s.Healthy(), "a refused value says nothing of the store")

		first, body := s.Claim(ctx, "42")
		require.True(t, first)
		require.Nil(t, body)
		first, body = s.Claim(ctx, "42")
		require.False(t, first)
		require.Nil(t, body, "still being answered")
		s.Record(ctx, "42", []byte(`{"type":5}`))
		first, body = s.Claim(ctx, "42")
		require.False(t, first)
		require.Equal(t, `{"type":5}`, string(body))
		s.Claim(ctx, "43")
		s.Forget(ctx, "43")
		first, _ = s.Claim(ctx, "43")
		require.True(t, first, "given back")

		p, err := s.Preferences(ctx, UserScope("7"))
		require.NoError(t, err)
		require.Empty(t, p)
		require.NoError(t, s.SetPreferences(ctx, UserScope("7"), Preferences{"gpu": "4090", "lang": "zh-CN"}))
		require.NoError(t, s.SetPreferences(ctx, GuildScope("7"), Preferences{"gpu": "h100", "gpus": "8"}))
		require.Eventually(t, func() bool {
			p, err = s.Preferences(ctx, UserScope("7"))
			return err == nil && len(p) == 2
		}, time.Minute, time.Millisecond)
		g, err := s.Preferences(ctx, GuildScope("7"))
		require.NoError(t, err)
		require.Equal(t, Preferences{"gpu": "4090", "gpus": "8", "lang": "zh-CN"}, p.Over(g))
		require.Error(t, s.SetPreferences(ctx, UserScope("7"), Preferences{"gpu": strings.Repeat("x", 201)}))

		reset := time.Now().Add(time.Minute)
		s.SaveQuota(ctx, "api", Quota{Remaining: 17, Reset: reset})
		require.Eventually(t, func() bool { q, ok := s.Quota(ctx, "api"); return ok && q.Remaining == 17 }, time.Minute, time.Millisecond)
		_, ok := s.Quota(ctx, "pages")
		require.False(t, ok)
	})
}

func TestLimitsAreShared(t *testing.T) {
	everyStore(t, func(t *testing.T, address string) {
		s := open(t, address, Options{})
		rate := Rate{Count: 3, Per: time.Hour}
		for range 3 {
			require.Zero(t, s.Take(t.Context(), "user/1", rate))
		}
		wait := s.Take(t.Context(), "user/1", rate)
		require.InDelta(t, 20*time.Minute, wait, float64(time.Minute), "one comes back each third of an hour")
		require.Zero(t, s.Take(t.Context(), "user/2", rate), "another user is not held back")
		require.Zero(t, s.Take(t.Context(), "user/1", Rate{}), "no limit")
		fast := Rate{Count: 1, Per: 30 * time.Millisecond}
		require.Zero(t, s.Take(t.Context(), "user/3", fast))
		require.Eventually(t, func() bool { return s.Take(t.Context(), "user/3", fast) == 0 }, time.Minute, time.Millisecond)
	})
}

func TestOneOfManyClaims(t *testing.T) {
	everyStore(t, func(t *testing.T, address string) {
		s := open(t, address, Options{Deadline: 5 * time.Second})
		var won atomic.Int64
		var askers sync.WaitGroup
		for range 100 {
			askers.Go(func() {
				if first, _ := s.Claim(context.Background(), "same"); first {
					won.Add(1)
				}
			})
		}
		askers.Wait()
		require.EqualValues(t, 1, won.Load())
	})
}

func TestExpiry(t *testing.T) {
	for _, address := range []string{"memory:", "bolt:" + filepath.Join(t.TempDir(), "membot.db")} {
		var skew atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(skew.Load())) }
		s := open(t, address, Options{Now: now})
		require.Eventually(t, func() bool { // the watch's first word, of today
			probe, err := s.guard.get(t.Context(), classQuota+"/probe")
			return err == nil && probe != nil
		}, time.Minute, time.Millisecond)
		s.Claim(t.Context(), "1")
		s.Record(t.Context(), "2", []byte("x"))
		require.NoError(t, s.SetPreferences(t.Context(), UserScope("1"), Preferences{"gpu": "a"}))
		skew.Store(int64(Remembered + time.Second))
		first, _ := s.Claim(t.Context(), "1")
		require.True(t, first, "%s: a claim ends after its time", address)
		skew.Store(int64(1000 * 24 * time.Hour))
		p, err := s.Preferences(t.Context(), UserScope("1"))
		require.NoError(t, err)
		require.Equal(t, Preferences{"gpu": "a"}, p, "%s: settings stay", address)
		if b, ok := s.guard.backend.(*bolt); ok {
			require.Equal(t, 3, b.sweep(), "two claims and the probe")
			require.Zero(t, b.sweep())
		}
	}
}

func TestSizeIsBounded(t *testing.T) {
	for _, address := range []string{"memory:", "bolt:" + filepath.Join(t.TempDir(), "membot.db")} {
		s := open(t, address, Options{MaxBytes: 100 << 10, Deadline: 5 * time.Second})
		require.NoError(t, s.SetPreferences(t.Context(), UserScope("1"), Preferences{"gpu": "a"}))
		s.Claim(t.Context(), "held")
		for i := range 60 {
			require.NoError(t, s.Put(t.Context(), "model"+string(rune('A'+i)), make([]byte, 4<<10)))
		}
		kept := 0
		for i := range 60 {
			if data, _ := s.Get(t.Context(), "model"+string(rune('A'+i))); data != nil {
				kept++
			}
		}
		require.Greater(t, kept, 15, address)
		require.Less(t, kept, 26, address)
		data, err := s.Get(t.Context(), "model"+string(rune('A'+59)))
		require.NoError(t, err)
		if strings.HasPrefix(address, "bolt") {
			require.NotNil(t, data, "the newest stays")
		}
		p, err := s.Preferences(t.Context(), UserScope("1"))
		require.NoError(t, err)
		require.NotEmpty(t, p, "settings stay")
		first, _ := s.Claim(t.Context(), "held")
		require.False(t, first, "metadata goes before claims")
	}
}

func TestOpenRefusesOnlyWhatCanNeverWork(t *testing.T) {
	for _, address := range []string{"", "mysql://h", "bolt:", "valkey://u:S3CR3T@h:6379/x"} {
		_, err := Open(address, Options{})
		require.Error(t, err, address)
		leaktest.Saw("an error", err)
		require.NotContains(t, err.Error(), "S3CR3T")
	}
}

func TestShardLeases(t *testing.T) {
	everyStore(t, func(t *testing.T, address string) {
		ctx, a := t.Context(), open(t, address, Options{})
		got, err := a.AcquireShards(ctx, 0, 3, 4, 2)
		require.NoError(t, err)
		require.Equal(t, []int{0, 1}, got)
		got, err = a.AcquireShards(ctx, 0, 1, 4, 2)
		require.NoError(t, err)
		require.Equal(t, []int{0, 1}, got, "renewed by their holder")
		require.NoError(t, a.Identify(ctx, 0, 4, 1))
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, a.Identify(short, 1, 4, 1), context.DeadlineExceeded, "one identify in five seconds")
		require.NoError(t, a.Identify(ctx, 1, 4, 2), "another bucket")
		if !strings.HasPrefix(address, "valkey") {
			return
		}
		b := open(t, address, Options{})
		got, err = b.AcquireShards(ctx, 0, 3, 4, 4)
		require.NoError(t, err)
		require.Equal(t, []int{2, 3}, got, "the other process has the rest")
		require.ErrorIs(t, b.Identify(ctx, 0, 4, 1), ErrHeld)
		a.ReleaseShards(ctx, []int{0, 1}, 4)
		got, err = b.AcquireShards(ctx, 0, 3, 4, 4)
		require.NoError(t, err)
		require.Equal(t, []int{0, 1, 2, 3}, got)
		got, err = a.AcquireShards(ctx, 0, 3, 4, 4)
		require.NoError(t, err)
		require.Empty(t, got, "lost to the other process")
	})
}
