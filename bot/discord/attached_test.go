package discord

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAnAttachedConfigGoesWhereTheAnswerGoes: the buttons of the answer itself, of
// another user's copy and of its formulas work; what is shared for all to see does
// not bring the file, and has no buttons that would miss it.
func TestAnAttachedConfigGoesWhereTheAnswerGoes(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		ann, bob := s.Human("ann"), s.Human("bob")
		config := []byte(`{"model_type":"llama","hidden_size":4096}`)
		m := ann.OnMessage("How much memory?", "", s.Attach("config.json", config)).Shown()

		f := ann.Click(m, "v1|!formulas").Shown()
		require.Equal(t, config, f.Files["config.json"])
		f = ann.Choose(f, "v1|?size", "batch:8").Redrawn(f.Edits)
		require.Equal(t, "/explain config.json batch:8", f.Footer())
		require.Equal(t, config, s.oracle.last().Config)

		shared := ann.Click(m, "v1|!share").Shown()
		require.False(t, shared.Ephemeral())
		require.Contains(t, shared.Text(), "GiB a GPU")
		require.NotContains(t, shared.Files, "config.json", "a file shown to one person is not published")
		require.Empty(t, shared.IDs())

		copied := bob.Choose(m, "v1|?size", "batch:8").Shown()
		require.Equal(t, config, copied.Files["config.json"])
	})
}

func TestAFileThatIsNotThereIsNotAskedOfTheHub(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *stage) {
		ann := s.Human("ann")
		for _, asked := range []func() string{
			func() string { return ann.Slash("mem", option{Name: "model", Value: "config.json"}).Answer().Text() },
			func() string {
				return ann.Slash("compare", option{Name: "model", Value: "llama-7b"}, option{Name: "model2", Value: "config.json"}).Answer().Text()
			},
			func() string { return ann.OnMessage("How much memory?", "/mem config.json train").Answer().Text() },
		} {
			require.Contains(t, asked(), "with the file attached")
		}
		require.Empty(t, s.oracle.lines())
		require.NotContains(t, ann.Slash("ask", option{Name: "question", Value: "what is a config.json for?"}).Answer().Text(), "with the file attached")
	})
	s := overGateway(t)
	require.Contains(t, s.Human("ann").Mention("/mem config.json").Text(), "with the file attached")
	require.Empty(t, s.oracle.lines())
}

// TestSettingsAreNotChangedByButtons: under what /settings says there is nothing
// to share or to change, whatever an id claims.
func TestSettingsAreNotChangedByButtons(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"/settings", "/settings gpu:4090", "/settings scope:server lang:zh-CN"} {
		for _, id := range []string{"v1|gpu:h100", "v1|lang:zh-CN", "v1|?gpus", "v1|!share", "v1|!train", "v1|!formulas", "v1|"} {
			p := presser.readPress(&Interaction{Type: kindComponent, User: &User{ID: "7"}, Data: &Data{CustomID: id, Values: []string{"gpus:8"}}, Message: received(state)})
			require.Equal(t, wordUnknownID, p.problem, "%s under %s", id, state)
		}
	}
	open := &Data{CustomID: "v1|?open", Values: []string{"/settings gpu:4090"}}
	require.Equal(t, wordUnknownID, presser.readPress(&Interaction{Type: kindComponent, User: &User{ID: "7"}, Data: open, Message: received("/mem a/b")}).problem)
}
