package commands

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// asJSON gives the fields of an answer as a program reads them.
func asJSON(t *testing.T, text string) map[string]any {
	t.Helper()
	data, err := json.Marshal(plainly(t, text, ""))
	require.NoError(t, err)
	fields := map[string]any{}
	require.NoError(t, json.Unmarshal(data, &fields))
	return fields
}

// Every answer says what it answers, plain words that became no line too.
func TestEveryAnswerCarriesItsQuestion(t *testing.T) {
	for text, want := range map[string]string{
		"what is kv cache":                "/ask what is kv cache",
		"how much vram do I need":         "/ask how much vram do I need",
		"@everyone tell me a joke":        "/ask tell me a joke",
		"which models can I run on 24gb?": "/models infer",
	} {
		fields := asJSON(t, text)
		require.Contains(t, fields["question"], want, text)
		require.NotEmpty(t, fields["understood"], text)
	}
}

// A list of models says what its first row leaves of the card; null where none
// fits, never 0.
func TestListOfModelsSaysWhatIsLeft(t *testing.T) {
	fields := asJSON(t, "/models infer gpu:24g")
	gpu := fields["gpu"].(map[string]any)
	first := fields["options"].([]any)[0].(map[string]any)
	require.Equal(t, first["headroom"], gpu["headroom"])
	require.Equal(t, true, gpu["fits"])

	fields = asJSON(t, "/models train method:full gpu:1g")
	gpu = fields["gpu"].(map[string]any)
	require.Equal(t, false, gpu["fits"])
	require.Nil(t, gpu["headroom"])
	require.Contains(t, gpu, "headroom")
}

// A sentence that begins with a command's name is no typed line.
func TestSentencesAreNotTypedLines(t *testing.T) {
	require.False(t, Typed("compare training memory of qwen2.5-7b and llama-3.1-8b with qlora"))
	require.False(t, Typed("explain the memory of llama-7b"))
	require.True(t, Typed("compare qwen2.5-7b llama-3.1-8b train method:qlora"))
	require.True(t, Typed("mem 7b"))
}
