package hfhub

import (
	"bytes"
	"encoding/json"
)

// Bounds on a config.json. Published ones are below 2 MB, nested a dozen deep.
const (
	maxConfigBytes = 10 << 20
	maxConfigDepth = 64
)

// pythonLiterals are what Python's json writes and JSON does not know.
var pythonLiterals = [][]byte{[]byte("-Infinity"), []byte("Infinity"), []byte("NaN")}

// cleanJSON makes a published file JSON: without a byte order mark, and with
// null for Python's Infinity and NaN outside strings. What is no JSON then, too
// large or too deep is refused.
func cleanJSON(data []byte, file string) ([]byte, error) {
	if len(data) > maxConfigBytes {
		return nil, badf("%s of %d bytes", file, len(data))
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("version https://git-lfs")) {
		return nil, badf("%s: a Git LFS pointer stands in its place", file)
	}
	data, depth := withoutPython(data)
	if depth > maxConfigDepth {
		return nil, badf("%s nested %d deep", file, depth)
	}
	if !json.Valid(data) {
		return nil, badf("%s: not JSON, or cut short", file)
	}
	return data, nil
}

// withoutPython replaces Python's literals outside strings and measures the
// depth. The input is left as it is; a copy is made only if there is something
// to replace.
func withoutPython(data []byte) (cleaned []byte, depth int) {
	out, last, nested := []byte(nil), 0, 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			i = endOfString(data, i)
		case '{', '[':
			nested++
			depth = max(depth, nested)
		case '}', ']':
			nested--
		case '-', 'I', 'N':
			if n := literalAt(data[i:]); n > 0 {
				out = append(append(out, data[last:i]...), "null"...)
				last = i + n
				i = last - 1
			}
		}
	}
	if out == nil {
		return data, depth
	}
	return append(out, data[last:]...), depth
}

// endOfString gives the index of the closing quote, or the last one.
func endOfString(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return i
}

func literalAt(data []byte) int {
	for _, word := range pythonLiterals {
		if bytes.HasPrefix(data, word) {
			return len(word)
		}
	}
	return 0
}
