package discord

import (
	"flag"
	"os"
	"testing"

	"membot/hfhub/leaktest"
)

// TestMain lets the tests wait side by side: most of their time is waits that
// the gateway library makes for itself, a second at each close.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(leaktest.Watched(m).Run())
}
