package storagetest

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Option adjusts a server before it starts.
type Option func(*options)

type options struct {
	tls         bool
	inMemory    bool
	clock       func() time.Time
	dir         string
	region      string
	keyID       string
	secret      string
	memoryLimit int64
	minPartSize int64
	domains     []string
	accountID   string
	restoreTime time.Duration

	// IBM COS
	apiKey          string
	serviceInstance string
	tokenLifetime   time.Duration
	profileID       string
	profileName     string
	crToken         string
	legalHoldSet    bool
}

func newOptions(opts []Option) options {
	o := options{
		clock:       time.Now,
		region:      "us-east-1",
		keyID:       "STORAGETESTKEYID",
		secret:      "storagetest-secret",
		memoryLimit: 1 << 20,
		minPartSize: 5 << 20,
		accountID:   "123456789012",
	}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// WithTLS makes the server speak HTTPS, with a certificate by an authority of
// its own for whatever host name the client asks for. [Server.Client] trusts
// that authority; other clients get it from [Server.Authority].
func WithTLS() Option { return func(o *options) { o.tls = true } }

// WithInMemory makes the server listen on no port: only [Server.Client] (or a
// transport with [Server.DialContext]) reaches it, through buffers in memory.
// Started within a testing/synctest bubble, such a server belongs to it, and
// its waiting does not keep the bubble from settling.
func WithInMemory() Option { return func(o *options) { o.inMemory = true } }

// WithClock sets the time the server goes by: for the Date header, the dates of
// objects, the check of signatures and the expiry of tokens. Default time.Now.
func WithClock(now func() time.Time) Option { return func(o *options) { o.clock = now } }

// WithDir sets the directory under which the contents of large objects are kept,
// in a directory of their own that Close removes. Default [os.TempDir].
func WithDir(dir string) Option { return func(o *options) { o.dir = dir } }

// WithRegion sets the server's region. Default us-east-1.
func WithRegion(region string) Option { return func(o *options) { o.region = region } }

// WithCredentials sets the key that the server knows: for S3 and the like an
// access key and its secret, for B2 a key id and an application key.
func WithCredentials(id, secret string) Option {
	return func(o *options) { o.keyID, o.secret = id, secret }
}

// WithMemoryLimit sets the size in bytes up to which contents are held in memory
// rather than in a temporary file. Default 1 MiB.
func WithMemoryLimit(n int64) Option { return func(o *options) { o.memoryLimit = n } }

// WithMinPartSize lowers the smallest size of a part that is not the last, so
// that multipart uploads can be tested with little data. Default 5 MiB, as the
// vendors have it.
func WithMinPartSize(n int64) Option { return func(o *options) { o.minPartSize = n } }

// WithDomain adds a host name under which the server takes the first label for
// the bucket (virtual-host addressing), beside localhost, the name of a server
// in memory, and the names of Amazon's own endpoints.
func WithDomain(host string) Option {
	return func(o *options) { o.domains = append(o.domains, strings.ToLower(host)) }
}

// WithAccountID sets the account that owns every bucket. Default 123456789012. Of
// IBM COS, where that is the service instance, it is the account of the trusted
// profile.
func WithAccountID(id string) Option { return func(o *options) { o.accountID = id } }

// inMemoryHost is the name of a server that listens in memory.
const inMemoryHost = "storage.test"

// maxLog bounds the request log: at most twice as many requests are held.
const maxLog = 10_000

// Server is what the servers of all vendors share: where to reach them, the
// faults they are to commit, the requests they have seen. It is safe for
// concurrent use.
type Server struct {
	// URL is the base of the server's addresses, without a slash at the end.
	URL string

	options
	emulator  emulator
	listener  net.Listener
	memory    *memListener // nil when on a port
	authority *authority   // nil without TLS
	http      *http.Server
	client    *http.Client
	serving   chan struct{}  // closed when the accept loop has ended
	conns     sync.WaitGroup // connections being served
	closed    chan struct{}
	closeOnce sync.Once
	blobs     *blobStore

	mu       sync.Mutex
	faults   []*plannedFault
	requests []*Request
	release  chan struct{} // closed to let go what a fault has stalled
}

// emulator is what one vendor's API adds to a Server.
type emulator interface {
	// operation names what r asks for, as the vendor's reference spells it;
	// empty if there is no such operation.
	operation(r *http.Request) string

	// serve answers r. The request's body and w are already subject to the
	// fault plan, and either may panic with http.ErrAbortHandler: locks are
	// held and contents discarded by defer.
	serve(w http.ResponseWriter, r *http.Request, operation string)

	// fail answers r with an error in the vendor's form. An empty code stands
	// for the one that goes with the status.
	fail(w http.ResponseWriter, r *http.Request, status int, code, message string)

	// expireToken makes the token or session that r presents an expired one.
	expireToken(r *http.Request)
}

// brokenNoticer is an emulator that wants to know of requests whose answer did
// not go out to the end, wherever the exchange broke off.
type brokenNoticer interface{ broken(r *http.Request) }

// newServer makes a server that listens but does not answer before start.
func newServer(o options) *Server {
	s := &Server{
		options: o,
		closed:  make(chan struct{}),
		serving: make(chan struct{}),
		release: make(chan struct{}),
		blobs:   newBlobStore(o.dir, o.memoryLimit),
	}
	host := inMemoryHost
	if o.inMemory {
		s.memory = newMemListener()
		s.listener = s.memory
	} else {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic("storagetest: cannot listen on loopback: " + err.Error())
		}
		s.listener, host = l, l.Addr().String()
	}
	s.URL = "http://" + host
	transport := &http.Transport{
		DialContext:         s.DialContext,
		DisableCompression:  true, // objects are delivered as they are stored
		MaxIdleConnsPerHost: 128,
		// Without it, a body goes out at once, and the answer to one that is
		// refused may be lost with the connection.
		ExpectContinueTimeout: time.Second,
	}
	if o.tls {
		s.URL = "https://" + host
		s.authority = newAuthority()
		s.listener = tls.NewListener(s.listener, &tls.Config{
			GetCertificate: s.authority.certificate,
			NextProtos:     []string{"http/1.1"},
		})
		transport.TLSClientConfig = &tls.Config{RootCAs: s.authority.pool()}
	}
	s.client = &http.Client{Transport: transport}
	return s
}

