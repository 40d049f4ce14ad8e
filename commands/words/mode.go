package words

import (
	"slices"
	"strings"
)

// findTuned reads a bare 调 before a model as its training: 调Baichuan 13B,
// 调个7B, and not 强调 or 调用.
func (s *scan) findTuned() {
	for _, m := range s.models {
		i := m.from - 1
		for i > 0 && tunedBetween[s.atoms[i].text] {
			i--
		}
		if i >= 0 && s.free(i) && s.atoms[i].is("调") && (i == 0 || !beforeTuned[s.atoms[i-1].text]) {
			s.marks = append(s.marks, found{i, i + 1, tag{"mode", "train"}})
		}
	}
}

// tunedBetween stand between 调 and the model.
var tunedBetween = map[string]bool{"一": true, "个": true, "下": true, "了": true, "过": true, "这": true}

// beforeTuned make another word of 调.
var beforeTuned = map[string]bool{"强": true, "协": true, "空": true, "单": true, "下": true, "上": true, "回": true, "可": true}

// trains says whether the question is about training.
func (s *scan) trains() bool {
	train, serve := s.verbs("train"), s.verbs("serve")
	switch verb, serves := len(train) > 0, len(serve) > 0; {
	case verb && serves:
		return s.trainsRather(train, serve)
	case verb:
		return !s.has("mode", "infer") && !s.has("mode", "serve") || !s.allDone(train)
	default:
		return !serves && s.impliesTraining()
	}
}

// verbs are the words of a mode that are not refused: "do not want to train",
// 不训练.
func (s *scan) verbs(mode string) []found {
	var list []found
	for _, f := range s.marks {
		if f.tag == (tag{"mode", mode}) && !s.negated(f) && !s.unwanted(f) {
			list = append(list, f)
		}
	}
	return list
}

// unwanted says that a "not" stands before a word, with what is wanted between.
func (s *scan) unwanted(f found) bool {
	i := f.from
	if i > 0 && (s.atoms[i-1].is("不") || s.atoms[i-1].is("别")) {
		return true
	}
	for n := 0; n < 4 && i > 0 && wishes[s.atoms[i-1].text]; n++ {
		i--
	}
	return i < f.from && (s.endsAt(i, "neg") || s.endsAt(i, "refused"))
}

// wishes stand between a "not" and what is not done.
var wishes = map[string]bool{"want": true, "need": true, "to": true, "plan": true, "planning": true, "going": true, "intend": true, "have": true, "想": true, "要": true, "打": true, "算": true, "需": true, "做": true}

// trainsRather decides where both training and serving are named: what was done
// before or works is not asked about, what fails is; else what was said first.
func (s *scan) trainsRather(train, serve []found) bool {
	live := func(f found) bool { return !s.done(f) && !s.inClause(f, "works") }
	trains, serves := slices.ContainsFunc(train, live), slices.ContainsFunc(serve, live)
	if trains != serves {
		return trains
	}
	fails := func(f found) bool { return s.inClause(f, "fails") }
	trains, serves = slices.ContainsFunc(train, fails), slices.ContainsFunc(serve, fails)
	if trains != serves {
		return trains
	}
	return train[0].from < serve[0].from
}

// speakers tell what they did: "I finetuned".
var speakers = map[string]bool{"i": true, "we": true}

// allDone says that all training named was done before.
func (s *scan) allDone(train []found) bool {
	return !slices.ContainsFunc(train, func(f found) bool { return !s.done(f) })
}

// done says that what a word names was done before: "after fine-tuning", 训练完.
func (s *scan) done(f found) bool {
	return s.endsBefore(f.from, "done") || s.standsAt(f.to, "donebehind") || f.to-f.from > 1 && strings.HasSuffix(s.atoms[f.to-1].text, "ed") && s.atoms[f.from].kind == letters && speakers[s.atoms[f.from].text]
}

// inClause says that a phrase of that kind stands in the clause of a word.
func (s *scan) inClause(f found, key string) bool { return s.clauseSays(f.from, f.to, key) }

// clauseSays says that a phrase of that kind stands in the clause of some atoms.
func (s *scan) clauseSays(from, to int, key string) bool {
	first, last := max(0, from-maxClause), min(len(s.atoms), to+maxClause)
	for from > first && !s.endsClause(from-1) {
		from--
	}
	for to < last && !s.endsClause(to) {
		to++
	}
	return s.saysBetween(from, to, key)
}

// maxClause bounds a clause on either side of what it is about.
const maxClause = 100

// endsClause says that a clause ends at an atom.
func (s *scan) endsClause(i int) bool {
	return s.atoms[i].kind == mark && clauseMarks[s.atoms[i].text] || s.standsAt(i, "contrast")
}

// clauseMarks part clauses.
var clauseMarks = map[string]bool{",": true, ";": true, ".": true, "?": true, "!": true, ":": true}
