package store

import (
	"context"
	"encoding/json"
	"time"
)

// Quota is what the Hub still grants in its current window.
type Quota struct {
	Remaining int       `json:"r"`
	Reset     time.Time `json:"t"`
}

// SaveQuota shares what the Hub said last for one class of its calls (api,
// resolvers, pages).
func (s *Store) SaveQuota(ctx context.Context, class string, q Quota) {
	ttl := q.Reset.Sub(s.now())
	if ttl <= 0 {
		return
	}
	data, err := json.Marshal(q)
	if err == nil {
		_ = s.guard.set(ctx, classQuota+"/"+class, data, ttl)
	}
}

// Quota returns what any replica last heard; false when nobody knows.
func (s *Store) Quota(ctx context.Context, class string) (Quota, bool) {
	data, err := s.guard.get(ctx, classQuota+"/"+class)
	var q Quota
	if err != nil || json.Unmarshal(data, &q) != nil || !s.now().Before(q.Reset) {
		return Quota{}, false
	}
	return q, true
}