// start lets e answer the requests.
func (s *Server) start(e emulator) {
	s.emulator = e
	s.http = &http.Server{
		Handler:  http.HandlerFunc(s.serveHTTP),
		ErrorLog: log.New(io.Discard, "", 0), // aborted handlers and handshakes are part of the game
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, &serverConn{conn: c})
		},
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				s.conns.Add(1)
			case http.StateClosed, http.StateHijacked:
				s.conns.Done()
			}
		},
	}
	go func() {
		defer close(s.serving)
		_ = s.http.Serve(s.listener) // ends with ErrServerClosed
	}()
}

// Client returns a client whose connections all lead to this server, whatever
// host a URL names: virtual-host addresses work without DNS. It trusts the
// server's certificate. Close closes its idle connections.
func (s *Server) Client() *http.Client { return s.client }

// DialContext connects to the server, whatever the address: for a transport of
// the caller's own.
func (s *Server) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	if s.memory != nil {
		return s.memory.dial(ctx)
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", strings.TrimPrefix(strings.TrimPrefix(s.URL, "https://"), "http://"))
}

// Authority returns the certificate of the server's own authority in PEM form,
// or nil for a server without TLS.
func (s *Server) Authority() []byte {
	if s.authority == nil {
		return nil
	}
	return s.authority.pem
}

// Close stops the server: it closes every connection, lets go what is stalled,
// waits for the requests in progress to end, and removes all contents.
func (s *Server) Close() {
	s.closeOnce.Do(func() {
		close(s.closed)
		_ = s.http.Close()
		<-s.serving
		s.client.CloseIdleConnections()
		s.conns.Wait()
		s.blobs.close()
	})
}

