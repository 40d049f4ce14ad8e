package discord

import (
	"regexp"
	"slices"
	"strings"

	"membot/commands"
)

// changeShape is a change as a button may carry it; anything else is forged.
var changeShape = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}:[A-Za-z0-9._@/,+-]{1,64}$`)

// change applies changes ("zero:3 gpus:8") to a line: a key that is there gets
// the new value, one that is not is appended. Whatever else was typed stays.
func change(line string, changes string) (string, bool) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return "", false
	}
	for one := range strings.FieldsSeq(changes) {
		if !changeShape.MatchString(one) {
			return "", false
		}
		key, _, _ := strings.Cut(one, ":")
		words = append(without(words, func(k string) bool { return k == key }), one)
	}
	return strings.Join(words, " "), true
}

// typedMark stands in a custom id before the keys that were typed, of those that
// a canonical line always shows.
const typedMark = "~"

// typedKeys end the ids of an answer's controls: what else the line shows is
// membot's own choice, and is chosen anew when the question changes.
func typedKeys(a commands.Answer) string {
	var keys []string
	for _, row := range commands.Options() {
		if row.Default && a.Plan[row.Key].Given {
			keys = append(keys, row.Key)
		}
	}
	return typedMark + strings.Join(keys, ",")
}

// asTyped is a canonical line without what was not typed. An id that does not
// say leaves it whole.
func asTyped(line, keys string, said bool) string {
	if !said {
		return line
	}
	typed := strings.Split(keys, ",")
	return strings.Join(without(strings.Fields(line), func(key string) bool {
		return !slices.Contains(typed, key) && slices.ContainsFunc(commands.Options(), func(row commands.OptionRow) bool { return row.Default && row.Key == key })
	}), " ")
}

// orphans are the keys that most often contradict another one's new value.
var orphans = map[string][]string{
	"optimizer": {"rank"},
	"method":    {"rank", "targets", "adapters", "lora-dropout", "dtype", "precision"},
	"engine":    {"dtype", "kv", "util", "max-seqs", "max-batched", "chunked", "ubatch", "ngl", "mla", "mtp", "lora-slots", "dcp", "eager", "tp", "pp", "ep"},
	"gpus":      {"tp", "pp", "ep", "cp", "sp"},
	"gpu":       {"util"},
	"zero":      {"stack", "precision", "grads", "offload"},
	"stack":     {"precision", "zero", "grads", "loss", "adapters"},
	"train":     {"dtype", "tp", "pp", "ep", "cp", "sp"},
	"infer":     {"dtype", "tp", "pp", "ep", "cp", "sp", "offload"},
}

// inMode turns a question about serving into one about training, or back, and
// returns the words that mean nothing there.
func inMode(line, mode string) (changed string, left []string) {
	drop := commands.Serving
	if mode == "infer" {
		drop = commands.Training
	}
	var words []string
	for w := range strings.FieldsSeq(line) {
		key, _, _ := strings.Cut(w, ":")
		foreign := slices.ContainsFunc(commands.Options(), func(row commands.OptionRow) bool { return row.Key == key && row.Scope == drop })
		switch {
		case foreign:
			left = append(left, w)
		case w != "infer" && w != "train":
			words = append(words, w)
		}
	}
	return strings.Join(slices.Insert(words, min(2, len(words)), mode), " "), left
}

// command turns a question into the same under another command.
func asCommand(line, name string) string {
	_, rest, _ := strings.Cut(line, " ")
	return strings.TrimSpace("/" + name + " " + rest)
}

// without drops the key:value words whose key matches.
func without(words []string, drop func(key string) bool) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool {
		key, _, ok := strings.Cut(w, ":")
		return ok && drop(key)
	})
}
