package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"membot/commands"
)

// block is a part of the README between <!-- name --> and <!-- /name -->.
func block(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)(<!-- ` + name + ` -->\n)(.*?)(<!-- /` + name + ` -->)`)
}

// The README's demo, tables and formulas are what the program says; go test
// ./bot -update rewrites them.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	readme := string(data)
	blocks := map[string]string{
		"demo":     readmeDemo(t),
		"commands": readmeCommands(),
		"options":  readmeOptions(),
		"formulas": readmeFormulas(t),
	}
	for name, want := range blocks {
		found := block(name).FindStringSubmatch(readme)
		require.NotNil(t, found, name)
		if *update {
			readme = strings.Replace(readme, found[0], found[1]+want+found[3], 1)
			continue
		}
		require.Equal(t, want, found[2], "run go test ./bot -update")
	}
	if *update {
		require.NoError(t, os.WriteFile("../README.md", []byte(readme), 0o644))
	}
	for _, row := range settingTable {
		require.Contains(t, readme, "`"+row.name+"`", "every setting is in the README")
	}
	require.NotContains(t, readme, "/"+"work/")
}

// asked answers from the catalogue.
func asked(t *testing.T, line string) commands.Answer {
	t.Helper()
	service := &commands.Service{Library: commands.Shelf{}}
	a := service.Answer(t.Context(), commands.Question{Text: line})
	require.Nil(t, a.Error, line)
	return a
}

const demoLine = "/mem llama-7b train zero:2 gpus:8 gpu:a100-40g"

func readmeDemo(t *testing.T) string {
	return "```console\n$ go run ./bot ask '" + demoLine + "'\n" + commands.Text(asked(t, demoLine), commands.TextOptions{}) + "```\n"
}

func readmeCommands() string {
	var out strings.Builder
	out.WriteString("| command | what it gives |\n|---|---|\n")
	for _, c := range commands.Commands() {
		fmt.Fprintf(&out, "| `%s` | %s |\n", strings.ReplaceAll(c.Usage, "|", `\|`), c.English)
	}
	return out.String()
}

// maxValues is how many values of an option the table lists.
const maxValues = 14

func readmeOptions() string {
	var out strings.Builder
	out.WriteString("| key | for | what | values |\n|---|---|---|---|\n")
	scopes := map[commands.Scope]string{commands.Both: "both", commands.Serving: "infer", commands.Training: "train"}
	for _, o := range commands.Options() {
		values, more := o.Values, ""
		if o.Number {
			values = []string{"a whole number"}
		}
		if len(values) > maxValues {
			values, more = values[:maxValues], " …"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s%s |\n", o.Key, scopes[o.Scope], o.English, strings.Join(values, " "), more)
	}
	return out.String()
}

// readmeFormulas are the parts of a few questions with the formula, basis and
// source that their answers show.
func readmeFormulas(t *testing.T) string {
	var out strings.Builder
	for _, line := range []string{
		"/mem llama-7b infer", "/mem llama-7b infer engine:vllm gpu:a100-80g", "/mem llama-7b train zero:2 gpus:8", "/mem llama-7b train stack:textbook",
	} {
		fmt.Fprintf(&out, "`%s`\n\n| part | bytes on the fullest GPU | basis | source |\n|---|---|---|---|\n", line)
		for _, p := range asked(t, line).PerGPU.Parts {
			fmt.Fprintf(&out, "| %s | `%s` | %s | %s |\n", p.Name, p.Formula, p.Basis, p.Source)
		}
		out.WriteString("\n")
	}
	letters := map[string]string{}
	for _, line := range []string{"/explain llama-7b infer engine:vllm gpu:a100-80g", "/explain llama-7b train zero:2 gpus:8", "/explain llama-7b train stack:textbook"} {
		for _, l := range asked(t, line).Letters {
			letters[l.Name] = l.Meaning
		}
	}
	var said []string
	for name, meaning := range letters {
		said = append(said, "`"+name+"` "+meaning)
	}
	slices.Sort(said)
	out.WriteString("Letters: " + strings.Join(said, " · ") + ".\n")
	return out.String()
}
