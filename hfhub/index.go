package hfhub

import (
	"io"
	"path"
	"strings"
)

const (
	maxIndex  = 256 << 20 // bytes read of an index; the largest known has 60 MB
	maxShards = 10_000
)

// Index is what model.safetensors.index.json says; of its names only their roles.
type Index struct {
	TotalSize int64 // bytes of all tensors, as declared; -1 if absent
	Tensors   int
	Shards    map[string]*Shard // by path beside the index
	Groups    []Group           // tensors of equal role, without bytes and parameters
	Blocks    []Block           // likewise
	roles     *tally
}

// Shard is one file of an index.
type Shard struct {
	Tensors   int
	NameBytes int64 // of the names of its tensors, to guess its header by
}

// ReadIndex reads an index as it streams by. A shard's name that could leave the
// folder is refused.
func ReadIndex(r io.Reader) (Index, error) {
	index := Index{TotalSize: -1, Shards: map[string]*Shard{}, roles: newTally(nil)}
	s := newScanner(io.LimitReader(r, maxIndex))
	err := s.object(func(key string) error {
		switch key {
		case "metadata":
			return readIndexMetadata(s, &index)
		case "weight_map":
			return s.object(func(name string) error { return readShardOf(s, name, &index) })
		}
		return s.skip(0)
	})
	if err == nil && len(index.Shards) == 0 {
		err = broken("an index without files")
	}
	named := index.roles.finish()
	index.Groups, index.Blocks, index.roles = named.Groups, named.Blocks, nil
	return index, err
}

// readIndexMetadata takes total_size; older files wrote it as a float, and what
// else stands there does not matter.
func readIndexMetadata(s *scanner, index *Index) error {
	c, err := s.token()
	if err != nil {
		return err
	}
	if c != '{' { // null
		return s.literal(c)
	}
	return s.members(func(key string) error {
		if key != "total_size" {
			return s.skip(0)
		}
		n, err := s.looseCount()
		index.TotalSize = n
		return err
	})
}

// looseCount reads a whole number, also one written 123.0; -1 for anything else.
func (s *scanner) looseCount() (int64, error) {
	c, err := s.token()
	if err != nil {
		return -1, err
	}
	if err := s.r.UnreadByte(); err != nil {
		return -1, err
	}
	if c < '0' || c > '9' {
		return -1, s.skip(0)
	}
	var digits []byte
	for {
		if c, err = s.byte(); err != nil {
			return -1, err
		}
		if c == ',' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			break
		}
		if digits = append(digits, c); len(digits) > 32 {
			return -1, broken("JSON has a strange number")
		}
	}
	n := int64(0)
	for _, d := range strings.TrimSuffix(string(digits), ".0") {
		if d < '0' || d > '9' || n > 1<<59 {
			return -1, s.r.UnreadByte()
		}
		n = n*10 + int64(d-'0')
	}
	return n, s.r.UnreadByte()
}

func readShardOf(s *scanner, name string, index *Index) error {
	text, err := s.text()
	if err != nil {
		return err
	}
	shard := index.Shards[string(text)]
	if shard == nil {
		if len(index.Shards) >= maxShards {
			return broken("an index of more than %d files", maxShards)
		}
		file := string(text)
		if checkPath(file) != nil || path.Clean(file) != file {
			return broken("an index that leads out of its folder")
		}
		shard = &Shard{}
		index.Shards[file] = shard
	}
	shard.Tensors++
	shard.NameBytes += int64(len(name))
	index.Tensors++
	index.roles.group(Tensor{Name: name}, 0)
	return nil
}

const (
	entryBytes  = 110 // of a tensor in a header beside its name: 75 to 90 in practice
	headerSlack = 4 << 10
)

// guess is how many bytes of a shard surely hold its header.
func (s Shard) guess() int64 {
	return min(lengthOf+s.NameBytes+int64(s.Tensors)*entryBytes+headerSlack, maxHeader+lengthOf)
}
