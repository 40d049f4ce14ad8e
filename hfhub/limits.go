package hfhub

import (
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Limit is one of the Hub's budgets.
type Limit struct {
	Left    int       // requests left in this window
	Quota   int       // requests in a whole window; 0 if the Hub did not say
	ResetAt time.Time // when a new window begins
}

type limits struct {
	mu      sync.Mutex
	buckets map[string]Limit
}

var (
	leftField  = regexp.MustCompile(`"(\w+)"\s*;\s*r=(\d+)\s*;\s*t=(\d+)`)
	quotaField = regexp.MustCompile(`"(\w+)"\s*;\s*q=(\d+)`)
)

// learn keeps what an answer's RateLimit headers say.
func (l *limits) learn(header http.Header, now time.Time) {
	left := leftField.FindStringSubmatch(header.Get("RateLimit"))
	if left == nil {
		return
	}
	limit := Limit{Left: number(left[2]), ResetAt: now.Add(time.Duration(number(left[3])) * time.Second)}
	for _, quota := range quotaField.FindAllStringSubmatch(header.Get("RateLimit-Policy"), -1) {
		if quota[1] == left[1] {
			limit.Quota = number(quota[2])
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets == nil {
		l.buckets = map[string]Limit{}
	}
	if _, known := l.buckets[left[1]]; known || len(l.buckets) < 16 {
		l.buckets[left[1]] = limit
	}
}

// closedUntil says when a used-up bucket opens again; zero if it is open.
func (l *limits) closedUntil(bucket string, now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit, known := l.buckets[bucket]
	if !known || limit.Left > 0 || !now.Before(limit.ResetAt) {
		return time.Time{}
	}
	return limit.ResetAt
}

func (l *limits) all() map[string]Limit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.buckets)
}

// number reads digits; what does not fit is a day, which is longer than any window.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > 86400 {
		return 86400
	}
	return n
}

// retryAt is when a 429 lets us come back: at the end of an empty window, else
// when Retry-After says; zero if it says nothing.
func retryAt(header http.Header, now time.Time) time.Time {
	if left := leftField.FindStringSubmatch(header.Get("RateLimit")); left != nil && left[2] == "0" {
		return now.Add(time.Duration(number(left[3])+1) * time.Second)
	}
	after := header.Get("Retry-After")
	if after == "" {
		return time.Time{}
	}
	if at, err := http.ParseTime(after); err == nil {
		return at
	}
	if seconds, err := strconv.Atoi(after); err == nil && seconds >= 0 {
		return now.Add(time.Duration(min(seconds, 86400)) * time.Second)
	}
	return time.Time{}
}
