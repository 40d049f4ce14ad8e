package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"membot/commands"
)

// TestSettingsOutliveTheProcess: what one process was told, the next one on the
// same store knows; POST /ask, where nobody is known, has none.
func TestSettingsOutliveTheProcess(t *testing.T) {
	db := "bolt:" + t.TempDir() + "/membot.db"
	who := commands.Asker{User: "1", Guild: "2", Manages: true}
	first := startServing(t, map[string]string{"MEMBOT_STORE": db})
	for _, line := range []string{"/settings gpu:4090", "/settings scope:server gpus:2 lang:zh-CN"} {
		require.Nil(t, first.p.ask.Answer(t.Context(), commands.Question{Text: line, Asker: who}).Error)
	}
	refused, _ := first.question("/settings gpu:h100")
	require.Equal(t, commands.BadRequest, refused.Error.Code)
	first.stop()
	require.NoError(t, <-first.stopped)
	first.p.close()

	second := startServing(t, map[string]string{"MEMBOT_STORE": db})
	require.Equal(t, commands.Chosen{
		Lang: commands.Chinese, Defaults: []commands.Setting{{Key: "gpu", Value: "4090"}, {Key: "gpus", Value: "2"}},
	}, commands.ChosenBy(t.Context(), preferences{second.p.store}, who))
}

// TestSettingsAreOneOnTwoReplicas: what one replica was told, the other uses in
// its next answer, though it had read and kept what held before; and with the
// store gone answers go on, and a change is refused rather than half made.
func TestSettingsAreOneOnTwoReplicas(t *testing.T) {
	port, client := startRedis(t)
	vars := map[string]string{"MEMBOT_STORE": "redis://127.0.0.1:" + port + "/0"}
	one, other := startServing(t, vars), startServing(t, vars)
	who := commands.Asker{User: "1", Guild: "2", Manages: true}
	say := func(r *running, line string) commands.Answer {
		chosen := commands.ChosenBy(t.Context(), preferences{r.p.store}, who) // as the bot does for each question
		return r.p.ask.Answer(t.Context(), commands.Question{Text: line, Asker: who, Defaults: chosen.Defaults})
	}
	sees := func(r *running, gpu string) {
		t.Helper()
		require.Eventually(t, func() bool {
			a := say(r, "/mem llama-7b infer")
			return a.Error == nil && strings.Contains(a.Question, "gpu:"+gpu)
		}, time.Minute, time.Millisecond)
	}
	for i, gpu := range []string{"4090", "a100-80g", "h200", "4090"} {
		from, to := one, other
		if i%2 == 1 {
			from, to = other, one
		}
		require.Eventually(t, func() bool { return say(from, "/settings gpu:"+gpu).Error == nil }, time.Minute, time.Millisecond)
		sees(to, gpu)
		sees(from, gpu)
	}
	require.Eventually(t, func() bool { return say(one, "/settings scope:server gpus:2 lang:zh-CN private:on").Error == nil }, time.Minute, time.Millisecond)
	want := commands.Chosen{
		Lang: commands.Chinese, Private: "on", Defaults: []commands.Setting{{Key: "gpu", Value: "4090"}, {Key: "gpus", Value: "2"}},
	}
	for _, r := range []*running{one, other} {
		require.Eventually(t, func() bool {
			return assert.ObjectsAreEqual(want, commands.ChosenBy(t.Context(), preferences{r.p.store}, who))
		}, time.Minute, time.Millisecond)
	}
	_ = client.Do(t.Context(), client.B().Arbitrary("SHUTDOWN", "NOSAVE").Build())
	require.Eventually(t, func() bool { return say(one, "/settings gpu:h100").Error != nil }, time.Minute, time.Millisecond)
	require.Nil(t, say(one, "/mem llama-7b infer").Error, "answered with the defaults")
}
