package deploytest

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
	"membot/hfhub/leaktest"
)

// image is what the Dockerfile makes, as a folder: there is no engine to make
// one here, but the last stage holds no more than copies.
type image struct {
	t        *testing.T
	root     string
	env      []string
	uid, gid uint32
	start    []string // entry point
}

// stages of the Dockerfile, by its own parser.
func stages(t *testing.T) []instructions.Stage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(deploy, "Dockerfile"))
	require.NoError(t, err)
	tree, err := parser.Parse(bytes.NewReader(data))
	require.NoError(t, err)
	all, _, err := instructions.Parse(tree.AST, nil)
	require.NoError(t, err)
	return all
}

// build runs the build stage's own command here, with another folder for /out,
// and then the last stage's instructions.
func build(t *testing.T) *image {
	t.Helper()
	all, out := stages(t), t.TempDir()
	for _, command := range all[0].Commands {
		run, ok := command.(*instructions.RunCommand)
		if !ok || !strings.Contains(run.CmdLine[0], "go build") {
			continue
		}
		shell := exec.CommandContext(t.Context(), "sh", "-ec", strings.ReplaceAll(run.CmdLine[0], "/out/", out+"/"))
		shell.Dir, shell.Env = filepath.Join(deploy, ".."), append(os.Environ(), "VERSION=v0-image")
		said, err := shell.CombinedOutput()
		require.NoError(t, err, "%s", said)
	}
	i := &image{t: t, root: t.TempDir()}
	require.NoError(t, os.Chmod(i.root, 0o755))
	for _, command := range all[len(all)-1].Commands {
		i.apply(command, out)
	}
	return i
}

func (i *image) apply(command instructions.Command, out string) {
	switch c := command.(type) {
	case *instructions.CopyCommand:
		i.copy(strings.Replace(c.SourcePaths[0], "/out/", out+"/", 1), filepath.Join(i.root, c.DestPath), c.Chown)
	case *instructions.EnvCommand:
		for _, pair := range c.Env {
			i.env = append(i.env, pair.Key+"="+pair.Value)
		}
	case *instructions.UserCommand:
		_, err := fmt.Sscanf(c.User, "%d:%d", &i.uid, &i.gid)
		require.NoError(i.t, err)
	case *instructions.EntrypointCommand:
		i.start = c.CmdLine
	}
}

func (i *image) copy(from, to, owner string) {
	info, err := os.Stat(from)
	if os.IsNotExist(err) && strings.HasPrefix(from, "/etc/") {
		i.t.Skipf("skipped: no certificates at %s (Debian: ca-certificates)", from)
	}
	require.NoError(i.t, err)
	require.NoError(i.t, os.MkdirAll(filepath.Dir(to), 0o755))
	if info.IsDir() {
		require.NoError(i.t, os.Mkdir(to, 0o755))
	} else {
		data, err := os.ReadFile(from)
		require.NoError(i.t, err)
		require.NoError(i.t, os.WriteFile(to, data, info.Mode()))
	}
	if owner != "" {
		var uid, gid int
		_, err := fmt.Sscanf(owner, "%d:%d", &uid, &gid)
		require.NoError(i.t, err)
		if os.Getuid() == 0 {
			require.NoError(i.t, os.Chown(to, uid, gid))
		}
	}
}

// seal makes the root read-only and gives /state a disk of its own, as an engine
// does, or skips where that is not allowed.
func (i *image) seal() {
	i.t.Helper()
	mount := func(source, target, kind string, flags uintptr, data string) {
		if err := syscall.Mount(source, target, kind, flags, data); err != nil {
			i.t.Skipf("skipped: mounting needs root: %v", err)
		}
	}
	mount(i.root, i.root, "", syscall.MS_BIND, "")
	i.t.Cleanup(func() { _ = syscall.Unmount(i.root, syscall.MNT_DETACH) })
	state := filepath.Join(i.root, "state")
	mount("tmpfs", state, "tmpfs", syscall.MS_NODEV, fmt.Sprintf("size=16m,mode=0700,uid=%d,gid=%d", i.uid, i.gid))
	i.t.Cleanup(func() { _ = syscall.Unmount(state, syscall.MNT_DETACH) })
	mount("", i.root, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, "")
}

