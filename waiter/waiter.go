// Package waiter calls an operation until what it answers meets a condition:
// until a bucket exists, until an object is gone.
//
// Conditions are values that the providers' packages declare, and the
// operation is given as a method value:
//
//	err := waiter.Wait(ctx, s3.BucketExists, client.HeadBucket, &s3.HeadBucketInput{Bucket: "photos"})
//
// To wait for longer or more eagerly, change a copy:
//
//	exists := s3.BucketExists
//	exists.Delay = time.Second
package waiter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

var (
	// ErrFailed is the error of a wait whose condition can no longer be met.
	ErrFailed = errors.New("the condition can no longer be met")

	// ErrAttempts is the error of a wait whose condition was not met within
	// its attempts.
	ErrAttempts = errors.New("no attempts left")
)

// State is what an outcome means for a wait.
type State uint8

const (
	Retry   State = iota // not yet
	Success              // the condition is met
	Failure              // the condition can no longer be met
)

// An Acceptor tells what one outcome of the operation means. It matches if
// everything matches that it names. One that names nothing matches each call
// that succeeds.
type Acceptor[Out any] struct {
	State State

	// Status is the HTTP status of a call that failed: that of an error with a
	// method HTTPStatusCode() int.
	Status int

	// Code is the error code of a call that failed: that of an error with a
	// method ErrorCode() string.
	Code string

	// Match looks at the output of a call that succeeded.
	Match func(*Out) bool

	// Cause finds in the output of a call that succeeded why the State is
	// Failure, for the error of the wait to wrap. It may be nil.
	Cause func(*Out) error
}

// matches reports whether a is about the outcome of a call.
func (a *Acceptor[Out]) matches(out *Out, err error) bool {
	if err == nil {
		return a.Status == 0 && a.Code == "" && (a.Match == nil || a.Match(out))
	}
	if a.Match != nil || a.Status == 0 && a.Code == "" {
		return false
	}
	if a.Status != 0 {
		var e interface{ HTTPStatusCode() int }
		if !errors.As(err, &e) || e.HTTPStatusCode() != a.Status {
			return false
		}
	}
	if a.Code != "" {
		var e interface{ ErrorCode() string }
		if !errors.As(err, &e) || e.ErrorCode() != a.Code {
			return false
		}
	}
	return true
}

// Condition is what to wait for, in terms of the operation that takes an *In
// and answers an *Out.
type Condition[In, Out any] struct {
	// Name is how errors call the condition.
	Name string

	// Acceptors are asked in order; the first that matches decides. Where none
	// does, a call that succeeded is made again, and one that failed ends the
	// wait with its error.
	Acceptors []Acceptor[Out]

	// Delay is the mean wait between two attempts. Each wait is chosen at
	// random from half of it to one and a half. Default 5 s.
	Delay time.Duration

	// MaxAttempts is the number of calls to make before giving up. Default 20.
	MaxAttempts int
}

// Wait calls the operation until cond is met, and then returns nil. Opts go
// with each call.
//
// Its error wraps [ErrAttempts] when the attempts run out, [ErrFailed] when
// cond can no longer be met, and ctx's error when ctx ends; each of them with
// the error of the last call, if that failed.
func Wait[In, Out, Opt any](ctx context.Context, cond Condition[In, Out], call func(context.Context, *In, ...Opt) (*Out, error), in *In, opts ...Opt) error {
	delay, attempts := cond.Delay, cond.MaxAttempts
	if delay <= 0 {
		delay = 5 * time.Second
	}
	if attempts <= 0 {
		attempts = 20
	}
	fail := func(cause, last error) error {
		switch {
		case last == nil:
			return fmt.Errorf("waiter: %s: %w", cond.Name, cause)
		case errors.Is(last, cause):
			return fmt.Errorf("waiter: %s: %w", cond.Name, last)
		}
		return fmt.Errorf("waiter: %s: %w; the last call: %w", cond.Name, cause, last)
	}
	for attempt := 1; ; attempt++ {
		out, err := call(ctx, in, opts...)
		if err != nil && ctx.Err() != nil {
			return fail(ctx.Err(), err)
		}
		state, cause, ok := cond.judge(out, err)
		switch {
		case !ok && err != nil:
			return fmt.Errorf("waiter: %s: %w", cond.Name, err)
		case state == Success:
			return nil
		case state == Failure && cause != nil:
			return fmt.Errorf("waiter: %s: %w: %w", cond.Name, ErrFailed, cause)
		case state == Failure:
			return fail(ErrFailed, err)
		}
		if attempt == attempts {
			return fail(ErrAttempts, err)
		}
		timer := time.NewTimer(delay/2 + rand.N(delay))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fail(ctx.Err(), err)
		}
	}
}

// judge returns what the first acceptor that matches says, and for a Failure the
// cause that it finds in the output.
func (c *Condition[In, Out]) judge(out *Out, err error) (state State, cause error, ok bool) {
	for i := range c.Acceptors {
		a := &c.Acceptors[i]
		if !a.matches(out, err) {
			continue
		}
		if a.State == Failure && a.Cause != nil && err == nil {
			cause = a.Cause(out)
		}
		return a.State, cause, true
	}
	return Retry, nil, false
}
