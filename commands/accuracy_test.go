package commands

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// measuredRows are all rows of testdata/measured: figures that others published,
// each with its source.
func measuredRows(t *testing.T) []Measured {
	t.Helper()
	return rowsIn(t, "testdata/measured")
}

// rowsIn are all rows of a folder.
func rowsIn(t *testing.T, folder string) []Measured {
	t.Helper()
	files, err := filepath.Glob(folder + "/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var rows []Measured
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		more, err := ReadMeasured(bytes.NewReader(text))
		require.NoError(t, err, file)
		rows = append(rows, more...)
	}
	return rows
}

// ratchet holds what each kind of figure has reached, as shares that an estimate
// misses by at the median and at the 90th percentile. The numbers may only go
// down.
var ratchet = map[string]struct{ median, ninetieth float64 }{
	"deepspeed total":                 {0.0241, 0.0639},
	"fsdp allocated":                  {0.0032, 0.0138},
	"fsdp reserved":                   {0.0401, 0.2345},
	"fsdp total":                      {0.0249, 0.0784},
	"fsdp2 reserved":                  {0.0326, 0.0805},
	"hf allocated":                    {0.0002, 0.0012},
	"hf total":                        {0.0295, 0.0446},
	"ik_llama.cpp kv_cache":           {0.0001, 0.0001},
	"ik_llama.cpp workspace":          {0.0004, 0.0257},
	"litgpt allocated":                {0.0218, 0.0233},
	"llama.cpp kv_cache":              {0.0001, 0.0049},
	"llama.cpp state":                 {0.0001, 0.0001},
	"llama.cpp weights":               {0.0001, 0.0096},
	"llama.cpp workspace":             {0.0001, 0.0008},
	"megatron allocated":              {0.0159, 0.0386},
	"tensorrt-llm kv_bytes_per_token": {0.0002, 0.0003},
	"transformers allocated":          {0.0054, 0.0163},
	"vllm kv_budget":                  {0.0055, 0.0235},
	"vllm kv_bytes_per_token":         {0.0003, 0.0010},
	"vllm weights":                    {0.0006, 0.0063},
	"vllm workspace":                  {0.0078, 0.0488},
	"all":                             {0.0021, 0.0257},
}

// The table of the README is what the program scores today (-update writes it),
// and no kind of figure is worse than it once was.
func TestAccuracy(t *testing.T) {
	all := Score(t.Context(), &Service{Library: Shelf{}}, measuredRows(t))
	kinds := Tally(all, ByKind)
	for _, a := range kinds {
		held, ok := ratchet[a.Name]
		require.True(t, ok, "no bound for %s: median %.4f, 90th percentile %.4f", a.Name, a.Median, a.Ninetieth)
		require.LessOrEqual(t, a.Median, held.median, "median of %s", a.Name)
		require.LessOrEqual(t, a.Ninetieth, held.ninetieth, "90th percentile of %s", a.Name)
	}
	var out strings.Builder
	fmt.Fprintln(&out)
	require.NoError(t, WriteAccuracy(&out, kinds))
	fmt.Fprintln(&out)
	require.NoError(t, WriteAccuracy(&out, Tally(all, BySource)))
	requireReadme(t, "accuracy", out.String())
}

// moreRatchet is the same for runs of stacks and settings that testdata/measured
// leaves out: by source, what is published with fewer settings or rounded.
var moreRatchet = map[string]struct{ median, ninetieth float64 }{
	"Lightning-AI/litgpt, allocated":  {0.0243, 0.0409},
	"huggingface/transformers, total": {0.0312, 0.0734},
	"pytorch/torchtune, allocated":    {0.0183, 0.0320},
	"all":                             {0.0239, 0.0409},
}

// More runs are held beside the score, by source.
func TestAccuracyOfMoreRuns(t *testing.T) {
	requireHeld(t, "more", BySource, moreRatchet)
}

// servedRatchet is the same for logs of engines read after the laws were made,
// by engine and figure.
var servedRatchet = map[string]struct{ median, ninetieth float64 }{
	"llama.cpp kv_cache":        {0.0001, 0.0001},
	"llama.cpp state":           {0.0001, 0.0001},
	"llama.cpp weights":         {0.0001, 0.0001},
	"llama.cpp workspace":       {0.0002, 0.0336},
	"sglang kv_budget":          {0.0015, 0.0104},
	"sglang kv_bytes_per_token": {0.0002, 0.0012},
	"sglang kv_tokens":          {0.0014, 0.0109},
	"sglang weights":            {0.0011, 0.0258},
	"vllm kv_budget":            {0.0172, 0.0975},
	"vllm kv_bytes_per_token":   {0.0003, 0.0005},
	"vllm kv_tokens":            {0.0008, 0.0060},
	"vllm weights":              {0.0039, 0.0326},
	"vllm workspace":            {0.0299, 0.0617},
	"all":                       {0.0008, 0.0299},
}

// Logs of engines that no law was fitted on when they were first asked.
func TestAccuracyOfServedModels(t *testing.T) {
	requireHeld(t, "served", ByKind, servedRatchet)
}

// unseenRatchet is the same for runs that were gathered, and asked, after the laws
// stood. Where one is far off, its row says why.
var unseenRatchet = map[string]struct{ median, ninetieth float64 }{
	"Lightning-AI/litgpt, allocated":                        {0.0240, 0.3085},
	"NVIDIA-NeMo/Automodel, allocated":                      {0.1512, 0.4611},
	"NousResearch/torchtitan, reserved":                     {0.1096, 0.1332},
	"axolotl-ai-cloud/axolotl, total":                       {0.0506, 0.4172},
	"chenyaofo/d4cd6a20ab4b95cb3a49491747e2139a, allocated": {0.0950, 0.7304},
	"deepspeedai/DeepSpeedExamples, allocated":              {0.1664, 0.5523},
	"pytorch/ao, reserved":                                  {0.1012, 0.1102},
	"pytorch/torchtitan, allocated":                         {0.0235, 0.0235},
	"pytorch/torchtitan, reserved":                          {0.0445, 0.0740},
	"all":                                                   {0.0958, 0.3375},
}

// Runs gathered after the laws stood, good and bad.
func TestAccuracyOfUnseenRuns(t *testing.T) {
	requireHeld(t, "unseen", BySource, unseenRatchet)
	rows := rowsIn(t, "testdata/unseen")
	notes := map[string]string{}
	for _, r := range rows {
		notes[r.ID] = r.Note
	}
	for _, r := range Score(t.Context(), &Service{Library: Shelf{}}, rows) {
		if r.Off() > 0.1 {
			require.NotEmpty(t, notes[r.ID], "%s is %.1f%% off: its row says why", r.ID, 100*r.Off())
		}
	}
}

// requireHeld holds the rows of a folder to a ratchet, and the README to their
// table.
func requireHeld(t *testing.T, folder string, by func(Residual) string, bounds map[string]struct{ median, ninetieth float64 }) {
	t.Helper()
	table := Tally(Score(t.Context(), &Service{Library: Shelf{}}, rowsIn(t, "testdata/"+folder)), by)
	for _, a := range table {
		held, ok := bounds[a.Name]
		require.True(t, ok, "no bound for %s: median %.4f, 90th percentile %.4f", a.Name, a.Median, a.Ninetieth)
		require.LessOrEqual(t, a.Median, held.median, "median of %s", a.Name)
		require.LessOrEqual(t, a.Ninetieth, held.ninetieth, "90th percentile of %s", a.Name)
		require.Equal(t, a.Rows, a.Answered, a.Name)
	}
	var out strings.Builder
	fmt.Fprintln(&out)
	require.NoError(t, WriteAccuracy(&out, table))
	requireReadme(t, folder, out.String())
}

// What autograd itself keeps of one block, read off its storages, in the public
// language, to the byte.
func TestActivationsAreExact(t *testing.T) {
	text, err := os.ReadFile("testdata/activations.jsonl")
	require.NoError(t, err)
	rows, err := ReadMeasured(bytes.NewReader(text))
	require.NoError(t, err)
	require.Len(t, rows, 126)
	for i, r := range Score(t.Context(), &Service{Library: Shelf{}}, rows) {
		require.Equal(t, r.Measured, r.Estimated, rows[i].Ask)
	}
}

// requireReadme holds a section of the README, between its marks, to a text.
func requireReadme(t *testing.T, section, want string) {
	t.Helper()
	const path = "../README.md"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, opened := strings.Cut(string(text), "<!-- "+section+" -->")
	got, after, closed := strings.Cut(rest, "<!-- /"+section+" -->")
	require.True(t, opened && closed, "the README marks where %s stands", section)
	if *update {
		whole := before + "<!-- " + section + " -->" + want + "<!-- /" + section + " -->" + after
		require.NoError(t, os.WriteFile(path, []byte(whole), 0o644))
		return
	}
	require.Equal(t, want, got, "run go test ./commands -update, and read the difference")
}
