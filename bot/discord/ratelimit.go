package discord

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limiter waits where Discord has said to wait. A bucket exists only while it
// is exhausted, so that a bot of any age holds no more than the waits of now.
type limiter struct {
	mu      sync.Mutex
	until   map[string]time.Time // bucket → when it opens again
	global  time.Time
	sweepAt int
	invalid int       // refusals since the window began
	window  time.Time // start of the window
}

// Discord bans an address after 10,000 refused requests in ten minutes; the
// bot stops by itself well before.
const (
	maxInvalid    = 8000
	invalidWindow = 10 * time.Minute
)

func newLimiter() *limiter {
	return &limiter{until: map[string]time.Time{}, sweepAt: 64}
}

// wait blocks until the bucket is open. It does not begin a wait that cannot
// end before ctx does.
func (l *limiter) wait(ctx context.Context, bucket string) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		delay := l.delay(bucket, time.Now())
		if delay <= 0 {
			return nil
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < delay {
			return context.DeadlineExceeded
		}
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

func (l *limiter) delay(bucket string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	delay := l.global.Sub(now)
	if until, ok := l.until[bucket]; ok {
		if until.After(now) {
			delay = max(delay, until.Sub(now))
		} else {
			delete(l.until, bucket)
		}
	}
	return delay
}

// learn reads a reply's headers: an exhausted bucket closes until its reset.
func (l *limiter) learn(bucket string, header http.Header) {
	if header.Get("X-RateLimit-Remaining") != "0" {
		return
	}
	if seconds, err := strconv.ParseFloat(header.Get("X-RateLimit-Reset-After"), 64); err == nil && seconds > 0 {
		l.block(bucket, false, duration(seconds))
	}
}

// block closes a bucket, or all of them, for a time.
func (l *limiter) block(bucket string, global bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if global {
		l.global = now.Add(wait)
		return
	}
	l.until[bucket] = now.Add(wait)
	if len(l.until) < l.sweepAt {
		return
	}
	for key, until := range l.until {
		if !until.After(now) {
			delete(l.until, key)
		}
	}
	l.sweepAt = max(64, 2*len(l.until))
}

// refused counts a reply of 401, 403 or 429.
func (l *limiter) refused() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.window) > invalidWindow {
		l.window, l.invalid = now, 0
	}
	l.invalid++
}

// paused reports whether so much was refused that sending more risks a ban.
func (l *limiter) paused() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.invalid >= maxInvalid && time.Since(l.window) <= invalidWindow
}

// size is how many buckets are held.
func (l *limiter) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.until)
}

// duration turns Discord's seconds into a duration, within a day.
func duration(seconds float64) time.Duration {
	return time.Duration(min(max(seconds, 0), 86_400) * float64(time.Second))
}
