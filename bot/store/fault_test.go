package store

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"membot/hfhub/leaktest"
)

// writerEnv makes the test binary a process that writes until it is killed.
const writerEnv = "MEMBOT_TEST_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerEnv); path != "" {
		writeUntilKilled(path)
		return
	}
	os.Exit(leaktest.Watched(m).Run())
}

// writeUntilKilled writes numbered records from several goroutines and says
// each number once the store has it.
func writeUntilKilled(path string) {
	s, err := Open("bolt:"+path, Options{Deadline: 10 * time.Second})
	if err != nil {
		os.Exit(1)
	}
	from, _ := strconv.Atoi(os.Getenv(writerEnv + "_FROM"))
	said := make(chan int)
	for w := range 4 {
		go func() {
			for i := from + w; ; i += 4 {
				if s.Put(context.Background(), "k"+strconv.Itoa(i), record(i)) == nil {
					said <- i
				}
			}
		}()
	}
	for i := range said {
		_, _ = fmt.Println(i)
	}
}

// record is long enough to span pages, and tells whether it is whole.
func record(i int) []byte {
	return bytes.Repeat([]byte(fmt.Sprintf("%08d;", i)), 100+i%900)
}

// TestKilledHundredTimes: kill -9 a hundred times during writes; each time the
// store opens, has all it said it had, and nothing half.
func TestKilledHundredTimes(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 10
	}
	path := filepath.Join(t.TempDir(), "membot.db")
	said, from := []int{}, 0
	for kill := range kills {
		said = append(said, killedWriter(t, path, from, time.Duration(kill%10)*3*time.Millisecond)...)
		from += 100000
		if kill%5 == 4 || kill == kills-1 {
			said = checkAll(t, path, said)
		}
	}
	require.NoError(t, checkPages(path))
	left, err := filepath.Glob(path + ".damaged*")
	require.NoError(t, err)
	require.Empty(t, left)
}

// killedWriter runs a writer, kills it a while after its first word, and returns
// what it said was kept.
func killedWriter(t *testing.T, path string, from int, after time.Duration) (said []int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerEnv+"="+path, writerEnv+"_FROM="+strconv.Itoa(from))
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		i, err := strconv.Atoi(lines.Text())
		if err != nil {
			break // the last line may be cut
		}
		if len(said) == 0 {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		said = append(said, i)
	}
	_ = cmd.Wait()
	require.NotEmpty(t, said, "the writer opened the store and wrote")
	return said
}

// checkAll reads back what was said, and returns the last of it, so that early
// records are looked at again and again but not all of them every time.
func checkAll(t *testing.T, path string, said []int) []int {
	t.Helper()
	s, err := Open("bolt:"+path, Options{Deadline: 10 * time.Second})
	require.NoError(t, err)
	defer s.Close()
	for _, i := range said {
		got, err := s.Get(t.Context(), "k"+strconv.Itoa(i))
		require.NoError(t, err)
		require.True(t, bytes.Equal(record(i), got), "record %d is whole", i)
	}
	return said[max(0, len(said)-200):]
}

// checkPages is bbolt's own check of the whole file.
func checkPages(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true, Timeout: time.Second})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			return err
		}
		return nil
	})
}

