package discord

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"
)

// A tap is the connection under discordgo's websocket. It sees what Discord
// sends before the library does, because the library keeps close codes to
// itself, answers op 7 as a first packet with a deadlock, identifies at once
// when Discord asks to wait, and notices a dead connection late.
//
// The library asks for no compression, so that what passes is plain frames.
type tap struct {
	net.Conn
	watch tapWatch

	in      []byte // read, not yet understood
	out     []byte // to be read by the library
	opened  bool   // the HTTP handshake is over
	pass    int    // bytes of a large frame still to pass as they are
	failure error

	mu     sync.Mutex
	code   int // close code, 0 if none came
	closed bool
	cause  error         // why it is closed
	done   chan struct{} // closed when the connection is over
}

// tapWatch is told of each small packet and decides what becomes of it.
type tapWatch func(op int, data json.RawMessage) tapVerdict

type tapVerdict int

const (
	tapPass  tapVerdict = iota
	tapSever            // the library sees a broken connection instead
)

// maxPeek is the largest frame that is looked into: the packets that matter
// here are tiny.
const maxPeek = 2048

var errSevered = errors.New("gateway asked for a new connection")

func newTap(conn net.Conn, watch tapWatch) *tap {
	return &tap{Conn: conn, watch: watch, done: make(chan struct{})}
}

// Read gives the library what it may see.
func (t *tap) Read(p []byte) (int, error) {
	for len(t.out) == 0 {
		if t.failure != nil {
			t.finish(t.failure)
			return 0, t.failure
		}
		buffer := make([]byte, 4096)
		n, err := t.Conn.Read(buffer)
		t.in = append(t.in, buffer[:n]...)
		if err != nil {
			t.failure = err
		}
		t.understand()
	}
	n := copy(p, t.out)
	t.out = t.out[n:]
	return n, nil
}

// Close ends the connection; a read under way returns.
func (t *tap) Close() error {
	t.finish(net.ErrClosed)
	return t.Conn.Close()
}

func (t *tap) finish(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed, t.cause = true, cause
		close(t.done)
	}
}

// ended is why the connection is over; nil while it is not.
func (t *tap) ended() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cause
}

// closeCode is the code that Discord closed with, 0 if it did not say.
func (t *tap) closeCode() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.code
}

// understand moves bytes from in to out, whole frames at a time where they are
// small.
func (t *tap) understand() {
	if !t.opened {
		at := bytes.Index(t.in, []byte("\r\n\r\n"))
		if at < 0 {
			return
		}
		t.opened = true
		t.forward(at + 4)
	}
	for len(t.in) > 0 {
		if t.pass > 0 {
			n := min(t.pass, len(t.in))
			t.pass -= n
			t.forward(n)
			continue
		}
		header, size, ok := frameHeader(t.in)
		if !ok {
			return
		}
		if size > maxPeek {
			t.pass = header + size
			continue
		}
		if len(t.in) < header+size {
			return
		}
		if t.look(t.in[0]&0x0f, t.in[header:header+size]) == tapSever {
			t.in, t.failure = nil, errSevered
			_ = t.Conn.Close() // without a close frame, so that the session can be resumed
			return
		}
		t.forward(header + size)
	}
}

func (t *tap) forward(n int) {
	t.out = append(t.out, t.in[:n]...)
	t.in = t.in[n:]
}

// frameHeader reads the length of a frame's header and payload; a server's
// frames are not masked (RFC 6455, section 5.1).
func frameHeader(b []byte) (header, size int, ok bool) {
	if len(b) < 2 {
		return 0, 0, false
	}
	switch short := int(b[1] & 0x7f); short {
	case 126:
		if len(b) < 4 {
			return 0, 0, false
		}
		return 4, int(binary.BigEndian.Uint16(b[2:])), true
	case 127:
		if len(b) < 10 {
			return 0, 0, false
		}
		return 10, int(binary.BigEndian.Uint64(b[2:]) & 0x7fffffff), true
	default:
		return 2, short, true
	}
}

// look examines one small frame.
func (t *tap) look(opcode byte, data []byte) tapVerdict {
	const text, closing = 1, 8
	if opcode == closing {
		if len(data) >= 2 {
			t.mu.Lock()
			t.code = int(binary.BigEndian.Uint16(data))
			t.mu.Unlock()
		}
		return tapPass
	}
	var packet struct {
		Op   int             `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if opcode != text || json.Unmarshal(data, &packet) != nil {
		return tapPass
	}
	return t.watch(packet.Op, packet.Data)
}

// wait sleeps unless the connection ends first.
func (t *tap) wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.done:
	}
}
