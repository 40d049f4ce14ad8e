package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"membot/hfhub/hubtest"
	"membot/hfhub/leaktest"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// TestMain lets the test binary stand in for membot itself.
func TestMain(m *testing.M) {
	testscript.Main(leaktest.Watched(m), map[string]func(){"membot": func() { os.Exit(leaktest.Watched(itself{}).Run()) }})
}

// itself is membot as a script runs it; what it prints is looked at too.
type itself struct{}

// Run implements [leaktest.Tests].
func (itself) Run() int {
	return run(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}, OS())
}

// The program as a person runs it: each script is a conversation.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("HF_HUB_OFFLINE", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "hub": hub, "pinned": pinned},
	})
}

// exits runs a program and asks for its exit code: exits 2 membot frob.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError) //nolint:errorlint // testscript gives it bare
		if !ok {
			ts.Fatalf("run %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code: got %d, want %d", got, want)
	}
}

// hub starts a Hub that holds one model and makes it the one that is asked:
// hub owner/name config.json.
func hub(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hub owner/name config.json")
	}
	h := hubtest.Start()
	ts.Defer(h.Close)
	h.Add(args[0], map[string][]byte{"config.json": []byte(ts.ReadFile(args[1]))})
	ts.Setenv("HF_ENDPOINT", h.URL())
	ts.Setenv("HF_HUB_OFFLINE", "0")
}

// pinned puts the commit that an answer names into $COMMIT: pinned answer.json.
func pinned(ts *testscript.TestScript, neg bool, args []string) {
	var answer struct {
		Model struct{ Revision string }
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: pinned answer.json")
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &answer))
	ts.Setenv("COMMIT", answer.Model.Revision)
}

func TestWhereAConfigIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	_, err := readConfig(t.Context(), path)
	require.Error(t, err)
	page, err := readConfig(t.Context(), "https://huggingface.co/a/b/blob/main/config.json")
	require.NoError(t, err)
	require.Nil(t, page, "left to the client of the Hub")
}

func TestCompletion(t *testing.T) {
	rows := []struct{ line, want string }{
		{"/me", "m "},
		{"/mem llama-7b tr", "ain "},
		{"/mem llama-7b train ze", "ro:"},
		{"/mem llama-7b train zero:", "3 "},
		{"/mem llama-7b gpu:h100-8", "0g "},
		{"/mem huggyllama/llama-7", "b "},
		{"/mem QWEN/qwen2-0.5b-i", "nstruct "},
	}
	for _, row := range rows {
		ends, length := completer{}.Do([]rune(row.line), len([]rune(row.line)))
		var all []string
		for _, end := range ends {
			all = append(all, string(end))
		}
		require.Contains(t, all, row.want, row.line)
		require.LessOrEqual(t, len(all), maxCandidates)
		require.Equal(t, len(row.line)-1-lastSpace(row.line), length)
	}
	ends, _ := completer{}.Do([]rune("/mem llama-7b train zero:2 ze"), 29)
	require.Empty(t, ends, "an option is offered once")
	ends, _ = completer{}.Do([]rune("/mem 显存"), 7)
	require.Empty(t, ends)
}

func lastSpace(line string) int {
	for i := len(line) - 1; i >= 0; i-- {
		if line[i] == ' ' {
			return i
		}
	}
	return -1
}

func TestLeaving(t *testing.T) {
	require.True(t, leaves(" /QUIT "))
	require.False(t, leaves("quit smoking"))
	require.Equal(t, "/mem a/b     c:1", joined("/mem a/b \\\n    c:1"))
}
