package pipeline

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/transport"
)

const (
	// maxMended is how many attempts of a call may follow at once because the
	// provider has mended the cause (a region learned, a token renewed).
	maxMended = 3

	// slowFactor is how much longer a call may be silent that makes the
	// service copy or assemble gigabytes before it answers.
	slowFactor = 10
)

// lost takes an attempt that got no answer.
func (c *Call) lost(ctx context.Context, a *attempt, err error) error {
	if a.body != nil {
		if cause := a.body.failure(); cause != nil && ctx.Err() == nil {
			return c.abandon(ctx, fmt.Errorf("reading the body: %w", cause))
		}
	}
	return c.broken(ctx, a, err)
}

// broken takes an attempt that the connection failed, or whose answer was no
// good.
func (c *Call) broken(ctx context.Context, a *attempt, err error) error {
	if ctx.Err() != nil {
		return c.abandon(ctx, err)
	}
	err = a.cause(err)
	e := c.unanswered(err)
	switch {
	case permanent(err):
		return c.decide(ctx, e, Fail)
	case isType[*undecodable](err) && !errors.Is(err, io.ErrUnexpectedEOF) &&
		c.Operation.Method != http.MethodGet && c.Operation.Method != http.MethodHead:
		// What the call did has happened; doing it twice would not help.
		return c.decide(ctx, e, Fail)
	case a.reused.Load() && !a.answered.Load() && !c.stale && connectionLost(err):
		// The server closed a kept-alive connection while the request was
		// on its way. That says nothing about its health.
		c.stale = true
		return c.decide(ctx, e, Again)
	}
	return c.decide(ctx, e, Retry)
}

// cause is why an attempt that ended with err was ended, if it was us: that it
// stalled, or took too long.
func (a *attempt) cause(err error) error {
	if cause := context.Cause(a.ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// abandon ends the call with err, whatever may be tried.
func (c *Call) abandon(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		c.failure = c.unanswered(err)
	}
	return err
}

func (c *Call) unanswered(err error) *apierror.Error {
	if e, ok := apierror.From(err); ok {
		own := *e // of a call made on behalf of this one, such as an authorization
		return &own
	}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err // its text carries the whole URL, query and all
	}
	return &apierror.Error{
		Service:   c.provider.Service(),
		Operation: c.Operation.Name,
		Host:      c.Host,
		Attempts:  c.Attempts,
		Err:       err,
	}
}

// decide settles whether another attempt follows the one that failed with e,
// and when.
func (c *Call) decide(ctx context.Context, e *apierror.Error, v Verdict) error {
	c.failure = e
	if e.StatusCode < 400 || e.StatusCode >= 500 {
		c.doubt = true
	}
	if c.Operation.Traits.Has(Once) {
		return errAttempt
	}
	if c.Operation.Traits.Has(NoReplay) && v != Fail && !Refused(e) {
		c.note(errors.New("no further attempt: the call may have been carried out"))
		return errAttempt
	}
	if f := c.rt.Retry.Classify; f != nil {
		switch retry := f(c.provider.Public(e), v != Fail); {
		case !retry:
			v = Fail
		case v == Fail:
			v = Retry
		}
	}
	if v == Fail || ctx.Err() != nil {
		return errAttempt
	}
	if !c.Body.Replayable() {
		c.note(errors.New("no further attempt: the body can be read only once"))
		return errAttempt
	}
	if v == Again {
		if c.mended == maxMended {
			return errAttempt
		}
		c.mended++
		c.again = true
		c.report(ctx, e, 0, false)
		return errAttempt
	}
	n := c.Attempts - c.mended
	if n >= c.rt.Retry.MaxAttempts {
		return errAttempt
	}
	c.wait = c.backoff(n, e.RetryAfter)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < c.wait {
		c.note(fmt.Errorf("the next attempt would begin too late: %w", context.DeadlineExceeded))
		return errAttempt
	}
	if !c.rt.budgets.take(c.Host) {
		c.note(errors.New("no further attempt: this client's retry quota for the host is used up"))
		return errAttempt
	}
	c.again = true
	c.report(ctx, e, c.wait, v == Throttle)
	return errAttempt
}

// Refused reports whether the answer says that nothing was done.
func Refused(e *apierror.Error) bool {
	return e.StatusCode >= 400 && e.StatusCode < 500 || e.StatusCode == http.StatusServiceUnavailable
}

// note adds to a failure why it is final, behind what it is.
func (c *Call) note(why error) {
	if c.failure.Err != nil {
		c.failure.Err = fmt.Errorf("%w; %w", c.failure.Err, why)
		return
	}
	c.failure.Err = why
}

// backoff is full jitter under a bound that doubles, but no less than what the
// server asks for.
func (c *Call) backoff(attempt int, asked time.Duration) time.Duration {
	r := &c.rt.Retry
	bound := r.MaxWait
	if shift := attempt - 1; shift < 32 && r.MinWait<<shift > 0 && r.MinWait<<shift < bound {
		bound = r.MinWait << shift
	}
	wait := time.Duration(c.rt.random() * float64(bound))
	return min(max(wait, asked), r.MaxWait)
}

// retryAfter reads the header of that name: seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(seconds, 0), 1<<20)) * time.Second
	}
	if date, err := http.ParseTime(v); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}

// permanent reports whether err will be the same next time.
func permanent(err error) bool {
	if dns := (*net.DNSError)(nil); errors.As(err, &dns) {
		return dns.IsNotFound
	}
	return isType[*tls.CertificateVerificationError](err) ||
		isType[x509.UnknownAuthorityError](err) ||
		isType[x509.HostnameError](err) ||
		isType[x509.CertificateInvalidError](err) ||
		isType[tls.RecordHeaderError](err) ||
		isType[*net.AddrError](err) ||
		isType[net.InvalidAddrError](err) ||
		isType[*transport.BundleError](err) ||
		isType[*oversized](err) ||
		isType[*discontinued](err)
}

func isType[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// connectionLost reports whether err is the end of a connection.
func connectionLost(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, net.ErrClosed) || err.Error() == errServerClosedIdle
}

// errServerClosedIdle is the text of an error that net/http does not export.
const errServerClosedIdle = "http: server closed idle connection"
