package leaktest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

type settings struct{ Token string }

// TestSecretsAreFound: each way out that is watched fails the run.
func TestSecretsAreFound(t *testing.T) {
	for name, leak := range map[string]func(w *Watch){
		"an error":           func(w *Watch) { w.Saw("x", fmt.Errorf("ask: %w", errors.New("bearer "+Hub))) },
		"an answer":          func(w *Watch) { w.Saw("x", []byte(`{"text":"`+Ask+`"}`)) },
		"a field":            func(w *Watch) { w.Saw("x", &settings{Discord}) },
		"an address":         func(w *Watch) { w.Saw("x", "valkey://:"+Password+"@host") },
		"a header":           func(w *Watch) { w.Saw("x", http.Header{"X-Token": {Hub}}) },
		"two writes":         func(w *Watch) { dribble(w.Writer("x", io.Discard), "log "+Hub+" line") },
		"printed":            func(*Watch) { fmt.Println("token", Hub) },
		"printed as a fault": func(*Watch) { fmt.Fprintln(os.Stderr, "token", Hub) },
	} {
		t.Run(name, func(t *testing.T) {
			muted(t)
			w := &Watch{}
			require.Equal(t, 1, w.Run(func() int { leak(w); return 0 }))
			require.Len(t, w.found, 1)
			require.NotContains(t, w.found[0], Mark, "and it is not said again")
		})
	}
}

func TestTheRestPasses(t *testing.T) {
	muted(t)
	w := &Watch{}
	code := w.Run(func() int {
		w.Saw("x", "no secret", nil, []byte("S3CR"), errors.New("S3"))
		dribble(w.Writer("x", io.Discard), "S3CR 3T S3CR3 T")
		fmt.Println("all well")
		return 3
	})
	require.Equal(t, 3, code, "the tests' own code")
}

func dribble(to io.Writer, text string) {
	for i := range len(text) {
		_, _ = to.Write([]byte{text[i]})
	}
}

// muted keeps what is printed on purpose from whoever runs the tests.
func muted(t *testing.T) {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = null, null
	t.Cleanup(func() {
		os.Stdout, os.Stderr = stdout, stderr
		_ = null.Close()
	})
}
