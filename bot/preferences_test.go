package main

import (
	"testing"

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
