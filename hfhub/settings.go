package hfhub

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const (
	// DefaultEndpoint is the public Hub.
	DefaultEndpoint = "https://huggingface.co"

	defaultUserAgent = "hfhub/0.1 (membot); go"
	defaultTimeout   = 10 * time.Second
	defaultDeadline  = 45 * time.Second
	defaultMaxWait   = 12 * time.Second
	defaultBranchTTL = 5 * time.Minute
	defaultCacheSize = 64 << 20 // bytes
)

// Settings say which Hub to read and how patiently. The zero value reads the
// public Hub without a token.
type Settings struct {
	Endpoint  string // origin of the Hub, [DefaultEndpoint] if empty
	Token     string // sent to Endpoint alone; never shown
	CacheDir  string // a huggingface_hub cache to read from, never written; empty for none
	Offline   bool   // never ask the Hub
	UserAgent string // what the requests call themselves

	Timeout   time.Duration // for one try of one request, redirects included; 10 s if zero
	Deadline  time.Duration // for one question with all its tries and waits; 45 s if zero
	MaxWait   time.Duration // waited in all between tries of one request; 12 s if zero, none if negative
	BranchTTL time.Duration // how long a branch's commit is believed; 5 min if zero, not at all if negative
	CacheSize int64         // bytes kept in memory; 64 MiB if zero

	Store Store // a second, lasting cache; may be nil

	// Watch is told of each request made, by the Hub's quota class ("api",
	// "resolvers", "pages", or "cdn" elsewhere) and HTTP status, 0 if no reply
	// came; ctx is the asker's, with its values. It may be nil.
	Watch func(ctx context.Context, class string, status int, took time.Duration)

	Now    func() time.Time                           // the clock; time.Now if nil
	Sleep  func(context.Context, time.Duration) error // waits between tries; a real wait if nil
	Jitter func() float64                             // in [0,1), spreads the waits; random if nil
}

// withDefaults fills the zero fields.
func (s Settings) withDefaults() Settings {
	s.Endpoint = strings.TrimRight(orElse(s.Endpoint, DefaultEndpoint), "/")
	s.Token = strings.TrimSpace(s.Token)
	s.UserAgent = orElse(s.UserAgent, defaultUserAgent)
	s.Timeout = orElse(s.Timeout, defaultTimeout)
	s.Deadline = orElse(s.Deadline, defaultDeadline)
	s.MaxWait = max(orElse(s.MaxWait, defaultMaxWait), 0)
	s.BranchTTL = orElse(s.BranchTTL, defaultBranchTTL)
	s.CacheSize = orElse(s.CacheSize, defaultCacheSize)
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Sleep == nil {
		s.Sleep = Sleep
	}
	if s.Jitter == nil {
		s.Jitter = rand.Float64
	}
	return s
}

// endpoint checks the endpoint: a bare https origin (a path may follow, for
// mirrors), or plain http where no token can leak to the wire.
func (s Settings) endpoint() (*url.URL, error) {
	u, err := url.Parse(s.Endpoint)
	if err == nil && u.User != nil {
		return nil, fmt.Errorf("endpoint %s holds a name or password: it must be a bare web address", u.Host)
	}
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("endpoint %q is not a web address", bare(s.Endpoint))
	}
	if u.Scheme == "https" || u.Scheme == "http" && (s.Token == "" || loopback(u.Hostname())) {
		return u, nil
	}
	if u.Scheme == "http" {
		return nil, fmt.Errorf("endpoint %q must be https, so that the token stays secret", s.Endpoint)
	}
	return nil, fmt.Errorf("endpoint %q is not http or https", s.Endpoint)
}

// bare is an address up to what may hold a secret, for an error.
func bare(address string) string {
	if i := strings.LastIndex(address, "@"); i >= 0 {
		address = address[i+1:]
	}
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		address = address[:i]
	}
	return address
}

// loopback says whether a host name means this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// Sleep waits for d, or until ctx ends and says so: what [Settings.Sleep] is by
// default.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// orElse gives a, or b where a is its zero value.
func orElse[T comparable](a, b T) T {
	var zero T
	if a == zero {
		return b
	}
	return a
}
