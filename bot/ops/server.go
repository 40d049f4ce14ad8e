package ops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Pages are what the operations address serves.
type Pages struct {
	Health  *Health
	Metrics *Metrics
	Ask     http.Handler // from [NewAsk]; nil: POST /ask is off
}

// Handler serves /healthz, /readyz, /metrics and, if there is one, POST /ask.
func (p Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", p.Health.serveAlive)
	mux.HandleFunc("GET /readyz", p.Health.serveReady)
	mux.Handle("GET /metrics", p.Metrics.Handler())
	if p.Ask != nil {
		mux.Handle("/ask", p.Ask)
	}
	return mux
}

// NewServer returns a server with the bounds that anything listening needs; its
// own errors go to log at debug, since strangers cause most of them.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      75 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Serve listens on addr and serves until ctx ends, then lets what runs finish
// within drain. It calls listening with the address it got.
func Serve(ctx context.Context, addr string, server *http.Server, drain time.Duration, listening func(net.Addr)) error {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	if listening != nil {
		listening(l.Addr())
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(l) }()
	select {
	case err := <-stopped:
		return fmt.Errorf("serve %s: %w", addr, err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(end); err != nil {
		_ = server.Close()
		return fmt.Errorf("drain %s: %w", addr, err)
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", addr, err)
	}
	return nil
}
