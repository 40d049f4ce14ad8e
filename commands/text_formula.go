package commands

import (
	"regexp"
	"strconv"
	"strings"
)

// token is a word, a number or a sign of a formula.
var token = regexp.MustCompile(`[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\S`)

// greek are the letters that a Go expression cannot spell on a keyboard.
var greek = map[string]string{"Phi": "Φ"}

// pretty writes a Go expression as people do: 2·Φ/N, s², (34·b + 8)·l.
func pretty(formula string) string {
	return spell(token.FindAllString(formula, -1), func(word string) string { return word })
}

// filled is pretty with numbers in the place of letters. A letter nobody knows
// stays.
func filled(formula string, letters []Letter) string {
	values := make(map[string]string, len(letters))
	for _, l := range letters {
		values[l.Name] = figure(l.Value)
	}
	return spell(token.FindAllString(formula, -1), func(word string) string {
		if value, ok := values[word]; ok {
			return value
		}
		return word
	})
}

// spell joins tokens: no space around · and /, one around + and −, a power in
// place of a letter times itself.
func spell(tokens []string, name func(string) string) string {
	var out strings.Builder
	before := ""
	for i := 0; i < len(tokens); i++ {
		word := tokens[i]
		if spaced, ok := signs[word]; ok {
			if binds(before) {
				spaced = strings.TrimSpace(spaced)
			}
			out.WriteString(spaced)
		} else {
			out.WriteString(letterName(name(word)))
			times := 1
			if before != "/" { // a / s * s is not a / s²
				times = repeats(tokens[i:])
			}
			out.WriteString(powers[times])
			i += 2 * (times - 1)
		}
		before = word
	}
	return out.String()
}

// signs are written so between what they join.
var signs = map[string]string{"*": "·", "/": "/", "+": " + ", "-": " − ", ",": ", "}

// binds says whether a sign that follows belongs to the number after it.
func binds(before string) bool {
	_, sign := signs[before]
	return before == "" || before == "(" || sign
}

var powers = [...]string{1: "", 2: "²", 3: "³", 4: "⁴"}

// repeats counts how often the first token, a letter, is multiplied by itself.
func repeats(tokens []string) int {
	times := 1
	for isWord(tokens[0]) && times < len(powers)-1 && 2*times < len(tokens) &&
		tokens[2*times-1] == "*" && tokens[2*times] == tokens[0] {
		times++
	}
	return times
}

func isWord(token string) bool {
	return token[0] >= 'a' && token[0] <= 'z' || token[0] >= 'A' && token[0] <= 'Z'
}

// literal writes a number of a formula without needless signs and zeros: 1e9.
func literal(word string) string {
	digits, exponent, ok := strings.Cut(strings.ToLower(word), "e")
	if !ok {
		return word
	}
	return digits + "e" + strings.TrimLeft(exponent, "+0")
}

// letterName spells a letter: Greek where it is, a kind's number below the line.
func letterName(word string) string {
	if word == "" {
		return word
	}
	if !isWord(word) {
		return literal(word)
	}
	base := strings.TrimRight(word, "0123456789")
	name := base
	if g, ok := greek[base]; ok {
		name = g
	}
	return name + strings.Map(func(r rune) rune { return '₀' + r - '0' }, word[len(base):])
}

// figure writes the value of a letter: whole numbers in full with commas, others
// with four digits.
func figure(value float64) string {
	if whole := int64(value); float64(whole) == value {
		return count(whole)
	}
	return strconv.FormatFloat(value, 'g', 4, 64)
}
