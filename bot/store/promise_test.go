package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestOrphansAreFoundOnce: what a killed process promised is found by one of
// those that live, and nothing else is.
func TestOrphansAreFoundOnce(t *testing.T) {
	r := startRedis(t)
	var stores []*Store
	for range 3 {
		s := open(t, r.address(), Options{Deadline: 2 * time.Second})
		require.Empty(t, s.Orphans(t.Context()))
		stores = append(stores, s)
	}
	for i, s := range stores {
		s.Promise(t.Context(), string(rune('a'+i)), []byte("note"))
	}
	stores[0].Promise(t.Context(), "kept", []byte("done"))
	stores[0].Kept(t.Context(), "kept", []byte("done"))
	require.Empty(t, stores[1].Orphans(t.Context()), "all live")
	// The first is killed, and its lease runs out.
	r.say("DEL membot:s/" + aliveName(stores[0].owner))
	var found [][]byte
	require.Eventually(t, func() bool {
		found = append(found, stores[1].Orphans(t.Context())...)
		found = append(found, stores[2].Orphans(t.Context())...)
		return len(found) > 0
	}, time.Minute, 5*time.Millisecond)
	require.Equal(t, [][]byte{[]byte("note")}, found)
	require.Empty(t, stores[2].Orphans(t.Context()))
}

// TestRestartFindsWhatWasPromised: a lone process killed and started again.
func TestRestartFindsWhatWasPromised(t *testing.T) {
	address := "bolt:" + t.TempDir() + "/membot.db"
	before := open(t, address, Options{Deadline: 2 * time.Second})
	before.Promise(t.Context(), "a", []byte("note"))
	require.Empty(t, before.Orphans(t.Context()))
	require.NoError(t, before.Close())
	after := open(t, address, Options{Deadline: 2 * time.Second})
	require.Equal(t, [][]byte{[]byte("note")}, after.Orphans(t.Context()))
	require.Empty(t, after.Orphans(t.Context()))
}
