package main

import (
	"errors"
	"go/build"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// arrows says which of our folders each folder may import.
var arrows = map[string][]string{
	"estimator": {},
	"hfhub":     {"estimator", "hfhub"},
	"commands":  {"estimator", "hfhub", "commands"},
	"bot":       {"estimator", "hfhub", "commands", "bot"},
}

// impure are parts of the standard library that the estimator does without.
var impure = []string{"os", "io", "net", "time", "context", "log", "syscall", "math/rand", "os/exec", "log/slog"}

// bot → commands → hfhub → estimator → standard library, tests aside.
func TestArrows(t *testing.T) {
	for folder, allowed := range arrows {
		for _, dir := range goFolders(t, filepath.Join("..", folder)) {
			for _, path := range importsOf(t, dir) {
				ours, inside := strings.CutPrefix(path, "membot/")
				top, _, _ := strings.Cut(ours, "/")
				if inside {
					require.Contains(t, allowed, top, "%s imports %s", dir, path)
				}
				if folder == "estimator" {
					require.NotContains(t, path, ".", "estimator imports %s", path)
					require.NotContains(t, impure, path, "estimator imports %s", path)
				}
			}
		}
	}
}

// The top level is as the design fixes it.
func TestTopLevel(t *testing.T) {
	for _, dir := range goFolders(t, "..") {
		top, _, _ := strings.Cut(strings.TrimPrefix(filepath.ToSlash(dir), "../"), "/")
		require.Contains(t, arrows, top, "Go code in %s", dir)
	}
}

func importsOf(t *testing.T, dir string) []string {
	t.Helper()
	pkg, err := build.ImportDir(dir, 0)
	if _, tests := errors.AsType[*build.NoGoError](err); tests {
		return nil
	}
	require.NoError(t, err)
	return pkg.Imports
}

func goFolders(t *testing.T, root string) []string {
	t.Helper()
	var dirs []string
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); name == "testdata" || name == "node_modules" || path != root && strings.HasPrefix(name, ".") {
			return fs.SkipDir
		}
		if files, _ := filepath.Glob(filepath.Join(path, "*.go")); len(files) > 0 {
			dirs = append(dirs, path)
		}
		return nil
	}))
	return dirs
}
