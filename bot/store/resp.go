package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The part of RESP3 that a handful of commands needs. The client that the wider
// world uses makes the binary 10 MB larger (it names every command and option as
// a type); this is the price of staying under 25 MB, and the tests hold it to that
// client and a real server.

// reply is one value that the server said.
type reply struct {
	kind byte    // the type's first byte; '_' for nothing
	text []byte  // of a string, number or error
	list []reply // of an array, a push or a map
}

// serverError is what the server refused with.
type serverError string

// Error implements error.
func (e serverError) Error() string { return string(e) }

// Bounds of what is believed of a server.
const (
	maxReply = maxValue + 1<<10 // bytes of one string
	maxList  = 1 << 20          // elements of one list
	maxNest  = 4                // lists in lists
)

var errProtocol = errors.New("the server does not speak RESP")

// encodeCommand writes a command as an array of strings.
func encodeCommand(args ...string) []byte {
	size := 16
	for _, a := range args {
		size += len(a) + 16
	}
	out := make([]byte, 0, size)
	out = append(append(append(out, '*'), strconv.Itoa(len(args))...), "\r\n"...)
	for _, a := range args {
		out = append(append(append(out, '$'), strconv.Itoa(len(a))...), "\r\n"...)
		out = append(append(out, a...), "\r\n"...)
	}
	return out
}

// readReply reads one value.
func readReply(r *bufio.Reader, nest int) (reply, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return reply{}, fmt.Errorf("read reply: %w", err)
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return reply{}, errProtocol
	}
	kind, rest := line[0], string(line[1:len(line)-2])
	switch kind {
	case '+', '-', ':', '#', ',', '(':
		return reply{kind: kind, text: []byte(rest)}, nil
	case '_':
		return reply{kind: '_'}, nil
	case '$', '=', '!':
		return readText(r, kind, rest)
	case '*', '~', '>', '%':
		return readList(r, kind, rest, nest)
	}
	return reply{}, errProtocol
}

func readText(r *bufio.Reader, kind byte, length string) (reply, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n > maxReply {
		return reply{}, errProtocol
	}
	if n < 0 {
		return reply{kind: '_'}, nil
	}
	text := make([]byte, n+2)
	if _, err := io.ReadFull(r, text); err != nil {
		return reply{}, fmt.Errorf("read reply: %w", err)
	}
	return reply{kind: kind, text: text[:n]}, nil
}

func readList(r *bufio.Reader, kind byte, length string, nest int) (reply, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n > maxList || nest >= maxNest {
		return reply{}, errProtocol
	}
	if kind == '%' {
		n *= 2
	}
	if n < 0 {
		return reply{kind: '_'}, nil
	}
	out := reply{kind: kind, list: make([]reply, 0, min(n, 64))}
	for range n {
		item, err := readReply(r, nest+1)
		if err != nil {
			return reply{}, err
		}
		out.list = append(out.list, item)
	}
	return out, nil
}

// value turns a reply into its text: [errMissing] for nothing, an error for a
// refusal.
func (r reply) value() ([]byte, error) {
	switch r.kind {
	case '_':
		return nil, errMissing
	case '-', '!':
		return nil, serverError(strings.ToValidUTF8(string(r.text), "?"))
	}
	return r.text, nil
}

// number is the reply of a command that counts.
func (r reply) number() (int64, error) {
	text, err := r.value()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, errProtocol
	}
	return n, nil
}
