package words

import (
	"strconv"
	"strings"
	"unicode"
)

// kind is what an atom is made of.
type kind byte

// The kinds of atoms.
const (
	letters kind = 'a' // a run of letters, lower case
	number  kind = '0' // digits, with a decimal point
	han     kind = 'h' // one Chinese character
	mark    kind = 'p' // punctuation
	hub     kind = 'i' // a Hub id, as typed
)

// The gaps before an atom.
const (
	glued  byte = 0
	hyphen byte = '-' // hyphen, underscore or dot
	spaced byte = ' '
)

// atom is the smallest piece of text: "llama3-8b" is llama, 3, 8 and b, however
// it is spelled.
type atom struct {
	text  string
	kind  kind
	gap   byte
	value float64 // of a number
	id    int32   // its number among the words of the tables; 0 is none
	flag  bool    // begins the name of an option: --context-length
	start int     // in runes
}

// tight says that nothing but a hyphen stands before the atom.
func (a atom) tight() bool { return a.gap != spaced }

// is says that the atom has this text.
func (a atom) is(text string) bool { return a.text == text }

// atomize cuts text into atoms. id says whether "owner/name" may be a Hub id.
func atomize(text string, id func(owner, name string) bool) []atom {
	runes := []rune(text)
	atoms := make([]atom, 0, likely(runes))
	gap := spaced
	for i := 0; i < len(runes); {
		c := runes[i]
		if n, a, ok := hubAt(runes, i, id); ok {
			a.gap, a.start = spaced, i
			atoms, i, gap = append(atoms, a), i+n, spaced
			continue
		}
		switch {
		case unicode.IsSpace(c) || c == idMark:
			gap, i = spaced, i+1
			continue
		case c == '-' && gap == spaced && flagLen(runes[i:]) > 0:
			n := flagLen(runes[i:])
			atoms = append(atoms, atom{text: string(runes[i : i+n]), kind: letters, gap: gap, start: i})
			i, gap = i+n, glued
			continue
		case (c == '-' || c == '_' || c == '.') && i+1 < len(runes) && joins(runes, i):
			if gap == glued {
				gap = hyphen
			}
			i++
			continue
		}
		n, a := atomAt(runes, i, atoms)
		a.gap, a.start, a.flag = gap, i, i > 1 && runes[i-1] == '-' && runes[i-2] == '-'
		atoms, i, gap = append(atoms, a), i+n, glued
	}
	return atoms
}

// likely is about how many atoms a text has: one for each Chinese character and
// one for three letters.
func likely(runes []rune) int {
	wide := 0
	for _, c := range runes {
		if c >= 0x2e80 {
			wide++
		}
	}
	return wide + (len(runes)-wide)/3 + 1
}

// flags are the short options of programs that say something: llama-server -c
// 8192.
var flags = map[string]bool{"-c": true, "-ctk": true, "-ctv": true, "-np": true, "-ub": true}

// flagLen is the length of the flag that runes begin with.
func flagLen(runes []rune) int {
	n := 1
	for n < len(runes) && n < 5 && isLetter(runes[n]) {
		n++
	}
	if n < len(runes) && runes[n] != ' ' || !flags[string(runes[:n])] {
		return 0
	}
	return n
}

// joins says that the mark at i stands inside a word.
func joins(runes []rune, i int) bool {
	next := runes[i+1]
	if runes[i] == '.' && unicode.IsDigit(next) && (i == 0 || !isWord(runes[i-1])) {
		return false // .95
	}
	return isWord(next) || next == '-' || next == '_'
}

func isWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func isLetter(c rune) bool { return unicode.IsLetter(c) && !unicode.Is(unicode.Han, c) }

// atomAt reads the atom at i and its length in runes.
func atomAt(runes []rune, i int, before []atom) (int, atom) {
	c := runes[i]
	switch {
	case unicode.Is(unicode.Han, c):
		return 1, atom{text: hanText(c), kind: han}
	case isDigit(c) || c == '.' && i+1 < len(runes) && isDigit(runes[i+1]):
		return numberAt(runes, i, before)
	case isLetter(c):
		n := 1
		times := c == 'x' && i > 0 && (isDigit(runes[i-1]) || len(before) > 1 && unitEnds(runes, i)) // 8xH100
		for i+n < len(runes) && isLetter(runes[i+n]) {
			n++
		}
		if times && !cardEnding(runes, i, n) {
			n = 1
		}
		if n > 1 && i > 0 && isDigit(runes[i-1]) && i+n < len(runes) && isDigit(runes[i+n]) && timesBehindUnit[strings.ToLower(string(runes[i:i+n]))] {
			n-- // A100-80Gx8
		}
		if i > 1 && isDigit(runes[i-1]) && isDigit(runes[i-2]) && i+n < len(runes) && isDigit(runes[i+n]) {
			n = unitBeforeCard(strings.ToLower(string(runes[i:i+n])), n) // 32GV100
		}
		return n, atom{text: strings.ToLower(string(runes[i : i+n])), kind: letters}
	}
	return 1, atom{text: string(c), kind: mark}
}

// unitBeforeCard is the length of the unit of memory that a card's letter is
// glued to: the g of 32GV100, the gb of 80GBA100; else n.
func unitBeforeCard(word string, n int) int {
	unit := strings.TrimRight(word, "vahltp")
	if (unit == "g" || unit == "gb") && len(word) == len(unit)+1 {
		return len(unit)
	}
	return n
}

