package discordtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"time"
)

// Secure has the gateway speak TLS from now on, at two addresses each with a
// certificate that is good for no other, and returns whom to trust. Where a
// machine has no second address of its own, the test skips.
func (d *Discord) Secure() *x509.CertPool {
	d.t.Helper()
	authority := d.certificate(nil, nil)
	first, second := d.secured("127.0.0.1", authority), d.secured("127.0.0.2", authority)
	d.mu.Lock()
	d.sockets, d.resumes = first, second
	d.mu.Unlock()
	roots := x509.NewCertPool()
	roots.AddCert(authority.Leaf)
	return roots
}

// secured is a gateway over TLS at an address.
func (d *Discord) secured(host string, authority *tls.Certificate) *httptest.Server {
	d.t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0")) //nolint:noctx // it does not wait
	if err != nil {
		d.t.Skipf("skipped: there is no %s here: %v", host, err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(d.Gateway.serve))
	_ = s.Listener.Close() // it has another
	s.Listener = l
	s.TLS = &tls.Config{Certificates: []tls.Certificate{*d.certificate(net.ParseIP(host), authority)}, MinVersion: tls.VersionTLS12}
	s.StartTLS()
	d.t.Cleanup(func() {
		d.Gateway.stop()
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// certificate is one for an address, by an authority; an authority's own where
// none is given.
func (d *Discord) certificate(ip net.IP, by *tls.Certificate) *tls.Certificate {
	d.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		d.t.Fatalf("discordtest: make a key: %v", err)
	}
	now := time.Now()
	what := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "discordtest " + ip.String()},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{ip},
	}
	parent, signer := what, any(key)
	if by == nil {
		what.IsCA, what.KeyUsage, what.IPAddresses = true, x509.KeyUsageCertSign, nil
	} else {
		parent, signer = by.Leaf, by.PrivateKey
	}
	raw, err := x509.CreateCertificate(rand.Reader, what, parent, key.Public(), signer)
	if err != nil {
		d.t.Fatalf("discordtest: make a certificate: %v", err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		d.t.Fatalf("discordtest: read a certificate: %v", err)
	}
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}
}
