package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"
)

// put writes a record and its place in the expiry index, and makes room when
// the file holds too much.
func (b *bolt) put(tx *bbolt.Tx, key string, value []byte, ttl time.Duration) error {
	if err := b.drop(tx, []byte(key)); err != nil {
		return err
	}
	record := make([]byte, 8, 8+len(value))
	if ttl > 0 {
		binary.BigEndian.PutUint64(record, uint64(b.now().Add(ttl).UnixMilli()))
		if err := tx.Bucket(bucketExpiry).Put(indexKey([]byte(key), record), nil); err != nil {
			return err
		}
	}
	record = append(record, value...)
	if err := tx.Bucket(bucketData).Put([]byte(key), record); err != nil {
		return err
	}
	held, err := b.count(tx, int64(len(key)+len(record)))
	if err != nil || held <= b.max {
		return err
	}
	return b.evict(tx, held-b.max*9/10)
}

// drop removes a record and its place in the index, if there is one.
func (b *bolt) drop(tx *bbolt.Tx, key []byte) error {
	data := tx.Bucket(bucketData)
	record := data.Get(key)
	if record == nil {
		return nil
	}
	freed := int64(len(key) + len(record))
	index := indexKey(key, record)
	if err := data.Delete(key); err != nil {
		return err
	}
	if err := tx.Bucket(bucketExpiry).Delete(index); err != nil {
		return err
	}
	_, err := b.count(tx, -freed)
	return err
}

// indexKey orders records by class, then by when they expire.
func indexKey(key, record []byte) []byte {
	index := make([]byte, 0, 9+len(key))
	index = append(index, key[0])
	index = append(index, record[:8]...)
	return append(index, key...)
}

// count adds to the number of bytes that data holds and returns it.
func (b *bolt) count(tx *bbolt.Tx, change int64) (int64, error) {
	meta := tx.Bucket(bucketMeta)
	var total int64
	if held := meta.Get(keyBytes); len(held) == 8 {
		total = int64(binary.BigEndian.Uint64(held))
	}
	total = max(0, total+change)
	return total, meta.Put(keyBytes, binary.BigEndian.AppendUint64(nil, uint64(total)))
}

// evict frees about so many bytes: metadata that expires first, then whatever
// else was to expire. Settings stay.
func (b *bolt) evict(tx *bbolt.Tx, need int64) error {
	for _, class := range []string{classMetadata, ""} {
		doomed := [][]byte{}
		cursor := tx.Bucket(bucketExpiry).Cursor()
		for index, _ := cursor.Seek([]byte(class)); index != nil && need > 0 && bytes.HasPrefix(index, []byte(class)); index, _ = cursor.Next() {
			key := bytes.Clone(index[9:])
			need -= int64(len(key) + len(tx.Bucket(bucketData).Get(key)))
			doomed = append(doomed, key)
		}
		for _, key := range doomed {
			if err := b.drop(tx, key); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	sweepEvery = time.Minute
	sweepMost  = 500 // records in one transaction, so that nobody waits long
)

// sweepNowAndThen removes what has expired, until the store is closed.
func (b *bolt) sweepNowAndThen() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-b.stop:
			return
		case <-tick.C:
			for b.sweep() == sweepMost {
			}
		}
	}
}

// sweep removes up to sweepMost expired records and says how many it did. Its
// failures are not told: the guard tells of the same disk at the next write.
func (b *bolt) sweep() (removed int) {
	_ = b.update(context.Background(), func(tx *bbolt.Tx) error {
		doomed := b.expired(tx)
		for _, key := range doomed {
			if err := b.drop(tx, key); err != nil {
				return err
			}
		}
		removed = len(doomed)
		return nil
	})
	return removed
}

func (b *bolt) expired(tx *bbolt.Tx) (keys [][]byte) {
	now := uint64(b.now().UnixMilli())
	for _, class := range []string{classMetadata, classPreferences, classClaim, classLimit, classQuota, classLease, classPromise} {
		cursor := tx.Bucket(bucketExpiry).Cursor()
		for index, _ := cursor.Seek([]byte(class)); bytes.HasPrefix(index, []byte(class)) && len(keys) < sweepMost; index, _ = cursor.Next() {
			if binary.BigEndian.Uint64(index[1:9]) > now {
				break
			}
			keys = append(keys, bytes.Clone(index[9:]))
		}
	}
	return keys
}
