package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
)

// redacted stands wherever a secret would have been printed.
const redacted = "[redacted]"

// Secret is a value that no print, log or marshaller shows; only [Secret.Reveal]
// gives it back.
type Secret string

// Reveal returns the secret itself, for the one header it belongs in.
func (s Secret) Reveal() string { return string(s) }

// Format prints the same mark for every verb, so that %v, %q, %x and %#v of a
// struct that holds the secret are all safe; an empty secret prints as nothing.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.mark()) }

// LogValue is what slog shows.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.mark()) }

// MarshalText is what JSON and other encoders show.
//
//nolint:unparam // the interface asks for an error.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.mark()), nil }

func (s Secret) mark() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Address is a URL that may carry a password, which no print shows.
type Address string

// Reveal returns the URL with its password, for the client that dials it.
func (a Address) Reveal() string { return string(a) }

// String is the URL with its password and query struck out.
func (a Address) String() string {
	u, err := url.Parse(string(a))
	if err != nil {
		return redacted
	}
	if u.RawQuery != "" {
		u.RawQuery = redacted
	}
	return u.Redacted()
}

// Format prints [Address.String] for every verb.
func (a Address) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue is what slog shows.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalText is what JSON and other encoders show.
//
//nolint:unparam // the interface asks for an error.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }
