package commands

import "regexp"

// want is what an option takes, as the parser and the estimator say it in
// English, and the id of the same below "want.", with the pattern's groups in
// its places.
type want struct {
	english *regexp.Regexp
	id      string
}

// wants are the phrases; whatever is none of them is a list of values, which is
// the same in every language.
var wants = []want{
	{regexp.MustCompile(`^a whole number from 1$`), "whole_from_1"},
	{regexp.MustCompile(`^a whole number, such as (?P<such>.+) or (?P<as>.+)$`), "whole"},
	{regexp.MustCompile(`^a share from (?P<low>\S+) to (?P<high>\S+)(?:, such as 0\.9)?$`), "share"},
	{regexp.MustCompile(`^a version such as (?P<such>.+) or (?P<as>.+)$`), "version"},
	{regexp.MustCompile(`^a card from /gpus, or a size such as (?P<such>.+)$`), "card"},
	{regexp.MustCompile(`^full of every n-th block, as in (?P<such>.+)$`), "every"},
	{regexp.MustCompile(`^(?P<low>\d+) to (?P<high>\d+)$`), "range"},
	{regexp.MustCompile(`^1 to the model's (?P<blocks>\d+) blocks$`), "blocks"},
	{regexp.MustCompile(`^a multiple of tp × pp × cp = (?P<degrees>\d+)$`), "multiple"},
	{regexp.MustCompile(`^a divisor of (?P<heads>\d+) heads: (?P<all>.*)$`), "divisor"},
	{regexp.MustCompile(`^1: the model has no experts$`), "no_experts"},
	{regexp.MustCompile(`^(?P<engines>.+): it serves no Whisper$`), "no_speech"},
	{regexp.MustCompile(`^0: the model has no MTP layers$`), "no_mtp"},
	{regexp.MustCompile(`^full, lora, qlora or dora: the model writes no text$`), "no_head"},
	{regexp.MustCompile(`^a divisor of (?P<experts>\d+) experts: (?P<all>.*)$`), "divisor_experts"},
}

// wanted says in the language what an option takes.
func (w *Wording) wanted(english string) string {
	if w.lang == English {
		return english
	}
	for _, row := range wants {
		groups := row.english.FindStringSubmatch(english)
		if groups == nil {
			continue
		}
		var pairs []any
		for i, name := range row.english.SubexpNames() {
			if name != "" {
				pairs = append(pairs, name, groups[i])
			}
		}
		return w.Text("want."+row.id, pairs...)
	}
	return english
}
