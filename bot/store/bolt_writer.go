package store

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// job is one change that somebody waits for.
type job struct {
	change func(tx *bbolt.Tx) error // may run more than once
	done   chan error               // of one, so that nobody need be there
}

// mostJobs is how many changes share one transaction, and so one wait for the
// disk.
const mostJobs = 256

// update hands a change to the writer and waits for the disk to have it, or for
// ctx to end: then it may still happen, and what change captured must not be
// read.
func (b *bolt) update(ctx context.Context, change func(tx *bbolt.Tx) error) error {
	j := job{change: change, done: make(chan error, 1)}
	select {
	case b.jobs <- j:
	case <-b.stop:
		return errClosed
	case <-ctx.Done():
		return fmt.Errorf("wait for the disk: %w", ctx.Err())
	}
	select {
	case err := <-j.done:
		return err
	case <-b.stop:
		return errClosed
	case <-ctx.Done():
		return fmt.Errorf("wait for the disk: %w", ctx.Err())
	}
}

// write is the one goroutine that changes the file: whatever waits when the
// last commit is done goes into the next.
func (b *bolt) write() {
	for {
		select {
		case <-b.stop:
			return
		case j := <-b.jobs:
			b.commit(b.waiting([]job{j}))
		}
	}
}

func (b *bolt) waiting(jobs []job) []job {
	for len(jobs) < mostJobs {
		select {
		case j := <-b.jobs:
			jobs = append(jobs, j)
		default:
			return jobs
		}
	}
	return jobs
}

// commit makes all changes in one transaction; should that fail, each alone, so
// that one bad change spoils no other.
func (b *bolt) commit(jobs []job) {
	err := b.transact(jobs)
	if err == nil || len(jobs) == 1 {
		for _, j := range jobs {
			j.done <- err
		}
		return
	}
	for _, j := range jobs {
		j.done <- b.transact([]job{j})
	}
}

func (b *bolt) transact(jobs []job) error {
	if err := b.usable(true); err != nil {
		return err
	}
	b.mu.RLock()
	db, readOnly := b.db, b.readOnly
	b.mu.RUnlock()
	if db == nil || readOnly {
		return errReadOnly
	}
	err, damaged := attempt(db, jobs)
	if damaged {
		b.abandon(db, err)
	}
	return err
}

// attempt runs the changes. A damaged file makes bbolt panic, or fault where a
// page is gone, and then its lock stays taken: the file must be given up.
func attempt(db *bbolt.DB, jobs []job) (err error, damaged bool) { //nolint:revive // the error is the result, the bool is about it.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err, damaged = fmt.Errorf("store file damaged: %v", r), true
		}
	}()
	return db.Update(func(tx *bbolt.Tx) error {
		for _, j := range jobs {
			if err := j.change(tx); err != nil {
				return err
			}
		}
		return nil
	}), false
}

// abandon gives up a file that turned out damaged while in use. It is not
// closed, since that would wait for the lock for ever; it is moved aside, so that
// the next change starts a new one.
func (b *bolt) abandon(db *bbolt.DB, why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.db != db {
		return // somebody else found out first
	}
	b.db = nil
	aside := b.aside()
	if err := os.Rename(b.path, aside); err != nil {
		why = fmt.Errorf("%w; moving it aside: %w", why, err)
	}
	b.log.Error("store was damaged while in use and has been moved aside; starting an empty one", "path", b.path, "moved_to", aside, "error", why.Error())
}
