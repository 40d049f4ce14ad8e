package store

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
)

// realServer is a real server of a test's own, on a port of its own.
type realServer struct {
	t    testing.TB
	port string
	dir  string
	cmd  *exec.Cmd
}

// startRedis starts redis-server (or valkey-server), or skips the test where
// neither is installed.
func startRedis(t testing.TB) *realServer {
	t.Helper()
	if _, err := serverBinary(); err != nil {
		t.Skip("skipped: neither redis-server nor valkey-server is installed (Debian: redis-server)")
	}
	r := &realServer{t: t, port: hubtest.FreePort(t), dir: t.TempDir()}
	r.start()
	t.Cleanup(r.stop)
	return r
}

func serverBinary() (string, error) {
	if path, err := exec.LookPath("redis-server"); err == nil {
		return path, nil
	}
	return exec.LookPath("valkey-server")
}

func (r *realServer) address() string { return "valkey://127.0.0.1:" + r.port + "/0" }

func (r *realServer) start() {
	r.t.Helper()
	path, err := serverBinary()
	require.NoError(r.t, err)
	r.cmd = exec.Command(path, "--port", r.port, "--bind", "127.0.0.1", "--dir", r.dir, "--save", "", "--appendonly", "no")
	require.NoError(r.t, r.cmd.Start())
	require.Eventually(r.t, func() bool { return strings.HasPrefix(r.say("PING"), "+PONG") }, time.Minute, 10*time.Millisecond)
}

func (r *realServer) stop() {
	if r.cmd != nil {
		_ = r.cmd.Process.Signal(syscall.SIGCONT)
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
		r.cmd = nil
	}
}

// say sends one inline command and returns the start of the reply, without any
// client of ours in between.
func (r *realServer) say(command string) string {
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+r.port, time.Second)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	_, _ = fmt.Fprint(conn, command+"\r\n")
	buf := make([]byte, 64<<10)
	n, _ := conn.Read(buf)
	return string(buf[:n])
}

// listen serves one function on each connection and keeps it open until the test
// ends.
func listen(t *testing.T, serve func(write func(string))) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			serve(func(text string) { _, _ = conn.Write([]byte(text)) })
		}
	}()
	_, port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}
