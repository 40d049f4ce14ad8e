package words

import "strings"

// tag is what a phrase means: {"method", "lora"}.
type tag struct{ key, value string }

// trie finds the longest phrase at a place.
type trie struct {
	next map[string]*trie
	tags []tag
}

// add gives a phrase a meaning.
func (t *trie) add(phrase string, meaning tag) {
	node := t
	for _, a := range atomize(phrase, nil) {
		if node.next == nil {
			node.next = map[string]*trie{}
		}
		child := node.next[a.text]
		if child == nil {
			child = &trie{}
			node.next[a.text] = child
		}
		node = child
	}
	node.tags = append(node.tags, meaning)
}

// longest gives the end and the meanings of the longest phrase that begins at i
// and stays within free atoms.
func (t *trie) longest(atoms []atom, i int, free func(int) bool) (int, []tag) {
	node, end := t, i
	var tags []tag
	for j := i; j < len(atoms) && free(j); j++ {
		node = node.next[atoms[j].text]
		if node == nil {
			break
		}
		if len(node.tags) > 0 {
			end, tags = j+1, node.tags
		}
	}
	return end, tags
}

// has says that the single word means something.
func (t *trie) has(word string) bool {
	node := t.next[word]
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
