package deploytest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	compose "github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/stretchr/testify/require"
)

// TestDockerfile parses it with BuildKit's own parser and linter.
func TestDockerfile(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(deploy, "Dockerfile"))
	require.NoError(t, err)
	tree, err := parser.Parse(bytes.NewReader(data))
	require.NoError(t, err)
	require.Empty(t, tree.Warnings)
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) { t.Errorf("%s: %s", rule, message) }})
	stages, _, err := instructions.Parse(tree.AST, lint)
	require.NoError(t, err)

	last := stages[len(stages)-1]
	require.Equal(t, "scratch", last.BaseName, "no shell, no package manager")
	var user, entry string
	for _, command := range last.Commands {
		switch c := command.(type) {
		case *instructions.UserCommand:
			user = c.User
		case *instructions.EntrypointCommand:
			require.False(t, c.PrependShell, "there is no shell to run it")
			entry = c.CmdLine[0]
		case *instructions.CmdCommand:
			require.False(t, c.PrependShell)
		case *instructions.RunCommand:
			t.Error("nothing can run in an empty image")
		case *instructions.CopyCommand:
			require.Equal(t, "build", c.From, "only what the build made")
		}
	}
	require.Equal(t, "65532:65532", user, "not root, and by number, for runAsNonRoot")
	require.Equal(t, "/membot", entry)
	require.Contains(t, string(data), "CGO_ENABLED=0", "static")
	require.Contains(t, string(data), "-trimpath")
	require.Contains(t, string(data), "/etc/ssl/certs/ca-certificates.crt")
}

func TestImageHoldsNoSecret(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(deploy, "Dockerfile.dockerignore"))
	require.NoError(t, err)
	lines := strings.Split(string(data), "\n")
	require.Contains(t, lines, "*", "what is not listed is not sent")
	require.NotContains(t, lines, "!deploy")
	require.Contains(t, lines, "**/.env")
}

// TestCompose loads it as docker compose does: schema, references and values.
func TestCompose(t *testing.T) {
	path := filepath.Join(deploy, "compose.yaml")
	project, err := loader.LoadWithContext(context.WithoutCancel(t.Context()), compose.ConfigDetails{
		WorkingDir:  deploy,
		ConfigFiles: []compose.ConfigFile{{Filename: path}},
		Environment: map[string]string{},
	}, func(o *loader.Options) { o.SetProjectName("membot", true) })
	require.NoError(t, err)
	require.NoError(t, project.CheckContainerNameUnicity())
	require.Len(t, project.Services, 2)
	for name, s := range project.Services {
		require.True(t, s.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, s.CapDrop, name)
		require.Equal(t, []string{"no-new-privileges:true"}, s.SecurityOpt, name)
		require.Positive(t, int64(s.MemLimit), name)
		require.Empty(t, s.Privileged, name)
		user, _, _ := strings.Cut(s.User, ":")
		require.NotContains(t, []string{"", "0", "root"}, user, name)
	}
	bot := project.Services["membot"]
	require.Len(t, bot.Secrets, 3)
	require.Equal(t, "/run/secrets", *bot.Environment["CREDENTIALS_DIRECTORY"])
	for _, p := range bot.Ports {
		require.True(t, p.Target != 9090 || p.HostIP == "127.0.0.1", "operations stay on this machine")
	}
	require.Empty(t, project.Services["valkey"].Ports, "the store is not reachable from outside")
}
