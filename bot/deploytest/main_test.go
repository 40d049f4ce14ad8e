package deploytest

import (
	"os"
	"testing"

	"membot/hfhub/leaktest"
)

// TestMain fails the tests where anything they brought forth holds a token.
func TestMain(m *testing.M) { os.Exit(leaktest.Watched(m).Run()) }
