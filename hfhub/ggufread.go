package hfhub

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
)

// ggufReader reads the pieces of a GGUF header. The first failure stays: what is
// read after it is zero.
type ggufReader struct {
	r            *bufio.Reader
	at           int64 // bytes read
	big, narrow  bool  // big-endian; 32-bit counts, as in version 1
	err          error
	kinds        []uint32 // of the tensors
	room         int64    // elements of arrays that may still be kept
	shapesOnly   bool
	atVocabulary bool
	buf          [8]byte
}

func newGGUFReader(r io.Reader) *ggufReader {
	return &ggufReader{r: bufio.NewReaderSize(r, 32<<10), room: maxKept}
}

func (f *ggufReader) swap() { f.big = true }

func (f *ggufReader) fail(format string, a ...any) {
	if f.err == nil {
		f.err = broken(format, a...)
	}
}

// errShort says that the bytes ended inside the header.
var errShort = errors.New("header ends early")

func (f *ggufReader) failure() error {
	if errors.Is(f.err, io.EOF) {
		return &Error{Kind: ErrBroken, Message: "the file ends inside its header", Cause: errShort}
	}
	return f.err
}

// bytes reads n bytes; a short-lived slice for up to 8, a new one for more.
func (f *ggufReader) bytes(n int64) []byte {
	if n < 0 {
		f.fail("a value of no length")
	}
	if f.err != nil {
		return nil
	}
	p := f.buf[:min(n, 8)]
	if n > 8 {
		p = make([]byte, n)
	}
	_, err := io.ReadFull(f.r, p)
	if err != nil && ended(f.r, err) {
		err = io.EOF
	}
	f.err = err
	f.at += n
	return p
}

func (f *ggufReader) discard(n, limit int64) {
	if f.err != nil {
		return
	}
	if n < 0 || n > limit {
		f.fail("a value of %d bytes", n)
		return
	}
	for left := n; left > 0 && f.err == nil; {
		step := int(min(left, 1<<30))
		var done int
		done, f.err = f.r.Discard(step)
		left -= int64(done)
		f.at += int64(done)
	}
}

func (f *ggufReader) order() binary.ByteOrder {
	if f.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

func (f *ggufReader) unsigned(width int64) uint64 {
	p := f.bytes(width)
	if f.err != nil {
		return 0
	}
	switch width {
	case 1:
		return uint64(p[0])
	case 2:
		return uint64(f.order().Uint16(p))
	case 4:
		return uint64(f.order().Uint32(p))
	}
	return f.order().Uint64(p)
}

func (f *ggufReader) u32() uint32 { return uint32(f.unsigned(4)) }

// length reads a count of the file's width; one that no file can hold is -1.
func (f *ggufReader) length() int64 {
	width := int64(8)
	if f.narrow {
		width = 4
	}
	return clip(f.unsigned(width))
}

func (f *ggufReader) offset() int64 { return clip(f.unsigned(8)) }

func clip(n uint64) int64 {
	if n > 1<<60 {
		return -1
	}
	return int64(n)
}

func (f *ggufReader) count(limit int64, what string) int64 {
	n := f.length()
	if f.err == nil && (n < 0 || n > limit) {
		f.fail("more than %d %s", limit, what)
	}
	if f.err != nil {
		return 0
	}
	return n
}

func (f *ggufReader) text(limit int64) string {
	n := f.length()
	if f.err == nil && (n < 0 || n > limit) {
		f.fail("a name of %d bytes", n)
	}
	return string(f.bytes(n))
}

func (f *ggufReader) float(width int64) float64 {
	bits := f.unsigned(width)
	if width == 4 {
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

// signs are the value types that are signed.
var signs = map[uint32]bool{1: true, 3: true, 5: true, 11: true}

func (f *ggufReader) integer(kind uint32, width int64) int64 {
	n := f.unsigned(width)
	if signs[kind] {
		shift := 64 - 8*width
		return int64(n<<shift) >> shift
	}
	return int64(min(n, math.MaxInt64))
}

// measure computes the size of each tensor and checks it against the offsets.
// One of an unknown type reaches to where the next begins.
func measure(g *GGUF, kinds []uint32, at, size int64) error {
	start := (at + g.Alignment - 1) / g.Alignment * g.Alignment
	order := make([]int, len(g.Tensors))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.Tensors[a].begin, g.Tensors[b].begin) })
	for i, at := range order {
		t := &g.Tensors[at]
		end := int64(-1)
		if i+1 < len(order) {
			end = g.Tensors[order[i+1]].begin
		} else if size >= 0 {
			end = max(size-start, 0)
		}
		if err := measureOne(t, kinds[at], end); err != nil {
			return err
		}
	}
	return nil
}

func measureOne(t *Tensor, kind uint32, end int64) error {
	elements, fits := product(t.Shape...)
	if t.begin < 0 || !fits || slices.Min(append(t.Shape, 0)) < 0 {
		return broken("tensor %s is too large", oneLine(t.Name))
	}
	kindOf, known := ggmlTypes[kind]
	if !known {
		t.Bytes = max(end-t.begin, 0)
		return nil
	}
	if elements%kindOf.elements != 0 {
		return broken("tensor %s has part of a block", oneLine(t.Name))
	}
	if t.Bytes, fits = product(elements/kindOf.elements, kindOf.bytes); !fits || end >= 0 && t.begin > end-t.Bytes {
		return broken("tensor %s overlaps the next or the file's end", oneLine(t.Name))
	}
	return nil
}
