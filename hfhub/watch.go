package hfhub

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// watch tells whoever looks on of one request.
func (c *Client) watch(ctx context.Context, at *url.URL, answer *resty.Response, took time.Duration) {
	if c.settings.Watch == nil {
		return
	}
	status := 0
	if answer != nil && answer.RawResponse != nil {
		status = answer.RawResponse.StatusCode
	}
	c.settings.Watch(ctx, c.class(at), status, took)
}

// class is the budget a request counts against; what another host serves counts
// against none.
func (c *Client) class(at *url.URL) string {
	switch {
	case !sameOrigin(at, c.endpoint):
		return "cdn"
	case strings.Contains(at.Path, "/resolve/"):
		return bucketResolve
	case strings.HasPrefix(at.Path, strings.TrimRight(c.endpoint.Path, "/")+"/api/"):
		return bucketAPI
	default:
		return "pages"
	}
}

// detached is a context with the asker's values that ends with the client, not
// with the asker, since others may wait for the same answer.
func (c *Client) detached(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.settings.Deadline)
	stop := context.AfterFunc(c.base, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// Learn takes in what another client of the same account heard of a budget, so
// that all of them stop before it is used up. What this client heard later in
// the same window stands if it is less.
func (c *Client) Learn(bucket string, heard Limit) {
	l := &c.limits
	l.mu.Lock()
	defer l.mu.Unlock()
	own, known := l.buckets[bucket]
	sameWindow := heard.ResetAt.Sub(own.ResetAt).Abs() < windowSlack
	if known && (own.ResetAt.After(heard.ResetAt) && !sameWindow || sameWindow && own.Left <= heard.Left) {
		return
	}
	if l.buckets == nil {
		l.buckets = map[string]Limit{}
	}
	if known || len(l.buckets) < 16 {
		heard.Quota = max(heard.Quota, own.Quota)
		l.buckets[bucket] = heard
	}
}

// windowSlack is how far apart two clients may hear of one window's end: they
// are told it in whole seconds, at different times.
const windowSlack = 5 * time.Second

type silently struct{}

// withoutAsking is a context in which the Hub counts as unreachable, so that what
// is kept answers, and nothing else does.
func withoutAsking(ctx context.Context) context.Context {
	return context.WithValue(ctx, silently{}, true)
}
