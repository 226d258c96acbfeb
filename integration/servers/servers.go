// Package servers builds, starts and stops the S3 servers that the tests of
// this module run against, and a proxy that harms connections. It builds rclone
// as well, which is a client.
//
// Every program is built once, at a pinned version, into
// entrepot-integration/bin in the user's cache directory. Every server is a
// process of its own on a free port of the loopback interface, with its data
// in a temporary directory. [StopAll], called at the end of TestMain, ends
// them; on Linux they also end when the test process is killed.
package servers

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
)

// S3 is a running server of the S3 API.
type S3 struct {
	URL       string // without a slash at the end
	AccessKey string
	SecretKey string

	// Authority is the certificate, in PEM form, of whoever signed the server's
	// certificate; nil for a server without TLS.
	Authority []byte
}

// The key that every server is started with.
const (
	accessKey = "testkey"
	secretKey = "testsecret123"
)

// Client returns an HTTP client that trusts the server's certificate.
func (s *S3) Client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if s.Authority != nil {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(s.Authority)
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	return &http.Client{Transport: transport}
}
