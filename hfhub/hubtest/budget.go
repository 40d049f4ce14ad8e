package hubtest

import (
	"fmt"
	"net/http"
)

// budget is what is left of a rate limit; it does not refill by itself.
type budget struct{ left, quota, reset int }

// Limit gives a bucket ("api" or "resolvers") so many requests, and says that its
// window ends in so many seconds. With none left the Hub answers 429.
func (h *Hub) Limit(bucket string, left, reset int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.budgets[bucket] = &budget{left: left, quota: max(left, 500), reset: reset}
}

// Unlimit refills a bucket for good.
func (h *Hub) Unlimit(bucket string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.budgets, bucket)
}

// spend takes one request from the bucket and writes the headers that say so.
func (h *Hub) spend(w http.ResponseWriter, bucket string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.budgets[bucket]
	if b == nil {
		b = &budget{left: 499, quota: 500, reset: 295}
	}
	allowed := b.left > 0
	if allowed && h.budgets[bucket] != nil {
		b.left--
	}
	w.Header().Set("RateLimit", fmt.Sprintf(`"%s";r=%d;t=%d`, bucket, b.left, b.reset))
	w.Header().Set("RateLimit-Policy", fmt.Sprintf(`"fixed window";"%s";q=%d;w=300`, bucket, b.quota))
	return allowed
}
