package pipeline

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/codec"
)

// The service that the tests talk to.

type input struct {
	Key           string    `uri:"Key"`
	Range         string    `header:"Range"`
	Expect        string    `header:"Expect"`
	Token         string    `query:"token"`
	ContentLength int64     `header:"Content-Length"`
	Body          io.Reader `payload:"Body"`
}

type output struct {
	ETag             string `header:"ETag"`
	ResponseMetadata entrepot.ResponseMetadata
}

type streamOutput struct {
	ETag             string        `header:"ETag"`
	Body             io.ReadCloser `payload:"Body"`
	ResponseMetadata entrepot.ResponseMetadata
}

type listOutput struct {
	Names            []string `xml:"Name,flat"`
	Count            int      `xml:"Count"`
	ResponseMetadata entrepot.ResponseMetadata
}

var (
	opPut  = &Operation{Name: "Put", Method: "PUT", Path: "/{Key+}"}
	opGet  = &Operation{Name: "Get", Method: "GET", Path: "/{Key+}", Traits: Resumable}
	opHead = &Operation{Name: "Head", Method: "HEAD", Path: "/{Key+}"}
	opList = &Operation{Name: "List", Method: "GET", Path: "/{Key+}"}
	opNew  = &Operation{Name: "New", Method: "POST", Path: "/{Key+}", Traits: NoReplay}
	opPost = &Operation{Name: "Finish", Method: "POST", Path: "/{Key+}", Traits: ErrorIn200}
)

// stub is the provider. Its hooks may be replaced.
type stub struct {
	scheme, host string
	sign         func(c *Call, r *http.Request) error
	judge        func(c *Call, h http.Header, e *apierror.Error) Verdict
	accept       func(c *Call, r *http.Response) error
	pinned       atomic.Int64
}

// stubError is the error type that the service shows.
type stubError apierror.Error

func (e *stubError) Error() string { return (*apierror.Error)(e).Text() }
func (e *stubError) Unwrap() error { return e.Err }

func (s *stub) Service() string                { return "stub" }
func (s *stub) Public(e *apierror.Error) error { return (*stubError)(e) }
func (s *stub) RequestID(h http.Header) (id, host string) {
	return h.Get("X-Request-Id"), ""
}
func (s *stub) Document(op *Operation) codec.Document {
	return codec.Document{Format: codec.XML, Root: op.Root}
}
func (s *stub) Prepare(*Call) error { return nil }
func (s *stub) Endpoint(_ context.Context, c *Call) (Endpoint, error) {
	return Endpoint{Scheme: s.scheme, Host: s.host, Path: c.Request.Path}, nil
}
func (s *stub) Sign(_ context.Context, c *Call, r *http.Request) error {
	if s.sign != nil {
		return s.sign(c, r)
	}
	r.Header["Authorization"] = []string{"secret-signature"}
	return nil
}
func (s *stub) Failure(_ *Call, _ http.Header, body []byte, e *apierror.Error) {
	if doc, ok := codec.DecodeXMLError(body); ok {
		e.Code, e.Message = doc.Code, doc.Message
	}
}
func (s *stub) Judge(_ context.Context, c *Call, h http.Header, e *apierror.Error) Verdict {
	switch {
	case s.judge != nil:
		return s.judge(c, h, e)
	case e.StatusCode == 503:
		return Throttle
	case e.StatusCode >= 500, e.Code == "InternalError":
		return Retry
	}
	return Fail
}
func (s *stub) Accept(c *Call, r *http.Response) error {
	if s.accept != nil {
		return s.accept(c, r)
	}
	return nil
}
func (s *stub) Decoded(*Call) error { return nil }
func (s *stub) Pin(c *Call, h http.Header) bool {
	s.pinned.Add(1)
	etag := h.Get("Etag")
	c.Request.Header.Set("If-Match", etag)
	return etag != ""
}

// rig is a client of the stub service with a server of its own.
type rig struct {
	*stub
	rt   *Runtime
	wire *wire
}

