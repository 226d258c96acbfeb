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
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/codec"
)

const (
	// documentLimit bounds an answer that is held in memory as a whole; the
	// largest a service sends is a list of 10,000 names.
	documentLimit = 64 << 20

	// errorLimit bounds an error document.
	errorLimit = 1 << 20
)

var carrierURL = url.URL{Scheme: "http", Host: "call"}

// errAttempt tells the retry loop that the attempt failed; what it failed
// with is in the call.
var errAttempt = errors.New("attempt failed")

// RoundTrip makes one attempt. It is an http.RoundTripper only for the retry
// loop's sake.
func (c *Call) RoundTrip(r *http.Request) (*http.Response, error) {
	c.Attempts++
	c.failure, c.again, c.wait = nil, false, 0
	ctx, end := c.watchAttempt(r.Context())
	resp, err := c.attempt(ctx)
	end(resp, c.failure)
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// attempt is the state of one attempt. It outlives the attempt's RoundTrip
// while the caller reads the answer's body.
type attempt struct {
	ctx      context.Context
	guard    guard
	body     *sending
	trace    httptrace.ClientTrace
	reused   atomic.Bool // the connection has served before
	answered atomic.Bool // a first byte of an answer came
}

func (c *Call) attempt(ctx context.Context) (*http.Response, error) {
	a := &attempt{}
	a.guard.after = max(c.rt.Stall, 0)
	if c.Operation.Traits.Has(SlowAnswer) {
		a.guard.after *= slowFactor
	}
	a.ctx, a.guard.cancel = context.WithCancelCause(ctx)
	if c.rt.timeout > 0 {
		a.ctx, a.guard.stop = context.WithTimeout(a.ctx, c.rt.timeout)
	}
	a.trace.GotConn = func(i httptrace.GotConnInfo) { a.reused.Store(i.Reused) }
	a.trace.GotFirstResponseByte = func() { a.answered.Store(true) }

	r, err := c.build(httptrace.WithClientTrace(a.ctx, &a.trace), a)
	if err != nil {
		a.guard.end()
		return nil, c.abandon(ctx, err)
	}
	a.guard.resume()
	resp, err := c.rt.base.RoundTrip(r)
	a.guard.pause()
	if a.body != nil {
		a.body.detach(ctx.Err() != nil)
	}
	if err == nil {
		resp, err = c.answer(ctx, a, resp)
		if err == nil {
			return resp, nil
		}
	} else {
		err = c.lost(ctx, a, err)
	}
	a.guard.end()
	if a.body != nil && c.again {
		a.body.rollback()
	}
	return nil, err
}

// build makes the signed request of an attempt.
func (c *Call) build(ctx context.Context, a *attempt) (*http.Request, error) {
	where, err := c.provider.Endpoint(ctx, c)
	if err != nil {
		return nil, err
	}
	c.Host = where.Host
	path, err := url.PathUnescape(where.Path)
	if err != nil {
		return nil, fmt.Errorf("the path of the endpoint: %w", err)
	}
	r := carrier.WithContext(ctx)
	r.Method = c.Operation.Method
	r.URL = &url.URL{Scheme: where.Scheme, Host: where.Host, Path: path, RawPath: where.Path, RawQuery: c.Request.Query}
	r.Host = where.Host
	// The transport of an earlier attempt may still read its header; the
	// first one can have the call's own.
	r.Header = c.Request.Header
	if c.Attempts > 1 {
		r.Header = r.Header.Clone()
	}
	if r.Header["User-Agent"] == nil {
		r.Header["User-Agent"] = []string{c.rt.userAgent}
	}
	if c.Body != nil && c.Body.Size > 0 {
		body, err := c.Body.Open()
		if err != nil {
			return nil, err
		}
		a.body = &sending{body: c.Body, guard: &a.guard, observer: c.observer, r: body, left: c.Body.Size}
		r.Body = a.body
		r.ContentLength = c.Body.Size
	} else if c.Body != nil || r.Method == http.MethodPut || r.Method == http.MethodPost {
		r.Body = http.NoBody // an explicit Content-Length: 0
	}
	if !c.Operation.Traits.Has(Anonymous) {
		if err := c.provider.Sign(ctx, c, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// answer takes what the server said, good or bad. On success of a call whose
// output holds the body, resp.Body goes on to the caller.
func (c *Call) answer(ctx context.Context, a *attempt, resp *http.Response) (*http.Response, error) {
	if resp.StatusCode >= 300 {
		return nil, c.refused(ctx, &a.guard, resp)
	}
	if err := c.accept(ctx, a, resp); err != nil {
		resp.Body.Close()
		var refusal *refusal
		if errors.As(err, &refusal) {
			return nil, c.judge(ctx, resp, refusal.body)
		}
		return nil, c.broken(ctx, a, err)
	}
	c.rt.budgets.of(c.Host).refill()
	return resp, nil
}

// refusal is an error document in an answer of status 200.
type refusal struct{ body []byte }

func (r *refusal) Error() string { return "error in an answer of status 200" }

func (c *Call) accept(ctx context.Context, a *attempt, resp *http.Response) error {
	if c.resuming != nil {
		return c.resuming.continued(a, resp)
	}
	if err := c.provider.Accept(c, resp); err != nil {
		return err
	}
	src := codec.Response{Status: resp.StatusCode, Header: resp.Header}
	if c.stream {
		body := newAnswer(ctx, c, a, resp)
		src.Stream = body
		return c.decode(&src)
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := c.read(&a.guard, resp, buf, documentLimit); err != nil {
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
		if !bytes.Equal(c.verify.Sum(nil), c.want) {
			return &truncated{&checksum.MismatchError{Algorithm: c.algorithm}}
		}
	}
	return c.decode(&src)
}

// buffers holds what whole answers are read into; nothing that is decoded
// refers to it.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// truncated marks an answer that did not come as it was sent.
type truncated struct{ err error }

func (t *truncated) Error() string { return t.err.Error() }
func (t *truncated) Unwrap() error { return t.err }

// undecodable marks an answer that does not make sense.
type undecodable struct{ err error }

func (u *undecodable) Error() string { return u.err.Error() }
func (u *undecodable) Unwrap() error { return u.err }

func (c *Call) decode(src *codec.Response) error {
	err := codec.Decode(src, c.document, c.Output)
	if err == nil {
		err = c.provider.Decoded(c)
	}
	if err != nil {
		return &undecodable{err}
	}
	return nil
}

// read reads a whole body into buf.
func (c *Call) read(g *guard, resp *http.Response, buf *bytes.Buffer, limit int64) error {
	if resp.ContentLength > limit {
		return fmt.Errorf("the answer is %d bytes long, more than %d", resp.ContentLength, limit)
	}
	if resp.ContentLength > 0 {
		buf.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	g.resume()
	n, err := buf.ReadFrom(&steady{r: io.LimitReader(resp.Body, limit+1), g: g})
	g.pause()
	resp.Body.Close()
	switch {
	case err != nil:
		return &truncated{err}
	case n > limit:
		return fmt.Errorf("the answer is longer than %d bytes", limit)
	case resp.ContentLength > n && c.Operation.Method != http.MethodHead:
		return &truncated{fmt.Errorf("the answer ended after %s of %d bytes: %w",
			strconv.FormatInt(n, 10), resp.ContentLength, io.ErrUnexpectedEOF)}
	}
	return nil
}

// steady tells the guard of every read that the connection is alive.
type steady struct {
	r io.Reader
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
func (c *Call) refused(ctx context.Context, g *guard, resp *http.Response) error {
	buf := new(bytes.Buffer)
	err := c.read(g, resp, buf, errorLimit)
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
	}
	e.RequestID, e.HostID = c.provider.RequestID(resp.Header)
	c.provider.Failure(c, resp.Header, body, e)
	verdict := c.provider.Judge(ctx, c, resp.Header, e)
	return c.decide(ctx, e, verdict, resp.Header)
}
