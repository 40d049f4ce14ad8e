package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"
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
		}, time.Minute, 100*time.Microsecond)
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
	}, time.Minute, time.Millisecond, "an emptied server empties the copy")
}

// statOf is the number of calls of a command in the server's statistics.
func statOf(stats, command string) (calls int) {
	for line := range bytes.Lines([]byte(stats)) {
		_, _ = fmt.Sscanf(string(line), "cmdstat_"+command+":calls=%d", &calls)
	}
	return calls
}

// saying is a connection whose other side says so much and hangs up.
type saying struct {
	net.Conn
	*bytes.Reader
}

func (s saying) Read(p []byte) (int, error)         { return s.Reader.Read(p) }
func (s saying) Write(p []byte) (int, error)        { return len(p), nil }
func (s saying) Close() error                       { return nil }
func (s saying) SetReadDeadline(_ time.Time) error  { return nil }
func (s saying) SetWriteDeadline(_ time.Time) error { return nil }

// received is how many replies the client takes of what was said, and why no more.
func received(said []byte) (replies int, err error) {
	wire := redis.NewConn(&bounded{Conn: saying{Reader: bytes.NewReader(said)}}, 0, 0)
	for ; ; replies++ {
		if _, err = wire.Receive(); wire.Err() != nil {
			return replies, err
		}
	}
}

// TestClaimsAreBounded: what is within bounds passes, what is not is refused
// before there is room for it.
func TestClaimsAreBounded(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("*1\r\n", n) + ":1\r\n" }
	for name, row := range map[string]struct {
		said    string
		replies int
		err     error
	}{
		"every kind":            {"+OK\r\n-ERR no\r\n:12\r\n$3\r\na\nb\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n*2\r\n*1\r\n:1\r\n$1\r\nx\r\n+OK\r\n", 10, io.EOF},
		"the longest value":     {fmt.Sprintf("$%d\r\n%s\r\n", maxValue, make([]byte, maxValue)), 1, io.EOF},
		"a longer one":          {fmt.Sprintf("$%d\r\n", maxReply+1), 0, errProtocol},
		"beyond any memory":     {"$9999999999999\r\n", 0, errProtocol},
		"beyond any number":     {"$99999999999999999999\r\n", 0, errProtocol},
		"a list beyond memory":  {"*99999999999\r\n", 0, errProtocol},
		"lists in lists":        {nested(maxNest), 1, io.EOF},
		"lists in lists deeper": {nested(maxNest + 1), 0, errProtocol},
		"small parts, too many": {"*60000\r\n" + strings.Repeat(fmt.Sprintf("$100\r\n%s\r\n", make([]byte, 100)), 60000), 0, errProtocol},
		"a line without end":    {"+" + strings.Repeat("x", maxLine+1), 0, errProtocol},
		"nonsense":              {"HTTP/1.1 400 Bad Request\r\n\r\n", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			replies, err := received([]byte(row.said))
			require.Equal(t, row.replies, replies)
			require.Error(t, err)
			if row.err != nil {
				require.ErrorIs(t, err, row.err)
			}
		})
	}
}

func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		"+OK\r\n", "-ERR no\r\n", ":12\r\n", "$3\r\nabc\r\n", "$-1\r\n", "*2\r\n$1\r\na\r\n$-1\r\n",
		"*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\nk\r\n", "$99999999999\r\n", "*1000000\r\n",
		"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+x\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := received(data); err == nil {
			t.Error("the end is an error")
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 8*maxReply+uint64(1000*len(data)) {
			t.Errorf("%d bytes said took %d", len(data), took)
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
			require.Less(t, time.Since(began), time.Second+busy)
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

// BenchmarkOwnCopy reads what the server has promised to tell changes of.
func BenchmarkOwnCopy(b *testing.B) {
	s := open(b, startRedis(b).address(), Options{Deadline: 2 * time.Second})
	require.NoError(b, s.Put(b.Context(), "a", make([]byte, 2000)))
	for b.Loop() {
		if _, err := s.Get(b.Context(), "a"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRoundTrip claims, which always asks the server.
func BenchmarkRoundTrip(b *testing.B) {
	s := open(b, startRedis(b).address(), Options{Deadline: 2 * time.Second})
	for b.Loop() {
		s.Claim(b.Context(), "a")
	}
}
