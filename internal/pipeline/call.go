package pipeline

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/observe"
)

// Call is one call on its way. A provider's hooks read and complete it.
type Call struct {
	Operation *Operation
	Input     any           // pointer to the tagged struct
	Request   codec.Request // what was encoded, without a host
	Body      *Body         // what is sent; nil if nothing
	Attempts  int           // begun so far
	Host      string        // the endpoint's host in the last attempt
	Output    any           // pointer to the tagged struct that is filled
	State     any           // the provider's own
	Refreshed bool          // the provider has asked for other credentials already

	rt       *Runtime
	provider Provider
	document codec.Document
	out      codec.Output // of Output
	observer *observe.Observer

	ctx      context.Context // of the call's attempts
	loop     retryablehttp.Client
	client   http.Client     // its Transport is the call
	failure  *apierror.Error // of the last attempt that failed
	again    bool            // another attempt follows
	wait     time.Duration   // before it
	mended   int             // attempts that followed at once
	begun    time.Time       // the first attempt
	doubt    bool            // a failed attempt may have been carried out
	stale    bool            // a dead kept-alive connection has been forgiven
	offset   time.Duration   // the clock skew that the attempt reckons with
	resuming *answerBody     // the body that the attempts are to continue

	verify    hash.Hash
	want      []byte
	algorithm checksum.Algorithm
	status    entrepot.ChecksumStatus
}

// Now is the time that the server is thought to have.
func (c *Call) Now() time.Time { return c.rt.Clock().Add(c.offset) }

// Verify has the answer's body verified as it is read: its checksum must be
// want. An algorithm that is not computed here verifies nothing.
func (c *Call) Verify(a checksum.Algorithm, want []byte) {
	c.status = entrepot.ChecksumNotComputed
	if h, err := checksum.New(a); err == nil {
		c.verify, c.want, c.algorithm, c.status = h, want, a, entrepot.ChecksumVerified
	}
}

// Unconfirmed says that what the body is verified by does not come from whoever
// made it.
func (c *Call) Unconfirmed() {
	if c.status == entrepot.ChecksumVerified {
		c.status = entrepot.ChecksumUnconfirmed
	}
}

// Unverified says why the answer's body is not verified.
func (c *Call) Unverified(why entrepot.ChecksumStatus) { c.status = why }

// CorrectSkew measures the clock skew anew from the header of an answer and
// reports whether that which the attempt reckoned with was wrong by more than
// limit, so that it explains why the request was refused.
func (c *Call) CorrectSkew(header http.Header, limit time.Duration) bool {
	return c.rt.skew.correct(header, c.rt.Clock(), c.offset, limit)
}

// Doubtful reports whether an attempt that counts as failed may have been
// carried out: its answer was lost, or said that the server had failed.
func (c *Call) Doubtful() bool { return c.doubt }

// Elapsed is the time since the first attempt began.
func (c *Call) Elapsed() time.Duration { return time.Since(c.begun) }

// Ask makes another call for the sake of this one.
func (c *Call) Ask(ctx context.Context, op *Operation, in, out any) error {
	return Do(ctx, c.rt, c.provider, op, in, out)
}

