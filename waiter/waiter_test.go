package waiter_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/waiter"
)

type (
	option  func(*string)
	headIn  struct{ Bucket string }
	headOut struct{ State string }
)

// answer is what the stand-in client says to one call.
type answer struct {
	out headOut
	err error
}

type client struct {
	answers []answer // the last one repeats
	calls   []time.Time
	opts    int
}

func (c *client) Head(_ context.Context, in *headIn, opts ...option) (*headOut, error) {
	a := c.answers[min(len(c.calls), len(c.answers)-1)]
	c.calls = append(c.calls, time.Now())
	c.opts = len(opts)
	if a.err != nil {
		return nil, a.err
	}
	return &a.out, nil
}

type apiError struct {
	status int
	code   string
}

func (e *apiError) Error() string       { return fmt.Sprintf("%d %s", e.status, e.code) }
func (e *apiError) HTTPStatusCode() int { return e.status }
func (e *apiError) ErrorCode() string   { return e.code }

var (
	errMissing = fmt.Errorf("head: %w", &apiError{404, "NoSuchBucket"})
	errDenied  = &apiError{403, "AccessDenied"}
)

func available(o *headOut) bool { return o.State == "available" }
func broken(o *headOut) bool    { return o.State == "broken" }

func condition(acceptors ...waiter.Acceptor[headOut]) waiter.Condition[headIn, headOut] {
	return waiter.Condition[headIn, headOut]{Name: "Ready", Acceptors: acceptors, Delay: time.Second, MaxAttempts: 4}
}

func TestWait(t *testing.T) {
	type acceptors = []waiter.Acceptor[headOut]
	tests := []struct {
		name      string
		acceptors acceptors
		answers   []answer
		calls     int
		is        error  // sentinel the error wraps, nil for success
		also      error  // another one that it wraps
		text      string // part of the message
	}{
		{
			name:      "call that succeeds",
			acceptors: acceptors{{State: waiter.Success}},
			answers:   []answer{{}},
			calls:     1,
		},
		{
			name:      "status to be retried, then success",
			acceptors: acceptors{{State: waiter.Success}, {Status: 404, State: waiter.Retry}},
			answers:   []answer{{err: errMissing}, {err: errMissing}, {}},
			calls:     3,
		},
		{
			name:      "error that means success",
			acceptors: acceptors{{Code: "NoSuchBucket", State: waiter.Success}},
			answers:   []answer{{}, {}, {err: errMissing}},
			calls:     3,
		},
		{
			name:      "status and code must both match",
			acceptors: acceptors{{Status: 404, Code: "NoSuchKey", State: waiter.Success}, {Status: 404, State: waiter.Retry}},
			answers:   []answer{{err: errMissing}, {err: &apiError{404, "NoSuchKey"}}},
			calls:     2,
		},
		{
			name:      "output that matches",
			acceptors: acceptors{{Match: available, State: waiter.Success}},
			answers:   []answer{{out: headOut{"pending"}}, {out: headOut{"available"}}},
			calls:     2,
		},
		{
			name:      "output that cannot become right",
			acceptors: acceptors{{Match: available, State: waiter.Success}, {Match: broken, State: waiter.Failure}},
			answers:   []answer{{out: headOut{"pending"}}, {out: headOut{"broken"}}},
			calls:     2,
			is:        waiter.ErrFailed,
			text:      "waiter: Ready: the condition can no longer be met",
		},
		{
			name: "output that tells why it cannot become right",
			acceptors: acceptors{{Match: available, State: waiter.Success},
				{Match: broken, State: waiter.Failure, Cause: func(o *headOut) error { return fmt.Errorf("it is %s: %w", o.State, errDenied) }}},
			answers: []answer{{out: headOut{"broken"}}},
			calls:   1,
			is:      waiter.ErrFailed,
			also:    errDenied,
			text:    "waiter: Ready: the condition can no longer be met: it is broken: 403 AccessDenied",
		},
		{
			name:      "output that was to tell why and does not",
			acceptors: acceptors{{Match: broken, State: waiter.Failure, Cause: func(*headOut) error { return nil }}},
			answers:   []answer{{out: headOut{"broken"}}},
			calls:     1,
			is:        waiter.ErrFailed,
			text:      "waiter: Ready: the condition can no longer be met",
		},
		{
			name:      "error that is a failure",
			acceptors: acceptors{{Status: 403, State: waiter.Failure}},
			answers:   []answer{{err: errDenied}},
			calls:     1,
			is:        waiter.ErrFailed,
			also:      errDenied,
			text:      "the last call: 403 AccessDenied",
		},
		{
			name:      "error that no acceptor knows",
			acceptors: acceptors{{State: waiter.Success}, {Match: available, State: waiter.Success}, {Status: 404, State: waiter.Retry}},
			answers:   []answer{{err: errDenied}},
			calls:     1,
			is:        errDenied,
			text:      "waiter: Ready: 403",
		},
		{
			name:      "error without status or code",
			acceptors: acceptors{{Status: 404}, {Code: "NoSuchBucket"}},
			answers:   []answer{{err: context.DeadlineExceeded}}, // the call's own, not the wait's
			calls:     1,
			is:        context.DeadlineExceeded,
		},
		{
			name:      "attempts run out",
			acceptors: acceptors{{State: waiter.Success}, {Status: 404, State: waiter.Retry}},
			answers:   []answer{{err: errMissing}},
			calls:     4,
			is:        waiter.ErrAttempts,
			also:      errMissing,
			text:      "no attempts left; the last call: head: 404 NoSuchBucket",
		},
		{
			name:      "attempts run out without an error",
			acceptors: acceptors{{Match: available, State: waiter.Success}},
			answers:   []answer{{}},
			calls:     4,
			is:        waiter.ErrAttempts,
			text:      "waiter: Ready: no attempts left",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &client{answers: tt.answers}
				err := waiter.Wait(t.Context(), condition(tt.acceptors...), c.Head, &headIn{}, func(*string) {})
				if tt.is == nil && err != nil || !errors.Is(err, tt.is) {
					t.Errorf("Wait = %v, want %v", err, tt.is)
				}
				if tt.also != nil && !errors.Is(err, tt.also) {
					t.Errorf("Wait = %v, want it to wrap %v", err, tt.also)
				}
				if err != nil && !strings.Contains(err.Error(), tt.text) {
					t.Errorf("Wait = %q, want it to say %q", err, tt.text)
				}
				if len(c.calls) != tt.calls {
					t.Errorf("Wait made %d calls, want %d", len(c.calls), tt.calls)
				}
				if c.opts != 1 {
					t.Errorf("the calls got %d options, want 1", c.opts)
				}
			})
		})
	}
}

func TestDefaultsAndJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{answers: []answer{{}}}
		err := waiter.Wait(t.Context(), waiter.Condition[headIn, headOut]{Name: "Never"}, c.Head, &headIn{})
		if !errors.Is(err, waiter.ErrAttempts) {
			t.Fatalf("Wait = %v, want ErrAttempts", err)
		}
		if len(c.calls) != 20 {
			t.Fatalf("%d calls, want 20", len(c.calls))
		}
		waits := make(map[time.Duration]bool)
		for i := range len(c.calls) - 1 {
			w := c.calls[i+1].Sub(c.calls[i])
			if w < 2500*time.Millisecond || w >= 7500*time.Millisecond {
				t.Errorf("wait %d is %v, want 2.5 s to 7.5 s", i, w)
			}
			waits[w] = true
		}
		if len(waits) < 2 {
			t.Errorf("all waits are the same: %v", waits)
		}
	})
}

func TestCancelWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		c := &client{answers: []answer{{err: errMissing}}}
		start := time.Now()
		err := waiter.Wait(ctx, condition(waiter.Acceptor[headOut]{Status: 404}), c.Head, &headIn{})
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errMissing) {
			t.Errorf("Wait = %v, want the context's error and the last call's", err)
		}
		if d := time.Since(start); d != 100*time.Millisecond {
			t.Errorf("Wait ended after %v, want 100ms", d)
		}
	})
}

func TestCancelDuringACall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	call := func(context.Context, *headIn, ...option) (*headOut, error) {
		cancel()
		return nil, fmt.Errorf("head: %w", context.Canceled)
	}
	err := waiter.Wait(ctx, condition(), call, &headIn{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Wait = %v, want context.Canceled", err)
	}
}
