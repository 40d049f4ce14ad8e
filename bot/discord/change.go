package discord

import (
	"regexp"
	"slices"
	"strings"
)

// changeShape is a change as a button may carry it; anything else is forged.
var changeShape = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}:[A-Za-z0-9._@/,+-]{1,64}$`)

// change applies changes ("zero:3 gpus:8") to a canonical line: a key that is
// there gets the new value, one that is not is appended. Keys that mean nothing
// beside the new value go with it.
func change(line string, changes string) (string, bool) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return "", false
	}
	for one := range strings.FieldsSeq(changes) {
		if !changeShape.MatchString(one) {
			return "", false
		}
		key, value, _ := strings.Cut(one, ":")
		words = without(words, func(k, _ string) bool { return k == key || slices.Contains(orphans[key], k) && !keeps(key, value, k) })
		words = append(words, one)
	}
	return strings.Join(words, " "), true
}

// orphans are the keys that may lose their meaning when the first one changes.
var orphans = map[string][]string{
	"method": {"rank", "targets", "adapters", "lora-dropout", "dtype", "precision"},
	"engine": {"dtype", "kv", "util", "max-seqs", "max-batched", "chunked", "ubatch", "ngl", "mla", "mtp", "lora-slots", "dcp", "eager", "tp", "pp", "ep"},
	"gpus":   {"tp", "pp", "ep", "cp", "sp"},
	"gpu":    {"util"},
	"zero":   {"stack", "precision"}, // each stack shards in its own way; ZeRO's own is taken
	"stack":  {"precision", "zero", "grads", "loss", "adapters"},
}

// keeps: LoRA's own keys stay from one kind of LoRA to the other.
func keeps(key, value, orphan string) bool {
	return key == "method" && strings.HasSuffix(value, "ora") && orphan != "dtype" && orphan != "precision"
}

// servingOnly and trainingOnly are the keys that do not survive a change of
// mode.
var (
	servingOnly = []string{
		"engine", "kv", "util", "max-seqs", "max-batched", "chunked", "ubatch", "ngl", "mla", "mtp", "lora-slots",
		"dcp", "eager", "out", "dtype", "tp", "pp", "ep", "cp", "sp",
	}
	trainingOnly = []string{
		"method", "rank", "targets", "adapters", "lora-dropout", "dropout", "optimizer", "precision", "stack", "zero", "grads",
		"accum", "recompute", "loss", "compile", "offload", "dtype", "seq", "batch", "tp", "pp", "ep", "cp", "sp",
	}
)

// inMode turns a question about serving into one about training, or back.
func inMode(line, mode string) string {
	drop := servingOnly
	if mode == "infer" {
		drop = trainingOnly
	}
	words := without(strings.Fields(line), func(k, _ string) bool { return slices.Contains(drop, k) })
	words = slices.DeleteFunc(words, func(w string) bool { return w == "infer" || w == "train" })
	at := min(2, len(words))
	return strings.Join(slices.Insert(words, at, mode), " ")
}

// command turns a question into the same under another command.
func asCommand(line, name string) string {
	_, rest, _ := strings.Cut(line, " ")
	return strings.TrimSpace("/" + name + " " + rest)
}

// without drops the key:value words that match.
func without(words []string, drop func(key, value string) bool) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool {
		key, value, ok := strings.Cut(w, ":")
		return ok && drop(key, value)
	})
}
