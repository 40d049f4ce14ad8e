package ops

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are membot's own numbers, in a registry of their own. No label holds
// anything an asker typed, so their number is bounded.
type Metrics struct {
	registry *prometheus.Registry

	requests    *prometheus.CounterVec
	latency     *prometheus.HistogramVec
	inFlight    prometheus.Gauge
	hubCalls    *prometheus.CounterVec
	hubLatency  *prometheus.HistogramVec
	hubQuota    *prometheus.GaugeVec
	cacheReads  *prometheus.CounterVec
	discord     *prometheus.CounterVec
	served      *prometheus.CounterVec
	ack         *prometheus.HistogramVec
	gateway     *prometheus.GaugeVec
	limiterWait *prometheus.HistogramVec
	limited     *prometheus.CounterVec
	storeErrors *prometheus.CounterVec
	storeUp     prometheus.Gauge
}

// answerBuckets are seconds: a cached answer takes under a millisecond, one that
// must read the Hub up to its deadline.
var answerBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

// waitBuckets are seconds that a limiter made something wait.
var waitBuckets = []float64{.01, .1, .5, 1, 2, 5, 10, 30, 60, 300}

// NewMetrics makes the metrics of one process, of this version.
func NewMetrics(version string) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry:    prometheus.NewRegistry(),
		requests:    counter("membot_requests_total", "Questions, by command and outcome (ok, or the code of the refusal).", "command", "outcome"),
		latency:     histogram("membot_request_seconds", "Time to answer, by command and outcome.", answerBuckets, "command", "outcome"),
		inFlight:    gauge("membot_requests_in_flight", "Questions being answered now."),
		hubCalls:    counter("membot_hub_calls_total", "Requests to the Hub, by quota class and HTTP status (0: no reply).", "class", "status"),
		hubLatency:  histogram("membot_hub_call_seconds", "Time of a request to the Hub, by quota class.", answerBuckets, "class"),
		hubQuota:    gauges("membot_hub_quota_remaining", "Requests the Hub still grants in its window, by class.", "class"),
		cacheReads:  counter("membot_cache_reads_total", "Reads of model metadata, by layer and outcome.", "layer", "outcome"),
		discord:     counter("membot_discord_calls_total", "Requests to Discord, by route and HTTP status (0: no reply).", "route", "status"),
		served:      counter("membot_interactions_total", "What Discord delivered, by kind and outcome.", "kind", "outcome"),
		ack:         histogram("membot_interaction_seconds", "Time from the receipt to the last word of the answer, by kind.", answerBuckets, "kind"),
		gateway:     gauges("membot_gateway_shards", "Gateway shards of this process, by state.", "state"),
		limiterWait: histogram("membot_limiter_wait_seconds", "Time that a limiter made something wait, by limiter.", waitBuckets, "limiter"),
		limited:     counter("membot_limited_total", "Questions that a limit turned away, by limiter.", "limiter"),
		storeErrors: counter("membot_store_errors_total", "Operations that the store failed, by operation.", "op"),
		storeUp:     gauge("membot_store_up", "1 while the store answers."),
	}
	built := gauges("membot_build_info", "1; the version is in the label.", "version")
	built.WithLabelValues(version).Set(1)
	m.registry.MustRegister(
		m.requests, m.latency, m.inFlight, m.hubCalls, m.hubLatency, m.hubQuota, m.cacheReads, m.gateway, m.discord, m.served, m.ack,
		m.limiterWait, m.limited, m.storeErrors, m.storeUp, built,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Registry lets a package add numbers of its own.
func (m *Metrics) Registry() prometheus.Registerer { return m.registry }

// Answered counts one question that was answered or refused.
func (m *Metrics) Answered(command, outcome string, took time.Duration) {
	m.requests.WithLabelValues(command, outcome).Inc()
	m.latency.WithLabelValues(command, outcome).Observe(took.Seconds())
}

// HubCall counts one request to the Hub; a status of 0 means no reply came.
func (m *Metrics) HubCall(class string, status int, took time.Duration) {
	m.hubCalls.WithLabelValues(class, statusLabel(status)).Inc()
	m.hubLatency.WithLabelValues(class).Observe(took.Seconds())
}

// statusLabel keeps a lying server from making a label for each number.
func statusLabel(status int) string {
	if status != 0 && (status < 100 || status > 599) {
		return "other"
	}
	return strconv.Itoa(status)
}

// HubQuota shows what the Hub still grants.
func (m *Metrics) HubQuota(class string, remaining int) {
	if slices.Contains([]string{"api", "resolvers", "pages"}, class) {
		m.hubQuota.WithLabelValues(class).Set(float64(remaining))
	}
}

// CacheRead counts a read of metadata, by layer (memory, store, files) and
// outcome (hit, miss, failed).
func (m *Metrics) CacheRead(layer, outcome string) {
	m.cacheReads.WithLabelValues(layer, outcome).Inc()
}

// Interaction counts what Discord delivered: what it was and how it went.
func (m *Metrics) Interaction(kind, outcome string, took time.Duration) {
	m.served.WithLabelValues(kind, outcome).Inc()
	m.ack.WithLabelValues(kind).Observe(took.Seconds())
}

// Request counts one request to Discord; a status of 0 means no reply came.
func (m *Metrics) Request(route string, status int, _ time.Duration) {
	m.discord.WithLabelValues(route, statusLabel(status)).Inc()
}

// Gateway says how many shards are in a state (starting, ready, resuming, down).
func (m *Metrics) Gateway(state string, shards int) {
	m.gateway.WithLabelValues(state).Set(float64(shards))
}

// Waited counts a wait that a limiter imposed (hub, identify).
func (m *Metrics) Waited(limiter string, wait time.Duration) {
	m.limiterWait.WithLabelValues(limiter).Observe(wait.Seconds())
}

// Limited counts a question that a limit turned away (user, guild, ask).
func (m *Metrics) Limited(limiter string) { m.limited.WithLabelValues(limiter).Inc() }

// StoreError counts an operation that the store failed.
func (m *Metrics) StoreError(op string) { m.storeErrors.WithLabelValues(op).Inc() }

// StoreUp says whether the store answers, now that somebody looks.
func (m *Metrics) StoreUp(up bool) {
	value := 0.0
	if up {
		value = 1
	}
	m.storeUp.Set(value)
}
