package hfhub

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	maxLocalFiles = 10000
	maxRef        = 256 // bytes of a refs file
)

// local reads a huggingface_hub cache: models--owner--name with its refs and
// snapshots. It opens nothing outside that folder and writes nothing.
type local struct{ dir string }

func (l local) root(id string) (*os.Root, error) {
	if l.dir == "" {
		return nil, fs.ErrNotExist
	}
	return os.OpenRoot(filepath.Join(l.dir, "models--"+strings.ReplaceAll(id, "/", "--")))
}

// commit finds the commit of a revision that is in the cache, and when it was put there.
func (l local) commit(id, revision string) (string, time.Time, error) {
	root, err := l.root(id)
	if err != nil {
		return "", time.Time{}, err
	}
	defer root.Close()
	if hexCommit.MatchString(revision) {
		info, err := root.Stat("snapshots/" + revision)
		if err != nil {
			return "", time.Time{}, err
		}
		return revision, info.ModTime(), nil
	}
	file, err := root.Open("refs/" + orElse(revision, "main"))
	if err != nil {
		return "", time.Time{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", time.Time{}, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxRef))
	if err != nil {
		return "", time.Time{}, err
	}
	commit := strings.TrimSpace(string(text))
	if !hexCommit.MatchString(commit) {
		return "", time.Time{}, fs.ErrNotExist
	}
	return commit, info.ModTime(), nil
}

// open opens a file of a snapshot.
func (l local) open(id, commit, path string) (*os.File, fs.FileInfo, error) {
	root, err := l.root(id)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	file, err := root.Open("snapshots/" + commit + "/" + path)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

// read reads a whole file of a snapshot, of at most limit bytes.
func (l local) read(id, commit, path string, limit int64) (kept, bool) {
	file, info, err := l.open(id, commit, path)
	if err != nil {
		return kept{}, false
	}
	defer file.Close()
	body, err := readAll(file, limit)
	if err != nil {
		return kept{}, false
	}
	return kept{body: body, at: info.ModTime().UTC()}, true
}

// files lists a snapshot.
func (l local) files(id, commit string) ([]FileEntry, error) {
	root, err := l.root(id)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var files []FileEntry
	top := "snapshots/" + commit
	err = fs.WalkDir(root.FS(), top, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case len(files) >= maxLocalFiles:
			return fs.SkipAll
		case entry.IsDir():
			return nil
		}
		size := int64(-1)
		if info, err := root.Stat(path); err == nil {
			size = info.Size()
		}
		files = append(files, FileEntry{Path: strings.TrimPrefix(path, top+"/"), Size: size})
		return nil
	})
	return files, err
}
