package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/codec"
)

const (
	// documentLimit bounds an answer that is held in memory as a whole; the
	// largest a service sends is a list of 10,000 names.
	documentLimit = 64 << 20

	// errorLimit bounds an error document.
	errorLimit = 1 << 20

	// keptBuffer is the size up to which a buffer is kept for another answer.
	keptBuffer = 1 << 20
)

var asStored = []string{"identity"}

var carrierURL = url.URL{Scheme: "http", Host: "call"}

// errAttempt tells the retry loop that the attempt failed; what it failed
// with is in the call.
var errAttempt = errors.New("attempt failed")

// RoundTrip makes one attempt. It is an http.RoundTripper only for the retry
// loop's sake.
func (c *Call) RoundTrip(*http.Request) (*http.Response, error) {
	ctx := c.ctx
	if c.again {
		c.pause(ctx)
	}
	c.again, c.wait = false, 0
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.Attempts == 0 {
		c.begun = time.Now()
	}
	c.Attempts++
	ctx, end := c.watchAttempt(ctx)
	resp, err := c.attempt(ctx)
	switch {
	case err == nil:
		c.failure = nil
		end(resp, nil)
	case ctx.Err() != nil:
		end(nil, cancellation(ctx))
	default:
		end(nil, c.failure)
	}
	return resp, err
}

// attempt is the state of one attempt. It outlives the attempt's RoundTrip
// while the caller reads the answer's body.
type attempt struct {
	ctx      context.Context
	guard    guard
	body     *sending // nil where nothing of the caller's is read
	url      url.URL
	steady   steady
	trace    httptrace.ClientTrace
	reused   atomic.Bool   // the connection has served before
	answered atomic.Bool   // a first byte of an answer came
	asked    chan struct{} // closed when the server wants the body: 100 Continue; nil: it need not say so
}

func (c *Call) attempt(ctx context.Context) (*http.Response, error) {
	a := &attempt{}
	a.guard.after = max(c.rt.Stall, 0)
	if c.Operation.Traits.Has(SlowAnswer) {
		a.guard.after *= slowFactor
	}
	a.ctx, a.guard.cancel = context.WithCancelCause(ctx)
	if t := c.rt.timeout; t > 0 {
		a.ctx, a.guard.stop = context.WithTimeoutCause(a.ctx, t, timedOut{t})
	}
	a.trace.GotConn = func(i httptrace.GotConnInfo) { a.reused.Store(i.Reused) }
	a.trace.GotFirstResponseByte = func() { a.answered.Store(true) }
	if c.Request.Header["Expect"] != nil {
		a.asked = make(chan struct{})
		a.trace.Got100Continue = sync.OnceFunc(func() { close(a.asked) })
	}
	r, err := c.build(a.ctx, a)
	if err != nil {
		a.guard.end()
		return nil, c.abandon(ctx, err)
	}
	a.guard.resume()
	resp, err := c.rt.base.RoundTrip(r)
	a.guard.answered()
	if err == nil {
		err = a.complete(r, resp)
	}
	if err != nil {
		if a.body != nil {
			a.body.detach(ctx)
		}
		err = c.lost(ctx, a, err)
	} else if err = c.answer(ctx, a, resp); err == nil {
		return resp, nil
	}
	a.guard.end()
	if a.body != nil && c.again {
		a.body.rollback()
	}
	return nil, err
}

// errUnsent is a success that cannot be one: what was sent is not all there is.
var errUnsent = errors.New("the server answered before it had the whole body")

