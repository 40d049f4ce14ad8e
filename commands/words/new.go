package words

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

// tables hold every word: shared.txt the technical ones, one more file for each
// language, families.txt the models, cards.txt the GPUs,
// instances.txt the machines that clouds rent out.
//
//go:embed tables
var tables embed.FS

// languages are the tables of words, and the wording, of each language.
var languages = []string{"en", "zh"}

// names are the languages as an answer names them.
var languageNames = map[string]string{"en": "en", "zh": "zh-CN"}

// New makes a reader that knows, beside its tables, the Hub ids of a catalogue.
func New(models []string) *Reader {
	words := lexicon{}
	r := &Reader{
		words: words, phrases: &trie{words: words}, notions: &trie{words: words}, names: &trie{words: words}, vocab: map[byte][]string{},
		say: map[string]map[string]string{}, owners: map[string]bool{},
	}
	r.families = newFamilies(table("families.txt"), words)
	r.cards = newCards(table("cards.txt"), table("instances.txt"), words)
	lines(table("cards.txt"), func(left string, _ []string) { r.spell(left) })
	r.learnWords("shared.txt")
	for _, language := range languages {
		r.learnWords(language + ".txt")
		r.learnWording(language)
	}
	r.learnModels(models)
	return r
}

// table reads an embedded table, which is always there.
func table(name string) string {
	text, err := tables.ReadFile("tables/" + name)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return string(text)
}

// learnWords adds a table of words.
func (r *Reader) learnWords(name string) {
	row := 0
	lines(table(name), func(left string, right []string) {
		row++
		key, value, _ := strings.Cut(left, " ")
		words := r.phrases
		if key == "topic" || key == "hint" {
			words, value = r.notions, fmt.Sprintf("%s %s/%d", value, name, row)
		}
		for _, phrase := range right {
			words.add(phrase, tag{key, value})
			if key != "common" { // good English, which no typo is taken for
				r.spell(phrase)
			}
		}
	})
}

// spell notes the words of a phrase that a typo may mean.
func (r *Reader) spell(phrase string) {
	for word := range strings.FieldsSeq(phrase) {
		if len(word) >= 5 && len(word) <= 24 && isASCII(word) && !slices.Contains(r.vocab[word[0]], word) {
			r.vocab[word[0]] = append(r.vocab[word[0]], word)
		}
	}
}

// isASCII says that a word is plain letters.
func isASCII(word string) bool {
	return !strings.ContainsFunc(word, func(c rune) bool { return c < 'a' || c > 'z' })
}

// learnWording reads what a language says of what was assumed.
func (r *Reader) learnWording(language string) {
	words := map[string]string{}
	lines(table("say_"+language+".txt"), func(left string, right []string) {
		words[left] = strings.Join(right, " | ")
	})
	r.say[languageNames[language]] = words
}

// learnModels adds the catalogue's names, and the owners of Hub ids.
func (r *Reader) learnModels(models []string) {
	for _, f := range r.families.list {
		for _, e := range f.entries {
			r.learnOwner(e.id)
		}
	}
	for owner := range strings.FieldsSeq("meta-llama mistralai qwen deepseek-ai google microsoft nvidia unsloth thebloke bartowski 01-ai huggyllama nousresearch eleutherai zai-org thudm redhatai neuralmagic mlx-community lmstudio-community casperhansen hugging-quants baai stabilityai") {
		r.owners[owner] = true
	}
	for _, id := range models {
		r.learnOwner(id)
		name := id[strings.IndexByte(id, '/')+1:]
		if len(atomize(name, nil)) > 1 {
			r.names.add(name, tag{"model", id})
		}
	}
}

func (r *Reader) learnOwner(id string) {
	if owner, _, ok := strings.Cut(id, "/"); ok {
		r.owners[strings.ToLower(owner)] = true
	}
}
