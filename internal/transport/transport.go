// Package transport holds the HTTP transport that clients use unless the user
// brings one.
package transport

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

const (
	// connections kept per host: the default of requests in flight of a
	// transfer, so that parallel parts do not close and reopen them.
	idlePerHost = 64

	// idleTimeout ends a kept-alive connection before servers do (S3 waits
	// about 20 s): a request on a connection that is being closed is an error.
	idleTimeout = 15 * time.Second

	dialTimeout      = 10 * time.Second
	keepAlive        = 30 * time.Second
	handshakeTimeout = 10 * time.Second
	continueTimeout  = time.Second

	// bufferSize of a connection, each way: a large object is moved with an
	// eighth of the system calls that the default of 4 KiB takes.
	bufferSize = 32 << 10
)

// New returns a transport tuned for object storage: HTTP/1.1, since one
// connection a part is faster than many parts on one; bodies as they are
// stored, never decompressed; connections spread over all addresses of a name.
func New() *http.Transport {
	one := &net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlive}
	dialer := &spreadDialer{connect: one.DialContext, lookup: net.DefaultResolver.LookupNetIP}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.dial,
		TLSHandshakeTimeout:   handshakeTimeout,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(0)},
		MaxIdleConns:          0,
		MaxIdleConnsPerHost:   idlePerHost,
		IdleConnTimeout:       idleTimeout,
		ExpectContinueTimeout: continueTimeout,
		DisableCompression:    true,
		WriteBufferSize:       bufferSize,
		ReadBufferSize:        bufferSize,
		Protocols:             http1(),
	}
}

func http1() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}

// Lazy is New made at the first request, so that a client costs nothing until
// then. It trusts the system's authorities and those of the file that
// AWS_CA_BUNDLE names, which is read before the first use of TLS; a bad one is
// the error of such a call.
type Lazy struct {
	Direct bool // past all proxies

	// Bundle, if set, returns the file instead, if there is one, and what
	// names it.
	Bundle func() (file, origin string, err error)

	once      sync.Once
	transport *http.Transport
	proxies   func(*http.Request) (*url.URL, error) // nil: none

	trusted sync.Once
	err     error // of the authorities
}

func (l *Lazy) init() {
	l.once.Do(func() {
		l.transport = New()
		if !l.Direct {
			l.proxies = l.transport.Proxy
		}
		l.transport.Proxy = l.prepare
	})
}

// prepare is asked by the transport for a request's proxy, which is when it is
// known whether there will be TLS. The authorities are read then, and not
// before: parsing them takes longer than many a request.
func (l *Lazy) prepare(r *http.Request) (proxy *url.URL, err error) {
	if l.proxies != nil {
		if proxy, err = l.proxies(r); err != nil {
			return nil, err
		}
	}
	if r.URL.Scheme == "https" || proxy != nil && proxy.Scheme == "https" {
		l.trusted.Do(func() {
			bundle := l.Bundle
			if bundle == nil {
				bundle = bundleOfEnvironment
			}
			l.err = trust(l.transport.TLSClientConfig, bundle)
		})
		err = l.err
	}
	return proxy, err
}

// RoundTrip implements http.RoundTripper.
func (l *Lazy) RoundTrip(r *http.Request) (*http.Response, error) {
	l.init()
	return l.transport.RoundTrip(r)
}

// CloseIdleConnections closes the connections that no request uses.
func (l *Lazy) CloseIdleConnections() {
	l.init()
	l.transport.CloseIdleConnections()
}

// BundleError says that the file of authorities that Origin names cannot be
// used. It hides the cause from errors.Is: that this file does not exist says
// nothing about objects.
type BundleError struct{ Origin, Problem string }

func (e *BundleError) Error() string { return e.Origin + ": " + e.Problem }

func bundleOfEnvironment() (file, origin string, err error) {
	return os.Getenv("AWS_CA_BUNDLE"), "AWS_CA_BUNDLE", nil
}

// trust adds the authorities of a bundle to the system's.
func trust(c *tls.Config, bundle func() (file, origin string, err error)) error {
	name, origin, err := bundle()
	if err != nil || name == "" {
		return err
	}
	pem, err := os.ReadFile(name)
	if err != nil {
		return &BundleError{origin, err.Error()}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return &BundleError{origin, name + " holds no certificate"}
	}
	c.RootCAs = pool
	return nil
}
