// Package observe carries an observer of a call's traffic in the context, so
// that a transfer can show and steer what the pipeline does on its behalf.
package observe

import (
	"context"
	"time"
)

// Observer is told of the traffic of the calls made with its context. Fields
// may be nil. Its functions are called from the goroutines that move the
// bytes: they must be safe for concurrent use and, Pace excepted, must not block.
type Observer struct {
	// Sent and Received report bytes of object data as they are moved. A
	// negative number takes back bytes of an attempt that will be repeated.
	Sent, Received func(n int64)

	// Pace waits until more object data may be sent and returns how much of n
	// bytes: one at least, or the error of ctx.
	Pace func(ctx context.Context, n int) (int, error)

	// Retry reports that an attempt failed with err and that the next one
	// follows after wait. Throttled says that the server asked for less.
	Retry func(err error, wait time.Duration, throttled bool)
}

type key struct{}

// With returns a context whose calls report to o.
func With(ctx context.Context, o *Observer) context.Context {
	return context.WithValue(ctx, key{}, o)
}

// From returns the observer of ctx, or nil.
func From(ctx context.Context) *Observer {
	o, _ := ctx.Value(key{}).(*Observer)
	return o
}
