package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
)

// The wire is redigo's: it adds 0.07 MB to the binary, where the client that
// Valkey's makers offer adds 10 MB (it names every command and option as a
// type) to the 25 MB allowed. What redigo leaves to its user is here: bounds of
// what a server may claim, many askers on one connection, and RESP2's way of
// being told of changes. The tests hold it to the other client and a real server.

// where is the server and how to be let in.
type where struct {
	address        string // host:port
	user, password string
	database       int
	tls            *tls.Config // nil: plain
}

// dial connects and logs in. The connection itself comes too, for deadlines.
func (w where) dial(ctx context.Context) (redis.Conn, net.Conn, error) {
	var dialer interface {
		DialContext(ctx context.Context, network, address string) (net.Conn, error)
	} = &net.Dialer{KeepAlive: 5 * time.Second}
	if w.tls != nil {
		dialer = &tls.Dialer{Config: w.tls}
	}
	conn, err := dialer.DialContext(ctx, "tcp", w.address)
	if err != nil {
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	wire := redis.NewConn(unhurried{&bounded{Conn: conn}}, 0, stuck)
	if err := w.greet(ctx, wire); err != nil {
		_ = wire.Close()
		return nil, nil, err
	}
	return wire, conn, nil
}

// unhurried leaves the deadline of reading to the link, which knows whether the
// server owes anything; redigo would clear it at each reply.
type unhurried struct{ net.Conn }

// SetReadDeadline implements [net.Conn].
func (unhurried) SetReadDeadline(time.Time) error { return nil }

// greet is what a connection begins with.
func (w where) greet(ctx context.Context, wire redis.Conn) error {
	login := []any{w.user, w.password}
	if w.user == "" {
		login = login[1:]
	}
	if w.password != "" {
		if _, err := redis.DoContext(wire, ctx, "AUTH", login...); err != nil {
			return fmt.Errorf("log in: %w", withoutArguments(err))
		}
	}
	if _, err := redis.DoContext(wire, ctx, "CLIENT", "SETNAME", "membot"); err != nil {
		return fmt.Errorf("greet the server: %w", refusal(err))
	}
	if w.database == 0 {
		return nil
	}
	if _, err := redis.DoContext(wire, ctx, "SELECT", w.database); err != nil {
		return fmt.Errorf("select database %d: %w", w.database, refusal(err))
	}
	return nil
}

// serverError is what the server refused with.
type serverError string

// Error implements error.
func (e serverError) Error() string { return string(e) }

// refusal tells what the server said from what became of the connection.
func refusal(err error) error {
	if said, ok := errors.AsType[redis.Error](err); ok {
		return serverError(strings.ToValidUTF8(string(said), "?"))
	}
	return err
}

// withoutArguments keeps the first word of a refused login: a server that does
// not know the command repeats its arguments.
func withoutArguments(err error) error {
	if said, ok := errors.AsType[serverError](refusal(err)); ok {
		code, _, _ := strings.Cut(string(said), " ")
		return serverError(code)
	}
	return err
}
