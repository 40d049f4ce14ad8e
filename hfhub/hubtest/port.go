package hubtest

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// FreePort is a port of this machine that nobody listens on, for a program that
// is told where to.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}
