package hfhub

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"io"
	"math"
	"math/bits"
	"slices"
	"strings"
)

const (
	maxHeader = 25_000_000 // bytes; the limit of both Hub clients
	maxDims   = 32
	lengthOf  = 8 // bytes of the length before a header

	bytesPerEntry = 110  // of a header, for one tensor; most take more
	believed      = 1000 // entries read before a header's stated length is taken for true
)

// Tensor is one tensor of a weight file.
type Tensor struct {
	Name  string
	DType string  // as the file spells it: BF16, F8_E4M3, Q4_K …
	Shape []int64 // as safetensors orders it, slowest first; empty for a scalar
	Bytes int64   // stored
	File  string  // the file that holds it

	begin int64
}

// Elements is how many elements are stored; 1 for a scalar.
func (t Tensor) Elements() int64 {
	n, _ := product(t.Shape...)
	return n
}

// product multiplies counts; false if it does not fit.
func product(counts ...int64) (int64, bool) {
	total, fits := uint64(1), true
	for _, n := range counts {
		if n == 0 {
			return 0, true
		}
		high, low := bits.Mul64(total, uint64(n))
		fits = fits && n > 0 && high == 0 && low <= math.MaxInt64
		total = low
	}
	if !fits {
		return math.MaxInt64, false
	}
	return int64(total), true
}

// headerLength reads the eight bytes that say how long the header is. size is
// that of the file, -1 if not known.
func headerLength(r io.Reader, size int64) (int64, error) {
	var prefix [lengthOf]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		if ended(r, err) {
			err = broken("the file ends before its header")
		}
		return 0, err
	}
	if string(prefix[:]) == pointerPrefix[:lengthOf] {
		return 0, broken("a Git LFS pointer in place of the file")
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	if n < 2 || n > maxHeader || size >= 0 && int64(n) > size-lengthOf {
		return 0, broken("a header of %d bytes", n)
	}
	return int64(n), nil
}

// ended tells the end of what was asked for from a connection that was cut.
func ended(r io.Reader, err error) bool {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		_, err = r.Read(make([]byte, 1))
	}
	return errors.Is(err, io.EOF)
}

// ReadSafetensors reads the header at the front of a safetensors file and checks
// it by the rules of the format: no holes, no overlaps, no duplicate names, sizes
// that agree with shapes, and, where size is not -1, an end that is the file's.
func ReadSafetensors(r io.Reader, size int64) ([]Tensor, error) {
	n, err := headerLength(r, size)
	if err != nil {
		return nil, err
	}
	return readHeader(r, n, size)
}

// readHeader reads a header of n bytes, its length already read.
func readHeader(r io.Reader, n, size int64) ([]Tensor, error) {
	exact := &io.LimitedReader{R: r, N: n}
	s := newScanner(exact)
	if first, err := s.byte(); err != nil || first != '{' {
		return nil, orElse(err, error(broken("a header that is no object")))
	}
	var tensors []Tensor
	names := map[string]string{} // dtype spellings, shared
	err := s.members(func(name string) error {
		if name == "__metadata__" {
			return s.skip(0)
		}
		t, err := readEntry(s, names)
		t.Name = name
		if len(tensors) == believed {
			tensors = slices.Grow(tensors, int(n/bytesPerEntry)) // once, in place of many copies
		}
		if last := len(tensors) - 1; last >= 0 && slices.Equal(tensors[last].Shape, t.Shape) {
			t.Shape = tensors[last].Shape // most repeat
		}
		tensors = append(tensors, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(s.r)
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(rest, " ")) > 0 {
		return nil, broken("a header with more than an object")
	}
	if exact.N != 0 {
		return nil, broken("the file ends inside its header")
	}
	return tensors, checkHeader(tensors, n, size)
}

// readEntry reads dtype, shape and data_offsets of a tensor.
func readEntry(s *scanner, names map[string]string) (Tensor, error) {
	t := Tensor{begin: -1}
	end := int64(-1)
	shaped := false
	err := s.object(func(key string) error {
		switch key {
		case "dtype":
			return readDType(s, &t, names)
		case "shape":
			shaped = true
			return readShape(s, &t)
		case "data_offsets":
			return readOffsets(s, &t.begin, &end)
		}
		return s.skip(0)
	})
	if err == nil && (t.DType == "" || !shaped || t.begin < 0 || end < t.begin) {
		err = broken("a tensor without dtype, shape or offsets")
	}
	t.Bytes = end - t.begin
	return t, err
}

func readDType(s *scanner, t *Tensor, names map[string]string) error {
	text, err := s.text()
	if err != nil {
		return err
	}
	if len(text) == 0 || len(text) > 32 {
		return broken("a tensor of a strange type")
	}
	known, ok := names[string(text)]
	if !ok {
		known = oneLine(string(text))
		names[known] = known
	}
	t.DType = known
	return nil
}

func readShape(s *scanner, t *Tensor) error {
	t.Shape = make([]int64, 0, 2)
	return s.array(func() error {
		dim, err := s.count()
		if err == nil && len(t.Shape) >= maxDims {
			err = broken("a tensor of more than %d dimensions", maxDims)
		}
		t.Shape = append(t.Shape, dim)
		return err
	})
}

func readOffsets(s *scanner, begin, end *int64) error {
	n := 0
	return s.array(func() (err error) {
		switch n++; n {
		case 1:
			*begin, err = s.count()
		case 2:
			*end, err = s.count()
		default:
			err = broken("a tensor with more than two offsets")
		}
		return err
	})
}

// checkHeader holds the tensors, in the order of their offsets, against the format.
func checkHeader(tensors []Tensor, n, size int64) error {
	if twice := duplicate(tensors); twice != "" {
		return broken("tensor %s twice", oneLine(twice))
	}
	slices.SortStableFunc(tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.Bytes, b.Bytes))
	})
	at := int64(0)
	for _, t := range tensors {
		if t.begin != at {
			return broken("tensor %s leaves a hole or overlaps", oneLine(t.Name))
		}
		elements, fits := product(t.Shape...)
		if !fits {
			return broken("tensor %s is too large", oneLine(t.Name))
		}
		if _, known := dtypeBits[t.DType]; known {
			if want, whole := DTypeBytes(t.DType, elements); !whole || want != t.Bytes {
				return broken("tensor %s has another size than its shape", oneLine(t.Name))
			}
		}
		at += t.Bytes
	}
	if size >= 0 && lengthOf+n+at != size {
		return broken("a file of %d bytes, but its header says %d", size, lengthOf+n+at)
	}
	return nil
}

var hashSeed = maphash.MakeSeed()

// duplicate finds a name that is there twice. It compares hashes first, so that a
// header of 25 MB does not cost a map of names.
func duplicate(tensors []Tensor) string {
	type mark struct {
		hash uint64
		at   int32
	}
	marks := make([]mark, len(tensors))
	for i, t := range tensors {
		marks[i] = mark{maphash.String(hashSeed, t.Name), int32(i)}
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.hash, b.hash) })
	for i := 1; i < len(marks); i++ {
		a, b := marks[i-1], marks[i]
		if a.hash == b.hash && tensors[a.at].Name == tensors[b.at].Name {
			return strings.Clone(tensors[a.at].Name)
		}
	}
	return ""
}
