package hfhub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/sync/singleflight"
)

// Client reads one Hub. It is safe for concurrent use. Make one with [New].
type Client struct {
	settings Settings
	endpoint *url.URL
	scope    string // names endpoint and reader in cache keys, without the token
	web      *resty.Client
	memory   *memory
	limits   limits
	refused  refused
	flights  singleflight.Group

	base    context.Context // ends when the client is closed
	stop    context.CancelFunc
	running sync.WaitGroup
}

// New makes a client. The only errors are settings that cannot work.
func New(s Settings) (*Client, error) {
	s = s.withDefaults()
	endpoint, err := s.endpoint()
	if err != nil {
		return nil, err
	}
	base, stop := context.WithCancel(context.Background())
	return &Client{
		settings: s,
		endpoint: endpoint,
		scope:    scope(s),
		web:      newWeb(s.Timeout),
		memory:   newMemory(s.CacheSize),
		base:     base,
		stop:     stop,
	}, nil
}

// Close ends what is still being asked and waits for it.
func (c *Client) Close() {
	c.stop()
	c.running.Wait()
	c.web.GetClient().CloseIdleConnections()
}

// Endpoint is the origin that the client reads.
func (c *Client) Endpoint() string { return c.settings.Endpoint }

// HasToken says whether the client reads as somebody.
func (c *Client) HasToken() bool { return c.settings.Token != "" }

// Limits says what is left of each of the Hub's budgets, as of its last answers:
// "api", "resolvers", "pages".
func (c *Client) Limits() map[string]Limit { return c.limits.all() }

// newWeb makes the HTTP client: no cookies, no redirects of its own, no log.
func newWeb(timeout time.Duration) *resty.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = parallel
	transport.ResponseHeaderTimeout = timeout
	transport.MaxResponseHeaderBytes = 256 << 10
	transport.TLSHandshakeTimeout = timeout
	web := resty.NewWithClient(&http.Client{Transport: transport})
	web.SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}))
	return web.SetLogger(silent{}).SetDisableWarn(true)
}

// silent keeps resty from writing URLs, signed ones among them, to stderr.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

// scope tells readers apart in a cache that outlives the process: what one token
// may see is not shown to another.
func scope(s Settings) string {
	if s.Token == "" {
		return s.Endpoint + " anonymous"
	}
	sum := sha256.Sum256([]byte("hfhub scope " + s.Token))
	return s.Endpoint + " " + hex.EncodeToString(sum[:6])
}

// once answers equal questions that come at the same time with one piece of
// work. The work goes on if this caller leaves, so that the next one finds it done.
func once[T any](ctx context.Context, c *Client, key string, work func(context.Context) (T, error)) (T, error) {
	result := c.flights.DoChan(key, func() (any, error) {
		c.running.Add(1)
		defer c.running.Done()
		ctx, cancel := c.detached(ctx)
		defer cancel()
		return work(ctx)
	})
	var none T
	select {
	case <-ctx.Done():
		return none, contextError(ctx.Err())
	case r := <-result:
		if r.Err != nil {
			return none, r.Err
		}
		return r.Val.(T), nil
	}
}
