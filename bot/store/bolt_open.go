package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// lockWait is how long the file may be held by another process, such as the one
// this one replaces, before going on without it.
const lockWait = time.Second

// usable opens the file if it is not open, and opens it for writing if it could
// only be read so far; the guard sees to it that this is not tried too often.
func (b *bolt) usable(toWrite bool) error {
	b.mu.RLock()
	ready := b.db != nil && (!toWrite || !b.readOnly)
	b.mu.RUnlock()
	if ready {
		return nil
	}
	err := b.open()
	if !toWrite {
		b.mu.RLock()
		defer b.mu.RUnlock()
		if b.db != nil {
			return nil
		}
	}
	return err
}

// open opens the file for writing, else for reading, else says why not. A file
// that is no store is moved aside, so that membot keeps working and a person can
// look at it.
func (b *bolt) open() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return errClosed
	}
	wasReadable := b.db != nil
	if wasReadable { // our own lock for reading would shut us out
		_ = b.db.Close()
		b.db = nil
	}
	err := os.MkdirAll(filepath.Dir(b.path), 0o700)
	if err == nil || wasReadable {
		b.db, err = openFile(b.path)
	}
	if damaged(err) {
		b.db, err = b.startAfresh(err)
	}
	b.readOnly = err != nil
	if err == nil {
		return nil
	}
	b.db, _ = openReadOnly(b.path, err)
	return fmt.Errorf("open for writing: %w", err)
}

func openFile(path string) (db *bbolt.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", bolterrors.ErrInvalid, r)
		}
	}()
	_, missing := os.Stat(path)
	defer func() {
		if err != nil && errors.Is(missing, os.ErrNotExist) && !errors.Is(err, bolterrors.ErrTimeout) {
			_ = os.Remove(path) // the beginnings of a file, such as a full disk leaves
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType, NoFreelistSync: true})
	if err != nil {
		return nil, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketData, bucketExpiry, bucketMeta} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// openReadOnly is for a disk that lets nothing be written, not for a file that
// another process holds.
func openReadOnly(path string, why error) (*bbolt.DB, error) {
	readOnlyDisk := []error{syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.ENOSPC, syscall.EDQUOT}
	for _, e := range readOnlyDisk {
		if errors.Is(why, e) {
			return bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, ReadOnly: true})
		}
	}
	return nil, why
}

// damaged reports whether the file is not a store, or no longer one.
func damaged(err error) bool {
	for _, e := range []error{bolterrors.ErrInvalid, bolterrors.ErrVersionMismatch, bolterrors.ErrChecksum} {
		if errors.Is(err, e) {
			return true
		}
	}
	return err != nil && strings.Contains(err.Error(), "file size too small") // bbolt has no name for it
}

func (b *bolt) startAfresh(why error) (*bbolt.DB, error) {
	aside := b.aside()
	if err := os.Rename(b.path, aside); err != nil {
		return nil, fmt.Errorf("move damaged store aside: %w", err)
	}
	b.log.Error("store was damaged and has been moved aside; starting an empty one", "path", b.path, "moved_to", aside, "error", why.Error())
	return openFile(b.path)
}

func (b *bolt) aside() string {
	return b.path + ".damaged-" + b.now().UTC().Format("20060102T150405.000")
}

func (b *bolt) close() error {
	close(b.stop)
	b.working.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.db == nil {
		return nil
	}
	err := b.db.Close()
	b.db = nil
	return err
}
