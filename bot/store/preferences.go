package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
)

// Preferences are what /settings keeps for a user or a server, by the keys of
// that command (gpu, gpus, lang, private).
type Preferences map[string]string

// Bounds of one set of preferences: far above what /settings offers.
const (
	maxPreferences = 32
	maxPreference  = 200 // bytes of a key or value
)

// UserScope and GuildScope name whose preferences are meant.
func UserScope(id string) string { return "user/" + id }

// GuildScope names a server's preferences.
func GuildScope(id string) string { return "guild/" + id }

// Preferences returns what scope has set; nothing set is an empty map. An error
// means they are unknown now: answer with the defaults.
func (s *Store) Preferences(ctx context.Context, scope string) (Preferences, error) {
	data, err := s.guard.get(ctx, classPreferences+"/"+scope)
	if errors.Is(err, errMissing) {
		return Preferences{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	p := Preferences{}
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return p, nil
}

// SetPreferences replaces what scope has set; an empty map removes it. They are
// kept for good, so an error says that nothing was changed.
func (s *Store) SetPreferences(ctx context.Context, scope string, p Preferences) error {
	if len(p) > maxPreferences {
		return errors.New("keep settings: too many")
	}
	for key, value := range p {
		if len(key) > maxPreference || len(value) > maxPreference {
			return errors.New("keep settings: too long")
		}
	}
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	ttl := Remembered // an empty set need not stay
	if len(p) > 0 {
		ttl = 0
	}
	if err := s.guard.set(ctx, classPreferences+"/"+scope, data, ttl); err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	return nil
}

// Over returns p where it says something, and under where it does not.
func (p Preferences) Over(under Preferences) Preferences {
	merged := maps.Clone(under)
	if merged == nil {
		merged = Preferences{}
	}
	maps.Copy(merged, p)
	return merged
}
