package hfhub

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

const (
	maxHops       = 5
	maxDrain      = 32 << 10 // bytes
	maxRefusal    = 64 << 10 // bytes read of a refusal's body
	bucketAPI     = "api"
	bucketResolve = "resolvers"
)

// request is one question to the Hub, with whom it is about.
type request struct {
	id, revision, path string
	url                *url.URL
	bucket             string
	span               string                // value of Range; empty for all
	long               bool                  // a body that may take longer than one Timeout
	read               func(*response) error // takes what it needs of the body, afresh on each try
}

// response is the last hop's answer, with the first hop's headers.
type response struct {
	header http.Header
	first  http.Header // the Hub's own, where the last is a CDN's
	status int
	body   io.Reader
}

// fetch asks until there is an answer, a refusal, or no patience left.
func (c *Client) fetch(ctx context.Context, q request) error {
	if c.settings.Offline {
		return about(&Error{Kind: ErrOffline}, q.id, q.revision, q.path)
	}
	if ctx.Value(silently{}) != nil {
		return about(&Error{Kind: ErrUnreachable}, q.id, q.revision, q.path)
	}
	ctx, cancel := context.WithTimeout(ctx, c.settings.Deadline)
	defer cancel()
	patience := patience{left: c.settings.MaxWait, jitter: c.settings.Jitter}
	for {
		err := c.gate(q.bucket)
		if err == nil {
			err = c.try(ctx, q)
		}
		if err == nil {
			return nil
		}
		wait, again := patience.next(err, c.settings.Now())
		if !again {
			return about(err, q.id, q.revision, q.path)
		}
		if err := c.settings.Sleep(ctx, wait); err != nil {
			return about(contextError(err), q.id, q.revision, q.path)
		}
	}
}

// gate refuses to spend a request on a bucket known to be empty.
func (c *Client) gate(bucket string) error {
	until := c.limits.closedUntil(bucket, c.settings.Now())
	if until.IsZero() {
		return nil
	}
	return &Error{Kind: ErrRateLimited, RetryAt: until.Add(time.Second)}
}

// try asks once, following redirects by hand, within one Timeout.
func (c *Client) try(ctx context.Context, q request) error {
	attempt := ctx
	if !q.long {
		var cancel context.CancelFunc
		attempt, cancel = context.WithTimeout(ctx, c.settings.Timeout)
		defer cancel()
	}
	at := q.url
	var first http.Header
	for range maxHops + 1 {
		raw, err := c.hop(attempt, at, q.span)
		if err != nil {
			return wireError(ctx, err)
		}
		if first == nil {
			first = raw.Header
		}
		if at, err = c.next(at, raw); at == nil {
			if err == nil {
				err = c.take(q, raw, first, sameOrigin(raw.Request.URL, c.endpoint))
			}
			if err == nil && q.span != "" {
				drain(raw.Body) // a little more than what was needed: cheaper than another connection
			}
			raw.Body.Close()
			return wireError(ctx, err)
		}
		drain(raw.Body)
		raw.Body.Close()
	}
	return broken("more than %d redirects", maxHops)
}

// hop makes one request, with the token only where it belongs.
func (c *Client) hop(ctx context.Context, at *url.URL, span string) (*http.Response, error) {
	r := c.web.R().SetContext(ctx).SetDoNotParseResponse(true).SetHeader("User-Agent", c.settings.UserAgent)
	if c.settings.Token != "" && sameOrigin(at, c.endpoint) {
		r.SetHeader("Authorization", "Bearer "+c.settings.Token)
	}
	if span != "" {
		r.SetHeader("Range", span)
	}
	began := c.settings.Now()
	answer, err := r.Execute(resty.MethodGet, at.String())
	c.watch(ctx, at, answer, c.settings.Now().Sub(began))
	if err != nil {
		if answer != nil && answer.RawResponse != nil && answer.RawResponse.Body != nil {
			answer.RawResponse.Body.Close()
		}
		return nil, err
	}
	if sameOrigin(at, c.endpoint) {
		c.limits.learn(answer.RawResponse.Header, c.settings.Now())
	}
	return answer.RawResponse, nil
}

// take hands the body of a good answer to the reader, or names the refusal. What
// a CDN refuses says nothing about the repository: its signed address went stale.
func (c *Client) take(q request, raw *http.Response, first http.Header, own bool) error {
	if !own && (raw.StatusCode == http.StatusForbidden || raw.StatusCode == http.StatusNotFound) {
		return &Error{Kind: ErrUnavailable, Status: raw.StatusCode, Message: "the file's storage refused"}
	}
	if raw.StatusCode != http.StatusOK && raw.StatusCode != http.StatusPartialContent {
		body, _ := io.ReadAll(io.LimitReader(raw.Body, maxRefusal))
		return refusal(raw.StatusCode, raw.Header, body, c.settings.Token, c.settings.Now())
	}
	return q.read(&response{header: raw.Header, first: first, status: raw.StatusCode, body: raw.Body})
}

// next is where a redirect leads; nil where the answer is not one.
func (c *Client) next(at *url.URL, raw *http.Response) (*url.URL, error) {
	switch raw.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	location, err := url.Parse(raw.Header.Get("Location"))
	if err != nil || raw.Header.Get("Location") == "" {
		return nil, broken("redirect to nowhere")
	}
	to := at.ResolveReference(location)
	if to.Host == "huggingface.co" && c.endpoint.Host != "huggingface.co" {
		to.Scheme, to.Host = c.endpoint.Scheme, c.endpoint.Host // a mirror repeats the Hub's own addresses
	}
	switch {
	case to.User != nil, to.Host == "":
		return nil, broken("redirect to a strange address")
	case to.Scheme == "https":
	case to.Scheme != "http" || c.endpoint.Scheme != "http":
		return nil, broken("redirect to %q, want https", to.Scheme)
	}
	if inward(to.Hostname()) && !inward(c.endpoint.Hostname()) {
		return nil, broken("redirect to a private address")
	}
	return to, nil
}

// inward says whether a literal address is on this machine or network.
func inward(host string) bool {
	if loopback(host) {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && (address.IsPrivate() || address.IsLinkLocalUnicast() || address.IsUnspecified())
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// drain reads the little that is left of a body, so that the connection is kept.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, maxDrain) }

// wireError names what went wrong below HTTP. It leaves out the URL, which may
// be signed. ctx is the caller's: its own end is told from one try's timeout.
func wireError(ctx context.Context, err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if ctx.Err() != nil {
		return contextError(ctx.Err())
	}
	if located, ok := errors.AsType[*url.Error](err); ok {
		err = located.Err
	}
	var slow net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &slow) && slow.Timeout() {
		return &Error{Kind: ErrTimeout}
	}
	if _, garbled := errors.AsType[flate.CorruptInputError](err); garbled || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
		return &Error{Kind: ErrBroken, Cause: err}
	}
	return &Error{Kind: ErrUnreachable, Cause: err}
}

func contextError(err error) error {
	if errors.Is(err, context.Canceled) {
		return &Error{Kind: context.Canceled}
	}
	return &Error{Kind: ErrTimeout, Cause: err}
}