// smallDisk mounts a file system of so many kB, or skips where that is not allowed.
func smallDisk(t *testing.T, kb int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", kb)); err != nil {
		t.Skipf("skipped: mounting a small disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

const warned = "store fails; answering without it"

func TestFullDisk(t *testing.T) {
	dir, log := smallDisk(t, 1024), &journal{}
	s := open(t, "bolt:"+filepath.Join(dir, "membot.db"), Options{Log: log.logger(), Deadline: 2 * time.Second})
	require.NoError(t, s.Put(t.Context(), "first", []byte("kept")))
	require.ErrorIs(t, os.WriteFile(filepath.Join(dir, "filler"), bytes.Repeat([]byte{1}, 1<<20), 0o600), syscall.ENOSPC)
	t.Log(fullness(dir))
	for i := range 300 {
		_ = s.Put(t.Context(), "k"+strconv.Itoa(i), make([]byte, 2000))
		got, err := s.Get(t.Context(), "first")
		require.NoError(t, err)
		require.Equal(t, "kept", string(got), "reads go on")
	}
	require.False(t, s.Healthy())
	first, _ := s.Claim(t.Context(), "1")
	require.True(t, first, "dedupe fails open")
	first, _ = s.Claim(t.Context(), "1")
	require.False(t, first, "and still knows this process's own")
	require.Equal(t, 1, log.count(warned), log.String())
	require.Contains(t, log.String(), "no space left on device")

	require.NoError(t, os.Remove(filepath.Join(dir, "filler")))
	require.Eventually(t, s.Healthy, time.Minute, 20*time.Millisecond, "works again without a restart")
	require.NoError(t, s.Put(t.Context(), "after", []byte("kept too")))
	require.Equal(t, 1, log.count("store works again"))
}

func fullness(dir string) string {
	var fs syscall.Statfs_t
	_ = syscall.Statfs(dir, &fs)
	return fmt.Sprintf("%d of %d blocks free", fs.Bfree, fs.Blocks)
}

func TestFullDiskFromTheStart(t *testing.T) {
	dir, log := smallDisk(t, 64), &journal{}
	_ = os.WriteFile(filepath.Join(dir, "filler"), bytes.Repeat([]byte{1}, 60<<10), 0o600)
	s := open(t, "bolt:"+filepath.Join(dir, "membot.db"), Options{Log: log.logger(), Deadline: 2 * time.Second})
	_, _ = s.Get(t.Context(), "x")
	first, _ := s.Claim(t.Context(), "1")
	require.True(t, first)
	require.Eventually(t, func() bool { return log.count(warned) == 1 }, time.Minute, time.Millisecond)
	require.NoError(t, os.Remove(filepath.Join(dir, "filler")))
	require.Eventually(t, s.Healthy, time.Minute, 20*time.Millisecond, "works once there is room")
}

func TestReadOnlyDisk(t *testing.T) {
	dir, log := smallDisk(t, 1024), &journal{}
	path := filepath.Join(dir, "membot.db")
	s := open(t, "bolt:"+path, Options{})
	require.NoError(t, s.Put(t.Context(), "first", []byte("kept")))
	require.NoError(t, s.SetPreferences(t.Context(), UserScope("1"), Preferences{"gpu": "4090"}))
	require.NoError(t, s.Close())
	remount := func(flags uintptr) { require.NoError(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|flags, "")) }

	remount(syscall.MS_RDONLY)
	s = open(t, "bolt:"+path, Options{Log: log.logger(), Deadline: 2 * time.Second})
	for range 100 {
		got, err := s.Get(t.Context(), "first")
		require.NoError(t, err)
		require.Equal(t, "kept", string(got))
		_ = s.Put(t.Context(), "second", []byte("lost"))
	}
	p, err := s.Preferences(t.Context(), UserScope("1"))
	require.NoError(t, err)
	require.Equal(t, Preferences{"gpu": "4090"}, p)
	require.Error(t, s.SetPreferences(t.Context(), UserScope("1"), Preferences{}), "the asker is told")
	got, err := s.AcquireShards(t.Context(), 0, 0, 1, 1)
	require.NoError(t, err)
	require.Equal(t, []int{0}, got, "the gateway still starts")
	require.Equal(t, 1, log.count(warned), log.String())
	require.Contains(t, log.String(), "read-only file system")

	remount(0)
	require.Eventually(t, s.Healthy, time.Minute, 20*time.Millisecond, "written again without a restart")
	require.NoError(t, s.Put(t.Context(), "second", []byte("kept")))
}

func TestLockedByAnotherProcess(t *testing.T) {
	path, log := filepath.Join(t.TempDir(), "membot.db"), &journal{}
	old := open(t, "bolt:"+path, Options{})
	began := time.Now()
	s := open(t, "bolt:"+path, Options{Log: log.logger(), Deadline: 3 * time.Second})
	waited := time.Since(began)
	require.GreaterOrEqual(t, waited, lockWait*9/10, "a one-second wait")
	require.Less(t, waited, lockWait+busy)
	first, _ := s.Claim(t.Context(), "1")
	require.True(t, first, "questions are answered meanwhile")
	_, err := s.AcquireShards(t.Context(), 0, 0, 1, 1)
	require.Error(t, err, "the other process has the shards")
	require.NoError(t, old.Close())
	require.Eventually(t, s.Healthy, time.Minute, 20*time.Millisecond)
	require.Equal(t, 1, log.count(warned), log.String())
}

func TestDamagedFileIsMovedAside(t *testing.T) {
	for name, damage := range map[string][]byte{"not a store": []byte(strings.Repeat("garbage ", 4096)), "cut short": make([]byte, 100)} {
		t.Run(name, func(t *testing.T) {
			path, log := filepath.Join(t.TempDir(), "membot.db"), &journal{}
			require.NoError(t, os.WriteFile(path, damage, 0o600))
			s := open(t, "bolt:"+path, Options{Log: log.logger()})
			require.NoError(t, s.Put(t.Context(), "a", []byte("b")))
			aside, err := filepath.Glob(path + ".damaged-*")
			require.NoError(t, err)
			require.Len(t, aside, 1)
			require.Equal(t, 1, log.count("moved aside"))
		})
	}
}

// TestFileVanishesUnderUs: pages that cannot be read are errors, not a crash.
func TestFileVanishesUnderUs(t *testing.T) {
	path, log := filepath.Join(t.TempDir(), "membot.db"), &journal{}
	s := open(t, "bolt:"+path, Options{Log: log.logger()})
	for i := range 50 {
		require.NoError(t, s.Put(t.Context(), "k"+strconv.Itoa(i), make([]byte, 3000)))
	}
	require.NoError(t, os.Truncate(path, 0))
	_, err := s.Get(t.Context(), "k25")
	require.Error(t, err)
	first, _ := s.Claim(t.Context(), "1")
	require.True(t, first)
	require.Equal(t, 1, log.count(warned), log.String())
}