// Label returns the value of a URI label.
func (c *Call) Label(name string) string {
	for _, l := range c.Request.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// Do makes one call: in and out point to tagged structs; a nil in is an
// empty one.
func Do(ctx context.Context, rt *Runtime, p Provider, op *Operation, in, out any) error {
	c := &Call{Operation: op, rt: rt, provider: p, Output: out}
	ctx, w := c.watch(ctx)
	err := c.do(ctx, in)
	w.end(ctx, err)
	return err
}

// Build returns the signed request of a first attempt instead of sending it.
func Build(ctx context.Context, rt *Runtime, p Provider, op *Operation, in any) (*http.Request, error) {
	c := &Call{Operation: op, rt: rt, provider: p}
	if err := c.encode(ctx, in); err != nil {
		return nil, c.final(ctx, err)
	}
	r, err := c.build(ctx, &attempt{})
	if err != nil {
		return nil, c.final(ctx, err)
	}
	return r, nil
}

func (c *Call) do(ctx context.Context, in any) error {
	if err := c.encode(ctx, in); err != nil {
		return c.final(ctx, err)
	}
	if p, ok := c.provider.(Permitter); ok {
		if err := p.Permit(ctx, c); err != nil && ctx.Err() != nil {
			return c.final(ctx, err)
		} else if err != nil {
			return c.provider.Public(c.unanswered(err))
		}
	}
	c.observer = observe.From(ctx)
	c.out = codec.OutputOf(c.Output)
	resp, err := c.run(ctx)
	if err != nil {
		if err := c.recognise(ctx, err); err != nil {
			return err
		}
		if meta := c.out.Metadata(); meta != nil {
			*meta = entrepot.ResponseMetadata{
				RequestID: c.failure.RequestID, HostID: c.failure.HostID, StatusCode: c.failure.StatusCode, Attempts: c.Attempts,
			}
		}
		return nil
	}
	if meta := c.out.Metadata(); meta != nil {
		meta.RequestID, meta.HostID = c.provider.RequestID(resp.Header)
		meta.StatusCode = resp.StatusCode
		meta.Attempts = c.Attempts
		meta.Checksum, meta.ChecksumStatus = string(c.algorithm), c.status
		meta.Header = resp.Header
	}
	return nil
}

// recognise returns nil if what the server refused in the end has been done,
// and else the error of the call that failed with err.
func (c *Call) recognise(ctx context.Context, err error) error {
	p, ok := c.provider.(Recogniser)
	if !ok || !c.Operation.Traits.Has(SelfConflict) || ctx.Err() != nil || c.failure == nil || c.failure.Code == "" {
		return err
	}
	if p.Recognise(ctx, c, c.failure) {
		return nil
	}
	if ctx.Err() != nil {
		return c.final(ctx, err) // it was not found out
	}
	return err
}

// encode writes the input into a request and completes it.
func (c *Call) encode(ctx context.Context, in any) error {
	if v := reflect.ValueOf(in); v.IsNil() {
		in = reflect.New(v.Type().Elem()).Interface()
	}
	c.Input, c.offset = in, c.rt.skew.offset()
	c.document = c.provider.Document(c.Operation)
	if err := codec.Encode(&c.Request, c.Operation.Path, c.document, in); err != nil {
		return err
	}
	if c.Request.Header == nil {
		c.Request.Header = make(http.Header, 8)
	}
	switch {
	case c.Request.Stream != nil:
		length, err := contentLength(c.Request.Header)
		if err != nil {
			return err
		}
		if c.Body, err = newBody(ctx, c.Request.Stream, length); err != nil {
			return err
		}
	case c.Request.Body != nil:
		c.Body = &Body{Bytes: c.Request.Body, Size: int64(len(c.Request.Body))}
	}
	return c.provider.Prepare(c)
}

// run makes attempts until one succeeds or none is left.
func (c *Call) run(ctx context.Context) (*http.Response, error) {
	c.ctx = ctx
	c.client = http.Client{Transport: c, CheckRedirect: noRedirect}
	// go-retryablehttp keeps the loop. What is retried is decided in the
	// attempt, where the answer and its error are known; so is how often. The
	// wait is the attempt's as well, since the loop's can neither be told how
	// long nor take a context without a request of its own. The loop gets no
	// body: each attempt opens its own.
	c.loop = retryablehttp.Client{
		HTTPClient:   &c.client,
		RetryMax:     math.MaxInt,
		CheckRetry:   c.follow,
		Backoff:      atOnce,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := c.loop.Do(&retryablehttp.Request{Request: carrier})
	if err == nil {
		return resp, nil
	}
	if c.failure == nil || ctx.Err() != nil {
		return nil, c.final(ctx, err)
	}
	return nil, c.provider.Public(c.failure)
}

// follow tells the retry loop whether another attempt follows.
func (c *Call) follow(context.Context, *http.Response, error) (bool, error) { return c.again, nil }

func atOnce(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return 0 }

// carrier is what the retry loop passes to the attempt, which makes its own
// request: the loop's says nothing.
// Its protocol version is what the transport looks at to wait for 100 Continue.
var carrier = &http.Request{
	Method: http.MethodGet, URL: &carrierURL, Header: http.Header{}, Host: carrierURL.Host,
	Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
}

// contentLength reads the header that an input's ContentLength went to, and
// takes it out: the transport writes its own.
func contentLength(h http.Header) (int64, error) {
	v := h.Get("Content-Length")
	if v == "" {
		return 0, nil
	}
	h.Del("Content-Length")
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, &codec.FieldError{Path: "ContentLength", Problem: "is not a length: " + v}
	}
	return n, nil
}

// final is the error of a call that ends without a server's answer.
func (c *Call) final(ctx context.Context, err error) error {
	e := &apierror.Error{
		Service:   c.provider.Service(),
		Operation: c.Operation.Name,
		Host:      c.Host,
		Attempts:  c.Attempts,
		Err:       err,
	}
	if ctx.Err() != nil {
		e.Err = cancellation(ctx)
		if last := c.failure; last != nil {
			e.Err = &interrupted{reason: e.Err, text: last.Reason(), last: c.provider.Public(last)}
		}
	}
	return c.provider.Public(e)
}

// interrupted is why a call was given up between attempts, with what the last
// of them failed with.
type interrupted struct {
	reason, last error
	text         string // of last
}

func (i *interrupted) Error() string {
	return i.reason.Error() + "; the last attempt failed: " + i.text
}
func (i *interrupted) Unwrap() []error { return []error{i.reason, i.last} }

// cancellation is why ctx is over: errors.Is finds both context's own error
// and the cause that was given.
func cancellation(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == nil || errors.Is(cause, err) {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
