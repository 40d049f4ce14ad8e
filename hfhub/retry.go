package hfhub

import (
	"errors"
	"time"
)

const (
	maxTries  = 4
	firstWait = 500 * time.Millisecond
	longest   = 8 * time.Second // of one wait, unless the Hub asks for more
)

// patience decides whether to ask again, and after how long. The waits of one
// request never sum to more than the cap.
type patience struct {
	tries  int
	left   time.Duration
	jitter func() float64
}

// next says how long to wait before asking again, or that it is no use.
func (p *patience) next(err error, now time.Time) (time.Duration, bool) {
	p.tries++
	var e *Error
	if !errors.As(err, &e) || p.tries >= maxTries || !transient(e) {
		return 0, false
	}
	wait := min(firstWait<<(p.tries-1), longest)
	wait = wait/2 + time.Duration(p.jitter()*float64(wait)/2)
	if !e.RetryAt.IsZero() {
		wait = max(e.RetryAt.Sub(now), 0)
	}
	if wait > p.left {
		return 0, false
	}
	p.left -= wait
	return wait, true
}

// transient says whether asking again may help: never after a refusal, nor when
// what came was whole but wrong.
func transient(e *Error) bool {
	return errors.Is(e.Kind, ErrRateLimited) || errors.Is(e.Kind, ErrUnavailable) ||
		errors.Is(e.Kind, ErrUnreachable) || errors.Is(e.Kind, ErrTimeout)
}
