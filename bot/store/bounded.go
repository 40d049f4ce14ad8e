package store

import (
	"bytes"
	"errors"
	"net"
	"strconv"
)

// Bounds of what is believed of a server.
const (
	maxReply = maxValue + 1<<16 // bytes of one reply, with all it holds
	maxList  = 1 << 16          // elements of one list
	maxNest  = 4                // lists in lists
	maxLine  = 4 << 10          // bytes of a line
)

var errProtocol = errors.New("the server does not speak RESP as it should")

// bounded is a connection whose other side is believed only so far: the client
// on top of it makes room for any length that it is told, and follows lists in
// lists as deep as they go.
type bounded struct {
	net.Conn
	seen gauge
}

// Read implements [net.Conn].
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if bad := b.seen.pass(p[:n]); bad != nil {
		return 0, bad
	}
	return n, err
}

// gauge follows how long and how deep the replies are that pass, before anybody
// acts on what they claim. It judges nothing else: what a reply says is for the
// client.
type gauge struct {
	line  []byte       // of the line so far
	skip  int          // bytes of a string still to come
	size  int          // bytes of this reply
	left  [maxNest]int // elements still to come of each list that is open
	depth int
}

func (g *gauge) pass(p []byte) error {
	for len(p) > 0 {
		n := min(g.skip, len(p))
		if g.skip == 0 {
			n = len(p)
			if end := bytes.IndexByte(p, '\n'); end >= 0 {
				n = end + 1
			}
		}
		if g.size += n; g.size > maxReply {
			return errProtocol
		}
		if err := g.take(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// take is given a piece of a string, or of a line.
func (g *gauge) take(piece []byte) error {
	if g.skip > 0 {
		if g.skip -= len(piece); g.skip == 0 {
			g.ended()
		}
		return nil
	}
	if g.line = append(g.line, piece...); len(g.line) > maxLine {
		return errProtocol
	}
	if piece[len(piece)-1] != '\n' {
		return nil
	}
	line := g.line
	g.line = g.line[:0]
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return errProtocol
	}
	return g.claims(line[0], string(line[1:len(line)-2]))
}

// claims acts on a whole line.
func (g *gauge) claims(kind byte, rest string) error {
	if kind != '$' && kind != '*' {
		g.ended()
		return nil
	}
	n, err := strconv.Atoi(rest)
	switch {
	case err != nil, kind == '$' && n > maxReply-g.size, kind == '*' && (n > maxList || n > 0 && g.depth == maxNest):
		return errProtocol
	case n < 0 || kind == '*' && n == 0:
		g.ended()
	case kind == '$':
		g.skip = n + len("\r\n")
	default:
		g.left[g.depth] = n
		g.depth++
	}
	return nil
}

// ended closes an element and the lists it was the last of.
func (g *gauge) ended() {
	for ; g.depth > 0; g.depth-- {
		if g.left[g.depth-1]--; g.left[g.depth-1] > 0 {
			return
		}
	}
	g.size = 0
}
