package commands

import (
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

// chineseTerms lead from what the estimator says in English of letters and
// sources to Chinese.
var chineseTerms = sync.OnceValue(func() map[string]string {
	terms := map[string]string{}
	data, err := locales.ReadFile("locales/terms.zh-CN.toml")
	if err == nil {
		err = toml.Unmarshal(data, &terms)
	}
	if err != nil {
		panic("read the embedded terms: " + err.Error()) // the tests read them
	}
	return terms
})

// term says a term of the estimator in the language; one without a translation,
// such as a paper, stays as it is.
func (w *Wording) term(english string) string {
	if w.lang == English {
		return english
	}
	if chinese, ok := chineseTerms()[english]; ok {
		return chinese
	}
	return english
}

// terms is [Wording.term] for a list that semicolons part.
func (w *Wording) terms(english string) string {
	all := strings.Split(english, "; ")
	for i, one := range all {
		all[i] = w.term(one)
	}
	return strings.Join(all, w.Text("label.semicolon"))
}
