package discord

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits counts questions per user and per server. Counters that are full
// again are dropped, so that memory follows who asks now.
type limits struct {
	mu      sync.Mutex
	limits  Limits
	users   map[string]*rate.Limiter
	guilds  map[string]*rate.Limiter
	sweepAt int
}

// limitWait is how long to wait, and whether for the server's sake.
type limitWait struct {
	wait  time.Duration
	guild bool
}

func newLimits(l Limits) *limits {
	return &limits{limits: l, users: map[string]*rate.Limiter{}, guilds: map[string]*rate.Limiter{}, sweepAt: 1024}
}

// allow takes one question from the user's and the server's allowance, or
// neither.
func (l *limits) allow(user, guild string, now time.Time) (limitWait, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	first, wait := take(l.users, user, l.limits.User, now)
	if wait > 0 {
		return limitWait{wait: wait}, false
	}
	if guild == "" {
		return limitWait{}, true
	}
	if _, wait = take(l.guilds, guild, l.limits.Guild, now); wait > 0 {
		if first != nil {
			first.CancelAt(now)
		}
		return limitWait{wait: wait, guild: true}, false
	}
	return limitWait{}, true
}

// take reserves one event, and gives it back if it would have to wait.
func take(from map[string]*rate.Limiter, id string, limit Limit, now time.Time) (*rate.Reservation, time.Duration) {
	if limit.Count <= 0 || limit.Per <= 0 || id == "" {
		return nil, 0
	}
	counter, ok := from[id]
	if !ok {
		counter = rate.NewLimiter(rate.Limit(float64(limit.Count)/limit.Per.Seconds()), limit.Count)
		from[id] = counter
	}
	taken := counter.ReserveN(now, 1)
	wait := taken.DelayFrom(now)
	if wait > 0 {
		taken.CancelAt(now)
	}
	return taken, wait
}

func (l *limits) sweep(now time.Time) {
	if len(l.users)+len(l.guilds) < l.sweepAt {
		return
	}
	for _, counters := range []map[string]*rate.Limiter{l.users, l.guilds} {
		for id, counter := range counters {
			if counter.TokensAt(now) >= float64(counter.Burst()) {
				delete(counters, id)
			}
		}
	}
	l.sweepAt = max(1024, 2*(len(l.users)+len(l.guilds)))
}