// complete makes good what a RoundTripper of the user's may leave out of an
// answer, as http.Client would do, and refuses one that comes too early.
func (a *attempt) complete(r *http.Request, resp *http.Response) error {
	if resp == nil {
		return errors.New("the HTTPClient's Transport returned neither an answer nor an error")
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if resp.Request == nil {
		resp.Request = r
	}
	if resp.StatusCode < 300 && a.body != nil && !a.body.whole() {
		resp.Body.Close()
		return errUnsent
	}
	return nil
}

// build makes the signed request of an attempt.
func (c *Call) build(ctx context.Context, a *attempt) (*http.Request, error) {
	where, err := c.provider.Endpoint(ctx, c)
	if err != nil {
		return nil, err
	}
	c.Host, c.offset = where.Host, c.rt.skew.offset()
	path, raw := where.Path, where.Path
	switch {
	case plainPath(path):
		raw = "" // the default encoding of the path, which is found out for less
	case strings.Contains(path, "%"):
		if path, err = url.PathUnescape(path); err != nil {
			return nil, fmt.Errorf("the path of the endpoint: %w", err)
		}
	}
	// The trace is for this request alone: the provider's hooks above, and
	// below, may make calls of their own.
	r := carrier.WithContext(httptrace.WithClientTrace(ctx, &a.trace))
	r.Method = c.Operation.Method
	a.url = url.URL{Scheme: where.Scheme, Host: where.Host, Path: path, RawPath: raw, RawQuery: c.Request.Query}
	r.URL = &a.url
	r.Host = where.Host
	// The transport of an earlier attempt may still read its header; the
	// first one can have the call's own.
	r.Header = c.Request.Header
	if c.Attempts > 1 {
		r.Header = r.Header.Clone()
	}
	if r.Header["User-Agent"] == nil {
		r.Header["User-Agent"] = c.rt.userAgent
	}
	if c.rt.foreign && r.Header["Accept-Encoding"] == nil {
		// A transport that asks for compression by itself also undoes it, and
		// an object that is stored compressed would come as another.
		r.Header["Accept-Encoding"] = asStored
	}
	if c.Body == nil || c.Body.Size == 0 {
		if c.Body != nil || r.Method == http.MethodPut || r.Method == http.MethodPost {
			r.Body = http.NoBody // an explicit Content-Length: 0
		}
	} else if r.Body = c.Body.packet(); r.Body == nil {
		body, err := c.Body.Open()
		if err != nil {
			return nil, err
		}
		a.body = &sending{ctx: a.ctx, body: c.Body, guard: &a.guard, asked: a.asked, answered: &a.answered, r: body, left: c.Body.Size}
		if c.Request.Stream != nil {
			a.body.observer = c.observer // documents are no object data
		}
		r.Body = a.body
	}
	if c.Body != nil {
		r.ContentLength = c.Body.Size
	}
	if !c.Operation.Traits.Has(Anonymous) {
		if err := c.provider.Sign(ctx, c, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// plainPath reports whether no encoder of paths changes any byte of path.
func plainPath(path string) bool {
	for i := range len(path) {
		switch ch := path[i]; {
		case 'a' <= ch && ch <= 'z', 'A' <= ch && ch <= 'Z', '0' <= ch && ch <= '9':
		case ch == '/', ch == '-', ch == '.', ch == '_', ch == '~':
		default:
			return false
		}
	}
	return true
}

// answer takes what the server said, good or bad. On success of a call whose
// output holds the body, resp.Body goes on to the caller.
func (c *Call) answer(ctx context.Context, a *attempt, resp *http.Response) error {
	if resp.StatusCode >= 300 {
		return c.refused(ctx, a, resp)
	}
	if err := c.accept(a, resp); err != nil {
		resp.Body.Close()
		if refusal := (*refusal)(nil); errors.As(err, &refusal) {
			return c.judge(ctx, resp, refusal.body)
		}
		return c.broken(ctx, a, err)
	}
	c.rt.budgets.refill(c.Host)
	return nil
}

// refusal is an error document in an answer of status 200.
type refusal struct{ body []byte }

func (r *refusal) Error() string { return "error in an answer of status 200" }

func (c *Call) accept(a *attempt, resp *http.Response) error {
	if c.resuming != nil {
		return c.resuming.continued(a, resp)
	}
	c.verify, c.want, c.algorithm, c.status = nil, nil, "", ""
	if err := c.provider.Accept(c, resp); err != nil {
		return err
	}
	src := codec.Response{Status: resp.StatusCode, Header: resp.Header}
	if c.out.Streams() {
		src.Stream = newAnswer(c, a, resp)
		return c.decode(&src)
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= keptBuffer {
			buf.Reset()
			buffers.Put(buf)
		}
	}()
	if err := c.read(a, resp, buf, documentLimit); err != nil {
		return err
	}
	a.guard.end()
	src.Body = buf.Bytes()
	if c.document.Format == codec.XML && len(src.Body) > 0 && codec.XMLRoot(src.Body) == "Error" {
		return &refusal{body: bytes.Clone(src.Body)}
	}
	if c.Operation.Traits.Has(ErrorIn200) && len(src.Body) == 0 {
		return &truncated{errors.New("the answer has no body")}
	}
	if c.verify != nil {
		c.verify.Write(src.Body)
		if err := c.mismatch(); err != nil {
			return &truncated{err}
		}
	}
	return c.decode(&src)
}

// buffers holds what whole answers are read into; nothing that is decoded
// refers to it.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// mismatch is the error of a body that is not what its checksum promised.
func (c *Call) mismatch() error {
	got := c.verify.Sum(nil)
	if bytes.Equal(got, c.want) {
		return nil
	}
	return &entrepot.ChecksumError{Algorithm: string(c.algorithm), Want: c.want, Got: got}
}

// truncated marks an answer that did not come as it was sent.
type truncated struct{ err error }

func (t *truncated) Error() string { return t.err.Error() }
func (t *truncated) Unwrap() error { return t.err }

// undecodable marks an answer that does not make sense.
type undecodable struct{ err error }

func (u *undecodable) Error() string { return u.err.Error() }
func (u *undecodable) Unwrap() error { return u.err }

func (c *Call) decode(src *codec.Response) error {
	err := c.out.Decode(src, c.document)
	if err == nil {
		err = c.provider.Decoded(c)
	}
	if err != nil {
		// Another attempt must not add to what this one has filled in.
		reflect.ValueOf(c.Output).Elem().SetZero()
		return &undecodable{err}
	}
	return nil
}

// read reads a whole body into buf and closes it.
func (c *Call) read(a *attempt, resp *http.Response, buf *bytes.Buffer, limit int64) error {
	defer resp.Body.Close()
	if resp.Body == http.NoBody || c.Operation.Method == http.MethodHead {
		return nil // the Content-Length of a HEAD's answer is the object's
	}
	if resp.ContentLength > limit {
		return &oversized{limit}
	}
	if resp.ContentLength > 0 {
		buf.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	a.guard.resume()
	a.steady = steady{r: io.LimitedReader{R: resp.Body, N: limit + 1}, g: &a.guard}
	n, err := buf.ReadFrom(&a.steady)
	a.guard.pause()
	switch {
	case err != nil:
		return &truncated{fmt.Errorf("the answer broke off after %d bytes: %w", n, a.cause(err))}
	case n > limit:
		return &oversized{limit}
	case n < resp.ContentLength:
		return &truncated{fmt.Errorf("the answer ended after %d of %d bytes: %w", n, resp.ContentLength, io.ErrUnexpectedEOF)}
	}
	return nil
}

// oversized is an answer that is too long to be held in memory.
type oversized struct{ limit int64 }

func (o *oversized) Error() string {
	return fmt.Sprintf("the answer is longer than %d bytes, which no document of the service is", o.limit)
}

// steady tells the guard of every read that the connection is alive.
type steady struct {
	r io.LimitedReader
	g *guard
}

func (s *steady) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err == nil {
		s.g.resume()
	}
	return n, err
}

// refused takes an answer that is an error.
func (c *Call) refused(ctx context.Context, a *attempt, resp *http.Response) error {
	var buf bytes.Buffer
	err := c.read(a, resp, &buf, errorLimit)
	// Only now: a transport that is still sending the body closes the
	// connection when it gets no more of it, and the answer with it.
	if a.body != nil {
		a.body.detach(ctx)
	}
	if err != nil && ctx.Err() != nil {
		return c.abandon(ctx, err)
	}
	// The status says enough where the document was cut off.
	return c.judge(ctx, resp, buf.Bytes())
}

// judge decides about an attempt that the server refused.
func (c *Call) judge(ctx context.Context, resp *http.Response, body []byte) error {
	e := &apierror.Error{
		Service:    c.provider.Service(),
		Operation:  c.Operation.Name,
		StatusCode: resp.StatusCode,
		Host:       c.Host,
		Attempts:   c.Attempts,
		RetryAfter: retryAfter(resp.Header, c.rt.Clock()),
	}
	e.RequestID, e.HostID = c.provider.RequestID(resp.Header)
	c.provider.Failure(c, resp.Header, body, e)
	verdict := c.provider.Judge(ctx, c, resp.Header, e)
	if resp.StatusCode == http.StatusExpectationFailed && c.Request.Header["Expect"] != nil {
		c.Request.Header = c.Request.Header.Clone()
		delete(c.Request.Header, "Expect")
		verdict = Again
	}
	return c.decide(ctx, e, verdict)
}
