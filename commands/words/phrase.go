package words

import "strings"

// tag is what a phrase means: {"method", "lora"}.
type tag struct{ key, value string }

// lexicon numbers the words of the tables, from one, so that a question's words
// are looked up once and not at every table.
type lexicon map[string]int32

// number gives a word of a table its number.
func (l lexicon) number(word string) int32 {
	id := l[word]
	if id == 0 {
		id = int32(len(l) + 1)
		l[word] = id
	}
	return id
}

// atomize cuts text into atoms and numbers those that are words of the tables.
func (l lexicon) atomize(text string, id func(owner, name string) bool) []atom {
	atoms := atomize(text, id)
	for i := range atoms {
		atoms[i].id = l[atoms[i].text]
	}
	return atoms
}

// trie finds the longest phrase at a place.
type trie struct {
	words lexicon
	first []*branch // by the number of the first word
}

// branch is what a phrase may go on with.
type branch struct {
	next map[int32]*branch
	tags []tag
}

// add gives a phrase a meaning.
func (t *trie) add(phrase string, meaning tag) {
	var node *branch
	for k, a := range atomize(phrase, nil) {
		id := t.words.number(a.text)
		if k == 0 {
			node = t.begin(id)
			continue
		}
		if node.next == nil {
			node.next = map[int32]*branch{}
		}
		child := node.next[id]
		if child == nil {
			child = &branch{}
			node.next[id] = child
		}
		node = child
	}
	if node != nil {
		node.tags = append(node.tags, meaning)
	}
}

// begin gives the phrases that begin with a word, making room for them.
func (t *trie) begin(id int32) *branch {
	if missing := int(id) + 1 - len(t.first); missing > 0 {
		t.first = append(t.first, make([]*branch, missing)...)
	}
	if t.first[id] == nil {
		t.first[id] = &branch{}
	}
	return t.first[id]
}

// at gives the phrases that begin with a word, nil where none do.
func (t *trie) at(id int32) *branch {
	if id == 0 || int(id) >= len(t.first) {
		return nil
	}
	return t.first[id]
}

// longest gives the end and the meanings of the longest phrase that begins at i
// and stays within free atoms.
func (t *trie) longest(atoms []atom, i int, free func(int) bool) (int, []tag) {
	end := i
	var tags []tag
	if i < 0 || i >= len(atoms) || !free(i) {
		return end, tags
	}
	node := t.at(atoms[i].id)
	for j := i; node != nil; {
		j++
		if len(node.tags) > 0 {
			end, tags = j, node.tags
		}
		if j >= len(atoms) || !free(j) {
			break
		}
		node = node.next[atoms[j].id]
	}
	return end, tags
}

// begins says that some phrase begins with the word, or is it.
func (t *trie) begins(word string) bool { return t.at(t.words[word]) != nil }

// has says that the single word means something.
func (t *trie) has(word string) bool {
	node := t.at(t.words[word])
	return node != nil && len(node.tags) > 0
}

// lines calls each for the rows "left = a | b" of a table.
func lines(table string, each func(left string, right []string)) {
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		left, right, ok := strings.Cut(line, " = ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(right, " | ")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		each(strings.TrimSpace(left), parts)
	}
}
