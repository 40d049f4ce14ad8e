package discord

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStrangersWordsAreOnlyWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"@everyone":                     "@¦everyone",
		"<@123>":                        `\<¦@¦123\>`,
		"[x](https://evil.example/a_b)": `\[x\]\(https:¦//evil.example/a\_b\)`,
		"see https://evil.example/a":    "see https:¦//evil.example/a",
		"http://evil.example":           "http:¦//evil.example",
		"# big":                         `\# big`,
		"**a** __b__ ~~c~~ ||d|| `e`":   `\*\*a\*\* \_\_b\_\_ \~\~c\~\~ \|\|d\|\| ` + "\\`e\\`",
		"a\u202eb\nc":                   "a b c",
		"at https://huggingface.co/a/b_c and https://huggingface.co@evil.example/": "at https://huggingface.co/a/b_c and https:¦//huggingface.co@¦evil.example/",
	} {
		require.Equal(t, want, strings.ReplaceAll(plain(text), zeroWidth, "¦"), text)
	}
}

func TestOnlyCommandsAreSetAsCode(t *testing.T) {
	t.Parallel()
	require.Equal(t, "`/mem llama-7b train zero:2`\nAsk like this:\n`/models infer gpu:…`", paragraphs("/mem llama-7b train zero:2\nAsk like this:\n /models infer gpu:…"))
	for _, said := range []string{"/help lists the options.", "/help 列出了所有选项。", "/settings reset deletes yours. The Hub sees which."} {
		require.Equal(t, said, paragraphs(said))
	}
}
