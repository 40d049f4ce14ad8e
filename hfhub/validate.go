package hfhub

import (
	"encoding/json"
	"io"
	"math"

	"github.com/tidwall/gjson"
)

const maxDepth = 200 // of nested JSON; real files stay below 20

// validJSON checks what gjson does not: that the text is JSON, and not nested so
// deep that reading it recursively could exhaust the stack.
func validJSON(text []byte) error {
	if depth(text) > maxDepth {
		return broken("nested deeper than %d", maxDepth)
	}
	if !json.Valid(text) {
		return broken("not JSON")
	}
	return nil
}

// depth is how deep the brackets outside strings nest.
func depth(text []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// readAll reads a body of at most limit bytes, counted after decompression.
func readAll(body io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, broken("larger than %d bytes", limit)
	}
	return text, nil
}

// whole is a JSON number that is an integer of at least 0; false for anything else.
func whole(r gjson.Result) (int64, bool) {
	if r.Type != gjson.Number || r.Num != math.Trunc(r.Num) || r.Num < 0 || r.Num >= 1<<63 {
		return 0, false
	}
	return r.Int(), true
}
