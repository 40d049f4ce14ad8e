package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-resty/resty/v2"

	"membot/hfhub"
)

// rest is the part of Discord's REST interface that the bot uses. Every call
// obeys its context, also while it waits for a rate limit.
type rest struct {
	http    *resty.Client
	appID   string
	token   string
	limiter *limiter
	metrics Metrics
}

const (
	userAgent     = "DiscordBot (https://github.com/membot/membot, 1)"
	replyBytes    = 4 << 20 // of a reply, at most
	attempts      = 5
	attemptWithin = 10 * time.Second
)

// APIError is a refusal by Discord.
type APIError struct {
	Route   string
	Status  int    // HTTP
	Code    int    // Discord's own, 0 if none
	Message string // Discord's words
}

// Error names the route, never a URL, because interaction URLs hold tokens.
func (e *APIError) Error() string {
	return fmt.Sprintf("%s: status %d, code %d: %s", e.Route, e.Status, e.Code, e.Message)
}

// Discord's codes that the bot branches on.
const (
	codeUnknownWebhook     = 10015
	codeUnknownInteraction = 10062
	codeAcknowledged       = 40060
)

// A route is one call of the interface: its path, whether it may be sent again
// after a failure that leaves its effect unknown, and whether it needs the
// bot's token.
type route struct {
	name, method, path string
	again, auth        bool
}

var (
	routeCallback      = route{name: "callback", method: http.MethodPost, path: "/interactions/{id}/{token}/callback"}
	routeEdit          = route{name: "edit original", method: http.MethodPatch, path: "/webhooks/{app}/{token}/messages/@original", again: true}
	routeFollowUp      = route{name: "follow up", method: http.MethodPost, path: "/webhooks/{app}/{token}"}
	routeMessage       = route{name: "create message", method: http.MethodPost, path: "/channels/{channel}/messages", again: true, auth: true}
	routeTyping        = route{name: "typing", method: http.MethodPost, path: "/channels/{channel}/typing", auth: true}
	routeCommands      = route{name: "list commands", method: http.MethodGet, path: "/applications/{app}/commands", again: true, auth: true}
	routePutCommands   = route{name: "overwrite commands", method: http.MethodPut, path: "/applications/{app}/commands", again: true, auth: true}
	routeGuildCommands = route{name: "list server commands", method: http.MethodGet, path: "/applications/{app}/guilds/{guild}/commands", again: true, auth: true}
	routePutGuild      = route{name: "overwrite server commands", method: http.MethodPut, path: "/applications/{app}/guilds/{guild}/commands", again: true, auth: true}
	routeGatewayBot    = route{name: "gateway bot", method: http.MethodGet, path: "/gateway/bot", again: true, auth: true}
	routeGateway       = route{name: "gateway", method: http.MethodGet, path: "/gateway", again: true}
)

func newREST(apiURL, appID, token string, metrics Metrics) *rest {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // the standard library's own
	transport.MaxIdleConnsPerHost = 64
	client := resty.New().SetBaseURL(apiURL).SetTransport(transport).SetHeader("User-Agent", userAgent).
		SetTimeout(attemptWithin).SetResponseBodyLimit(replyBytes).SetDisableWarn(true).
		SetRedirectPolicy(resty.NoRedirectPolicy())
	return &rest{http: client, appID: appID, token: token, limiter: newLimiter(), metrics: metrics}
}

func (r *rest) close() { r.http.GetClient().CloseIdleConnections() }

// call sends one request, again where the route and the failure allow, and
// decodes the reply into result if that is not nil.
func (r *rest) call(ctx context.Context, to route, bucket string, params map[string]string, body body, result any) error {
	var last error
	for attempt := range attempts {
		if r.limiter.paused() {
			return fmt.Errorf("%s: too many requests refused, paused", to.name)
		}
		if err := r.limiter.wait(ctx, bucket); err != nil {
			return errors.Join(fmt.Errorf("%s: wait for the rate limit: %w", to.name, err), last)
		}
		reply, err := r.send(ctx, to, params, body)
		if err == nil && reply.IsSuccess() {
			r.limiter.learn(bucket, reply.Header())
			return decode(to, reply.Body(), result)
		}
		var pause time.Duration
		var again bool
		pause, again, last = r.judge(to, bucket, reply, err, attempt)
		if !again {
			return last
		}
		if err := hfhub.Sleep(ctx, pause); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", to.name, err), last)
		}
	}
	return last
}

func decode(to route, data []byte, result any) error {
	if result == nil || len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, result); err != nil {
		return fmt.Errorf("%s: decode the reply: %w", to.name, err)
	}
	return nil
}

func (r *rest) send(ctx context.Context, to route, params map[string]string, body body) (*resty.Response, error) {
	request := r.http.R().SetContext(ctx).SetPathParams(params)
	if body.data != nil {
		request.SetHeader("Content-Type", body.kind).SetBody(body.data)
	}
	if to.auth {
		request.SetHeader("Authorization", "Bot "+r.token)
	}
	start := time.Now()
	reply, err := request.Execute(to.method, to.path)
	status := 0
	if err == nil {
		status = reply.StatusCode()
	}
	r.metrics.Request(to.name, status, time.Since(start))
	return reply, err
}

// judge decides what a failed attempt means: the error, whether to try again,
// and after how long. A 429 was not carried out, so it may always be sent
// again; a lost or broken reply may have been.
func (r *rest) judge(to route, bucket string, reply *resty.Response, err error, attempt int) (pause time.Duration, again bool, failure error) {
	backoff := 200 * time.Millisecond << attempt
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // its text would show the URL, and with it a token
		}
		again = to.again && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
		return backoff, again, fmt.Errorf("%s: %w", to.name, err)
	}
	refusal := apiError(to, reply)
	status := reply.StatusCode()
	if status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests {
		r.limiter.refused()
	}
	if status == http.StatusTooManyRequests {
		wait, global := retryAfter(reply)
		r.limiter.block(bucket, global, wait)
		return 0, true, refusal
	}
	r.limiter.learn(bucket, reply.Header())
	return backoff, to.again && status >= 500, refusal
}

func apiError(to route, reply *resty.Response) *APIError {
	var said struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(reply.Body(), &said) // a body that is not JSON says nothing
	return &APIError{Route: to.name, Status: reply.StatusCode(), Code: said.Code, Message: clip(said.Message, 200)}
}

// retryAfter reads how long a 429 asks to wait, and whether it is for all.
func retryAfter(reply *resty.Response) (wait time.Duration, global bool) {
	var said struct {
		RetryAfter float64 `json:"retry_after"` // seconds
		Global     bool    `json:"global"`
	}
	_ = json.Unmarshal(reply.Body(), &said) // Cloudflare's own 429 is HTML
	seconds, err := strconv.ParseFloat(reply.Header().Get("Retry-After"), 64)
	if err != nil || said.RetryAfter > 0 {
		seconds = said.RetryAfter
	}
	global = said.Global || reply.Header().Get("X-RateLimit-Global") == "true"
	return max(duration(seconds), 50*time.Millisecond), global
}