// Request is an entry of the request log, made when the request arrives and
// completed until it is answered. It holds no secrets: the headers and
// query parameters that carry signatures, tokens or keys are left out.
type Request struct {
	Time      time.Time
	Operation string // as the vendor's reference spells it; empty if unknown
	Method    string
	Host      string
	Path      string // as sent, percent-encoding included
	Query     url.Values
	Header    http.Header
	Status    int   // 0 as long as there is no answer, or if the connection was cut before
	Received  int64 // bytes of the request's body, as read by the server
	Sent      int64 // bytes of the answer's body, as written by the server
	Fault     bool  // whether the fault plan had a hand in it
}

// Requests returns the requests in the order in which they arrived. Of a long run
// only the last 10,000 are certain to be there.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := make([]Request, len(s.requests))
	for i, r := range s.requests {
		log[i] = *r
	}
	return log
}

// ForgetRequests empties the request log.
func (s *Server) ForgetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

func (s *Server) record(r *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == 2*maxLog {
		s.requests = slices.Clone(s.requests[maxLog:])
	}
	s.requests = append(s.requests, r)
}

// serverConn is what is known about a connection; it travels in the context of
// its requests.
type serverConn struct {
	conn net.Conn
	dead atomic.Bool // the next request on it is met by a reset
}

// reset cuts the connection the hard way: the client meets "connection reset by
// peer", not the end of the stream.
func (c *serverConn) reset() {
	raw := c.conn
	if t, ok := raw.(*tls.Conn); ok {
		raw = t.NetConn()
	}
	switch raw := raw.(type) {
	case *net.TCPConn:
		_ = raw.SetLinger(0)
		_ = raw.Close()
	case *memConn:
		raw.reset()
	}
}

type (
	connKey     struct{}
	exchangeKey struct{}
)

func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	conn := r.Context().Value(connKey{}).(*serverConn)
	path, _, _ := strings.Cut(r.RequestURI, "?")
	entry := &Request{
		Time:      s.clock(),
		Operation: s.emulator.operation(r),
		Method:    r.Method,
		Host:      r.Host,
		Path:      path,
		Query:     publicQuery(r.URL.RawQuery),
		Header:    publicHeader(r.Header),
	}
	if conn.dead.Load() {
		entry.Fault = true
		s.record(entry)
		conn.reset()
		panic(http.ErrAbortHandler)
	}
	x := &exchange{ResponseWriter: w, server: s, conn: conn, request: r, body: r.Body, entry: entry}
	entry.Fault = x.plan(s.faultsFor(entry.Operation, r))
	s.record(entry)
	r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
	x.request = r
	r.Body = &requestBody{x: x}
	whole := false
	defer func() {
		if e, ok := s.emulator.(brokenNoticer); ok && !whole {
			e.broken(r)
		}
		x.log(0)
		if x.reset { // last of all: the client may act on it at once
			conn.reset()
		}
	}()
	w.Header().Set("Date", s.now(r).UTC().Format(http.TimeFormat))
	if x.expire {
		s.emulator.expireToken(r)
	}
	if x.delay > 0 && x.pause(x.delay) != nil {
		panic(http.ErrAbortHandler)
	}
	x.reach(RequestBody(0))
	if x.refusal != nil {
		x.refuse(s.emulator)
	} else {
		s.emulator.serve(x, r, entry.Operation)
	}
	x.finish()
	whole = true
}

// now is the server's time as the request meets it.
func (s *Server) now(r *http.Request) time.Time {
	t := s.clock()
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		t = t.Add(x.skew)
	}
	return t
}

// secretWords are parts of the names of headers and parameters whose values
// must not show up in a log.
var secretWords = []string{"authorization", "signature", "token", "credential", "customer-key", "password", "secret", "apikey", "cookie"}

func isSecret(name string) bool {
	name = strings.ToLower(name)
	if strings.HasSuffix(name, "-customer-key-md5") {
		return false
	}
	switch name {
	case "continuation-token": // of a list
		return false
	}
	return slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(name, w) })
}

func publicHeader(h http.Header) http.Header {
	h = h.Clone()
	maps.DeleteFunc(h, func(name string, _ []string) bool { return isSecret(name) })
	return h
}

func publicQuery(raw string) url.Values {
	q, _ := url.ParseQuery(raw) // what can be read of it is good enough for a log
	maps.DeleteFunc(q, func(name string, _ []string) bool { return isSecret(name) })
	return q
}
