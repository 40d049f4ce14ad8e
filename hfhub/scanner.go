package hfhub

import (
	"bufio"
	"errors"
	"io"
	"math"
	"strconv"
	"unicode/utf8"
)

const (
	maxText   = 8 << 10 // bytes of one name
	maxNested = 64      // of values that are passed over
)

// scanner reads JSON from a stream as it comes, so that a file of 60 MB costs no
// more memory than what its reader keeps. It is strict where a lie could hide and
// never reads further than it must.
type scanner struct {
	r       *bufio.Reader
	scratch []byte
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 32<<10), scratch: make([]byte, 0, 256)}
}

// byte reads one byte; the end of the stream is a broken answer.
func (s *scanner) byte() (byte, error) {
	c, err := s.r.ReadByte()
	if errors.Is(err, io.EOF) {
		return 0, broken("JSON ends too early")
	}
	return c, err
}

// token reads the first byte that is not white space.
func (s *scanner) token() (byte, error) {
	for {
		c, err := s.byte()
		if err != nil || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c, err
		}
	}
}

// want reads a token that must be this one.
func (s *scanner) want(c byte) error {
	got, err := s.token()
	if err == nil && got != c {
		err = broken("JSON has %q, want %q", got, c)
	}
	return err
}

// usual are the keys of every tensor, shared in place of a copy for each.
var usual = map[string]string{"dtype": "dtype", "shape": "shape", "data_offsets": "data_offsets"}

func (s *scanner) name(key []byte) string {
	if shared, ok := usual[string(key)]; ok {
		return shared
	}
	return string(key)
}

// object reads an object; each reads the value of a key.
func (s *scanner) object(each func(key string) error) error {
	if err := s.want('{'); err != nil {
		return err
	}
	return s.members(each)
}

// members reads an object after its opening brace.
func (s *scanner) members(each func(key string) error) error {
	c, err := s.token()
	if err != nil || c == '}' {
		return err
	}
	for {
		if c != '"' {
			return broken("JSON has %q, want a key", c)
		}
		key, err := s.rest()
		if err != nil {
			return err
		}
		if err := s.want(':'); err != nil {
			return err
		}
		if err := each(s.name(key)); err != nil {
			return err
		}
		if more, err := s.comma('}'); err != nil || !more {
			return err
		}
		if c, err = s.token(); err != nil {
			return err
		}
	}
}

// array reads an array; each reads one element.
func (s *scanner) array(each func() error) error {
	if err := s.want('['); err != nil {
		return err
	}
	return s.elements(each)
}

// elements reads an array after its opening bracket.
func (s *scanner) elements(each func() error) error {
	c, err := s.token()
	if err != nil || c == ']' {
		return err
	}
	if err := s.r.UnreadByte(); err != nil {
		return err
	}
	for {
		if err := each(); err != nil {
			return err
		}
		if more, err := s.comma(']'); err != nil || !more {
			return err
		}
	}
}

// comma says whether another member follows.
func (s *scanner) comma(end byte) (bool, error) {
	c, err := s.token()
	if err == nil && c != ',' && c != end {
		err = broken("JSON has %q, want a comma", c)
	}
	return c == ',', err
}

// text reads a string. The bytes hold until the next read.
func (s *scanner) text() ([]byte, error) {
	if err := s.want('"'); err != nil {
		return nil, err
	}
	return s.rest()
}

// rest reads a string after its opening quote.
func (s *scanner) rest() ([]byte, error) {
	s.scratch = s.scratch[:0]
	for {
		s.plain()
		c, err := s.byte()
		switch {
		case err != nil:
			return nil, err
		case c == '"':
			return s.checked()
		case c < 0x20:
			return nil, broken("JSON has a control character in a string")
		case len(s.scratch) >= maxText:
			return nil, broken("JSON has a string longer than %d bytes", maxText)
		case c == '\\':
			if err := s.escape(); err != nil {
				return nil, err
			}
		default:
			s.scratch = append(s.scratch, c)
		}
	}
}

// plain takes what is buffered of a string up to a byte that needs a look.
func (s *scanner) plain() {
	buffered, _ := s.r.Peek(s.r.Buffered())
	n := 0
	for n < len(buffered) && n < maxText && buffered[n] != '"' && buffered[n] != '\\' && buffered[n] >= 0x20 {
		n++
	}
	if len(s.scratch)+n > maxText {
		return
	}
	s.scratch = append(s.scratch, buffered[:n]...)
	_, _ = s.r.Discard(n)
}

func (s *scanner) checked() ([]byte, error) {
	if !utf8.Valid(s.scratch) {
		return nil, broken("JSON is not UTF-8")
	}
	return s.scratch, nil
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash.
func (s *scanner) escape() error {
	c, err := s.byte()
	if err != nil {
		return err
	}
	if plain, ok := escapes[c]; ok {
		s.scratch = append(s.scratch, plain)
		return nil
	}
	if c != 'u' {
		return broken("JSON has a strange escape")
	}
	var hex [4]byte
	for i := range hex {
		if hex[i], err = s.byte(); err != nil {
			return err
		}
	}
	code, err := strconv.ParseUint(string(hex[:]), 16, 16)
	if err != nil {
		return broken("JSON has a strange escape")
	}
	s.scratch = utf8.AppendRune(s.scratch, rune(code)) // half a pair becomes U+FFFD
	return nil
}

// count reads an integer of at least 0.
func (s *scanner) count() (int64, error) {
	c, err := s.token()
	if err != nil {
		return 0, err
	}
	digits, n := 0, int64(0)
	for ; c >= '0' && c <= '9'; digits++ {
		if n > (math.MaxInt64-9)/10 || digits > 0 && n == 0 {
			return 0, broken("JSON has a number that is out of range")
		}
		n = n*10 + int64(c-'0')
		if c, err = s.byte(); err != nil {
			return 0, err
		}
	}
	if digits == 0 || c == '.' || c == 'e' || c == 'E' {
		return 0, broken("JSON has no whole number where one is due")
	}
	return n, s.r.UnreadByte()
}

// skip passes over a value of any kind.
func (s *scanner) skip(nested int) error {
	if nested > maxNested {
		return broken("JSON nests deeper than %d", maxNested)
	}
	c, err := s.token()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		return s.members(func(string) error { return s.skip(nested + 1) })
	case '[':
		return s.elements(func() error { return s.skip(nested + 1) })
	case '"':
		return s.pass()
	}
	return s.literal(c)
}

// pass reads a string of any length without keeping it.
func (s *scanner) pass() error {
	for {
		c, err := s.byte()
		if err == nil && c == '\\' {
			_, err = s.byte()
		}
		if err != nil || c == '"' {
			return err
		}
	}
}

// literal reads a number or a word; which one does not matter, since it is passed over.
func (s *scanner) literal(c byte) error {
	for n := 0; ; n++ {
		switch {
		case c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t':
			if n == 0 {
				return broken("JSON has %q, want a value", c)
			}
			return s.r.UnreadByte()
		case n > 64 || c < '+' || c > 'z':
			return broken("JSON has a strange value")
		}
		var err error
		if c, err = s.byte(); err != nil {
			return err
		}
	}
}
