package store

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valkey-io/valkey-go"
)

// TestAgainstAnotherClient holds our few commands to the client that the wider
// world uses, both ways, on a real server.
func TestAgainstAnotherClient(t *testing.T) {
	r := startRedis(t)
	s := open(t, r.address(), Options{Deadline: 2 * time.Second})
	peer, err := valkey.NewClient(valkey.ClientOption{InitAddress: []string{"127.0.0.1:" + r.port}, ForceSingleClient: true})
	require.NoError(t, err)
	t.Cleanup(peer.Close)
	ctx := t.Context()
	for i, value := range []string{"", "x", "two\r\n$3\r\nend", "\x00\xff", string(bytes.Repeat([]byte("long "), 50000))} {
		key := "peer" + strconv.Itoa(i)
		require.NoError(t, s.Put(ctx, key, []byte(value)))
		got, err := peer.Do(ctx, peer.B().Get().Key("membot:m/"+key).Build()).ToString()
		require.NoError(t, err)
		require.Equal(t, value, got, "what we write, another client reads")
		require.NoError(t, peer.Do(ctx, peer.B().Set().Key("membot:m/back"+key).Value(value).Build()).Error())
		back, err := s.Get(ctx, "back"+key)
		require.NoError(t, err)
		require.Equal(t, value, string(back), "and what it writes, we read")
	}
	ttl, err := peer.Do(ctx, peer.B().Pttl().Key("membot:m/peer0").Build()).AsInt64()
	require.NoError(t, err)
	require.InDelta(t, keep.Milliseconds(), ttl, 60000)
}

// TestOwnCopyIsNeverStale: another writer's change is seen, and until then
// nothing is asked.
func TestOwnCopyIsNeverStale(t *testing.T) {
	r := startRedis(t)
	a, b := open(t, r.address(), Options{Deadline: 2 * time.Second}), open(t, r.address(), Options{Deadline: 2 * time.Second})
	ctx := t.Context()
	for i := range 200 {
		want := strconv.Itoa(i)
		require.NoError(t, a.SetPreferences(ctx, UserScope("1"), Preferences{"gpu": want}))
		require.Eventually(t, func() bool {
			p, err := b.Preferences(ctx, UserScope("1"))
			return err == nil && p["gpu"] == want
		}, time.Second, 100*time.Microsecond)
	}
	calls := func() string { return r.say("INFO commandstats") }
	before := calls()
	for range 1000 {
		_, err := b.Preferences(ctx, UserScope("1"))
		require.NoError(t, err)
	}
	require.Equal(t, statOf(before, "get"), statOf(calls(), "get"), "a thousand reads, none of which the server saw")
	require.Contains(t, r.say("FLUSHALL"), "OK")
	require.Eventually(t, func() bool {
		p, err := b.Preferences(ctx, UserScope("1"))
		return err == nil && len(p) == 0
	}, time.Second, time.Millisecond, "an emptied server empties the copy")
}

// statOf is the number of calls of a command in the server's statistics.
func statOf(stats, command string) (calls int) {
	for line := range bytes.Lines([]byte(stats)) {
		_, _ = fmt.Sscanf(string(line), "cmdstat_"+command+":calls=%d", &calls)
	}
	return calls
}

func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		"+OK\r\n", "-ERR no\r\n", ":12\r\n", "$3\r\nabc\r\n", "$-1\r\n", "_\r\n", "*2\r\n$1\r\na\r\n_\r\n",
		"%1\r\n+a\r\n:1\r\n", ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n", "$99999999999\r\n", "*1000000\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+x\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bufio.NewReader(bytes.NewReader(data))
		for {
			got, err := readReply(r, 0)
			if err != nil {
				return
			}
			_, _ = got.value()
			_, _ = got.number()
		}
	})
}

// TestLyingServer: whatever a server says, askers get an error in time.
func TestLyingServer(t *testing.T) {
	for name, says := range map[string]string{
		"nonsense": "HTTP/1.1 400 Bad Request\r\n\r\n", "too much": "+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n",
		"endless string": "$4194303\r\n", "refusal": "-NOAUTH Authentication required.\r\n", "nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			port, asked := liar(t, says)
			s := open(t, "valkey://127.0.0.1:"+port, Options{Deadline: 100 * time.Millisecond})
			began := time.Now()
			_, err := s.Get(context.Background(), "a")
			require.Error(t, err)
			first, _ := s.Claim(context.Background(), "1")
			require.True(t, first)
			require.Less(t, time.Since(began), time.Second)
			require.Positive(t, asked.Load())
		})
	}
}

// liar accepts connections and says one thing on each.
func liar(t *testing.T, says string) (port string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	return listen(t, func(write func(string)) {
		asked.Add(1)
		write(says)
	}), asked
}
