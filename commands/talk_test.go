package commands

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"membot/hfhub"
	"membot/hfhub/hubtest"
	"membot/hfhub/leaktest"
)

// scene is a Hub for one conversation, as the archive's comment sets it up.
type scene struct {
	hub     *hubtest.Hub
	token   string
	timeout time.Duration // long, but where the Hub says nothing
}

// setups are what a line of a conversation's comment can do to the Hub, before
// the archive's files are put on it or after.
var setups = map[string]func(s *scene, args []string){
	"token":   func(s *scene, args []string) { s.token = args[0]; s.hub.Allow(args[0], args[1:]...) },
	"rename":  func(s *scene, args []string) { s.hub.Rename(args[0], args[1]) },
	"limited": func(s *scene, args []string) { s.hub.Limit("api", 0, 240) },
	"break": func(s *scene, args []string) {
		if args[0] == "silent" {
			s.timeout = 100 * time.Millisecond
		}
		s.hub.Break("hub", "", -1, map[string]hubtest.Mode{
			"down": hubtest.Status(503, "down"), "drop": hubtest.Drop(), "loop": hubtest.Loop(), "deep": hubtest.Deep(100_000),
			"endless": hubtest.Endless("["), "silent": hubtest.Silent(), "html": hubtest.Text("<html>"), "cut": hubtest.Cut(`{"id":`),
			"disabled":   hubtest.Status(403, "Access to this resource is disabled."),
			"bad-token":  hubtest.Status(401, "Invalid credentials in Authorization header"),
			"other-host": hubtest.Redirect(302, "https://elsewhere.invalid/"),
		}[args[0]])
	},
}

// repoKinds are the words of a comment that say what sort of repositories it holds.
var repoKinds = map[string]hubtest.Option{"gated": hubtest.Gated("manual"), "private": hubtest.Private(), "disabled": hubtest.Disabled()}

// Each archive of testdata/talk is a Hub (hub/owner/name/…), questions (ask, one
// a line) and what must come back (answer). -update rewrites the answers, for a
// person to read in the diff.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/talk/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { converse(t, file) })
	}
}

func converse(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	service := staged(t, archive)
	var got bytes.Buffer
	answer := -1
	for i, f := range archive.Files {
		switch f.Name {
		case "ask":
			for line := range strings.Lines(string(f.Data)) {
				say(t, service, strings.TrimRight(line, "\n"), &got)
			}
		case "answer":
			answer = i
		}
	}
	if *update {
		if answer < 0 {
			archive.Files = append(archive.Files, txtar.File{Name: "answer"})
			answer = len(archive.Files) - 1
		}
		archive.Files[answer].Data = got.Bytes()
		require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
		return
	}
	require.GreaterOrEqual(t, answer, 0, "no answer yet: run with -update")
	require.Equal(t, string(archive.Files[answer].Data), got.String())
}

// say asks one line and writes the question and the answer. The commit is not
// shown, for it is the fake Hub's own.
func say(t *testing.T, service *Service, line string, to *bytes.Buffer) {
	t.Helper()
	a := service.Answer(t.Context(), Question{Text: line, Lang: Heard(line, English)})
	if a.Model != nil {
		a.Model.Revision, a.Model.FetchedAt = nil, nil
	}
	leaktest.Saw("an answer", a)
	to.WriteString("$ " + line + "\n" + Text(a, TextOptions{Width: 100, Lang: Heard(line, English)}) + "\n")
}

func staged(t *testing.T, archive *txtar.Archive) *Service {
	t.Helper()
	s := &scene{hub: hubtest.New(t), timeout: 20 * time.Second}
	var options []hubtest.Option
	var late [][]string
	for line := range strings.Lines(string(archive.Comment)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case repoKinds[words[0]] != nil:
			options = append(options, repoKinds[words[0]])
		default:
			require.Contains(t, setups, words[0])
			late = append(late, words)
		}
	}
	s.hub.Load(txtar.Format(archive), options...)
	for _, words := range late {
		setups[words[0]](s, words[1:])
	}
	client, err := hfhub.New(hfhub.Settings{
		Endpoint: s.hub.URL(), Token: s.token, Timeout: s.timeout, Deadline: 2 * s.timeout, MaxWait: time.Millisecond,
	})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return &Service{Library: Shelf{Resolver: hfhub.NewResolver(client)}, Log: leaktest.Log()}
}