// The usual Chinese characters, one after another.
const firstHan, lastHan, hanBytes = '\u4e00', '\u9fff', 3

var usualHan = func() string {
	var b strings.Builder
	b.Grow(hanBytes * (lastHan - firstHan + 1))
	for c := firstHan; c <= lastHan; c++ {
		b.WriteRune(c)
	}
	return b.String()
}()

// hanText is a Chinese character as text, for the usual ones without allocation.
func hanText(c rune) string {
	if c < firstHan || c > lastHan {
		return string(c)
	}
	at := hanBytes * int(c-firstHan)
	return usualHan[at : at+hanBytes]
}

// cardEnding says that the letters behind a number end a card's name: 6700xt, and
// not 8xT4.
func cardEnding(runes []rune, i, n int) bool {
	word := strings.ToLower(string(runes[i : i+min(n, 4)]))
	return (word == "xt" || word == "xtx") && (i+n == len(runes) || !isDigit(runes[i+n]))
}

// timesBehindUnit are units of memory with the sign of a count behind them.
var timesBehindUnit = map[string]bool{"gx": true, "gbx": true, "gibx": true}

// unitEnds says that an x at i multiplies the memory size before it: 80Gx8.
func unitEnds(runes []rune, i int) bool {
	from := i
	for from > 0 && isLetter(runes[from-1]) {
		from--
	}
	return from > 0 && isDigit(runes[from-1]) && i+1 < len(runes) && isDigit(runes[i+1]) && timesBehindUnit[strings.ToLower(string(runes[from:i+1]))]
}

// numberAt reads a number: 16, 2.5, 128,000, and 2_5 as 2.5 where that is not
// the name of a quantization ("q4_0").
func numberAt(runes []rune, i int, before []atom) (int, atom) {
	quant := len(before) > 0 && strings.HasSuffix(before[len(before)-1].text, "q") && i > 0 && isLetter(runes[i-1])
	var b strings.Builder
	n := 0
digits:
	for ; i+n < len(runes) && n < 24; n++ {
		c := runes[i+n]
		digitNext := i+n+1 < len(runes) && isDigit(runes[i+n+1])
		switch {
		case isDigit(c):
			b.WriteRune(c)
			continue
		case c == '.' && digitNext, c == '_' && digitNext && n > 0 && n < 3 && !quant && (i == 0 || runes[i-1] != '_') && !versionAndSize(runes, i, n):
			b.WriteByte('.')
			continue
		case c == ',' && thousands(runes[i:], n):
			continue
		default:
			break digits
		}
	}
	text := b.String()
	if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		value = 0
	}
	return max(n, 1), atom{text: text, kind: number, value: value}
}

// versionAndSize says that the underscore at n parts the version glued to a name
// from the size: internlm2_7b.
func versionAndSize(runes []rune, i, n int) bool {
	if i == 0 || !isLetter(runes[i-1]) {
		return false
	}
	k := i + n + 1
	for k < len(runes) && isDigit(runes[k]) {
		k++
	}
	return k < len(runes) && (runes[k] == 'b' || runes[k] == 'B') && (k+1 == len(runes) || !isLetter(runes[k+1]))
}

// thousands says that the comma at n parts thousands: 128,000.
func thousands(runes []rune, n int) bool {
	first := n
	for k := range n {
		if !isDigit(runes[k]) && runes[k] != ',' {
			return false
		}
		if runes[k] == ',' {
			first = min(first, k)
		}
	}
	digits := 0
	for n+1+digits < len(runes) && isDigit(runes[n+1+digits]) {
		digits++
	}
	after := n + 1 + digits
	return first >= 1 && first <= 3 && digits == 3 && (after >= len(runes) || !isLetter(runes[after]))
}

// hubAt reads a Hub id at i: marked, or owner/name that id accepts.
func hubAt(runes []rune, i int, id func(owner, name string) bool) (int, atom, bool) {
	marked := runes[i] == idMark
	from := i
	if marked {
		from++
	} else if i > 0 && (isWord(runes[i-1]) && !unicode.Is(unicode.Han, runes[i-1]) || strings.ContainsRune("-_./\\@", runes[i-1])) {
		return 0, atom{}, false
	}
	owner := idPart(runes[from:])
	slash := from + owner
	if owner == 0 || slash >= len(runes) || runes[slash] != '/' {
		return 0, atom{}, false
	}
	name := idPart(runes[slash+1:])
	end := slash + 1 + name
	for end > slash+1 && strings.ContainsRune(".-_", runes[end-1]) {
		end--
	}
	if end == slash+1 || end < len(runes) && runes[end] == '/' {
		return 0, atom{}, false
	}
	a := atom{text: string(runes[from:end]), kind: hub}
	if marked || id != nil && id(string(runes[from:slash]), string(runes[slash+1:end])) {
		return end - i, a, true
	}
	return 0, atom{}, false
}

// idPart is the length of the part of a Hub id that runes begin with.
func idPart(runes []rune) int {
	n := 0
	for n < len(runes) && n < 96 {
		c := runes[n]
		plain := c < 128 && isWord(c)
		if !plain && (n == 0 || !strings.ContainsRune("-_.", c)) {
			break
		}
		n++
	}
	return n
}