// command is the entry point in the image: its root, its user, its environment.
func (i *image) command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, i.start[0], append(i.start[1:], args...)...)
	c.Env, c.Dir = append(append([]string{}, i.env...), env...), "/"
	c.SysProcAttr = &syscall.SysProcAttr{
		Chroot:     i.root,
		Credential: &syscall.Credential{Uid: i.uid, Gid: i.gid},
		Pdeathsig:  syscall.SIGKILL,
	}
	return c
}

// trusted is a Hub over TLS whose authority only the image's certificates know.
func (i *image) trusted(hub *hubtest.Hub) (address string) {
	to, err := url.Parse(hub.URL())
	require.NoError(i.t, err)
	server := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(to))
	i.t.Cleanup(server.Close)
	file, err := os.OpenFile(filepath.Join(i.root, "etc/ssl/certs/ca-certificates.crt"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(i.t, err)
	defer file.Close()
	require.NoError(i.t, pem.Encode(file, &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return server.URL
}

func (i *image) files() (list []string) {
	require.NoError(i.t, filepath.WalkDir(i.root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			list = append(list, strings.TrimPrefix(path, i.root))
		}
		return err
	}))
	return list
}

// TestImageRuns: what the Dockerfile puts into the image is enough. The static
// binary and the certificates alone, as its user, under a root that cannot be
// written, serve, keep a store, and ask a Hub over TLS.
func TestImageRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short, and it builds the binary")
	}
	if os.Getuid() != 0 {
		t.Skip("skipped: chroot and another user need root")
	}
	i := build(t)
	require.ElementsMatch(t, []string{"/membot", "/etc/ssl/certs/ca-certificates.crt"}, i.files(), "nothing else")
	require.NotZero(t, i.uid)
	hub := hubtest.New(t)
	hub.Add("acme/inside", map[string][]byte{"config.json": []byte(`{"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":64,
"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":128,"vocab_size":1000,"max_position_embeddings":2048,"torch_dtype":"bfloat16"}`)})
	endpoint := "HF_ENDPOINT=" + i.trusted(hub)
	i.seal()

	said, err := i.command(t.Context(), nil, "version").CombinedOutput()
	if err != nil && strings.Contains(err.Error(), "operation not permitted") {
		t.Skipf("skipped: chroot is not allowed here: %v", err)
	}
	require.NoError(t, err, "%s", said)
	require.Equal(t, "membot v0-image\n", string(said))
	said, err = i.command(t.Context(), []string{endpoint}, "ask", "--format", "json", "/mem acme/inside").CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Contains(t, string(said), `"source": "hub"`)
	i.serve(endpoint)
	store, err := os.Stat(filepath.Join(i.root, "state/membot.db"))
	require.NoError(t, err)
	require.Positive(t, store.Size())
}

// serve runs the bot, asks it, and stops it as an engine does.
func (i *image) serve(endpoint string) {
	t := i.t
	ops := "127.0.0.1:" + hubtest.FreePort(t)
	var log bytes.Buffer
	bot := i.command(t.Context(), []string{endpoint, "MEMBOT_OPS_ADDR=" + ops, "MEMBOT_ASK_TOKEN=" + leaktest.Ask}, "serve")
	bot.Stderr = io.MultiWriter(&log, leaktest.Writer("a log"))
	require.NoError(t, bot.Start())
	defer func() { _ = bot.Process.Kill() }()
	get := func(method, path string, body io.Reader) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), method, "http://"+ops+path, body)
		require.NoError(t, err)
		request.Header = http.Header{"Authorization": {"Bearer " + leaktest.Ask}, "Content-Type": {"text/plain"}}
		reply, err := http.DefaultClient.Do(request)
		if err != nil {
			return 0, err.Error()
		}
		defer reply.Body.Close()
		data, _ := io.ReadAll(reply.Body)
		return reply.StatusCode, string(data)
	}
	require.Eventually(t, func() bool { status, _ := get("GET", "/readyz", http.NoBody); return status == 200 }, time.Minute, 10*time.Millisecond)
	status, text := get("POST", "/ask", strings.NewReader("/mem acme/inside"))
	require.Equal(t, 200, status, text)
	require.NoError(t, bot.Process.Signal(syscall.SIGTERM))
	require.NoError(t, bot.Wait(), log.String())
	for _, level := range []string{`"level":"WARN"`, `"level":"ERROR"`} {
		require.NotContains(t, log.String(), level)
	}
}
