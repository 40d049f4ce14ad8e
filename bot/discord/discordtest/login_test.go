package discordtest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestDiscordJS has an independent client log in and answer: what it is happy
// with is not only our own idea of Discord. It needs Node; CI has none.
func TestDiscordJS(t *testing.T) {
	modules := os.Getenv("DISCORD_JS")
	if modules == "" {
		t.Skip("DISCORD_JS does not name a folder with discord.js: see discordjs/login.mjs")
	}
	d := New(t)
	client := exec.CommandContext(t.Context(), "node", "discordjs/login.mjs", d.URL, d.Token, modules)
	client.Stderr = os.Stderr
	out, err := client.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, client.Start())
	t.Cleanup(func() {
		_ = client.Process.Kill()
		_ = client.Wait()
	})
	said := listen(t, bufio.NewScanner(out))
	require.Eventually(t, func() bool { return said("registered") }, time.Minute, 10*time.Millisecond)
	require.True(t, said("ready "+d.BotID+" "+d.AppID+" 1"))

	ann := d.Human("ann")
	asked := ann.Slash("mem", Option{Name: "model", Value: "later"})
	m := asked.Answer()
	require.Equal(t, "seen by discord.js", m.Embeds[0].Title)
	require.Equal(t, []byte("PNG"), m.Picture())
	require.Equal(t, "more", asked.FollowUp(0).Content)
	require.True(t, ann.Slash("mem", Option{Name: "model", Value: "now"}).Answer().Ephemeral())
	require.Equal(t, []string{"one"}, ann.Type("mem", Option{Name: "model", Value: "x", Focused: true}))
	require.Contains(t, ann.Click(m, "x").Edited(m.Edits).Text(), "pressed x")

	d.Gateway.Reconnect()
	require.Eventually(t, func() bool { return said("resumed") }, time.Minute, 10*time.Millisecond)
	require.NotEmpty(t, ann.Slash("mem").Answer().Embeds)
	d.Gateway.RefuseResumes(true)
	d.Gateway.Break()
	require.True(t, d.Gateway.Live(3, 20*time.Second))
	require.NotEmpty(t, ann.Slash("mem").Answer().Embeds)
	require.False(t, said("error") || said("rejected"))
}

// listen collects what the client says.
func listen(t *testing.T, lines *bufio.Scanner) func(string) bool {
	var mu sync.Mutex
	var all strings.Builder
	go func() {
		for lines.Scan() {
			mu.Lock()
			all.WriteString(lines.Text() + "\n")
			mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		t.Log(all.String())
	})
	return func(word string) bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Contains(all.String(), word)
	}
}