// newRig serves h on the loopback. No wait between attempts takes any time.
func newRig(t *testing.T, h http.HandlerFunc, options ...func(*Options)) *rig {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	w := &wire{Transport: &http.Transport{DisableCompression: true}}
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			w.conns.Add(1)
		}
	}
	server.Start()
	r := newRigOn(w, server.Listener.Addr().String(), options...)
	r.rt.random = func() float64 { return 0 }
	t.Cleanup(func() {
		w.CloseIdleConnections()
		server.CloseClientConnections() // a handler may still wait for a body
		server.Close()
		if n := w.open.Load(); n != 0 {
			t.Errorf("%d bodies of answers were left open", n)
		}
	})
	return r
}

// newVirtualRig serves h over pipes, so that synctest can tell when nothing
// but time has to pass. It must be closed before the bubble ends.
func newVirtualRig(h http.HandlerFunc, options ...func(*Options)) (*rig, func()) {
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: h}
	go server.Serve(l)
	w := &wire{Transport: &http.Transport{DisableCompression: true, DialContext: l.dial}}
	r := newRigOn(w, "stub.test", options...)
	return r, func() {
		w.CloseIdleConnections()
		server.Close()
	}
}

func newRigOn(w *wire, host string, options ...func(*Options)) *rig {
	o := Options{Service: "stub", Transport: w}
	for _, option := range options {
		option(&o)
	}
	return &rig{stub: &stub{scheme: "http", host: host}, rt: New(o), wire: w}
}

func (r *rig) do(ctx context.Context, op *Operation, in *input, out any) error {
	if in == nil {
		in = &input{Key: "k"}
	}
	return Do(ctx, r.rt, r, op, in, out)
}

func (r *rig) put(ctx context.Context, body io.Reader) error {
	return r.do(ctx, opPut, &input{Key: "k", Body: body}, &output{})
}

// get returns the body of the object, unread.
func (r *rig) get(t *testing.T, op *Operation) io.ReadCloser {
	t.Helper()
	var out streamOutput
	if err := r.do(t.Context(), op, &input{Key: "k"}, &out); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Body.Close() })
	return out.Body
}

// wire counts what a transport hands out, and what comes back.
type wire struct {
	*http.Transport
	conns    atomic.Int64
	requests atomic.Int64
	open     atomic.Int64 // bodies of answers

	mu       sync.Mutex
	contexts []context.Context
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.requests.Add(1)
	w.mu.Lock()
	w.contexts = append(w.contexts, r.Context())
	w.mu.Unlock()
	resp, err := w.Transport.RoundTrip(r)
	if err == nil && resp.Body != http.NoBody {
		w.open.Add(1)
		resp.Body = &countedBody{ReadCloser: resp.Body, open: &w.open}
	}
	return resp, err
}

// live is how many attempts have not let go of their context.
func (w *wire) live() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, ctx := range w.contexts {
		if ctx.Err() == nil {
			n++
		}
	}
	return n
}

type countedBody struct {
	io.ReadCloser
	open *atomic.Int64
	once sync.Once
}

func (b *countedBody) Close() error {
	b.once.Do(func() { b.open.Add(-1) })
	return b.ReadCloser.Close()
}

type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// script answers the nth request with the nth handler, the last one for ever.
func script(handlers ...http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		i := int(n.Add(1)) - 1
		handlers[min(i, len(handlers)-1)](w, r)
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func document(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(code)
		io.WriteString(w, text)
	}
}

// reset drops the connection.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func attempts(n int) func(*Options) {
	return func(o *Options) { o.Retry.MaxAttempts = n }
}

func wantText(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error is %q; it should have %q", err, part)
		}
	}
}

func wantAttempts(t *testing.T, err error, n int) {
	t.Helper()
	if e := (*stubError)(nil); !errors.As(err, &e) {
		t.Errorf("%T: %v is not the service's error", err, err)
	} else if e.Attempts != n {
		t.Errorf("%d attempts, want %d: %v", e.Attempts, n, err)
	}
}

// pattern is n bytes none of which could stand for another.
func pattern(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		b.WriteByte(byte(i >> 8))
		b.WriteByte(byte(i*7 + 13))
	}
	return b.Bytes()[:n]
}
